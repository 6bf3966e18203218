"""Slices of the data, and their shares in a population."""

"""Mistakes of a project that are found without reading its data."""

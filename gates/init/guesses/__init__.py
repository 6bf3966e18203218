"""Guesses of what columns are for, by their names and values."""

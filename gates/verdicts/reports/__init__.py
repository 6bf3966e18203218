"""A verdict as a text, a format a file."""

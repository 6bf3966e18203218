"""The row rules of the built-in data types."""

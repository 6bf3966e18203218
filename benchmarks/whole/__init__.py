"""A whole gate of a table or of texts, beside what one would run in its place."""

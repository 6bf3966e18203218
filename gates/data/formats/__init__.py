"""File formats: what a reader needs to know before DuckDB or Arrow can read a file."""

"""The local engine: DuckDB views, Arrow batches, rows by id."""

"""Data at addresses (`s3://…`): listed and fetched through fsspec, and then read as any file."""

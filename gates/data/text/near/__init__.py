"""Near duplicates among texts: signatures, buckets, exact similarity."""

"""Numbers about one origin or about both, with no knowledge of limits."""

"""Rules inferred from human rows, written as schema and suites."""

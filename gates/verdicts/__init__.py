"""Verdicts as files: where they lie, how they are read back, and whether they still hold."""

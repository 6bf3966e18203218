"""Suite files: Great Expectations' own suite JSON, read and merged without importing Great Expectations.

`gates.gx` runs what is read here; its import costs seconds, this one's does not.
"""

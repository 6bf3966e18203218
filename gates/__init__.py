"""Data-quality gates for datasets that mix human and synthetic rows."""

__version__ = "0.1.0"

"""What became of a dataset from one version to another: files, rows, recorded outcomes."""

from __future__ import annotations

from gates.differences.difference import CheckChange, Difference, Side
from gates.differences.find import difference
from gates.differences.show import as_json, markdown, terminal

__all__ = ["CheckChange", "Difference", "Side", "as_json", "difference", "markdown", "terminal"]

"""Finds the built-in suites in a checkout, an editable install and a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]


def built_in_suites() -> Path:
    """The folder `expectations/`: inside the package where a wheel put it, else beside it."""
    packaged = _PACKAGE / "expectations"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "expectations"

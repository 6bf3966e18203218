"""All contract cases: `CASES` of every `cases_*.py` beside this file."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.contract.case import Case

_MODULES = sorted(path.stem for path in Path(__file__).parent.glob("cases_*.py"))

CASES: tuple[Case, ...] = tuple(case for name in _MODULES for case in import_module(f"tests.contract.{name}").CASES)

"""The verdict as a page of Great Expectations' Data Docs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from gates.contract.plugins import Report

if TYPE_CHECKING:
    from gates.verdict import Verdict


def datadocs(verdict: Verdict) -> str:
    """The page. What makes it stands in the only room that imports that library, beside this one, and is looked up when it is asked for."""
    return str(import_module("gates.gx.data_docs").data_docs_page(verdict))


REPORT = Report("datadocs", "datadocs.html", datadocs)

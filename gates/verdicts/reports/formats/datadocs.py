"""The verdict as a page of Great Expectations' Data Docs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.contract.plugins import Report

if TYPE_CHECKING:
    from gates.verdict import Verdict


def datadocs(verdict: Verdict) -> str:
    """The page. Great Expectations takes a second to import, and is imported only where the page is asked for."""
    from gates.gx.data_docs import data_docs_page

    return data_docs_page(verdict)


REPORT = Report("datadocs", "datadocs.html", datadocs)

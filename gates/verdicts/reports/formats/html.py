"""The verdict as a page to read, show and print, without a script."""

from __future__ import annotations

from gates.contract.plugins import Report
from gates.verdicts.reports.page.document import documents, whole, with_change

REPORT = Report("html", "html", whole, documents, is_document=True, with_change=with_change)

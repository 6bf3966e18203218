"""All contract cases; the one place where they are gathered."""

from __future__ import annotations

from tests.contract import cases_common, cases_tables, cases_texts

CASES = (*cases_common.CASES, *cases_texts.CASES, *cases_tables.CASES)

"""Verdicts as their versioned JSON documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gates.contract.plugins import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.verdict import Verdict
    from gates.verdicts.reports.located_verdict import Located, Unjudged


def as_json(verdict: Verdict) -> str:
    """One JSON object; ASCII only, so that no locale and no byte of a file name can spoil it."""
    return json.dumps(verdict.to_json(), indent=2, allow_nan=False) + "\n"


def as_json_list(judged: Sequence[Located], unjudged: Sequence[Unjudged] = ()) -> str:
    """A JSON list of verdicts in their order, each with the `id` under which the call knows its dataset.

    Datasets of which there is no verdict come last, with `outcome` and `error` alone.
    """
    listed: list[dict[str, object]] = [{"id": one.name, **one.verdict.to_json()} for one in judged]
    listed += [{"id": one.name, "outcome": "unjudged", "error": one.why} for one in unjudged]
    return json.dumps(listed, indent=2, allow_nan=False) + "\n"


REPORT = Report("json", "", as_json, as_json_list)

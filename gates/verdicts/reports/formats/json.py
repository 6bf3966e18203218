"""Verdicts as their versioned JSON documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gates.contract.plugins import Report
from gates.verdicts.reports.weaker_gate import ID, WeakerGate, outcome

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


def with_change(text: str, weaker: Sequence[WeakerGate]) -> str:
    """A document led by what the change takes away: the key `weakened` of one verdict, the first entry of a list."""
    weakened = [
        {
            "what": one.what,
            "message": one.sentence,
            "file": one.place.path,
            "line": one.place.line,
            "reason": one.reason,
            "fix": one.fix,
        }
        for one in weaker
    ]
    document = json.loads(text)
    listed: object
    if isinstance(document, list):
        listed = [{"id": ID, "outcome": outcome(weaker), "weakened": weakened}, *document]
    else:
        listed = {"weakened": weakened, **document}
    return json.dumps(listed, indent=2, allow_nan=False) + "\n"


REPORT = Report("json", "", as_json, as_json_list, with_change=with_change)

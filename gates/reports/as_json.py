"""The verdict as its versioned JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.reports.located import Located
    from gates.verdict import Verdict


def as_json(verdict: Verdict) -> str:
    """One JSON object; ASCII only, so that no locale and no byte of a file name can spoil it."""
    return json.dumps(verdict.to_json(), indent=2, allow_nan=False) + "\n"


def as_json_list(judged: Sequence[Located]) -> str:
    """A JSON list of verdicts in their order, each with the `id` under which the call knows its dataset."""
    return json.dumps([{"id": one.name, **one.verdict.to_json()} for one in judged], indent=2, allow_nan=False) + "\n"

"""The verdict as its versioned JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.verdict import Verdict


def as_json(verdict: Verdict) -> str:
    """One JSON object; ASCII only, so that no locale and no byte of a file name can spoil it."""
    return json.dumps(verdict.to_json(), indent=2, allow_nan=False) + "\n"


def as_json_list(verdicts: Sequence[Verdict]) -> str:
    """A JSON list of verdicts, in their order."""
    return json.dumps([verdict.to_json() for verdict in verdicts], indent=2, allow_nan=False) + "\n"

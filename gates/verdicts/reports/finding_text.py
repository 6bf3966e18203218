"""One finding in the words of every report: its rows, what was measured, how to fix it, and where to read on."""

from __future__ import annotations

import shlex
from itertools import pairwise
from typing import TYPE_CHECKING

from gates.contract.check_lookup import PREFIX, search_checks
from gates.verdicts.reports.evidence import FIRST

if TYPE_CHECKING:
    from collections.abc import Collection

    from gates.verdict import CheckResult

# Places that a line names; the quarantine file and the JSON report have more.
MOST_PLACES = 3
# Words of types that say little of a check, and that many another type has.
_VAGUE = frozenset(
    {"column", "columns", "contain", "human", "label", "not", "origin", "origins", "row", "rows", "synthetic", "table", "to"}
)  # fmt: skip
_JOINING = frozenset({"be", "not", "to"})
# Of words that people say in the plural; `gates explain` knows both.
_PLURALS = {"copy": "copies", "duplicate": "duplicates", "failure": "failures"}
# How the name of a type ends that says no more than that there are limits.
_ENDINGS = ("_to_be_between", "_to_be_less_than", "_to_match")
# A check of a whole run names no more rows (`NAMED_ROWS` in gates/data/scan/result.py): there may be others.
MOST_NAMED = 10
# What these measure is already less the baseline: how far synthetic rows go beyond it.
EXCESSES = frozenset({
    "expect_associations_to_match", "expect_boilerplate_ratio_to_be_less_than", "expect_degenerate_text_ratio_to_be_less_than",
    "expect_distributions_to_match", "expect_exchanged_text_ratio_to_be_less_than", "expect_formatting_to_not_tell_origin", "expect_label_rates_by_group_to_match",
    "expect_labels_to_agree_across_origins", "expect_origin_separability_to_be_less_than", "expect_responses_to_fit_prompts",
    "expect_self_contradiction_ratio_to_be_less_than", "expect_similarity_within_prompts_to_be_less_than",
    "expect_synthetic_labels_to_represent_all_groups", "expect_synthetic_to_not_copy_human", "expect_temporal_structure_to_match",
})  # fmt: skip
# The evidence that counts all the rows of which `first_rows` are the first.
_ROW_COUNTS = (
    "failures", "violations", "copies", "undeclared", "texts_with_mark", "contaminated_rows", "rows_unlike_all_their_twins",
    "marked_rows", "repeats", "deeper_rows", "rows_by_column", "items_with_several_labels",
)  # fmt: skip


def short_name(check: CheckResult) -> str:
    """The words of the check's type, and its detail: `coverage`, `machine text ratio`, `associations (mean)`."""
    name = check.id.type.removeprefix(PREFIX)
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    words = name.replace("_", " ")
    return words if check.id.detail in ("", words) else f"{words} ({check.id.detail})"


def explain_command(check: CheckResult, types: Collection[str]) -> str:
    """The command that says more of a check."""
    word = _word(check.id.type, types)
    return f"gates explain {shlex.quote(_PLURALS.get(word, word))}"


def _word(check_type: str, types: Collection[str]) -> str:
    """The first word of a type, else the first two or three that stand together, that mean no other type."""
    name = check_type.removeprefix(PREFIX)
    words = name.split("_")
    together = [*pairwise(words), *zip(words, words[1:], words[2:], strict=False)]
    # `count_to` is nothing that somebody says.
    phrases = [
        "_".join(part) for part in together if not _VAGUE.issuperset(part) and not _JOINING & {part[0], part[-1]}
    ]
    candidates = [*(word for word in words if word not in _VAGUE), *phrases]
    return next((word for word in candidates if search_checks(word, types) == [check_type]), name)


def rows_text(check: CheckResult) -> str:
    """The first rows that a finding is about, and how many more there are: `data/a.csv:3, 8, 9, and 41 more`.

    Where the evidence has no count of all of them, a full list of places may not be all: `data/a.csv:3, 8, 9, and others`.
    """
    places = check.evidence.get(FIRST)
    if not isinstance(places, list | tuple) or not places:
        return ""
    shown: list[str] = []
    file = ""
    # Of pairs of rows, which name both files, one fills the line.
    for place in map(str, places[: 1 if " = " in str(places[0]) else MOST_PLACES]):
        path, _, row = place.rpartition(":")
        shown.append(row if path == file else place)
        file = path
    counts = [count for name in _ROW_COUNTS if (count := _count(check.evidence.get(name)))]
    if not counts and len(places) == MOST_NAMED:
        return ", ".join(shown) + ", and others"
    rest = max([len(places), *counts]) - len(shown)
    return ", ".join(shown) + (f", and {rest:,} more" if rest > 0 else "")


def _count(value: object) -> int:
    """A number of rows, also where the evidence has it by origin; 0 where it has none."""
    if isinstance(value, dict):
        return sum(count for count in value.values() if isinstance(count, int))
    return value if isinstance(value, int) else 0


def measured_text(check: CheckResult) -> str:
    """The number with its baseline, interval and limits: `0.03 beyond the baseline of 0, interval 0.0146 to 0.0386, limit 0.001`."""
    if check.observed is None:
        return ""
    parts = [f"{check.observed:.3g}" if isinstance(check.observed, float) else f"{check.observed:,}"]
    if check.low is not None and check.high is not None and check.low != check.high:
        parts.append(f"interval {check.low:.3g} to {check.high:.3g}")
    parts += _limits(check)
    if check.baseline is None:
        return ", ".join(parts)
    if check.id.type in EXCESSES:
        return ", ".join([f"{parts[0]} beyond the baseline of {check.baseline:.3g}", *parts[1:]])
    return ", ".join(parts) + f" (baseline {check.baseline:.3g})"


def _limits(check: CheckResult) -> list[str]:
    low, high = check.min_value, check.max_value
    if low is not None and high is not None:
        limits = [f"limits {low:g} to {high:g}"]
    else:
        limits = [f"limit {high:g}"] if high is not None else [f"at least {low:g}"] if low is not None else []
    return limits + ([f"warns beyond {check.warn_value:g}"] if check.warn_value is not None else [])


def needs_text(check: CheckResult) -> str:
    """How many rows would decide an inconclusive check; "" where no number is known to."""
    needed = check.rows_needed or {}
    return " and ".join(f"{count:,} more {origin} rows" for origin, count in sorted(needed.items()))

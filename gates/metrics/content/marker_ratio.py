"""Share of distinct synthetic texts with one of a set of marks, beyond the same share of human texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from gates.data.scan.result import Scan, with_turn
from gates.data.text.marks.markers import HUMAN_HABITS, TAUGHT_BY_SOME, WITHOUT_CONTENT, Mark, mark_names
from gates.data.text.marks.turn_marks import first_turns_with
from gates.metrics.base.breakdowns import with_parts
from gates.metrics.base.measurement import (
    Baseline,
    Estimate,
    Failed,
    Growth,
    Measured,
    Measurement,
    NotConfigured,
    RowCounts,
)
from gates.metrics.base.synthetic_alone import as_habit
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.comparison.strata import comparable_human
from gates.metrics.limits.wording import percent
from gates.metrics.stats.intervals import CONFIDENCE, clopper_pearson, effective_rows, ratio_difference
from gates.verdict import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Flags, Mask
    from gates.data.scan.row_index import RowIndex

# With so few hits on both sides the interval's width is that of a count near zero, which falls with 1/n.
FEW_HITS = 5
# What people do as well differs from source to source. From a small effect on it counts: h = 2 asin sqrt(synthetic) - 2 asin
# sqrt(human) of .2, 1 % where no human row does it, 5 % beyond 5 % (Cohen, Statistical Power Analysis, 1988, ch. 6).
SMALL_EFFECT = 0.2
# The limit of the suites.
MARKED_AT_MOST = 0.01
# Sets that teach to think before an answer do so in all of them, or in every other one.
TAUGHT_FROM = 0.4


def excess_of_marks(scan: Scan, marks: Mark, habits: Mark) -> Measurement:
    """The excess share in [-1, 1] with its score interval, a part per generator and language, and per mark how often and where.

    The interval is that of as many independent rows as the rows of groups are worth.
    Distinct rows, because one refusal repeated a thousand times is one fault of the generator and a duplicate besides;
    but an empty text, or one that stands for another, has no content to repeat, so each counts.
    The human share is subtracted, so that what human rows of this dataset contain too does not count against a generator; of rows that
    extend, that of the human rows of their labels or slices.
    habits: marks that human rows have as well; each counts where it alone differs by more than `SMALL_EFFECT`. Of a set of
    synthetic rows alone the share itself counts, with its exact interval, and no habit does.
    """
    if not scan.roles.texts:
        return NotConfigured('defined for texts only: set type = "text" for a dataset of texts')
    if scan.declared.is_synthetic_alone:
        return with_parts(scan, lambda synthetic, _human: _alone(scan, synthetic, marks), distinct_rows=False)
    comparable = comparable_human(scan)
    return with_parts(
        scan,
        lambda synthetic, human: _excess(scan, synthetic, human & comparable, marks, habits),
        distinct_rows=False,
        against_human=True,
    )


def _excess(scan: Scan, synthetic: Mask, human: Mask, marks: Mark, habits: Mark) -> Measurement:
    human, synthetic = _counted(scan.index, human), _counted(scan.index, synthetic)
    n_human, n_synthetic = int(human.sum()), int(synthetic.sum())
    if not n_human or not n_synthetic:
        missing = "synthetic" if n_human else "human"
        return Failed(f"there are no {missing} rows to compare", RowCounts(n_human, n_synthetic))
    marks |= _beyond_human(scan.index.marks[synthetic], scan.index.marks[human], habits)
    marked = (scan.index.marks & np.uint32(marks)) != 0
    hits, human_hits = int((synthetic & marked).sum()), int((human & marked).sum())
    effect = max(_design_effect(scan, rows, marked) for rows in (synthetic, human))
    estimate = ratio_difference(hits / effect, n_synthetic / effect, human_hits / effect, n_human / effect)
    is_large_enough = min(n_human, n_synthetic) >= ROWS_TO_PASS
    return Measured(
        estimate,
        RowCounts(n_human, n_synthetic),
        # So many rows would show five in a hundred; what human rows have as often blocks nothing.
        undecided=Severity.WARNING if is_large_enough and estimate.low <= 0 else None,
        baseline=Baseline(human_hits / n_human),
        growth=Growth(shrinks="linear" if hits + human_hits <= FEW_HITS else "root"),
        **_described(scan, {"synthetic": synthetic, "human": human}, marks),
    )


def _alone(scan: Scan, synthetic: Mask, marks: Mark) -> Measurement:
    """The share of a set without human rows: what no human text does counts, what some do is no proof."""
    synthetic = _counted(scan.index, synthetic)
    rows = int(synthetic.sum())
    if not rows:
        return Failed("there are no synthetic rows to count", RowCounts(synthetic=rows))

    def share(marks: Mark) -> Estimate:
        marked = (scan.index.marks & np.uint32(marks)) != 0
        effect = _design_effect(scan, synthetic, marked)
        return clopper_pearson(int((synthetic & marked).sum()) / effect, rows / effect)

    estimate = share(marks)
    measured = Measured(
        estimate,
        RowCounts(synthetic=rows),
        undecided=Severity.WARNING if rows >= ROWS_TO_PASS and estimate.value * rows <= FEW_HITS else None,
        growth=Growth(shrinks="linear" if estimate.value * rows <= FEW_HITS else "root"),
        **_described(scan, {"synthetic": synthetic}, marks),
    )
    return measured if share(marks & ~HUMAN_HABITS).low > MARKED_AT_MOST else as_habit(measured)


def _described(scan: Scan, rows: Mapping[str, Mask], marks: Mark) -> dict[str, Any]:
    """Note and evidence of these rows by origin, synthetic ones among them."""
    counts = {origin: _counts(scan.index.marks[mask], marks) for origin, mask in rows.items()}
    marked = rows["synthetic"] & ((scan.index.marks & np.uint32(marks)) != 0)
    evidence = {
        "texts_with_mark": counts,
        "marked_rows": int(marked.sum()),
        "first_rows": marked_places(scan, marked, marks),
    }
    return {"note": _note(counts["synthetic"], int(rows["synthetic"].sum())), "evidence": evidence}


def marked_places(scan: Scan, marked: Mask, marks: Mark) -> list[str]:
    """Places of the first rows with one of the marks, with the turn that has it in conversations of several."""
    row_ids = scan.index.ids_of(marked, scan.named_rows)
    turns = first_turns_with(scan.take(row_ids), scan.roles, marks) if scan.roles.turns and len(row_ids) else {}
    return [with_turn(scan.place(row), turns.get(at)) for at, row in enumerate(row_ids.tolist())]


def _counted(index: RowIndex, mask: Mask) -> Mask:
    """The first row of each content under the mask, and all that have none."""
    counted: Mask = mask & ((index.marks & np.uint32(WITHOUT_CONTENT)) != 0)
    return counted | index.first_of_each(mask)


def _design_effect(scan: Scan, rows: Mask, marked: Mask) -> float:
    """How many of these rows one independent row is worth: a bad answer to a prompt stands in each pair that has it."""
    if not scan.roles.group:
        return 1.0
    return float(rows.sum()) / effective_rows(
        marked[rows].astype(np.float64), scan.index.at("group", np.flatnonzero(rows))
    )


def _beyond_human(synthetic: Flags, human: Flags, habits: Mark) -> Mark:
    """Those of the marks that synthetic texts have more often than human ones, by more than a small effect with the whole interval.

    2 asin sqrt(share) has the standard error 1 / sqrt(n) whatever the share.
    """
    noise = float(ndtri(0.5 + CONFIDENCE / 2)) * np.sqrt(1 / len(synthetic) + 1 / len(human))
    beyond = Mark(0)
    for habit in habits:
        shares = [float((flags & np.uint32(habit) != 0).mean()) for flags in (synthetic, human)]
        if habit & TAUGHT_BY_SOME and shares[0] >= TAUGHT_FROM:
            continue
        ours, theirs = 2 * np.arcsin(np.sqrt(shares))
        if ours - theirs - noise > SMALL_EFFECT:
            beyond |= habit
    return beyond


def _counts(flags: Flags, marks: Mark) -> dict[str, int]:
    """How many rows have each of the marks that occur, in the order of the bits."""
    counts = {
        name: int((flags & np.uint32(mark) != 0).sum()) for mark, name in zip(marks, mark_names(marks), strict=True)
    }
    return {name: count for name, count in counts.items() if count}


def _note(counts: dict[str, int], rows: int) -> str:
    if not counts:
        return "no synthetic text has a mark"
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return "of synthetic texts " + ", ".join(f"{percent(count / rows)} {PHRASES[name]}" for name, count in ordered)


PHRASES = {
    "empty": "are empty",
    "refusal": "refuse",
    "self_reference": "speak as a language model",
    "preamble": "open with a chat preamble",
    "loop": "loop",
    "copied_input": "begin with their prompt",
    "truncated": "are cut off",
    "leaked_frame": "contain a leaked prompt frame",
    "open_fence": "open a block of code and do not close it",
    "broken_encoding": "have a broken encoding",
    "unfinished": "end inside a sentence",
    "announcement": "open with an announcement",
    "offer": "close with an offer of help",
    "excerpt": "are a piece of their prompt",
    "capitals": "are all in capitals",
    "stand_in": "stand where a text was to be written (TODO, lorem ipsum)",
    "blank_to_fill": "have blanks to fill in ([Your Name])",
    "declined": "decline to help",
    "thoughts": "hold the thoughts of a model",
}

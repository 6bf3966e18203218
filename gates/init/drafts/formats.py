"""The form of identifiers, telephone numbers and postal codes, as a regular expression read off human rows.

A value is parted into runs of letters and digits and the marks between them. Values with the same marks in the same order
share a form; of each run the form says which characters it has, and how many.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.metrics.stats.intervals import clopper_pearson

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

# A form that fewer human rows have is not theirs: the rest are slips.
LEAST_MATCHED = 0.99
# Numbers of one country have a handful of forms; a text has as many as it has words.
MOST_FORMS = 4
LONGEST_CODE = 64
# Half of them learn a form and half say how often others miss it: of 30, at most one in ten with 95 % confidence.
LEAST_CODES = 60
# That no letter of so many lies beyond f where all letters are used has a chance of (6/26)^30.
_LEAST_HEX_LETTERS = 30
_MOST_RUNS = 6
_SPLIT_SEED = 0
_META = re.compile(r"([\\.+*?()|\[\]{}^$#&~])")
_SEGMENT = re.compile(r"[^\W_]+")
_RUN = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class CodeForm:
    """A regular expression, and the share of human rows in [0, 1] that at most lacks its form."""

    pattern: str
    unmatched: float


def infer_format(present: pl.Series, error: float) -> CodeForm | None:
    """The form that nearly all values of a column of text have; None where they are no codes, or too few.

    error: the chance that more of the human rows to come lack the form than `unmatched` says. A form read off one half has an
    exact binomial count of misses in the other, and the form of both misses no more.
    """
    values = sorted(present.to_list())
    if len(values) < LEAST_CODES:
        return None
    pattern = _pattern(values)
    if pattern is None:
        return None
    order = np.random.default_rng(_SPLIT_SEED).permutation(len(values))
    first, second = (
        [values[at] for at in sorted(half)] for half in (order[: len(values) // 2], order[len(values) // 2 :])
    )
    of_first = _pattern(first)
    if of_first is None:
        return None
    matches = re.compile(of_first)
    missed = sum(matches.fullmatch(value) is None for value in second)
    # The upper end of a two-sided interval with twice the error is the one-sided bound.
    return CodeForm(pattern, clopper_pearson(missed, len(second), 1 - 2 * error).high)


def _pattern(values: Sequence[str]) -> str | None:
    codes = [value for value in values if len(value) <= LONGEST_CODE and any(map(str.isdigit, value))]
    least = math.ceil(LEAST_MATCHED * len(values))
    by_marks: dict[str, list[list[str]]] = {}
    for code in codes:
        by_marks.setdefault(_SEGMENT.sub("x", code), []).append(_SEGMENT.findall(code))
    counts = Counter({marks: len(segments) for marks, segments in by_marks.items()})
    forms: list[str] = []
    matched = 0
    for marks, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_FORMS]:
        if matched < least:
            forms.append(_form(marks, by_marks[marks]))
            matched += count
    if matched < least:
        return None
    return f"^{forms[0]}$" if len(forms) == 1 else f"^(?:{'|'.join(sorted(forms))})$"


def _form(marks: str, codes: Sequence[Sequence[str]]) -> str:
    """The form of codes with these marks, in which `x` stands for a segment of letters and digits."""
    segments = iter([_segment([code[at] for code in codes]) for at in range(len(codes[0]))])
    return "".join(next(segments) if mark == "x" else _META.sub(r"\\\1", mark) for mark in marks)


def _segment(texts: Sequence[str]) -> str:
    if len({*texts}) == 1 and len(texts) >= LEAST_CODES // 2:
        return _META.sub(r"\\\1", texts[0])
    runs = [_RUN.findall(text) for text in texts]
    kinds = {tuple(run.isdigit() for run in own) for own in runs}
    if len(kinds) == 1 and len(runs[0]) <= _MOST_RUNS:
        return "".join(_characters([own[at] for own in runs]) for at in range(len(runs[0])))
    return _characters(texts)


def _characters(texts: Sequence[str]) -> str:
    """Which characters texts have, and how many."""
    lengths = {len(text) for text in texts}
    least, most = min(lengths), max(lengths)
    count = "" if (least, most) == (1, 1) else f"{{{least}}}" if least == most else f"{{{least},{most}}}"
    letters = Counter(letter for text in texts for letter in text if not letter.isdigit())
    digits = any(map(str.isdigit, "".join(texts)))
    return f"[{_letters(letters, beside_digits=digits)}{'0-9' if digits else ''}]{count}"


def _letters(letters: Counter[str], *, beside_digits: bool) -> str:
    if not letters:
        return ""
    together = "".join(letters)
    if not together.isascii():
        return r"\p{L}"
    is_hex = beside_digits and letters.total() >= _LEAST_HEX_LETTERS and not re.search("[^a-fA-F]", together)
    last = "f" if is_hex else "z"
    upper, lower = f"A-{last.upper()}", f"a-{last}"
    return (upper if together.upper() == together else "") or (lower if together.lower() == together else upper + lower)

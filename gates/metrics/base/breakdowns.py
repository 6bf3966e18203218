"""Counts over rows, whole, per generator and per language: what several checks have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.data.facts import HUMAN_CODE, SYNTHETIC_CODE
from gates.metrics.base.languages import Language, languages, too_few
from gates.metrics.base.measurement import Measurement, Part, with_details

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gates.data.arrays import Mask
    from gates.data.scan.result import Scan
    from gates.data.scan.row_index import RowIndex


def distinct(index: RowIndex, code: int) -> Mask:
    """Mask of one row per distinct content among the rows of an origin."""
    return index.of(code) & index.is_first


def with_languages(
    scan: Scan,
    whole: Measurement,
    compared: Iterable[Language],
    measure: Callable[[Language], Measurement],
    *,
    warns_only: bool = False,
) -> Measurement:
    """`whole` with a part per language and locale compared; `measure` says where the rows of one are too few."""
    parts = {one.name: Part(measure(one), one.kind, warns_only) for one in compared}
    return with_details(whole, parts=parts, evidence=scan.cached(languages).evidence(parts))


def with_parts(
    scan: Scan,
    measure: Callable[[Mask, Mask], Measurement],
    *,
    distinct_rows: bool = True,
    against_human: bool = False,
) -> Measurement:
    """`measure(synthetic, human)` over the (distinct) synthetic rows, with a part per generator and per language.

    against_human: human rows are the baseline, so that a language needs as many of them; a generator is measured
    against all human rows, a language against those in it.
    """
    index = scan.index
    synthetic, human = index.of(SYNTHETIC_CODE), index.of(HUMAN_CODE)

    def counted(mask: Mask) -> Mask:
        return index.first_of_each(mask) if distinct_rows else mask

    whole = measure(distinct(index, SYNTHETIC_CODE) if distinct_rows else synthetic, human)
    parts = {
        name: Part(measure(counted(synthetic & (index.generator == index.generators.index(name))), human))
        for name in scan.generators
    }

    def of_language(one: Language) -> Measurement:
        own = counted(one.synthetic)
        small = too_few(int(one.human.sum()) if against_human else None, int(own.sum()))
        return small or measure(own, one.human)

    tagged = scan.cached(languages)
    compared = tagged.parts if against_human else tagged.synthetic
    return with_languages(scan, with_details(whole, parts=parts), compared, of_language)

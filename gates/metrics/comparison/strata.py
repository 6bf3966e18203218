"""Within which rows human and synthetic rows are compared.

Rows that claim to mirror human rows are compared as a whole. Rows that extend the human law (rare cases, balancing,
simulation) are compared within each label or slice where both sides have enough rows, else only reported.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE
from gates.metrics.base.languages import LANGUAGE, LOCALE, ROWS_TO_JUDGE_ALONE, languages, rows_of, too_few
from gates.metrics.base.measurement import (
    NOT_COMPUTABLE,
    Failed,
    Inconclusive,
    Measured,
    Measurement,
    Part,
    PartKind,
    ReportOnly,
    RowCounts,
    estimate_of,
    with_details,
)
from gates.metrics.comparison.encoding import Coded, coded, encode_rows
from gates.verdict import Severity

if TYPE_CHECKING:
    from gates.data.arrays import Mask
    from gates.data.scan.result import Rows, Scan

STRATUM_ROWS = ROWS_TO_JUDGE_ALONE
# Rare classes are what extending rows are made for: from here on a stratum can fail, and what it leaves open blocks nothing.
RARE_STRATUM_ROWS = 100
# With fewer groups a side chance alone may part them: of twelve groups, six a side, one split of 924 is the most extreme, of ten
# one of 252.
GROUPS_TO_FAIL = 6


@dataclass(frozen=True)
class Sides:
    """The rows a comparison sees, as rows and as codes, with the draws' seed.

    name: "" for everything, else the part's; unique within a scan. kind: what the part is.
    """

    name: str
    human: Rows
    synthetic: Rows
    human_codes: Coded
    synthetic_codes: Coded
    seed: int
    kind: PartKind = "generator"

    @property
    def counts(self) -> RowCounts:
        """How many rows of each origin are compared."""
        return RowCounts(len(self.human), len(self.synthetic))

    def within(self, name: str, human: Mask, synthetic: Mask) -> Sides:
        """The sides of a stratum of these."""
        return replace(
            self,
            name=name,
            human=self.human.where(human),
            synthetic=self.synthetic.where(synthetic),
            human_codes=self.human_codes.where(human),
            synthetic_codes=self.synthetic_codes.where(synthetic),
        )


Compare = Callable[[Sides], Measurement]


def compare_by_role(scan: Scan, compare: Compare, *, less_is_worse: bool = False) -> Measurement:
    """`compare` over everything, with parts; for extending rows within strata, with a part each.

    less_is_worse: whether the number has a minimum, as a ratio to human rows has, and no maximum.
    """
    if not scan.declared.extends_human_law:
        return compare_all(scan, compare)
    return _within_strata(scan, compare, less_is_worse=less_is_worse)


def compare_variety(scan: Scan, compare: Compare, *, less_is_worse: bool) -> Measurement:
    """As `compare_by_role`, of what is a defect whatever rows are for: without a label or slice, over everything."""
    is_within = scan.declared.extends_human_law and _stratifiers(scan)
    return _within_strata(scan, compare, less_is_worse=less_is_worse) if is_within else compare_all(scan, compare)


def compare_all(scan: Scan, compare: Compare) -> Measurement:
    """`compare` over everything whatever the rows claim, with a part per generator that has rows enough and per language.

    A language with too few rows is a part that cannot be decided.
    """
    compare = partial(_proven, compare)
    whole = compare(everything(scan))
    parts: dict[str, Part] = {}
    for name, sides in by_generator(scan).items():
        if len(sides.synthetic) < STRATUM_ROWS:
            continue
        # A generator that made all synthetic rows is the whole: measuring it again would cost as much and say nothing new.
        is_whole = sides.synthetic.total == scan.synthetic.total
        parts[name] = Part(whole if is_whole else compare(sides))
    skipped = scan.cached(coded).skipped
    evidence = {"not_compared": skipped} if skipped else {}
    return beside_languages(scan, with_details(whole, parts=parts, evidence=evidence), compare)


def _proven(compare: Compare, sides: Sides) -> Measurement:
    """`compare` of these sides, which fails nothing where either side has fewer than `GROUPS_TO_FAIL` groups of rows."""
    measurement = compare(sides)
    groups = [len(np.unique(rows.group)) for rows in (sides.human, sides.synthetic)]
    if not isinstance(measurement, Measured) or min(groups) >= GROUPS_TO_FAIL:
        return measurement
    reason = f"{groups[0]:,} human and {groups[1]:,} synthetic groups of rows may differ so by chance"
    return replace(measurement, unproven=measurement.unproven or reason)


def beside_languages(scan: Scan, whole: Measurement, compare: Compare) -> Measurement:
    """`whole` with `compare` within each language and locale beside it; one with too few rows cannot be decided."""
    parts = {}
    for name, sides in scan.cached(_languages).items():
        small = too_few(len(sides.human), len(sides.synthetic))
        parts[name] = Part(small or _of_language(sides, compare), sides.kind)
    return with_details(whole, parts=parts, evidence=scan.cached(languages).evidence())


def _of_language(sides: Sides, compare: Compare) -> Measurement:
    """`compare` over rows of one language; without a number they are undecided, as where one author wrote them all.

    All rows together may be halved by group where those of a language cannot.
    """
    measurement = compare(sides)
    if isinstance(measurement, Measured) and not measurement.estimate.is_computable():
        measurement = Failed(rows=measurement.rows, evidence=measurement.evidence)
    if not isinstance(measurement, Failed):
        return measurement
    groups = (len(np.unique(rows.group)) for rows in (sides.human, sides.synthetic))
    reason = "not computable on these rows, which come from {:,} human and {:,} synthetic groups".format(*groups)
    if measurement.reason != NOT_COMPUTABLE:
        reason = measurement.reason
    return Inconclusive(reason, measurement.rows, parts=measurement.parts, evidence=measurement.evidence)


def everything(scan: Scan) -> Sides:
    """All sampled rows of both origins."""
    codes = scan.cached(coded)
    return Sides("", scan.human, scan.synthetic, codes.human, codes.synthetic, scan.seed)


def _languages(scan: Scan) -> dict[str, Sides]:
    """The sides of each language and locale that is a part, however few rows it has. Call through `scan.cached`."""
    by_language = {}
    for one in scan.cached(languages).parts:
        human, synthetic = rows_of(scan, one.human, one.synthetic)
        codes = encode_rows(scan, human), encode_rows(scan, synthetic)
        by_language[one.name] = Sides(one.name, human, synthetic, *codes, scan.seed, one.kind)
    return by_language


def _within_strata(scan: Scan, compare: Compare, *, less_is_worse: bool) -> Measurement:
    """A part per stratum, over all synthetic rows, per generator and per language.

    The number shown is that of the farthest stratum among those of all languages together. Strata of a language are named
    after it and are strata all the same: too small a language has none, and is a part that cannot be decided.
    """
    compare = partial(_proven, compare)
    strata: dict[str, Measurement] = {}
    of_all: list[str] = []
    small: dict[str, Part] = {}
    generators = {f"{name} within ": sides for name, sides in by_generator(scan).items()}
    by_language = {f"{name} within ": sides for name, sides in scan.cached(_languages).items()}
    for prefix, sides in ({"": everything(scan)} | generators | by_language).items():
        lacking = too_few(len(sides.human), len(sides.synthetic)) if prefix in by_language else None
        if lacking:
            small[sides.name] = Part(lacking, sides.kind)
            continue
        # Where languages are the slices, their strata are made of everything already.
        columns = tuple(name for name in _stratifiers(scan) if prefix not in by_language or name != sides.kind)
        for level, human, synthetic in _levels(sides, columns):
            name = f"{prefix}{level}"
            own = sides.within(name, human, synthetic)
            is_of_language = prefix in by_language or bool({LANGUAGE, LOCALE} & {*columns})
            strata[name] = _unblocking(own, _of_language(own, compare) if is_of_language else compare(own))
            if prefix not in by_language:
                of_all.append(name)
    if not strata:
        reason = f'synthetic_role = "extend" and no label or slice has {RARE_STRATUM_ROWS} rows of both origins'
        return ReportOnly(with_details(compare(everything(scan)), parts=small), reason)
    # A stratum of a language has the fewest rows and the widest interval: it fails as a part, and hides no other.
    farthest = max(of_all or strata, key=lambda name: _reach(strata[name], less_is_worse=less_is_worse))
    chosen = strata[farthest]
    parts = {name: Part(one, "stratum") for name, one in strata.items()} | small
    return with_details(chosen, note=f"within {farthest}", parts=parts, evidence=scan.cached(languages).evidence())


def strata_of(scan: Scan) -> list[Sides]:
    """Everything; of extending rows each label or slice with rows enough, which may be none."""
    whole = everything(scan)
    if not scan.declared.extends_human_law:
        return [whole]
    return [whole.within(*one) for one in _levels(whole, _stratifiers(scan))]


def index_strata(scan: Scan) -> Iterator[tuple[str, Mask, Mask]]:
    """Of extending rows, each label or slice with rows enough: its name, and its sampled human and synthetic rows in the index."""
    if scan.declared.extends_human_law:
        for name, human, synthetic in _levels(everything(scan), _stratifiers(scan)):
            yield name, _in_index(scan, scan.human, human), _in_index(scan, scan.synthetic, synthetic)


def row_strata(scan: Scan) -> pl.Series | None:
    """The stratum of each row of the index, null where it has none; None where there are none. Call through `scan.cached`."""
    names: list[str] = []
    codes = np.full(len(scan.index), -1, dtype=np.int32)
    for name, human, synthetic in index_strata(scan):
        codes[human | synthetic] = len(names)
        names.append(name)
    if not names:
        return None
    code = pl.Series(codes)
    return pl.Series(names, dtype=pl.String).gather(code.set(code < 0, None))


def comparable_human(scan: Scan) -> Mask:
    """The human rows that synthetic ones are set beside: all, or those of the strata of rows that extend."""
    human = scan.index.of(HUMAN_CODE)
    strata = scan.cached(row_strata)
    return human if strata is None else human & strata.is_not_null().to_numpy()


def _in_index(scan: Scan, sampled: Rows, own: Mask) -> Mask:
    mask = np.zeros(len(scan.index), dtype=bool)
    mask[scan.index.positions(sampled.row_id[own])] = True
    return mask


def _levels(sides: Sides, columns: tuple[str, ...]) -> list[tuple[str, Mask, Mask]]:
    """What the columns say together, where both sides have rows enough of it.

    Where no side has, the column whose levels are most alike in share is left out, and so on: what rows extend on purpose is
    where shares differ, and it would be held against them within another column.
    """
    frames = sides.human.frame, sides.synthetic.frame

    def said(names: Sequence[str]) -> list[tuple[str, Mask, Mask]]:
        human, synthetic = (_named(frame, names) for frame in frames)
        return levels_of_both(human, synthetic, RARE_STRATUM_ROWS)

    # A column that is null, or of which each row has a level of its own, parts nothing.
    left = sorted((name for name in columns if said([name])), key=lambda name: -_share_moved(frames, name))
    while left:
        strata = said(left)
        if strata:
            return strata
        left.pop()
    return []


def _share_moved(frames: tuple[pl.DataFrame, pl.DataFrame], column: str) -> float:
    """Total variation distance between the levels of both sides, in [0, 1]."""
    shares = [frame[column].cast(pl.String).value_counts(normalize=True, name="share") for frame in frames]
    both = (
        shares[0].join(shares[1], on=column, how="full", nulls_equal=True).select("share", "share_right").fill_null(0)
    )
    return float((both["share"] - both["share_right"]).abs().sum()) / 2


def _named(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """`label=yes, sex=Female` of each row, null where one of the columns is."""
    parts = [pl.lit(f"{name}=") + pl.col(name).cast(pl.String) for name in columns]
    return frame.select(pl.concat_str(parts, separator=", ").alias("stratum"))["stratum"]


def _unblocking(sides: Sides, measurement: Measurement) -> Measurement:
    """What few human rows of a stratum leave open is for information."""
    if len(sides.human) >= STRATUM_ROWS or not isinstance(measurement, Measured | Inconclusive):
        return measurement
    return replace(measurement, undecided=Severity.INFO)


def by_generator(scan: Scan) -> dict[str, Sides]:
    """The sides of each generator of the scan; who compares them decides whether it has rows enough."""
    codes = scan.cached(coded)
    return {
        name: Sides(f"generator {name}", scan.human, rows, codes.human, codes.generators[name], scan.seed)
        for name, rows in scan.generators.items()
    }


def generator_parts(scan: Scan, measure: Callable[[Rows], Measurement]) -> dict[str, Part]:
    """`measure` of the rows of each generator that has rows enough to be judged alone."""
    return {name: Part(measure(rows)) for name, rows in scan.generators.items() if len(rows) >= STRATUM_ROWS}


def _reach(part: Measurement, *, less_is_worse: bool) -> float:
    """How far the worse end of the interval lies out: an undecided stratum must not hide behind one that passes."""
    estimate = estimate_of(part)
    if not estimate:
        return math.inf
    return -estimate.low if less_is_worse else estimate.high


def _stratifiers(scan: Scan) -> tuple[str, ...]:
    """The label and the declared slices: a slice that is made larger changes what goes with each label too."""
    return tuple(dict.fromkeys((*([scan.roles.label] if scan.roles.label else []), *scan.roles.slices)))


def levels_of_both(human: pl.Series, synthetic: pl.Series, least: int = STRATUM_ROWS) -> list[tuple[str, Mask, Mask]]:
    """Each level that has rows enough of both origins, with its rows."""
    strata = []
    human, synthetic = human.cast(pl.String), synthetic.cast(pl.String)
    for level in human.drop_nulls().unique().sort().to_list():
        mine = (human == level).fill_null(value=False).to_numpy()
        theirs = (synthetic == level).fill_null(value=False).to_numpy()
        if min(int(mine.sum()), int(theirs.sum())) >= least:
            strata.append((str(level), mine, theirs))
    return strata

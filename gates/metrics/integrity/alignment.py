"""Whether both partitions are written the same way: columns, types, units, vocabularies, encodings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.config.data_types import LINEAGE_ROLES, PEOPLE_ROLES, RESPONSE_GENERATORS
from gates.data.values.kinds import NULL_WORDS
from gates.metrics.base.measurement import Estimate, Measured, Measurement, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.metrics.comparison.strata import strata_of
from gates.metrics.integrity.language_tags import wrong_tags
from gates.metrics.integrity.manners import differences_in_manners, misread_values
from gates.metrics.integrity.new_levels import EVENT, UNIT, folded, new_levels, stand_ins, unseen_events
from gates.metrics.integrity.text_languages import differences_in_languages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gates.data.arrays import Floats
    from gates.data.facts import FileFacts
    from gates.data.scan.result import Scan
    from gates.metrics.comparison.strata import Sides
    from gates.verdict import Scope

# Factors between units that people confuse (pounds, inches, feet, weeks, tens, dozens, days, minutes, cents and percent,
# years, thousands, minutes and seconds of a day, millions), further apart than two samples blur them.
UNIT_FACTORS = (2.2046, 2.54, 3.2808, 7, 10, 12, 24, 60, 100, 365.25, 1000, 1440, 3600, 86400, 1e6)
# Quartiles must agree on the factor within this share of it: two standard errors of a lower quartile at n = 1,000.
FACTOR_TOLERANCE = 0.15
# Quartiles of sixty rows with a heavy tail lie a factor of two apart by chance: one wrong accusation in a thousand columns.
UNIT_BY_CHANCE = 0.001
# Values that few rows have may all fall to one side: of two halves of one table, three do in one column of four.
ONE_SIDED_BY_CHANCE = 0.001
# A level or a sentinel in fewer rows than this may be a slip of one row, which the row rules find.
SHARE_AT_LEAST = 0.01
# Fewer rows than this carry no quantile that a unit could be read off.
ROWS_AT_LEAST = 30


@dataclass(frozen=True)
class Difference:
    """One way in which the partitions do not line up."""

    kind: str
    column: str
    message: str


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Number of columns written differently on the two sides, of synthetic rows alone in their files; without interval."""
    differences = [*_file_columns(scan), *_types(scan)]
    if not scan.declared.is_synthetic_alone:
        differences += [
            *_columns(scan), *_of_strata(scan), *_vocabularies(scan), *_new_levels(scan),
            *(Difference(*one) for one in differences_in_manners(scan)),
            *(Difference("language", *one) for one in wrong_tags(scan)),
            *(Difference("language", *one) for one in differences_in_languages(scan)),
            *(Difference("encoding", *one) for one in misread_values(scan)),
        ]  # fmt: skip
    evidence = {"differences": [vars(difference) for difference in differences]}
    note = "; ".join(difference.message for difference in differences[:3])
    return Measured(
        Estimate.exact(len(differences)), RowCounts(len(scan.human), len(scan.synthetic)), note=note, evidence=evidence
    )


def _ignored(scan: Scan) -> set[str]:
    """What one side may have alone: lineage and which model wrote a response, who wrote or judged a row, and a key.

    A file whose rows are of one origin, a reference among them, need not say it in every row.
    """
    one_sided = {*scan.roles.bound} & {*PEOPLE_ROLES, *RESPONSE_GENERATORS} - {*scan.roles.content}
    roles = {*scan.roles.lineage.values(), *LINEAGE_ROLES, *one_sided, scan.roles.key or ""}
    # Where another column says who made a row, one called `origin` is content.
    return roles | {name for role, name in scan.roles.in_files.items() if role in {*roles, "origin"}}


def _file_columns(scan: Scan) -> Iterator[Difference]:
    """A column that some files have and others lack: taking the first file's schema would lose it silently."""
    everywhere = {name for file in scan.files for name in file.columns} - _ignored(scan)
    for name in sorted(everywhere):
        lacking = [file.path for file in scan.files if file.rows and name not in file.columns]
        if lacking:
            message = f"column '{name}' is missing from {len(lacking)} of {len(scan.files)} files, first {lacking[0]}"
            yield Difference("column", name, message)


def _columns(scan: Scan) -> Iterator[Difference]:
    """A column with values on one side only; where few rows have any, more of them than chance puts on one side."""
    left_out = _ignored(scan) | {difference.column for difference in _file_columns(scan)}
    compared = _value_counts(scan)
    for name in (name for name in scan.human.frame.columns if name not in left_out):
        full = next((full for values, rows in compared if (full := _only_side(values[name], rows))), "")
        if full:
            empty = "human" if full == "synthetic" else "synthetic"
            yield Difference("column", name, f"column '{name}' has values in {full} rows and none in {empty} rows")


def _value_counts(scan: Scan) -> list[tuple[Mapping[str, tuple[int, int]], tuple[int, int]]]:
    """By column how many human and synthetic rows have a value, and how many rows there are: of all, or of each stratum."""
    names, counts = scan.human.frame.columns, scan.counts
    if not scan.declared.extends_human_law:
        values = {name: (counts.human_columns.get(name, 0), counts.synthetic_columns.get(name, 0)) for name in names}
        return [(values, (scan.human.total, scan.synthetic.total))]
    compared: list[tuple[Mapping[str, tuple[int, int]], tuple[int, int]]] = []
    for sides in strata_of(scan):
        human, synthetic = sides.human.frame, sides.synthetic.frame
        values = {name: (human[name].count(), synthetic[name].count()) for name in names}
        compared.append((values, (human.height, synthetic.height)))
    return compared


def _only_side(values: tuple[int, int], rows: tuple[int, int]) -> str:
    """The origin that alone has values of a column, or "" where both do, or chance explains it."""
    full = int(values[1] > values[0])
    if values[1 - full] or not values[full]:
        return ""
    by_chance = (rows[full] / max(1, sum(rows))) ** values[full]
    is_proven = 2 * values[full] > rows[full] or by_chance < ONE_SIDED_BY_CHANCE
    return ("human", "synthetic")[full] if is_proven else ""


def _types(scan: Scan) -> Iterator[Difference]:
    """A column whose type differs between files; null-typed columns take any type."""
    for name in sorted({name for file in scan.files for name in file.columns} - _ignored(scan)):
        by_type: dict[str, FileFacts] = {}
        for file in scan.files:
            kind = _family(file.columns.get(name, "null"))
            if kind != "null" and file.rows:
                by_type.setdefault(kind, file)
        mixed = [kind for kind in by_type if kind.startswith("mixed")]
        if len(by_type) > 1 or mixed:
            parts = ", ".join(f"{kind} in {file.path}{_row_of(file, name)}" for kind, file in sorted(by_type.items()))
            yield Difference("type", name, f"column '{name}' has several types: {parts}")


def _row_of(file: FileFacts, name: str) -> str:
    """Where a column of several types has another one, as far as its reader knows."""
    _, _, row = file.columns[name].partition("; ")
    return f" ({row})" if row else ""


def _family(arrow_type: str) -> str:
    """Types of the same values whatever their width are one family.

    Integers and floats are one: a missing value turns a CSV's integers into floats, and whether the numbers are whole
    is a constraint of its own.
    """
    if arrow_type.startswith(("int", "uint", "float", "double", "halffloat", "decimal")):
        return "number"
    if arrow_type.startswith(("string", "large_string", "utf8", "dictionary")):
        return "string"
    return arrow_type.partition("; ")[0]


def _units(scan: Scan, sides: Sides) -> Iterator[Difference]:
    """A number that on one side is a known factor larger in every quartile, beyond chance: hours against minutes."""
    groups = len(np.unique(sides.human.group)), len(np.unique(sides.synthetic.group))
    for name in scan.roles.content:
        human, synthetic = sides.human.frame[name], sides.synthetic.frame[name]
        is_number = human.dtype.is_numeric() and synthetic.dtype.is_numeric()
        if (
            not is_number
            or name in scan.roles.identifying
            or not len(ratios := _quantile_ratios(human, synthetic, groups))
        ):
            continue
        off, factor, word = min(
            (float(np.abs(sense / factor - 1).max()), factor, word)
            for factor in UNIT_FACTORS
            for sense, word in ((ratios, "larger"), (1 / ratios, "smaller"))
        )
        if off <= FACTOR_TOLERANCE:
            message = f"column '{name}' is about {factor:g} times {word} in synthetic rows: another unit?"
            yield Difference("unit", name, message)


def _of_strata(scan: Scan) -> Iterator[Difference]:
    """Units within what is compared, of each column once: a rare class may have other sizes than all rows."""
    by_column = {one.column: one for sides in strata_of(scan) for one in _units(scan, sides)}
    yield from by_column.values()


def _quantile_ratios(human: pl.Series, synthetic: pl.Series, groups: tuple[int, int]) -> Floats:
    """Synthetic quartiles over human ones; none where chance explains that they differ."""
    mine, theirs = (side.cast(pl.Float64).drop_nulls().drop_nans() for side in (human, synthetic))
    if min(len(mine), len(theirs)) < ROWS_AT_LEAST:
        return np.empty(0)
    grid = (0.25, 0.5, 0.75)
    one, two = (np.array([side.quantile(at) for at in grid], dtype=float) for side in (mine, theirs))
    # A column of few positive values (mostly zeros, or around zero) has no scale to compare.
    if (one <= 0).any() or (two <= 0).any() or mine.n_unique() < len(grid):
        return np.empty(0)
    bounds = [
        [_quantile_bounds(side, at, count) for at in grid] for side, count in zip((mine, theirs), groups, strict=True)
    ]
    if any(low <= upper and lower <= high for (low, high), (lower, upper) in zip(*bounds, strict=True)):
        return np.empty(0)
    ratios: Floats = two / one
    return ratios


def _quantile_bounds(values: pl.Series, at: float, groups: int) -> tuple[float, float]:
    """What a quantile lies between, from the binomial law of how many values lie below it (Conover 1999, 3.2).

    groups: rows of one group are no independent values, as readings of one sensor.
    """
    n = min(groups, len(values))
    # Half a second that a check without this question need not wait for.
    from scipy.stats import binom

    below = binom.ppf([UNIT_BY_CHANCE / 2, 1 - UNIT_BY_CHANCE / 2], n, at) / n
    return float(values.quantile(below[0]) or 0.0), float(values.quantile(below[1]) or 0.0)


def _vocabularies(scan: Scan) -> Iterator[Difference]:
    """Levels that differ only in case or white space, and nulls written as words."""
    for name in dict.fromkeys((*scan.roles.content, *([scan.roles.label] if scan.roles.label else []))):
        human, synthetic = scan.human.frame[name], scan.synthetic.frame[name]
        if human.dtype != pl.String or synthetic.dtype != pl.String or name in scan.roles.texts:
            continue
        new = _one_sided_levels(synthetic, human)
        spelled = {folded(level): level for level in human.drop_nulls().unique().sort()} if new else {}
        nulls = []
        for level in new:
            twin = spelled.get(folded(level))
            if twin is not None:
                yield Difference("vocabulary", name, f"column '{name}' spells {twin!r} as {level!r} in synthetic rows")
            else:
                nulls.append((level, "in synthetic rows"))
        nulls += [(level, "in human rows only") for level in _one_sided_levels(human, synthetic)]
        for level, where in nulls:
            if folded(level) in NULL_WORDS:
                yield Difference("encoding", name, f"column '{name}' writes missing values as {level!r} {where}")


def _new_levels(scan: Scan) -> Iterator[Difference]:
    """A unit, a label, events or languages that no human row has; nulls written as words are differences already."""
    columns = set()
    for new in new_levels(scan, NULL_WORDS):
        columns.add(new.column)
        kind = "label" if new.column == scan.roles.label else new.column
        yield Difference(kind, new.column, new.message() + (": another unit?" if kind == UNIT else ""))
    for new in stand_ins(scan):
        yield Difference("encoding", new.column, f"{new.message()}: what is written where there is no reading?")
    if EVENT not in columns and (message := unseen_events(scan)):
        yield Difference(EVENT, EVENT, message)


def _one_sided_levels(values: pl.Series, others: pl.Series) -> list[str]:
    """The levels, sorted, of at least one row in a hundred that the other side lacks."""
    present = values.drop_nulls()
    # Counted by their hashes: texts may be long, and are copied where they are counted.
    _, first, count = np.unique(present.hash().to_numpy(), return_index=True, return_counts=True)
    frequent = present[first[count >= SHARE_AT_LEAST * len(values)]]
    shared = others.filter(others.is_in(frequent.implode()))
    return sorted({*frequent} - {*shared.unique()})


METRIC = Metric(
    expectation="expect_partitions_to_align",
    measure=measure,
    side=Side.MAX,
    finding="Human and synthetic rows differ in columns, types, units or values",
    unit=Unit.COUNT,
    asks="Do human and synthetic rows have the same columns, types, units, vocabularies, encodings, languages and tags of these?",
    why=(
        "Readers take the first file's schema and drop what only later files have. Minutes against hours, 'null' against a missing value, "
        "' Male' against 'Male', a unit, a label or an event that no human row has give a model the origin of a row instead of anything about the world. "
        "Texts in a language that people hardly write here, or in another one than their prompt, are counted where no column names languages."
    ),
    source=(
        "The project's own rule; observed in DuckDB and Arrow readers; Fisher's exact test (1922) for new levels; languages by "
        "naive Bayes on character n-grams, Lui & Baldwin, langid.py, ACL 2012; of untagged texts by function words and script, medium "
        "effects (h = .5): Cohen, Statistical Power Analysis, 1988, ch. 6"
    ),
    fix=(
        "Write both sides with one schema, one set of units and one set of labels; the message names the column and the "
        'difference. Where synthetic rows have new labels on purpose, set synthetic_role = "extend".'
    ),
    languages_together="columns and files are compared, not rows",
    exact="compares columns, types and vocabularies",
    cached="cells with a value; columns and types by file",
    reads="units, vocabularies, new levels and languages: the sample, of languages 1,000 tagged or 2,000 untagged texts of either side",
)

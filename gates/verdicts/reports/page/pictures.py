"""The figures of one check: what its evidence has beside the number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.verdict import LINE_TO_ADD
from gates.verdicts.reports.evidence import FIRST
from gates.verdicts.reports.page import wording
from gates.verdicts.reports.page.drawing.figures import Bar, bars
from gates.verdicts.reports.page.drawing.heatmaps import association_map, row_maps
from gates.verdicts.reports.page.drawing.histograms import histograms
from gates.verdicts.reports.page.drawing.markup import Markup, table
from gates.verdicts.reports.page.parts import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gates.verdict import CheckResult

# What a key of the evidence shows, where its name alone says too little.
_SENTENCES = {
    "worst_columns": "The columns that differ most, by the distance beyond what human rows differ among themselves",
    "worst_pairs": "The pairs of columns whose association differs most from that in human rows",
    "worst_triples": "The three columns at once that differ most from human rows",
    "telling": "What tells a classifier synthetic rows from human ones: how much its AUC falls without each column",
    "unique_human_mass_by_level": "The share of human rows in each group that lie where no synthetic row does",
    "scores": "How well a model does, by the rows that it learnt from",
    "worst_recall": "The labels that a model recalls worst, by the rows that it learnt from",
    "recall_on_synthetic": "The share of synthetic rows of each label to which a model of human rows gives that label",
    "shares": "The share of rows with each label",
    "thin": "The groups with the fewest rows",
    "vanished": "Groups of human rows that have no synthetic row",
    "repaired_by_synthetic": "Groups that are large enough by their synthetic rows alone",
    "matrix": "Rows that equal another row, by the origin of both",
    "filled": "The share of rows in which each field of lineage is filled",
    "differences": "What differs between human and synthetic rows",
}
# Evidence in which the check's own limit applies to each line.
_UNDER_THE_LIMIT = frozenset({"worst_columns"})
_COLOURS = {"human": "human", "people": "human", "holdout": "human", "synthetic": "synthetic", "trained": "synthetic"}
# Evidence that is kept for a figure of its own.
_DRAWN: Mapping[str, Callable[[Mapping[str, object]], Iterator[Markup]]] = {
    "distributions": histograms, "associations": association_map, "map": row_maps,
}  # fmt: skip
_HIDDEN = frozenset({FIRST, LINE_TO_ADD})
# Lines that one figure shows; the JSON document has all of them.
_MOST_LINES = 12


def pictures(check: CheckResult) -> Iterator[Markup]:
    """The figures of a check's own evidence; those of parts of the rows are in `parts`."""
    parts = {kind for kind, _ in parts_of(check)}
    tables: dict[tuple[str, ...], dict[str, Mapping[str, object]]] = {}
    for key, value in check.evidence.items():
        if key in _HIDDEN or key in parts:
            continue
        if key == "matrix":
            value = _repeats(value)  # noqa: PLW2901
        if key in _DRAWN and isinstance(value, dict):
            yield from _DRAWN[key](value)
        elif isinstance(value, dict) and _is_pair(value):
            tables.setdefault(tuple(value), {})[key] = value
        elif figure := _figure(key, value, check):
            yield figure
    for named in tables.values():
        yield _grouped("Synthetic rows beside other human rows", named)
    if places := _places(check):
        yield places


def _figure(key: str, value: object, check: CheckResult) -> Markup | None:
    sentence = _SENTENCES.get(key, key.replace("_", " ").capitalize())
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return _of_lists(sentence, value)
    if not isinstance(value, dict) or not value:
        return None
    if all(isinstance(item, dict) and _is_pair(item) for item in value.values()):
        return _grouped(sentence, value)
    if not all(isinstance(item, int | float) for item in value.values()):
        return None
    limit = check.max_value if key in _UNDER_THE_LIMIT else None
    if limit is not None:
        sentence += f"; the line is the limit, {wording.number(check, limit)}"
    lines = [Bar(name, (float(number),), (_short(number),)) for name, number in list(value.items())[:_MOST_LINES]]
    return bars(sentence, "", [("value", "plain")], lines, limit)


def _grouped(sentence: str, named: Mapping[str, Mapping[str, object]]) -> Markup:
    """Two numbers a line, beside each other."""
    series = list(next(iter(named.values())))
    lines = [
        Bar(
            name.replace("_", " "),
            tuple(_number(values.get(one)) for one in series),
            tuple(_short(values.get(one)) for one in series),
        )
        for name, values in list(named.items())[:_MOST_LINES]
    ]
    return bars(sentence, "", [(_named(one), _COLOURS.get(one, "plain")) for one in series], lines)


def _of_lists(sentence: str, items: list[dict[str, object]]) -> Markup:
    """Records: with a name and two counts a figure, else a table."""
    shown = items[:_MOST_LINES]
    keys = list(dict.fromkeys(key for item in shown for key in item))
    counts = [key for key in keys if all(isinstance(item.get(key), int | float) for item in shown)]
    names = [key for key in keys if key not in counts]
    if counts and names[:1] == keys[:1] and names[1:] == []:
        return _grouped(sentence, {str(item[keys[0]]): {key: item[key] for key in counts} for item in shown})
    cells = ([_short(item.get(key)) for key in keys] for item in shown)
    return table(sentence, [key.replace("_", " ") for key in keys], cells)


def _repeats(matrix: object) -> dict[str, object]:
    """How many rows of an origin equal another row of either, in words; what has another form is no figure."""
    if not isinstance(matrix, dict):
        return {}
    return {
        f"{key.partition('_in_')[0]} rows that equal a {key.partition('_in_')[2]} row": value
        for key, value in matrix.items()
        if "_in_" in key
    }


def _places(check: CheckResult) -> Markup | None:
    """Where the first rows of a finding are; of copies the places of both."""
    first = check.evidence.get(FIRST)
    if not isinstance(first, list | tuple) or not first:
        return None
    pairs = [str(place).split(" = ") for place in first[:_MOST_LINES]]
    if all(len(pair) == 2 for pair in pairs):  # noqa: PLR2004
        return table("Rows that are alike: the first of them, with the places of both", ["row", "is like"], pairs)
    places = [[*str(place).rpartition(":")[::2]] for place in first[:_MOST_LINES]]
    return table("The first rows of the finding", ["file", "row"], places)


def _is_pair(value: Mapping[str, object]) -> bool:
    return 1 < len(value) <= 4 and all(  # noqa: PLR2004
        isinstance(item, int | float) or item is None for item in value.values()
    ) and any(key in _COLOURS for key in value)  # fmt: skip


def _named(series: str) -> str:
    return "other human rows" if series == "people" else series.replace("_", " ")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _short(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)

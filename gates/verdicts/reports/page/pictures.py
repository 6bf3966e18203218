"""The figures of one check: what its evidence has beside the number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.verdicts.reports.evidence import FIRST
from gates.verdicts.reports.page import wording
from gates.verdicts.reports.page.captions import NOT_DRAWN, caption, series_name
from gates.verdicts.reports.page.drawing.figures import Bar, bars
from gates.verdicts.reports.page.drawing.heatmaps import association_map, row_maps
from gates.verdicts.reports.page.drawing.histograms import histograms
from gates.verdicts.reports.page.drawing.markup import Markup, table
from gates.verdicts.reports.page.parts import parts_of
from gates.visible_text import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gates.verdict import CheckResult

# Evidence in which the check's own limit applies to each line.
_UNDER_THE_LIMIT = frozenset({"excess", "worst_columns"})
_COLOURS = {
    "human": "human", "people": "human", "as_many_of_people": "human", "holdout": "human", "synthetic": "synthetic",
    "trained": "synthetic",
}  # fmt: skip
_BESIDE_PEOPLE = {"synthetic", "people"}
# Evidence that is kept for a figure of its own.
_DRAWN: Mapping[str, Callable[[Mapping[str, object]], Iterator[Markup]]] = {
    "distributions": histograms, "associations": association_map, "map": row_maps,
}  # fmt: skip
# Lines that one figure shows; the JSON document has all of them.
_MOST_LINES = 12
# Below it three digits would be written with an exponent.
_SMALLEST = 1e-4


def pictures(check: CheckResult) -> Iterator[Markup]:
    """The figures of a check's own evidence; those of parts of the rows are in `parts`."""
    parts = {kind for kind, _ in parts_of(check)}
    beside: dict[str, Mapping[str, object]] = {}
    for key, value in check.evidence.items():
        if key in NOT_DRAWN or key in parts:
            continue
        if key in _DRAWN and isinstance(value, dict):
            yield from _DRAWN[key](value)
        elif isinstance(value, dict) and set(value) == _BESIDE_PEOPLE:
            beside[key] = value
        elif figure := _figure(key, _repeats(value) if key == "matrix" else value, check):
            yield figure
    if beside:
        yield _grouped("Synthetic rows, and other human rows in their place, beside human rows", beside)
    if places := _places(check):
        yield places


def _figure(key: str, value: object, check: CheckResult) -> Markup | None:
    """A figure of lists and tables in the evidence; None for what is neither, and where there is nothing to see."""
    sentence = caption(key)
    if isinstance(value, list) and value and all(isinstance(item, dict) and item for item in value):
        return _of_lists(sentence, value)
    if not isinstance(value, dict):
        return None
    if value and all(isinstance(item, dict) and item and _is_numbers(item) for item in value.values()):
        return _grouped(sentence, value)
    if not _is_numbers(value) or not any(value.values()):
        return None
    limit = check.max_value if key in _UNDER_THE_LIMIT else None
    if limit is not None:
        sentence += f"; the line is the limit, {wording.number(check, limit)}"
    lines = [
        Bar(shortened(series_name(name)), (_number(number),), (_short(number),), _COLOURS.get(name, "plain"))
        for name, number in list(value.items())[:_MOST_LINES]
    ]
    return bars(sentence, "of", [("value", "plain")], lines, limit)


def _grouped(sentence: str, named: Mapping[str, Mapping[str, object]]) -> Markup:
    """Several numbers a line, beneath each other."""
    series = list(next(iter(named.values())))
    numbers = [value for values in named.values() for value in values.values() if value]
    if any(isinstance(value, float) for value in numbers) and any(isinstance(value, int) for value in numbers):
        # Counts beside shares have no length in common.
        lines_of_text = (
            [shortened(name), *(_short(values.get(one)) for one in series)] for name, values in named.items()
        )
        return table(sentence, ["of", *(one.replace("_", " ") for one in series)], list(lines_of_text)[:_MOST_LINES])
    lines = [
        Bar(
            shortened(series_name(name)),
            tuple(_number(values.get(one)) for one in series),
            tuple(_short(values.get(one)) for one in series),
        )
        for name, values in list(named.items())[:_MOST_LINES]
    ]
    colours = [_COLOURS.get(one, "plain" if at == 0 else "second") for at, one in enumerate(series)]
    return bars(sentence, "of", list(zip(map(series_name, series), colours, strict=True)), lines)


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
    by_file: dict[str, list[str]] = {}
    for place in first[:_MOST_LINES]:
        path, _, row = str(place).rpartition(":")
        by_file.setdefault(path, []).append(row)
    return table(
        "The first rows of the finding", ["file", "rows"], ([path, ", ".join(rows)] for path, rows in by_file.items())
    )


def _is_numbers(value: Mapping[str, object]) -> bool:
    return all(isinstance(item, int | float) or item is None for item in value.values())


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _short(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        return (
            f"{value:.3g}"
            if abs(value) >= _SMALLEST or not value
            else f"{round(value, 5) or 0:.5f}".rstrip("0").rstrip(".")
        )
    return f"{value:,}" if isinstance(value, int) else shortened(str(value))

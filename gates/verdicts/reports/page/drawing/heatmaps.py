"""Associations of columns as a heat map, and both sets of rows on one map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.verdicts.reports.page.drawing.figures import figure, keys
from gates.verdicts.reports.page.drawing.markup import Markup, scrolling, table, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Grid = list[list[float | None]]

# As many shades as an eye tells apart.
SHADES = 9
_CELL, _GAP = 14, 24
_ORIGINS = ("human", "synthetic")
# The map has all pairs in shades; a table of more lines is a second page.
_MOST_PAIRS = 12


def association_map(about: Mapping[str, object]) -> Iterator[Markup]:
    """How far the associations of each pair differ, in numbers and shades. about: `associations` of a check's evidence."""
    columns = about.get("columns")
    human, synthetic = (_grid(about.get(origin)) for origin in _ORIGINS)
    if not isinstance(columns, list) or not human or [len(line) for line in human] != [len(line) for line in synthetic]:
        return
    names = [str(name) for name in columns]
    gaps = [
        [None if mine is None or other is None else abs(mine - other) for mine, other in zip(*lines, strict=True)]
        for lines in zip(human, synthetic, strict=True)
    ]
    most = max([gap for line in gaps for gap in line if gap is not None], default=0.0)
    pairs = [
        (gap, f"{names[at]} and {names[to]}", human[at][to], synthetic[at][to])
        for at, line in enumerate(gaps)
        for to, gap in enumerate(line[:at])
        if gap is not None
    ]
    if not pairs:
        return
    pairs.sort(key=lambda pair: (-pair[0], pair[1]))
    head = tag("tr", tag("td", ""), *(tag("th", tag("span", name), scope="col") for name in names))
    lines = [
        tag("tr", tag("th", name, scope="row"), *(_shaded(gap, most) for gap in line))
        for name, line in zip(names, gaps, strict=False)
    ]
    _, first, mine, other = pairs[0]
    sentence = f"Difference of the associations on both sides; {first} differ most: {mine:+.2f} in human rows, {other:+.2f} in synthetic rows"
    inner = tag("table", tag("caption", sentence), tag("thead", head), tag("tbody", *lines), class_="heat")
    data = table(
        "The pairs that differ most, by the strength of their association",
        ["columns", *_ORIGINS, "difference"],
        ([name, f"{one:+.2f}", f"{two:+.2f}", f"{gap:.2f}"] for gap, name, one, two in pairs[:_MOST_PAIRS]),
    )
    yield tag(
        "figure", scrolling(inner, "Differences of associations"), tag("details", tag("summary", "On both sides"), data)
    )


def row_maps(about: Mapping[str, object]) -> Iterator[Markup]:
    """Both sets of rows in the same grid; cells with human rows alone have a frame. about: `map` of a check's evidence."""
    human, synthetic = (_grid(about.get(origin)) for origin in _ORIGINS)
    if not human or [len(line) for line in human] != [len(line) for line in synthetic]:
        return
    wide, high = len(human[0]) * _CELL, len(human) * _CELL
    marks = [*_cells(human, "human", 0), *_cells(synthetic, "synthetic", wide + _GAP)]
    alone = 0.0
    for y, lines in enumerate(zip(reversed(human), reversed(synthetic), strict=True)):
        for x, (mine, other) in enumerate(zip(*lines, strict=True)):
            if mine and other == 0:
                alone += mine
                marks.append(
                    tag("rect", x=x * _CELL + 1, y=y * _CELL + 1, width=_CELL - 2, height=_CELL - 2, class_="alone")
                )
    everything = sum(count or 0 for line in human for count in line) or 1.0
    explained = about.get("explained")
    share = f" ({100 * explained:.0f} % of the variance)" if isinstance(explained, float) else ""
    sentence = (
        f"Human rows (left) and synthetic rows (right) along the two directions in which human rows differ most{share}; "
        f"framed cells hold {100 * alone / everything:.1f} % of human rows and no synthetic row"
    )
    data = tag(
        "div",
        *(
            table(f"Counts of {origin} rows by place, from top to bottom; * is one to four rows", [], _counts(grid))
            for origin, grid in zip(_ORIGINS, (human, synthetic), strict=True)
        ),
    )
    box = f"0 0 {2 * wide + _GAP} {high}"
    drawn = tag("svg", *marks, viewBox=box, role="img", aria_label=sentence, class_="map")
    yield figure(sentence, keys((*_ORIGINS, "human alone")), drawn, data)


def _shaded(gap: float | None, most: float) -> Markup:
    if gap is None:
        return tag("td", "")
    return tag("td", f"{gap:.2f}".removeprefix("0"), class_=f"h{_shade(gap, most)}")


def _cells(grid: Grid, origin: str, left: int) -> Iterator[Markup]:
    most = max([count for line in grid for count in line if count], default=1.0)
    for y, line in enumerate(reversed(grid)):
        for x, count in enumerate(line):
            # One to four rows are there and are not counted.
            shade = 1 if count is None else _shade(count, most)
            look = f"{origin} o{shade}" if shade else "empty"
            yield tag("rect", x=left + x * _CELL, y=y * _CELL, width=_CELL - 1, height=_CELL - 1, class_=look)


def _shade(value: float, most: float) -> int:
    """0 for nothing, else 1 to `SHADES`."""
    return min(SHADES, int(value / most * SHADES) + 1) if value > 0 and most > 0 else 0


def _counts(grid: Grid) -> list[list[str]]:
    return [["*" if count is None else f"{count:g}" for count in line] for line in reversed(grid)]


def _grid(value: object) -> Grid:
    """A list of lists of numbers as it stands in a document; empty for anything else."""
    if not isinstance(value, list) or not all(isinstance(line, list) for line in value):
        return []
    return [[float(one) if isinstance(one, int | float) else None for one in line] for line in value]

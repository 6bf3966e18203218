"""What every figure has: a sentence that says what it shows, a drawing, and its data as a table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.verdicts.reports.page.drawing.markup import Markup, joined, scrolling, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# The height of one bar alone, and of each of several, as the style sheet has them.
_ALONE, _BESIDE = 14, 10
# The heading of a column of drawings, for who hears the page.
UNSEEN = tag("span", "drawn", class_="unseen")


@dataclass(frozen=True)
class Bar:
    """One line of a figure.

    values: a length for each series, None where there is none; texts: how they are written.
    colour: of this line alone, else that of its series.
    """

    label: object
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    colour: str = ""


def drawn_table(sentence: str, headings: Sequence[object], lines: Iterable[Markup], look: str = "drawn") -> Markup:
    """A figure that is a table with a drawing in each line: who cannot see it reads the numbers beside it."""
    head = tag("thead", tag("tr", *(tag("th", heading, scope="col") for heading in headings)))
    inner = tag("table", tag("caption", sentence), head, tag("tbody", *lines), class_=look)
    return tag("figure", scrolling(inner, sentence))


def bars(
    sentence: str, label: str, series: Sequence[tuple[str, str]], lines: Sequence[Bar], limit: float | None = None
) -> Markup:
    """Bars from zero, each series beneath the other; a number below zero has none. series: name and colour of each. limit: a line through all of them."""
    lengths = [value for one in lines for value in one.values if value is not None and math.isfinite(value)]
    longest = max([*lengths, limit or 0.0, 0.0]) or 1.0
    shown = [
        tag(
            "tr",
            tag("th", one.label),
            tag("td", _bar(one, [colour for _, colour in series], longest, limit), class_="drawing"),
            *(tag("td", words) for words in one.texts),
        )
        for one in lines
    ]
    keys = joined(_key(name, colour) for name, colour in series) if len(series) > 1 else UNSEEN
    return drawn_table(sentence, [label, keys, *(name for name, _ in series)], shown)


def figure(sentence: str, legend: Markup, drawn: Markup, data: Markup) -> Markup:
    """A drawing of its own with its data folded beneath it."""
    return tag("figure", tag("figcaption", sentence), legend, drawn, tag("details", tag("summary", "Data"), data))


def keys(series: Iterable[str]) -> Markup:
    """What each colour stands for."""
    return tag("p", *(_key(name, "alone" if "alone" in name else name) for name in series), class_="legend")


def drawing(*content: object, height: int | None = None, class_: str | None = None) -> Markup:
    """An SVG as wide as its cell; the numbers beside it say the same to who cannot see it. height: None where the style has it."""
    return tag("svg", *content, height=height, class_=class_, aria_hidden="true")


def percent_of(value: float, whole: float) -> str:
    """A length on a drawing."""
    return f"{100 * max(0.0, min(value / whole, 1.0)):.3g}%"


def _key(name: str, colour: str) -> Markup:
    square = tag("svg", tag("rect", width=10, height=10, rx=2, class_=colour), width=10, height=10, aria_hidden="true")
    return tag("span", square, f" {name} ", class_="key")


def _bar(one: Bar, colours: Sequence[str], longest: float, limit: float | None) -> Markup:
    is_alone = len(colours) == 1
    height = _ALONE if is_alone else _BESIDE * len(colours)
    parts = [
        tag(
            "rect",
            y=None if is_alone else 1 + at * _BESIDE,
            width=percent_of(value, longest),
            class_=colour,
        )
        for at, (value, colour) in enumerate(zip(one.values, [one.colour] if one.colour else colours, strict=True))
        if value is not None and math.isfinite(value) and value > 0
    ]
    if limit is not None:
        at = percent_of(limit, longest)
        parts.append(tag("line", x1=at, x2=at, y2=height, class_="limit"))
    return drawing(*parts, height=None if is_alone else height, class_="bar" if is_alone else "bars")

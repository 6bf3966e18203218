"""HTML and SVG out of plain values: the one place where text from data is escaped, so that it can be nothing but text."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from gates.verdicts.reports.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

# Elements of HTML and SVG that have no content and no end tag.
_VOID = frozenset({"br", "circle", "line", "link", "meta", "path", "rect", "wbr"})
# After these a name without spaces goes on in the next line, rather than in the middle of a word.
_JOINTS = re.compile(r"(?<=[/_,])")


class Markup(str):
    """Text that is HTML already; everything else is escaped when it becomes a part of a page."""

    __slots__ = ()


def text(value: object) -> Markup:
    """A value as text, in which nothing is markup, hidden, or turns the direction of what follows."""
    return value if isinstance(value, Markup) else Markup(escape(printable(str(value)), quote=True))


def joined(parts: Iterable[object]) -> Markup:
    """Parts one after the other."""
    return Markup("".join(map(text, parts)))


def name_in_lines(name: str) -> Markup:
    """A name, such as the id of a check, that is broken between its words where a line ends."""
    first, *others = _JOINTS.split(name)
    return joined([first, *(part for word in others if word for part in (tag("wbr"), word))])


def tag(name: str, /, *content: object, **attributes: object) -> Markup:
    """One element. attributes: `class_` is `class`, `aria_label` is `aria-label`; those that are None are left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>" if name in ("br", "link", "meta", "wbr") else f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{joined(content)}</{name}>")


def with_code(sentence: str) -> Markup:
    """A sentence whose commands between backticks are code."""
    parts = re.split(r"`([^`]*)`", sentence)
    return joined(tag("code", part) if at % 2 else part for at, part in enumerate(parts))


def rows(cells: Iterable[Iterable[object]]) -> Markup:
    """Lines of a table, the first cell of each its heading."""
    lines = []
    for line in cells:
        first, *others = [*line] or [""]
        lines.append(tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in others)))
    return joined(lines)


def table(caption: object, headings: Iterable[object], cells: Iterable[Iterable[object]]) -> Markup:
    """A table with its caption; it scrolls by itself where it is wider than the page, by keys too."""
    head = tag("thead", tag("tr", *(tag("th", heading, scope="col") for heading in headings)))
    inner = tag("table", tag("caption", caption), head, tag("tbody", rows(cells)))
    return scrolling(inner, caption)


def scrolling(content: Markup, label: object) -> Markup:
    """What may be wider than the page, in a region that scrolls by itself. label: what who hears the page is told of it."""
    return tag("div", content, class_="scrolls", tabindex="0", role="region", aria_label=label)

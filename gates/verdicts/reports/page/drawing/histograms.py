"""Distributions of a column on both sides, as bars beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.verdicts.reports.page.drawing.figures import figure, keys
from gates.verdicts.reports.page.drawing.markup import Markup, table, tag
from gates.visible_text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HEIGHT, _FOOT = 110, 16
# Labels that stand beneath a figure on a telephone without touching each other, cut to so many letters.
_MOST_LABELS = 4
_LETTERS = 14
_ORIGINS = ("human", "synthetic")
_FEW = "under 5 rows"


def histograms(columns: Mapping[str, object]) -> Iterator[Markup]:
    """A figure for each column. columns: `distributions` of a check's evidence."""
    for name, shares in columns.items():
        if isinstance(shares, dict) and all(isinstance(shares.get(key), list) for key in ("bins", *_ORIGINS)):
            yield _histogram(
                name, [str(label) for label in shares["bins"]], *(_floats(shares[one]) for one in _ORIGINS)
            )


def _histogram(name: str, bins: list[str], human: list[float | None], synthetic: list[float | None]) -> Markup:
    most = max([share for share in (*human, *synthetic) if share], default=1.0)
    width = 100 / max(len(bins), 1)
    marks: list[Markup] = []
    for at, shares in enumerate(zip(human, synthetic, strict=False)):
        for side, (origin, share) in enumerate(zip(_ORIGINS, shares, strict=True)):
            if share:
                tall = _HEIGHT * share / most
                x, wide = (at + 0.1 + 0.4 * side) * width, 0.4 * width
                marks.append(
                    tag(
                        "rect",
                        x=f"{x:.4g}%",
                        y=f"{_HEIGHT - tall:.4g}",
                        width=f"{wide:.4g}%",
                        height=f"{tall:.4g}",
                        class_=origin,
                    )
                )
    step = -(-len(bins) // _MOST_LABELS)
    # One that begins farther to the right has no room there.
    for at in range(0, int((1 - 1 / _MOST_LABELS) * len(bins)) + 1, step):
        label = bins[at] if len(bins[at]) <= _LETTERS else bins[at][: _LETTERS - 1] + "\N{HORIZONTAL ELLIPSIS}"
        marks.append(tag("text", label, x=f"{at * width:.4g}%", y=_HEIGHT + _FOOT - 4))
    marks.append(tag("line", x2="100%", y1=_HEIGHT, y2=_HEIGHT, class_="base"))
    sentence = f"{name}: {_difference(bins, human, synthetic)}"
    lines = [[shortened(label), *map(_written, shares)] for label, *shares in zip(bins, human, synthetic, strict=False)]
    data = table(f"Shares of rows by {name}", ["values", *_ORIGINS], lines)
    drawn = tag("svg", *marks, height=_HEIGHT + _FOOT, role="img", aria_label=sentence)
    return figure(sentence, keys(_ORIGINS), drawn, data)


def _difference(bins: list[str], human: list[float | None], synthetic: list[float | None]) -> str:
    """Where the shares lie farthest apart, in words."""
    gaps = [abs((mine or 0) - (other or 0)) for mine, other in zip(human, synthetic, strict=False)]
    if not gaps:
        return "no rows"
    at = max(range(len(gaps)), key=gaps.__getitem__)
    return (
        f"{shortened(bins[at])} is {_written(human[at])} of human rows and {_written(synthetic[at])} of synthetic rows"
    )


def _written(share: float | None) -> str:
    return _FEW if share is None else f"{100 * share:.1f} %"


def _floats(values: list[object]) -> list[float | None]:
    return [float(value) if isinstance(value, int | float) else None for value in values]

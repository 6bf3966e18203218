"""What a verdict says of columns that are compared as something else than they are written, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.errors import first_few
from gates.metrics.limits.wording import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gates.verdict import Verdict

# Wide tables have thousands.
MOST_NAMES = 12


def column_lines(verdict: Verdict) -> tuple[str, ...]:
    """`wage` reads as numbers (99.2 %); not compared: `notes`; a line each, and one for every doubt."""
    read_as, left_out = (verdict.columns.get(name) or {} for name in ("read_as", "not_compared"))
    lines = [*_readings(read_as)] if isinstance(read_as, dict) else []
    if isinstance(left_out, dict) and left_out:
        lines.append("not compared: " + first_few([f"`{name}`" for name in left_out], MOST_NAMES))
    return tuple(lines)


def _readings(read_as: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    compared = {name: one for name, one in read_as.items() if one["compared"]}
    if compared:
        yield first_few(
            (f"`{name}` reads as {one['kind']} ({_ratio(one)})" for name, one in compared.items()), MOST_NAMES
        )
    for name, one in read_as.items():
        if name not in compared:
            yield f"`{name}` may hold {one['kind']} and is compared as text: {one['doubt']}"
        elif one["doubt"]:
            yield f"`{name}`: {one['doubt']}"


def _ratio(reading: Mapping[str, object]) -> str:
    ratio = reading["ratio"]
    return percent(ratio) if isinstance(ratio, float) else "100.0 %"

"""Reads `[stages.NAME]`: what a version of a dataset must have behind it before it is promoted there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from gates.config.dataset import PURPOSES
from gates.config.parsing import validators
from gates.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.config.parsing.problems import Problems
    from gates.config.parsing.validators import Reader

# Stands in `answered` for every check of the verdict.
ALL = "all"

# GTO's rule (gto/constants.py), because the name stands in a tag that GTO reads.
_NAME = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9/_-]*[a-zA-Z0-9])?")


@dataclass(frozen=True)
class Stage:
    """One `[stages.NAME]` table. What is left out is not asked for.

    line: where the table starts. after: the stage that a version must hold before this one.
    purpose: what the dataset must be meant for. reviewers: the least number of distinct people, the author not counted,
    that `Reviewed-by:` trailers name. maximum_age: the most days since the verdict was written.
    answered: ids of checks, or types of expectations, that must have passed or failed; ("all",) stands for every check.
    weights: whether a healthy file of weights for exactly this data has to be in the commit.
    review: whether people have to have accepted exactly these rows, in a record in the commit. review_ltpd: the share of rows to
    reject at which the plan of that review may accept a stratum one time in ten at most.
    """

    name: str
    line: int
    after: str | None = None
    purpose: str | None = None
    reviewers: int = 0
    maximum_age: int | None = None
    waivers: Literal["allowed", "forbidden"] = "allowed"
    loosened: Literal["allowed", "forbidden"] = "allowed"
    answered: tuple[str, ...] = ()
    weights: Literal["optional", "required"] = "optional"
    review: Literal["optional", "required"] = "optional"
    review_ltpd: float | None = None


def stages_of(tables: Any, problems: Problems) -> dict[str, Stage]:
    """Every stage in the order of promotion: a stage follows the one it comes after, else the order of the file counts.

    Mistakes go to `problems`; what is wrong is left out.
    """
    if not isinstance(tables, dict):
        problems.add(("stages",), f"stages is {validators.toml_name(tables)}, expected tables [stages.NAME]")
        return {}
    stages = {}
    for name, table in tables.items():
        before = len(problems.entries)
        _check(name, table, tables, problems)
        if len(problems.entries) == before:
            values: dict[str, Any] = {
                key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
            }
            stages[name] = Stage(name, problems.line(("stages", name)), **values)
    return _in_order(stages, problems)


def _check(name: str, table: Any, tables: Mapping[str, Any], problems: Problems) -> None:
    # GTO lets '//' pass, but git takes no such tag.
    if not _NAME.fullmatch(name) or "//" in name:
        problems.add(
            ("stages", name),
            f"'{name}' is no name for a stage: only letters, digits, '_', '-' and single '/', with a letter or a digit at both ends",
        )
    if not isinstance(table, dict):
        problems.add(("stages", name), f"is {validators.toml_name(table)}, expected a table [stages.{name}]")
        return
    problems.check(table, ("stages", name), _READERS)
    after, at = table.get("after"), ("stages", name, "after")
    if after == name:
        problems.add(at, "comes after itself; name the stage before it, or leave `after` out")
    elif isinstance(after, str) and after.strip() and after not in tables:
        problems.add(at, f"after: no stage '{after}' ({did_you_mean(after, set(tables) - {name})})")
    if "review_ltpd" in table and table.get("review") != "required":
        at = ("stages", name, "review_ltpd")
        problems.add(at, 'review_ltpd says what reviews are taken, and none is required; add review = "required"')


def _in_order(stages: Mapping[str, Stage], problems: Problems) -> dict[str, Stage]:
    """The stages sorted so that each follows the one it comes after; those of a circle are left out and named."""
    left, ordered = dict(stages), dict[str, Stage]()
    while left:
        # A stage may come after one that is wrong and left out already.
        name = next((one for one, stage in left.items() if stage.after not in left), None)
        if name is None:
            circle = _circle(left)
            way = " after ".join(f"'{one}'" for one in (*circle, circle[0]))
            problems.add(("stages", circle[0], "after"), f"goes round in a circle: {way}; leave one `after` out")
            left = {one: stage for one, stage in left.items() if one not in circle}
        else:
            ordered[name] = left.pop(name)
    return ordered


def _circle(stages: Mapping[str, Stage]) -> list[str]:
    """The stages of one circle, where every stage comes after another of them; the first in the file begins."""
    way = [next(iter(stages))]
    while (before := str(stages[way[-1]].after)) not in way:
        way.append(before)
    circle = way[way.index(before) :]
    first = min(range(len(circle)), key=lambda at: stages[circle[at]].line)
    return circle[first:] + circle[:first]


def _answered(value: Any) -> str:
    """Whether the checks exist is known only once there is a verdict: they may be of an own suite or a plugin."""
    if wrong := validators.strings(value):
        return wrong
    if ALL in value and len(value) > 1:
        return f'has "{ALL}" beside others; keep one of them'
    for item in value:
        if item != ALL and not item.startswith("expect_") and validators.check_id(item):
            return f"'{item}' is no check id (<human|synthetic|combined>/<expectation>[/<detail>]), no type expect_… and not \"{ALL}\""
    return ""


_READERS: Mapping[str, Reader] = {
    "after": validators.string,
    "purpose": validators.one_of(*PURPOSES),
    "reviewers": validators.count(0, "people"),
    "maximum_age": validators.count(1, "days"),
    "waivers": validators.one_of("allowed", "forbidden"),
    "loosened": validators.one_of("allowed", "forbidden"),
    "answered": _answered,
    "weights": validators.one_of("optional", "required"),
    "review": validators.one_of("optional", "required"),
    "review_ltpd": lambda value: (
        validators.share(value) or ("" if 0 < value < 1 else f"is {value:g}, expected a share between 0 and 1")
    ),
}

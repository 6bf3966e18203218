"""Finds the columns that say where a row comes from and what it is about: domain, language, expertise, annotator and kin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gates.config.roles import PEOPLE_ROLES
from gates.data.sql import identifier, select
from gates.init.guesses.roles_guess import LEAST_GROUP_ROWS, Guess, NewRows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gates.config.data_types import DataType

# `source` is not among them: of a table it may be any column, and no check reads it.
_NAMES = {
    "domain": r"domain|topic|subject[_ -]?area|specialty|speciality",
    "language": r"lang(uage)?([_ -]?(code|tag))?",
    "locale": r"locale",
    "expertise": r"expertise([_ -]?level)?|expert[_ -]?level|annotator[_ -]?expertise",
    "author": r"author([_ -]?(id|name))?|written[_ -]?by",
    "annotator": r"(annotator|rater|labell?er|worker|reviewer)([_ -]?(id|name))?|(annotated|labell?ed|reviewed)[_ -]?by",
    "cost": r"cost([_ -]?(usd|eur|per[_ -]?(label|row|item)))?",
}
# A table's own time is one of its columns; of texts, when they were written.
_CREATED = r"created([_ -]?(at|on|date|time))?|creation[_ -]?(date|time)|date[_ -]?created"
_WORDS, _TIMES, _NUMBERS = r"VARCHAR|ENUM.*", r"VARCHAR|DATE|TIMESTAMP.*", r"DOUBLE|FLOAT|DECIMAL.*|U?[A-Z]*INT(EGER)?"


def context_of(rows: NewRows, kind: DataType, taken: Collection[str | None], human: str) -> dict[str, Guess]:
    """A column by context role, of those that are not taken; in types that bind roles by name, only of other names.

    What is known of people only counts where synthetic rows have none: a table's own `cost` is a number like any other.
    human: SQL that is true of human rows.
    """
    names = _NAMES | ({"created_at": _CREATED} if kind.content else {})
    free = {role: pattern for role, pattern in names.items() if role in kind.roles and role not in kind.required_roles}
    by_name = {name.casefold() for name in rows.types}
    guesses: dict[str, Guess] = {}
    for role, pattern in free.items():
        if role in kind.named_roles and role in by_name:
            continue
        suiting = (
            guess
            for name in _called(rows, pattern, role)
            if name not in taken and (guess := _suits(rows, name, role, human))
        )
        if guess := next(suiting, None):
            guesses[role] = guess
    return guesses


def _called(rows: NewRows, pattern: str, role: str) -> Iterator[str]:
    kinds = _TIMES if role == "created_at" else _NUMBERS if role == "cost" else _WORDS
    for name, kind in rows.types.items():
        if re.fullmatch(pattern, name, re.IGNORECASE) and re.fullmatch(kinds, kind):
            yield name


def _suits(rows: NewRows, name: str, role: str, human: str) -> Guess | None:
    value = identifier(name)
    if role == "created_at":
        return Guess(name, "its name")
    if role in PEOPLE_ROLES:
        query = select(f"count({value}) FILTER ({human}), count({value}) FILTER (NOT {human})", rows.view)
        of_human, of_others = rows.connection.execute(query).fetchone() or (0, 0)
        return Guess(name, "its name, and no synthetic row has a value") if of_human and not of_others else None
    distinct, count = rows.ask(f"count(DISTINCT {value})", f"count({value})")
    is_shared = isinstance(distinct, int) and isinstance(count, int) and 0 < distinct * LEAST_GROUP_ROWS <= count
    return (
        Guess(name, f"its name, and {count:,} rows share {distinct:,} value{'' if distinct == 1 else 's'}")
        if is_shared
        else None
    )

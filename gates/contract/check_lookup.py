"""Finds the checks that a part of a name means."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from gates.errors import first_few

if TYPE_CHECKING:
    from collections.abc import Collection

PREFIX = "expect_"
# Names are long phrases: more of them are a wall to read rather than a hint.
MOST_NAMED = 5
# `stray_thing` is .63 like `training`, a letter missed or too many in a word of eight leaves .93.
_ALIKE = 0.75
_OF_EVERY_SENTENCE = frozenset({"a", "an", "and", "are", "be", "do", "does", "is", "of", "row", "rows", "the", "to"})


def search_checks(word: str, types: Collection[str]) -> list[str]:
    """The expectation types that have the word, its singular, or the beginning of one, in their names, sorted.

    Where the whole name of one type alone begins with the word, it is that one: `labels` are those that agree, and no others.
    """
    form, matches = _with_word(word.removeprefix(PREFIX).lower(), types)
    begun = [one for one in matches if one.removeprefix(PREFIX).startswith(f"{form}_")]
    return begun if len(begun) == 1 else sorted(matches)


def search_sentence(name: str, types: Collection[str]) -> list[str]:
    """The types that have all words of a name with spaces, as of a finding, but those of every sentence, in any order, sorted."""
    words = [one for one in name.lower().strip(" .:").split() if one not in _OF_EVERY_SENTENCE]
    if len(name.split()) == 1 or not words:
        return []
    return sorted(set.intersection(*({*_with_word(one, types)[1]} for one in words)))


def _with_word(part: str, types: Collection[str]) -> tuple[str, list[str]]:
    """The form of a word that types have, and these types."""
    for form in (part, part.removesuffix("s"), part.removesuffix("ies") + "y"):
        if form and (matches := [one for one in types if f"_{form}" in f"_{one.removeprefix(PREFIX)}"]):
            return form, matches
    return part, []


def written_out(name: str) -> str:
    """A name as reports have it in short, `row failure ratio (income/range)`, in the form that ids have."""
    words, _, detail = name.strip().partition(" (")
    parts = [words.replace(" ", "_"), *([detail.removesuffix(")")] if detail else [])]
    return "/".join(parts)


def resolve_checks(name: str, ids: Collection[str]) -> list[str]:
    """The ids that a name means, in their order: an id, or one's first parts; a type, or a word that only one type has.

    A type or a word may stand after a scope and before the beginning of a detail: `human/duplicate_ratio/exact`. A detail
    alone means the checks of the one type that has it: `income/range`, `range`, or the column `income`.
    """
    spoken, name = name, written_out(name)
    begun = [one for one in ids if f"{one}/".startswith(f"{name}/")]
    if begun:
        return begun
    first, _, rest = name.partition("/")
    of_scope = [one for one in ids if rest and one.startswith(f"{first}/")]
    among = of_scope or ids
    check_type, _, detail = (rest if of_scope else name).partition("/")
    types = {one.split("/")[1] for one in among}
    exact = [one for one in (check_type, PREFIX + check_type) if one in types]
    named = exact or search_checks(check_type, types) or search_sentence(spoken, types)
    if len(named) == 1:
        begin = "/".join([named[0], *([detail] if detail else []), ""])
        if of_type := [one for one in among if f"{one.partition('/')[2]}/".startswith(begin)]:
            return of_type
    # What several types have in their names is no column of that name.
    return [] if named and not detail else _of_detail(name, ids)


def _of_detail(name: str, ids: Collection[str]) -> list[str]:
    """The checks of the one type that has a column with rules, or ends, of this name."""
    of_column = [one for one in ids if _detail(one).startswith(f"{name}/")]
    detailed = of_column or [one for one in ids if one.endswith(f"/{name}")]
    return detailed if len({one.split("/")[1] for one in detailed}) == 1 else []


def _detail(check_id: str) -> str:
    return "/".join(check_id.split("/")[2:])


def suggestion(name: str, types: Collection[str], ids: Collection[str] = (), *, otherwise: str) -> str:
    """A clause with the checks that a wrong name may mean. ids: ids of checks. otherwise: what to say where none is near."""
    near = get_close_matches(name, sorted(ids), n=1) if "/" in name else []
    check_type = name.split("/")[1] if "/" in name else name
    candidates = near or search_checks(check_type, types) or _nearest(check_type, types)
    if len(candidates) > 1:
        return f"one of: {first_few(candidates, MOST_NAMED)}"
    return f"did you mean '{candidates[0]}'?" if candidates else otherwise


def _nearest(word: str, types: Collection[str]) -> list[str]:
    """The type that has a word like this in its name, else the type whose name begins like it."""
    by_word = {part: one for one in sorted(types, reverse=True) for part in one.removeprefix(PREFIX).split("_")}
    matches = get_close_matches(word, sorted(by_word), n=1, cutoff=_ALIKE)
    if matches:
        return [by_word[matches[0]]]
    # What all of them begin and most of them end with would make any name like any other.
    part = word.removeprefix(PREFIX)
    begun = {one.removeprefix(PREFIX)[: len(part)]: one for one in sorted(types, reverse=True)}
    return [begun[name] for name in get_close_matches(part, sorted(begun), n=1, cutoff=_ALIKE)]

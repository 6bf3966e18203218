"""The marks of every turn of the assistant in conversations, each a text of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.data.conversations.turns import RESPONSE, ROW, TURN, assistant_turns
from gates.data.text.marks.markers import Mark, marks
from gates.data.text.tokens import tokenise

if TYPE_CHECKING:
    import polars as pl

    from gates.data.arrays import Flags, Ints
    from gates.data.facts import Roles


def marks_of_turns(frame: pl.DataFrame, roles: Roles) -> tuple[Ints, Flags]:
    """The position of the row of each turn, where there are several, and the marks of the turn."""
    rows, _, flags = _turns(frame, roles)
    return rows, flags


def first_turns_with(frame: pl.DataFrame, roles: Roles, wanted: Mark) -> dict[int, int]:
    """By position of a row, its first turn that has one of these marks, counted in messages from 1."""
    rows, turns, flags = _turns(frame, roles)
    has_mark = (flags & np.uint32(wanted)) != 0
    return dict(zip(rows[has_mark][::-1].tolist(), turns[has_mark][::-1].tolist(), strict=True))


def _turns(frame: pl.DataFrame, roles: Roles) -> tuple[Ints, Ints, Flags]:
    turns = assistant_turns(frame, roles)
    texts = turns[RESPONSE].to_arrow()
    flags = marks(texts, tokenise(texts), turns["prompt"].to_arrow())
    return turns[ROW].to_numpy(), turns[TURN].to_numpy(), flags

"""The turns of conversations, each as a text of its own: what the assistant said, and what the user asked before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.config.data_types import HISTORY, MESSAGES

if TYPE_CHECKING:
    from gates.data.facts import Roles

# Names of columns that no data has: the position of a row, and of a message in its conversation, counted from 1.
ROW, TURN = "_gates_row", "_gates_turn"
RESPONSE = "response"


def assistant_turns(frame: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """ROW, TURN, `prompt` and `response` of every turn of the assistant, in rows where it speaks more than once.

    The prompt is the last message of the user before it. Where a conversation is what came before a prompt (`history`),
    the row's own response comes last.
    """
    role = roles.turns
    if role is None:
        return pl.DataFrame(schema={ROW: pl.Int64, TURN: pl.Int64, "prompt": pl.String, "response": pl.String})
    conversations = frame.select(pl.int_range(pl.len()).alias(ROW), pl.col(role).alias(MESSAGES), *_own(frame, roles))
    if role == HISTORY:
        conversations = conversations.with_columns(
            pl.concat_list(pl.col(MESSAGES).fill_null([]), _message("user", "prompt"), _message("assistant", "response"))
            .alias(MESSAGES)
        )  # fmt: skip
    is_answer = pl.col("role") == "assistant"
    question = pl.when(pl.col("role") == "user").then(pl.col("content").fill_null(""))
    return (
        conversations.select(ROW, MESSAGES)
        .explode(MESSAGES)
        .unnest(MESSAGES)
        .with_columns(
            (pl.int_range(pl.len()).over(ROW) + 1).alias(TURN), question.forward_fill().over(ROW).alias("prompt")
        )
        .filter(is_answer.fill_null(value=False))
        .filter(pl.len().over(ROW) > 1)
        .select(ROW, TURN, "prompt", pl.col("content").alias("response"))
    )


def _own(frame: pl.DataFrame, roles: Roles) -> list[str]:
    return [name for name in ("prompt", "response") if name in frame.columns and roles.turns == HISTORY]


def _message(role: str, column: str) -> pl.Expr:
    return pl.concat_list(pl.struct(role=pl.lit(role), content=pl.col(column)))

"""Row rules of the data type `instruction`: a prompt and the response to it."""

from __future__ import annotations

import pandera.polars as pa

from gates.rows.schemas.rules import differs_from, no_leaked_frame, roles_alternate
from gates.rows.schemas.texts import optional_text_column, text_column

_COLUMNS = {
    "prompt": text_column(),
    # "Yes." is a whole answer: there is no lower bound on length.
    "response": text_column(differs_from("prompt"), no_leaked_frame()),
}
_OPTIONAL = {"input": optional_text_column(), "system": optional_text_column()}
_MESSAGES = {"messages": pa.Column(checks=roles_alternate(), nullable=True)}


def instruction_schema(bound: tuple[str, ...]) -> pa.DataFrameSchema:
    """The schema of the roles that are there; conversations have the rule `messages/roles-alternate`."""
    there = {name: column for name, column in (_OPTIONAL | _MESSAGES).items() if name in bound}
    return pa.DataFrameSchema(_COLUMNS | there, name="instruction")

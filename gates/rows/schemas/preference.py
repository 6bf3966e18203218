"""Row rules of the data type `preference`: two responses to one prompt, one of which was preferred."""

from __future__ import annotations

import pandera.polars as pa

from gates.rows.schemas.rules import differs_from, not_json_literal
from gates.rows.schemas.texts import text_column

Preference = pa.DataFrameSchema(
    {
        "prompt": text_column(),
        "chosen": text_column(not_json_literal()),
        # Between equal responses nobody can have preferred one.
        "rejected": text_column(not_json_literal(), differs_from("chosen")),
    },
    name="preference",
)

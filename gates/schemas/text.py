"""Row rules of the data type `text`: one document per row."""

from __future__ import annotations

import pandera.polars as pa

from gates.schemas.rules import no_nul, not_blank, valid_unicode

# The longest books have some 10 million characters; a longer row is many files glued together. There is no lower
# bound beyond not-blank, because short answers are legitimate.
LONGEST_TEXT = 10_000_000

Text = pa.DataFrameSchema(
    {
        "text": pa.Column(
            str,
            checks=[not_blank(), valid_unicode(), no_nul(), pa.Check.str_length(max_value=LONGEST_TEXT)],
            # not-blank counts nulls, so that a missing text is reported once.
            nullable=True,
        ),
    },
    name="text",
)

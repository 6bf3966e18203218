"""Row rules that any column of free text has, whatever the data type."""

from __future__ import annotations

import pandera.polars as pa

from gates.rows.schemas.rules import no_nul, not_blank, valid_unicode

# The longest books have some 10 million characters; a longer row is many files glued together. There is no lower
# bound beyond not-blank, because short answers are legitimate.
LONGEST_TEXT = 10_000_000


def text_column(*checks: pa.Check) -> pa.Column:
    """A text that is there: not blank, valid Unicode, no NUL, not endless; and the checks given."""
    # not-blank counts nulls, so that a missing text is reported once.
    return pa.Column(str, checks=[not_blank(), *_sound(), *checks], nullable=True)


def optional_text_column() -> pa.Column:
    """A text that a row may go without: valid Unicode, no NUL, not endless."""
    return pa.Column(str, checks=_sound(), nullable=True, required=False)


def _sound() -> list[pa.Check]:
    return [
        valid_unicode(),
        no_nul(),
        pa.Check.str_length(max_value=LONGEST_TEXT, description=f"at most {LONGEST_TEXT:,} characters"),
    ]

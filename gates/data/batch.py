"""Some rows of a dataset as they were read, for all that look at every row."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from gates.data.text.tokens import tokenise

if TYPE_CHECKING:
    from gates.data.text.tokens import TokenStream


class Batch:
    """A batch of rows, of which each text is tokenised once: by whoever asks for its tokens first.

    rows: the batch as Arrow has it; its columns bear the roles' names.
    """

    def __init__(self, rows: pa.RecordBatch) -> None:
        self.rows = rows
        self._tokens: dict[str, TokenStream] = {}

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The rows as polars has them."""
        return pl.DataFrame(pa.Table.from_batches([self.rows]))

    def tokens(self, text: str) -> TokenStream:
        """The tokens of a column of texts."""
        if text not in self._tokens:
            self._tokens[text] = tokenise(self.rows.column(text))
        return self._tokens[text]

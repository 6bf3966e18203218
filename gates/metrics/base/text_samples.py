"""Tokens of the sampled rows, made once for every metric, generator and slice that reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.facts import Roles
from gates.data.text.tokens import TokenStream, joined, tokenise

if TYPE_CHECKING:
    from gates.data.arrays import Ints
    from gates.data.scan.result import Scan

# Which text of each row is meant.
Reading = Callable[[Roles, pl.DataFrame], pl.Series]


class TextSamples:
    """The token streams of all sampled rows of the dataset, one a reading. Call through `scan.cached(TextSamples)`.

    Rows of the holdout are numbered apart and are not among them.
    """

    def __init__(self, scan: Scan) -> None:
        sides = (scan.human, scan.synthetic, *scan.generators.values())
        # A generator's rows may stand in the sample of all synthetic rows as well.
        self.row_id, self._first = np.unique(np.concatenate([rows.row_id for rows in sides]), return_index=True)
        self._frames = [rows.frame for rows in sides]
        self._roles = scan.roles
        self._streams: dict[Reading, TokenStream] = {}

    def tokens(self, row_id: Ints, reading: Reading) -> TokenStream:
        """The tokens of sampled rows, in the order asked for."""
        if reading not in self._streams:
            texts = pl.concat([reading(self._roles, frame) for frame in self._frames])
            self._streams[reading] = tokenise(texts[self._first].to_arrow())
        return self._streams[reading].take(np.searchsorted(self.row_id, row_id))


def main_text(roles: Roles, frame: pl.DataFrame) -> pl.Series:
    """What a row says, "" where it says nothing."""
    return frame[roles.texts[0]].cast(pl.String).fill_null("")


def tokens_of(scan: Scan, row_id: Ints, reading: Reading = main_text) -> TokenStream:
    """The tokens of rows of the dataset in the order asked for; those outside of the samples are fetched."""
    samples = scan.cached(TextSamples)
    is_sampled = np.isin(row_id, samples.row_id)
    sampled = samples.tokens(row_id[is_sampled], reading)
    if is_sampled.all():
        return sampled
    fetched = tokenise(reading(scan.roles, scan.take(row_id[~is_sampled])).to_arrow())
    return joined([sampled, fetched]).take(np.argsort(np.argsort(~is_sampled, kind="stable")))

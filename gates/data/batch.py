"""Some rows of a dataset as they were read, for all that look at every row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import polars as pl
import pyarrow as pa

from gates.config.data_types import HISTORY
from gates.data.facts import HUMAN_CODE, ORIGIN, ROW_ID, SYNTHETIC_CODE, UNDECLARED_CODE, WRITTEN_ORIGIN, Roles
from gates.data.text.comparable import comparable
from gates.data.text.tokens import TokenStream, tokenise
from gates.data.values.readings import NO_READINGS, Readings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    import numpy.typing as npt

    from gates.data.arrays import Hashes, Ints

_CODES = {"human": HUMAN_CODE, "synthetic": SYNTHETIC_CODE}


class Batch:
    """A batch of rows, of which each text is tokenised and each content hashed once: by whoever asks for it first.

    rows: the batch as files have it; its columns have the roles' names. readings: what columns read as.
    """

    def __init__(self, rows: pa.RecordBatch, readings: Readings = NO_READINGS) -> None:
        self.rows, self._readings = rows, readings
        self._tokens: dict[str, TokenStream] = {}
        self._digests: dict[tuple[str, ...], Hashes] = {}

    @cached_property
    def raw(self) -> pl.DataFrame:
        """The rows as files have them."""
        return pl.DataFrame(pa.Table.from_batches([self.rows])).drop(WRITTEN_ORIGIN, strict=False)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The rows as checks compare them."""
        return self._readings.apply(self.raw)

    @property
    def unread(self) -> pl.DataFrame:
        """What the rows have where checks compare nothing, as `Readings.unread` has it."""
        return self._readings.unread(self.raw)

    def tokens(self, text: str) -> TokenStream:
        """The tokens of a column of texts."""
        if text not in self._tokens:
            self._tokens[text] = tokenise(self.rows.column(text))
        return self._tokens[text]

    @cached_property
    def row_id(self) -> Ints:
        """The id of each row."""
        ids: Ints = self.rows.column(ROW_ID).to_numpy()
        return ids

    @cached_property
    def origin(self) -> npt.NDArray[np.int8]:
        """The origin code of each row."""
        codes = self.frame[ORIGIN].replace_strict(_CODES, default=UNDECLARED_CODE, return_dtype=pl.Int8)
        return codes.to_numpy()

    def digest(self, roles: Roles) -> Hashes:
        """64-bit hash of each row's content, as `content_digest` has it."""
        if roles.content not in self._digests:
            self._digests[roles.content] = content_digest(self.frame, roles, unread=self.unread)
        return self._digests[roles.content]


def content_digest(
    frame: pl.DataFrame, roles: Roles, columns: Iterable[str] | None = None, *, unread: pl.DataFrame
) -> Hashes:
    """64-bit hash of each row's content columns, or of these; equal rows have equal digests under one version of polars.

    Texts are equal where they read alike, as `comparable` has it. unread: what the columns hold where they read as nothing.
    """
    content = frame.select(sorted(roles.content) if columns is None else list(columns))
    if columns is None and roles.turns == HISTORY and HISTORY in frame.columns:
        # The same answer after other turns is another row.
        content = content.with_columns(frame[HISTORY].fill_null([]))
    # A value that cannot be read is not missing: `about 5` is another row than `some 7`.
    kept = [name for name in unread.columns if name in content.columns]
    content = content.with_columns(unread[name].alias(f"{name} as written") for name in kept)
    texts = [name for name in roles.texts if content.schema.get(name) == pl.String]
    return content.with_columns(comparable(content[name]) for name in texts).hash_rows().to_numpy()


class Consumer(Protocol):
    """Whatever takes rows as they are read."""

    def update(self, batch: Batch) -> object:
        """Take some rows."""


class OnBatch:
    """A consumer for whoever looks at batches as they are read and keeps what comes of it by itself."""

    def __init__(self, on_batch: Callable[[pa.RecordBatch], None]) -> None:
        self._on_batch = on_batch

    def update(self, batch: Batch) -> None:
        self._on_batch(batch.rows)


def feed(batches: Iterable[pa.RecordBatch], consumers: Iterable[Consumer], readings: Readings = NO_READINGS) -> None:
    """Give each batch to each consumer, in the order of batches.

    While one is looked at, the next is read; row rules, which share nothing with the others, are asked beside them.
    Raises what reading raises and what a consumer raises.
    """
    listed = tuple(consumers)
    alone, together = ([one for one in listed if isinstance(one, OnBatch) == is_alone] for is_alone in (True, False))
    lanes = [lane for lane in (alone, together) if lane]
    coming = iter(batches)
    with ThreadPoolExecutor(len(lanes) + 1, "gates-pass") as pool:
        following = pool.submit(next, coming, None)
        while (rows := following.result()) is not None:
            following = pool.submit(next, coming, None)
            batch = Batch(rows, readings)
            for at_work in [pool.submit(_feed_one, batch, lane) for lane in lanes]:
                at_work.result()


def _feed_one(batch: Batch, consumers: Iterable[Consumer]) -> None:
    for consumer in consumers:
        consumer.update(batch)

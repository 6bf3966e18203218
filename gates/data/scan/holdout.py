"""The held-out human rows, read as the dataset is: one pass for what counts of every row, then the rows of a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.batch import Batch, content_digest
from gates.data.facts import ORIGIN, ROW_ID, Roles
from gates.data.scan.result import Holdout, Rows
from gates.data.scan.samples import sample_size
from gates.data.text.mix import row_keys
from gates.data.text.tokens import tokenise
from gates.data.values.casts import in_types

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Hashes, Ints
    from gates.data.engine import Source
    from gates.data.scan.inputs import PassInputs


def read_holdout(inputs: PassInputs, holdout: Source) -> Holdout:
    """A sample of the holdout, and digest and tokens of all its rows; its columns take the dataset's types.

    Equal rows then have equal digests. A holdout without the content columns gives no rows. Repeated rows count in the
    sample as often as they do in the whole.
    """
    roles, size = inputs.roles, sample_size(inputs.roles)
    schema = {name: kind for name, kind in inputs.schema.items() if name in holdout.schema().names and name != ORIGIN}
    rows = HoldoutIndex(roles, schema)
    if set(roles.content) <= set(schema):
        holdout.fold([rows])
    row_id, digest, whole, tokens = rows.value()
    keep = np.argsort(_keys(digest, whole), kind="stable")[:size]
    taken = holdout.take(row_id[keep]) if len(keep) else pl.DataFrame(schema=schema)
    frame = in_types(taken, {name: kind for name, kind in schema.items() if name != ROW_ID})
    own = digest[keep]
    sample = Rows(frame, row_id[keep], own, own, np.full(len(keep), "", dtype=str), len(digest))
    return Holdout(sample, digest, tokens)


class HoldoutIndex:
    """An accumulator of id, content hash, whole hash and number of tokens of every row.

    schema: the columns that the dataset has too, with the types that they have there.
    """

    needs_rows = True

    def __init__(self, roles: Roles, schema: Mapping[str, pl.DataType]) -> None:
        self._roles, self._schema = roles, schema
        self._parts: list[tuple[Ints, Hashes, Hashes, Ints]] = []

    def update(self, batch: Batch) -> None:
        """Take some rows of the holdout."""
        frame = in_types(batch.frame, self._schema)
        digest = content_digest(frame, self._roles, unread=batch.unread)
        whole = frame.drop(ROW_ID).hash_rows().to_numpy()
        self._parts.append((frame[ROW_ID].to_numpy(), digest, whole, self._tokens(frame)))

    def merge(self, other: HoldoutIndex) -> None:
        self._parts += other._parts

    def value(self) -> tuple[Ints, Hashes, Hashes, Ints]:
        """The four arrays in the order of row ids."""
        nothing = np.empty(0, dtype=np.int64)
        if not self._parts:
            return nothing, nothing.astype(np.uint64), nothing.astype(np.uint64), nothing
        row_id, digest, whole, tokens = (np.concatenate(arrays) for arrays in zip(*self._parts, strict=True))
        order = np.argsort(row_id, kind="stable")
        return row_id[order], digest[order], whole[order], tokens[order]

    def _tokens(self, frame: pl.DataFrame) -> Ints:
        if not self._roles.texts:
            return np.zeros(frame.height, dtype=np.int64)
        return tokenise(frame[self._roles.texts[0]].to_arrow()).lengths()


def _keys(digest: Hashes, whole: Hashes) -> Hashes:
    """A key per row by content and occurrence, as the dataset's own samples have them."""
    order = np.lexsort((whole, digest))
    keys = np.empty(len(digest), dtype=np.uint64)
    keys[order] = row_keys(digest[order])
    return keys

"""Rows that two datasets without texts have in common, such as a training set and a test set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from gates.data.engine import Grouped, IndexTable, Source
from gates.data.facts import ORIGIN, ROW_ID, Roles
from gates.metrics.stats.coincidence import content_hashes, equal_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.data.batch import Batch

_DIGEST, _TRAIN, _TEST = "digest", "train", "test"
# Beyond all ids of training rows.
_TESTED = 1 << 62


def rows_in_both(trained: Source, tested: Source) -> int:
    """How many training rows equal a tested one in all columns that both have, whoever made them.

    0 where no more are than coincide by nature, and where they have no column in common.
    """
    columns = sorted(_content(trained.roles) & _content(tested.roles))
    if not columns:
        return 0
    contents = _Contents(trained.index_table(), columns)
    trained.fold([contents])
    trained_rows = len(contents.table)
    contents.first_id = _TESTED
    tested.fold([contents])
    is_trained = np.arange(len(contents.table)) < trained_rows
    question = Grouped((_DIGEST,), {_TRAIN: is_trained, _TEST: ~is_trained})
    counts = [[batch.column(name).to_numpy() for name in question.masks] for batch in contents.table.group(question)]
    return equal_rows(*np.concatenate(counts, axis=1)) if counts else 0


def _content(roles: Roles) -> set[str]:
    return {*roles.content} - {ROW_ID, ORIGIN, roles.label or ""}


@dataclass
class _Contents:
    """A consumer that keeps a hash of what each row says in some columns. first_id: what row ids begin with."""

    table: IndexTable
    columns: Sequence[str]
    first_id: int = 0

    def update(self, batch: Batch) -> None:
        row_id, digest = batch.row_id + self.first_id, content_hashes(batch.frame, self.columns)
        self.table.append(pa.record_batch({"row_id": row_id, _DIGEST: digest}))

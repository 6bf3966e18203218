"""Reads the rows of a dataset of Hugging Face's `datasets` batch by batch, as its own iteration gives them.

Such a dataset is a frame that lacks `__arrow_c_stream__`; its rows may be a choice of those of its table.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from gates.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

# As many as a row group has; of long texts 40 MB.
_BATCH_ROWS = 20_000


def is_of_hugging_face(frame: object) -> bool:
    """Whether it is one of the classes of `datasets`, which is not imported to find out."""
    return type(frame).__module__.split(".")[0] == "datasets"


def as_stream(dataset: Any, name: str) -> pa.RecordBatchReader:
    """The rows of a `Dataset` or `IterableDataset`. name: what messages call it.

    Raises UsageError for what has several splits, or no row.
    """
    if isinstance(dataset, dict):
        splits = ", ".join(map(str, dataset))
        raise UsageError(f"gates.check: {name} has splits ({splits}); give one of them, as in {name}=dataset['train']")
    batches = _batches(dataset)
    first = next(batches, None)
    if first is None:
        raise UsageError(f"gates.check: {name} has no row")
    return pa.RecordBatchReader.from_batches(first.schema, chain([first], batches))


def _batches(dataset: Any) -> Iterator[pa.RecordBatch]:
    for table in dataset.with_format("arrow").iter(batch_size=_BATCH_ROWS):
        yield from table.to_batches()

"""How often rows repeat among some that are drawn: of contents that do not all fit into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gates.data.text.mix import combine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.data.arrays import Hashes, Mask
    from gates.data.scan.row_index import RowIndex

# The smallest keys are drawn. How many there are of each beginning says which rows are drawn for sure, and few are not.
_BEGINNING_BITS = 16
_REST = np.uint64(64 - _BEGINNING_BITS)


def repeat_share(index: RowIndex, mask: Mask, size: int, *, by_generator: bool = False) -> float:
    """Share of repeats among `size` of the rows under a mask, drawn by a hash of content and occurrence, not by row order.

    by_generator: several generators give one short answer to one prompt, so that each is compared with itself.
    """
    if size >= int(mask.sum()):
        return (size - sum(len(counts) for _, counts in index.contents(mask, by_generator=by_generator))) / size
    rows = np.zeros(1 << _BEGINNING_BITS, dtype=np.int64)
    for keys, _ in _keys(index, mask, by_generator=by_generator):
        rows += np.bincount((keys >> _REST).astype(np.int64), minlength=len(rows))
    last = int(np.searchsorted(np.cumsum(rows), size))
    distinct, undecided = 0, []
    for keys, content in _keys(index, mask, by_generator=by_generator):
        beginning = (keys >> _REST).astype(np.int64)
        drawn = np.unique(content[beginning < last])
        distinct += len(drawn)
        at = beginning == last
        undecided.append((keys[at], content[at], ~np.isin(content[at], drawn)))
    keys, content, is_new = map(np.concatenate, zip(*undecided, strict=True))
    chosen = np.argsort(keys, kind="stable")[: size - int(rows[:last].sum())]
    return (size - distinct - len(np.unique(content[chosen][is_new[chosen]]))) / size


def _keys(index: RowIndex, mask: Mask, *, by_generator: bool) -> Iterator[tuple[Hashes, Hashes]]:
    """In pieces, the key and the content of each row under the mask; rows of one content are in one piece."""
    for digest, counts in index.contents(mask, by_generator=by_generator):
        content = np.repeat(digest, counts)
        begin = np.repeat(np.cumsum(counts) - counts, counts)
        yield combine(content, (np.arange(len(content)) - begin).astype(np.uint64)), content

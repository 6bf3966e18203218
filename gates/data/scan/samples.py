"""Which rows stand for all: those with the smallest keys, so that the order of rows never matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, ORIGIN, ROW_ID, SYNTHETIC_CODE, Roles
from gates.data.scan.result import Rows
from gates.data.text.mix import LAST, combine

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from gates.data.arrays import Hashes, Ints
    from gates.data.scan.row_index import RowIndex

Name = TypeVar("Name")


class Takes(Protocol):
    """Whoever has rows by their ids."""

    def take(self, row_ids: Ints) -> pl.DataFrame:
        """The rows with these ids, in the order asked for, with ROW_ID and ORIGIN."""


# 50,000 rows fix a KS distance or a share to about .005 (limits under .02 would need all rows; ours are .05).
SAMPLE_ROWS = 50_000
# Texts are long and their checks need at most some thousand: 10,000 texts of 2 KB are 20 MB.
SAMPLE_TEXTS = 10_000


def sample_size(roles: Roles) -> int:
    """How many rows of an origin are kept at most."""
    return SAMPLE_TEXTS if roles.texts else SAMPLE_ROWS


def sample_keys(index: RowIndex, whole: Hashes, *, distinct: bool) -> Hashes:
    """A key per row that depends on its content only; LAST where only distinct rows count and this one repeats another."""
    order, starts = index.by_content.copy(), index.starts
    begin = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    repeated = ~starts
    repeated[:-1] |= ~starts[1:]
    # Rows of one content and origin stand together; what else they hold decides which of them counts as the first.
    rows = order[repeated]
    order[repeated] = rows[np.lexsort((whole[rows], index.origin[rows], index.digest[rows]))]
    occurrence = np.empty(len(order), dtype=np.uint64)
    occurrence[order] = np.arange(len(order)) - begin
    keys = combine(index.digest, occurrence)
    return np.where(occurrence > 0, LAST, keys) if distinct else keys


@dataclass(frozen=True)
class Sampler:
    """What samples are drawn from: all rows, with a key of `sample_keys` each."""

    source: Takes
    roles: Roles
    index: RowIndex
    keys: Hashes

    def drawn(self, masks: Mapping[Name, npt.NDArray[np.bool_]], size: int) -> dict[Name, Rows]:
        """Bottom-k rows under each mask, in the order of their keys; a row in several samples is fetched once."""
        index = self.index
        candidates = self._candidates(masks)
        chosen = {name: _bottom(self.keys, rows, size) for name, rows in candidates.items()}
        is_wanted = np.zeros(len(self.keys), dtype=bool)
        for rows in chosen.values():
            is_wanted[rows] = True
        fetched = self.source.take(index.row_id[is_wanted]).drop(ROW_ID, ORIGIN)
        place = np.cumsum(is_wanted) - 1
        groups = self._groups(fetched, is_wanted)
        names = np.array([*index.generators, ""])
        return {
            name: Rows(
                fetched[place[rows]],
                index.row_id[rows],
                index.digest[rows],
                groups[rows],
                names[index.generator[rows]],
                len(candidates[name]),
            )
            for name, rows in chosen.items()
        }

    def row_ids(self, masks: Mapping[Name, npt.NDArray[np.bool_]], size: int) -> list[Ints]:
        """The ids of the rows that `drawn` fetches."""
        return [self.index.row_id[_bottom(self.keys, rows, size)] for rows in self._candidates(masks).values()]

    def _candidates(self, masks: Mapping[Name, npt.NDArray[np.bool_]]) -> dict[Name, Ints]:
        return {name: np.flatnonzero(mask & (self.keys != LAST)) for name, mask in masks.items()}

    def _groups(self, fetched: pl.DataFrame, is_wanted: npt.NDArray[np.bool_]) -> Hashes:
        """The group of each row. Without declared groups a row is a group of its own, and equal rows of both origins share one.

        A copied row must not stand in a training fold and in a test fold.
        """
        groups = self.index.group if self.roles.group else self.keys
        entity = str(self.roles.group)
        if self.roles.group_by_day and not _are_of_the_same(fetched[entity], self.index.origin[is_wanted]):
            groups = groups.copy()
            groups[is_wanted] = fetched.select(entity).hash_rows().to_numpy()
        return groups


def _are_of_the_same(entities: pl.Series, origin: npt.NDArray[np.int8]) -> bool:
    """Whether days are what was drawn: most synthetic rows are of entities that people's rows are of too.

    Where entities differ, entities were drawn, and the days of one are alike: halves cut within an entity hide how far
    entities lie apart, which blocked one sound set of sensors in eight. Of a single entity nobody knows that, and its
    days are all there is to compare.
    """
    people = entities.filter(pl.Series(origin == HUMAN_CODE)).unique()
    synthetic = entities.filter(pl.Series(origin == SYNTHETIC_CODE))
    return len(people) < 2 or 2 * synthetic.is_in(people.implode()).sum() >= len(synthetic)  # noqa: PLR2004  # one alone


def _bottom(keys: Hashes, rows: Ints, size: int) -> Ints:
    """Those of the rows that have the smallest keys, in the order of these; of equal keys the first row's."""
    own = keys[rows]
    if len(rows) > size:
        low = own <= np.partition(own, size - 1)[size - 1]
        rows, own = rows[low], own[low]
    return rows[np.argsort(own, kind="stable")][:size]

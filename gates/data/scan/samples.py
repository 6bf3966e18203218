"""Which rows stand for all: those with the smallest keys, so that the order of rows never matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import polars as pl

from gates.data.facts import HUMAN_CODE, ORIGIN, ROW_ID, SYNTHETIC_CODE, Roles
from gates.data.scan.result import Rows
from gates.data.text.mix import combine

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from gates.data.arrays import Hashes, Ints, Mask
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


_LARGEST = np.iinfo(np.uint64).max


def sample_size(roles: Roles) -> int:
    """How many rows of an origin are kept at most."""
    return SAMPLE_TEXTS if roles.texts else SAMPLE_ROWS


@dataclass(frozen=True)
class Sampler:
    """What samples are drawn from: all rows, or one row per distinct content and origin, by the index's keys.

    A key depends on a row's content and occurrence only; what else rows of one content hold decides which counts as the first.
    """

    source: Takes
    roles: Roles
    index: RowIndex
    is_distinct: bool

    def drawn(self, masks: Mapping[Name, Mask], size: int) -> dict[Name, Rows]:
        """Bottom-k rows under each mask, in the order of their keys; a row in several samples is fetched once."""
        index = self.index
        chosen = self._bottom(masks, size)
        is_wanted = np.zeros(len(index), dtype=bool)
        is_wanted[np.concatenate([np.empty(0, dtype=np.int64), *chosen.values()])] = True
        wanted = np.flatnonzero(is_wanted)
        fetched = self.source.take(index.ids(wanted)).drop(ROW_ID, ORIGIN)
        digest = index.at("digest", wanted)
        groups = self._groups(fetched, wanted, digest)
        names = np.array([*index.generators, ""])
        samples = {}
        for name, rows in chosen.items():
            place = np.searchsorted(wanted, rows)
            total = int((masks[name] & self.is_countable).sum())
            generator = names[index.generator[rows]]
            samples[name] = Rows(fetched[place], index.ids(rows), digest[place], groups[place], generator, total)
        return samples

    def row_ids(self, masks: Mapping[Name, Mask], size: int) -> list[Ints]:
        """The ids of the rows that `drawn` fetches."""
        return [self.index.ids(rows) for rows in self._bottom(masks, size).values()]

    @property
    def is_countable(self) -> Mask:
        """Mask of the rows that may be drawn."""
        return self.index.occurrence == 0 if self.is_distinct else np.ones(len(self.index), dtype=bool)

    def _bottom(self, masks: Mapping[Name, Mask], size: int) -> dict[Name, Ints]:
        """Positions of the rows under each mask that have the smallest keys, in the order of these; of equal keys the first row's."""
        lowest = {name: _Lowest(size) for name in masks}
        is_countable = self.is_countable
        for begin, keys in self.index.sampling_keys():
            part = slice(begin, begin + len(keys))
            for name, mask in masks.items():
                rows = np.flatnonzero(mask[part] & is_countable[part] & lowest[name].may_take(keys))
                lowest[name].add(keys[rows], rows + begin)
        return {name: one.positions() for name, one in lowest.items()}

    def _groups(self, fetched: pl.DataFrame, wanted: Ints, digest: Hashes) -> Hashes:
        """The group of each row. Without declared groups a row is a group of its own, and equal rows of both origins share one.

        A copied row must not stand in a training fold and in a test fold.
        """
        if not self.roles.group:
            return combine(digest, self.index.occurrence[wanted].astype(np.uint64))
        if self.roles.group_by_day and not are_of_the_same(fetched[self.roles.group], self.index.origin[wanted]):
            return fetched.select(self.roles.group).hash_rows().to_numpy()
        return self.index.at("group", wanted)


def are_of_the_same(entities: pl.Series, origin: npt.NDArray[np.int8]) -> bool:
    """Whether days are what was drawn: most synthetic rows are of entities that human rows are of too.

    Where entities differ, entities were drawn, and the days of one are alike: halves cut within an entity hide how far
    entities lie apart, which blocked one sound set of sensors in eight. Of a single entity nobody knows that, and its
    days are all there is to compare.
    """
    human = entities.filter(pl.Series(origin == HUMAN_CODE)).unique()
    synthetic = entities.filter(pl.Series(origin == SYNTHETIC_CODE))
    return len(human) < 2 or 2 * synthetic.is_in(human.implode()).sum() >= len(synthetic)  # noqa: PLR2004  # one alone


class _Lowest:
    """The positions of the smallest keys of all that are added; of equal keys the first. size: how many at most."""

    def __init__(self, size: int) -> None:
        self._size, self._bound = size, np.uint64(_LARGEST)
        self._keys: list[Hashes] = []
        self._positions: list[Ints] = []
        self._rows = 0

    def may_take(self, keys: Hashes) -> Mask:
        """Mask of the keys that may be among the smallest; others need not be added."""
        # What equals the bound comes after keys that are no larger and fill the sample, unless no bound is known yet.
        mask: Mask = keys < self._bound if self._bound < _LARGEST else np.ones(len(keys), dtype=bool)
        return mask

    def add(self, keys: Hashes, positions: Ints) -> None:
        """Take some more, whose positions come after all others'."""
        self._keys.append(keys)
        self._positions.append(positions)
        self._rows += len(keys)
        # Twice as many as are kept: each is looked at twice on average, whatever comes.
        if self._rows >= 2 * self._size:
            self._cut()

    def positions(self) -> Ints:
        """The positions in the order of their keys."""
        keys, positions = self._cut()
        return positions[np.argsort(keys, kind="stable")[: self._size]]

    def _cut(self) -> tuple[Hashes, Ints]:
        keys = np.concatenate([np.empty(0, dtype=np.uint64), *self._keys])
        positions = np.concatenate([np.empty(0, dtype=np.int64), *self._positions])
        if len(keys) >= self._size:
            self._bound = np.partition(keys, self._size - 1)[self._size - 1]
            is_low = keys <= self._bound
            keys, positions = keys[is_low], positions[is_low]
        self._keys, self._positions, self._rows = [keys], [positions], len(keys)
        return keys, positions

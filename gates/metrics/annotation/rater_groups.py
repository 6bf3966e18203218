"""The groups that human annotators belong to, and the label that the majority of each gives an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.annotation.ratings import POSITION, numbered, ratings
from gates.metrics.base.full_columns import annotation_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Floats, Ints
    from gates.data.scan.result import Scan

# A share of 5,000 items is known to .01.
ITEMS_AT_MOST = 5000
# Of more labels than a scale has, hardly any has a majority.
LABELS_AT_MOST = 20
# More levels are names, not groups.
LEVELS_AT_MOST = 20
_WHO, _WHAT, _LABEL = "annotator", "item", "label"
# Of one label there is no other of the group to compare it with.
MEMBERS_AT_LEAST = 2
NO_GROUP = NO_MAJORITY = -1


@dataclass(frozen=True)
class RaterGroups:
    """One column of which each annotator has one level. levels: two or more. group: each annotator's, by name."""

    name: str
    levels: tuple[str, ...]
    group: Mapping[str, int]

    def of(self, votes: Ballots, order: Ints | None = None) -> Ints:
        """The group of each rating's annotator, NO_GROUP where there is none. order: deals the annotators' groups out anew."""
        own = np.array([self.group.get(name, NO_GROUP) for name in votes.names], dtype=np.int64)
        return (own if order is None else own[order])[votes.who]


@dataclass(frozen=True)
class Ballots:
    """Human ratings of the items that a machine labelled, one entry each: who, which item, which label. machine: its label of each item."""

    names: tuple[str, ...]
    who: Ints
    item: Ints
    label: Ints
    machine: Ints
    labels: int

    @property
    def annotators(self) -> int:
        """Number of human annotators."""
        return len(self.names)

    def agreeing(self, group: Ints, groups: int) -> tuple[Floats, Floats]:
        """The share of a group's labels of an item that are the machine's, and of its other members' that are a member's.

        items x groups each; NaN below two labels. group: that of each rating's annotator.
        """
        counts = self._counts(group, groups).astype(np.float64)
        rated = counts.sum(axis=2)
        rated[rated < MEMBERS_AT_LEAST] = np.nan
        alike = np.take_along_axis(counts, self.machine[:, None, None], axis=2)[:, :, 0]
        pairs = (counts * (counts - 1)).sum(axis=2)
        return alike / rated, pairs / (rated * (rated - 1))

    def majorities(self, group: Ints, groups: int) -> Ints:
        """The label that most of a group give an item, items x groups; NO_MAJORITY where none is ahead of all others."""
        counts = self._counts(group, groups)
        most = counts.max(axis=2)
        is_alone = (counts == most[:, :, None]).sum(axis=2) == 1
        return np.where(is_alone, counts.argmax(axis=2), NO_MAJORITY)

    def _counts(self, group: Ints, groups: int) -> Ints:
        """How often each label was given, items x groups x labels."""
        own = group >= 0
        cell = (self.item[own] * groups + group[own]) * self.labels + self.label[own]
        counts: Ints = np.bincount(cell, minlength=len(self.machine) * groups * self.labels)
        return counts.reshape(-1, groups, self.labels)


def rater_groups(scan: Scan) -> list[RaterGroups]:
    """The slices, columns of declared shares and expertise, as far as they part annotators. Call through `scan.cached`."""
    rated = scan.cached(ratings)
    if rated is None:
        return []
    frame = scan.cached(annotation_columns).with_row_index(POSITION)
    named = dict.fromkeys((*scan.roles.slices, *scan.inputs.declared.population, "expertise"))
    human = rated.by_humans().select(_WHO, POSITION).join(frame, on=POSITION, suffix="_column")
    return [groups for name in named if name in frame.columns and (groups := _groups(human, name))]


def _groups(human: pl.DataFrame, name: str) -> RaterGroups | None:
    """None where an annotator has several levels, or all of them one."""
    given = human.select(_WHO, level=pl.col(name).cast(pl.String)).drop_nulls().unique().sort(_WHO, "level")
    levels = given["level"].unique().sort().to_list()
    if given[_WHO].is_duplicated().any() or not 1 < len(levels) <= LEVELS_AT_MOST:
        return None
    number = {level: at for at, level in enumerate(levels)}
    return RaterGroups(name, tuple(levels), {who: number[level] for who, level in given.iter_rows()})


def ballots(human: pl.DataFrame, machine: pl.DataFrame) -> Ballots | None:
    """The ratings of items that both have; None where there are none, or more labels than have majorities."""
    shared = machine.unique(_WHAT, keep="first", maintain_order=True).join(
        human.select(_WHAT).unique(), on=_WHAT, how="semi"
    )
    shared = shared.sort(pl.col(_WHAT).hash(), _WHAT).head(ITEMS_AT_MOST).with_row_index("number")
    rated = human.join(shared.select(_WHAT, "number"), on=_WHAT, how="inner").sort("number", _WHO)
    words = pl.concat([rated[_LABEL], shared[_LABEL]]).unique().sort()
    if shared.is_empty() or len(words) > LABELS_AT_MOST:
        return None
    names = rated[_WHO].unique().sort()
    item, who = rated["number"].cast(pl.Int64).to_numpy(), numbered(rated[_WHO], names)
    label, machine_label = (numbered(frame[_LABEL], words) for frame in (rated, shared))
    return Ballots(tuple(names), who, item, label, machine_label, len(words))

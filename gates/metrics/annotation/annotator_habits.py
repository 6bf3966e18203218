"""Who labels without looking: always with one label, or one item with two."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from gates.metrics.annotation.ratings import ITEMS_AT_LEAST, ratings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.scan.result import Scan

# One label all the time is chance where nearly every item deserves it: others' share of it to the power of the ratings.
CHANCE_AT_MOST = 0.001
# Evidence has those with most ratings, a message fewer.
IN_EVIDENCE, IN_MESSAGE = 10, 3
_WHO, _WHAT, _LABEL = "annotator", "item", "label"


@dataclass(frozen=True)
class Habits:
    """By annotator, those with most ratings first; all of them are here.

    one_label: the label, its ratings, and others' share of it on the same items. two_labels: items labelled twice, otherwise.
    """

    one_label: Mapping[str, Mapping[str, object]]
    two_labels: Mapping[str, int]

    def evidence(self) -> dict[str, object]:
        """The first ten annotators with each habit; empty where no annotator has one."""
        habits = {"one_label_only": self.one_label, "items_with_two_labels": self.two_labels}
        return {key: dict(islice(habit.items(), IN_EVIDENCE)) for key, habit in habits.items() if habit}

    def note(self) -> str:
        """The end of a message, "" where no annotator has a habit."""
        names = list(dict.fromkeys([*self.one_label, *self.two_labels]))
        rest = f"; {len(names) - IN_MESSAGE} more have such habits" if len(names) > IN_MESSAGE else ""
        return "".join(f"; {name} {self.of(name)}" for name in names[:IN_MESSAGE]) + rest

    def of(self, name: str) -> str:
        """What an annotator does, "" without a habit."""
        label, count = self.one_label.get(name), self.two_labels.get(name)
        clauses = [f"always says '{label['label']}'"] if label else []
        clauses += [f"gave {count:,} {'item' if count == 1 else 'items'} more than one label"] if count else []
        return " and ".join(clauses)


def human_habits(scan: Scan) -> Habits:
    """The habits of human annotators. Call through `scan.cached(human_habits)`."""
    return _habits(scan, is_human=True)


def machine_habits(scan: Scan) -> Habits:
    """The habits of machines, compared with human annotators. Call through `scan.cached(machine_habits)`."""
    return _habits(scan, is_human=False)


def _habits(scan: Scan, *, is_human: bool) -> Habits:
    rated = scan.cached(ratings)
    if rated is None:
        return Habits({}, {})
    rows = rated.frame.filter(pl.col("is_human") == is_human)
    twice = rated.contradicted.filter(pl.col("is_human") == is_human)[_WHO].value_counts()
    return Habits(
        _one_label(rows, rated.by_humans()),
        dict(twice.sort(["count", _WHO], descending=[True, False]).iter_rows()),
    )


def _one_label(rows: pl.DataFrame, human: pl.DataFrame) -> dict[str, dict[str, object]]:
    """Those who give one label beyond chance, compared with other humans on the items that they share."""
    each = rows.group_by(_WHO).agg(pl.len().alias("ratings"), pl.col(_LABEL).n_unique().alias("labels"))
    same = each.filter((pl.col("labels") == 1) & (pl.col("ratings") >= ITEMS_AT_LEAST))
    named = (
        _with_others(rows.join(same, on=_WHO), human)
        .filter(pl.col("others") > 0)
        .group_by(_WHO, _LABEL, "ratings")
        .agg(pl.len().alias("shared"), (pl.col("agreeing").sum() / pl.col("others").sum()).alias("share"))
        .filter((pl.col("shared") >= ITEMS_AT_LEAST) & (pl.col("share") ** pl.col("shared") <= CHANCE_AT_MOST))
        .sort(["ratings", _WHO], descending=[True, False])
    )
    return {
        name: {"label": label, "ratings": count, "others_share": share}
        for name, label, count, share in named.select(_WHO, _LABEL, "ratings", "share").iter_rows()
    }


def _with_others(rows: pl.DataFrame, human: pl.DataFrame) -> pl.DataFrame:
    """These ratings with how many other humans rated the item (`others`), and how many of them alike (`agreeing`)."""
    human = human.join(rows, on=_WHAT, how="semi")
    all_of_item = human.group_by(_WHAT).agg(pl.len().alias("all"))
    alike = human.group_by(_WHAT, _LABEL).agg(pl.len().alias("alike"))
    own = human.select(_WHAT, _WHO, pl.col(_LABEL).alias("own"))
    joined = rows.join(all_of_item, on=_WHAT, how="left").join(alike, on=[_WHAT, _LABEL], how="left")
    counts = joined.join(own, on=[_WHAT, _WHO], how="left").with_columns(pl.col("all", "alike").fill_null(0))
    return counts.with_columns(
        others=pl.col("all").cast(pl.Int64) - pl.col("own").is_not_null(),
        agreeing=pl.col("alike").cast(pl.Int64) - (pl.col("own") == pl.col(_LABEL)).fill_null(value=False),
    )

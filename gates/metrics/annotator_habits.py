"""Who labels without looking: always with one label, or one item with two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from gates.metrics.ratings import ITEMS_AT_LEAST, ratings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.scan import Scan

# One label all the time is chance where nearly every item deserves it: others' share of it to the power of the ratings.
CHANCE_AT_MOST = 0.001
# Evidence has those with most ratings, a message fewer.
NAMED, SPOKEN = 10, 3
_WHO, _WHAT, _LABEL = "annotator", "item", "label"


@dataclass(frozen=True)
class Habits:
    """one_label: the label, its ratings, and others' share of it on the same items. two_labels: items labelled twice, otherwise."""

    one_label: Mapping[str, Mapping[str, object]]
    two_labels: Mapping[str, int]

    def evidence(self) -> dict[str, object]:
        """What there is to say; nothing where nobody has such a habit."""
        said = {"one_label_only": dict(self.one_label), "items_with_two_labels": dict(self.two_labels)}
        return {key: habit for key, habit in said.items() if habit}

    def note(self) -> str:
        """The end of a message, "" where nobody has such a habit."""
        names = list(dict.fromkeys([*self.one_label, *self.two_labels]))
        rest = f"; {len(names) - SPOKEN} more do such things" if len(names) > SPOKEN else ""
        return "".join(f"; {name} {self.of(name)}" for name in names[:SPOKEN]) + rest

    def of(self, name: str) -> str:
        """What one of them does, "" for who has no such habit."""
        label, count = self.one_label.get(name), self.two_labels.get(name)
        clauses = [f"always says '{label['label']}'"] if label else []
        clauses += [f"gave {count:,} {'item' if count == 1 else 'items'} more than one label"] if count else []
        return " and ".join(clauses)


def people_habits(scan: Scan) -> Habits:
    """The habits of people. Call through `scan.once(people_habits)`."""
    return _habits(scan, is_human=True)


def machine_habits(scan: Scan) -> Habits:
    """The habits of machines, beside people. Call through `scan.once(machine_habits)`."""
    return _habits(scan, is_human=False)


def _habits(scan: Scan, *, is_human: bool) -> Habits:
    found = scan.once(ratings)
    if found is None:
        return Habits({}, {})
    asked = found.frame.filter(pl.col("is_human") == is_human)
    twice = found.contradicted.filter(pl.col("is_human") == is_human)[_WHO].value_counts()
    return Habits(
        _one_label(asked, found.of_people()),
        dict(twice.sort(["count", _WHO], descending=[True, False]).head(NAMED).iter_rows()),
    )


def _one_label(asked: pl.DataFrame, people: pl.DataFrame) -> dict[str, dict[str, object]]:
    """Those of whom it is no chance; set against other people on the same items, or on all where they share none."""
    each = asked.group_by(_WHO).agg(pl.len(), pl.col(_LABEL).n_unique().alias("labels"), pl.col(_LABEL).first())
    same = each.filter((pl.col("labels") == 1) & (pl.col("len") >= ITEMS_AT_LEAST))
    named: dict[str, dict[str, object]] = {}
    for name, count, _, label in same.sort(["len", _WHO], descending=[True, False]).head(NAMED).iter_rows():
        others = people.filter(pl.col(_WHO) != name)
        shared = others.join(asked.filter(pl.col(_WHO) == name).select(_WHAT), on=_WHAT, how="semi")
        share = ((shared if shared.height else others)[_LABEL] == label).mean()
        if share is not None and float(share) ** count <= CHANCE_AT_MOST:
            named[name] = {"label": label, "ratings": count, "others_share": share}
    return named

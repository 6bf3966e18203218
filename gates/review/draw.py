"""Opens a dataset for a review: its rows as a lot, and what people need to see of those that were drawn."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from gates.contract.plugins.registry import data_type_of
from gates.data.duckdb.dataset import LocalDataset, open_dataset
from gates.data.facts import ORIGIN, ROW_ID
from gates.errors import UsageError, did_you_mean
from gates.review.judge import judged_rejections
from gates.review.plan import make_plan
from gates.review.strata import MOST_VALUES, declared_columns
from gates.rows.lot import Lot, read_lot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gates.config.dataset import DatasetConfig
    from gates.data.arrays import Floats
    from gates.metrics.review.planned import ReviewPlan, ReviewRequest

# What `--by` takes besides columns: strata by origin alone.
BY_ORIGIN = "origin"


@dataclass(frozen=True)
class DrawnReview:
    """A plan with the content of its rows. content: by digest, the value by column.

    left_out: columns with too many values for strata. judged: how far a judge rejects each row of the dataset.
    """

    plan: ReviewPlan
    columns: tuple[str, ...]
    content: Mapping[str, Mapping[str, object]]
    left_out: tuple[str, ...]
    judged: Floats | None = None


def draw_review(
    config: DatasetConfig, request: ReviewRequest, columns: Sequence[str] = (), judge: str | None = None
) -> DrawnReview:
    """Plans a review of the dataset in the work tree and reads the rows that it draws.

    request.by: empty for all columns that the dataset declares as kinds of rows. columns: what reviewers see; empty for what
    rows say, and their label. judge: the column of a judge's answers, which reviewers do not see unless they are to. Raises UsageError for a column that is not there, and what opening a dataset raises.
    """
    with open_dataset(config, data_type_of(config)) as opened:
        names = _column_names(opened)
        by = _strata_columns(opened, request.by, names)
        judges = _named_columns(opened, "--judge", (judge,) if judge else (), names)
        lot = read_lot(opened, tuple(dict.fromkeys((*by, *judges))))
        judged = judged_rejections(lot, judge) if judge else None
        wide = tuple(name for name in by if lot.frame[name].n_unique() > MOST_VALUES) if not request.by else ()
        kept = replace(request, by=tuple(name for name in by if name not in wide))
        plan = make_plan(config.name, lot, [file.path for file in opened.files], kept)
        shown = _named_columns(opened, "--column", columns, names) or _content_columns(opened, judges)
        return DrawnReview(plan, shown, _content(opened, lot, plan, shown), wide, judged)


@contextmanager
def lot_of(
    config: DatasetConfig, by: Sequence[str] = (), judge: str | None = None
) -> Iterator[tuple[Lot, tuple[str, ...]]]:
    """The rows that the dataset has now, and its columns.

    by, judge: columns of the lot's frame; those of `by` that the dataset has no more are left out. Raises UsageError for a
    judge that is not there.
    """
    with open_dataset(config, data_type_of(config)) as opened:
        names = _column_names(opened)
        judges = _named_columns(opened, "--judge", (judge,) if judge else (), names)
        wanted = dict.fromkeys((*(name for name in by if name in names), *judges))
        yield read_lot(opened, tuple(wanted)), names


def _column_names(opened: LocalDataset) -> tuple[str, ...]:
    return tuple(name for name in opened.raw_schema().names if name not in (ROW_ID, ORIGIN))


def _named_columns(opened: LocalDataset, option: str, wanted: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """The columns that an option names. Raises UsageError for one that is not there."""
    for name in wanted:
        if name not in names:
            raise UsageError(f"{option} {name}: no such column in {opened.where} ({did_you_mean(name, names)})")
    return tuple(wanted)


def _content_columns(opened: LocalDataset, hidden: Sequence[str]) -> tuple[str, ...]:
    """What rows say, and their label; whoever sees what a judge says is no judge of their own."""
    label = (opened.roles.label,) if opened.roles.label else ()
    return tuple(name for name in dict.fromkeys((*opened.roles.content, *label)) if name not in hidden)


def _strata_columns(opened: LocalDataset, wanted: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    if not wanted:
        return declared_columns(opened.roles)
    return _named_columns(opened, "--by", [name for name in wanted if name != BY_ORIGIN or BY_ORIGIN in names], names)


def _content(opened: LocalDataset, lot: Lot, plan: ReviewPlan, columns: Sequence[str]) -> dict[str, dict[str, object]]:
    """The content of each drawn row by its digest."""
    drawn = {task.digest for task in plan.tasks}
    digests = pl.Series(lot.all_shown())
    positions = digests.is_in(pl.Series(sorted(drawn)).implode()).arg_true()
    first = pl.DataFrame({"digest": digests[positions], "position": positions}).unique("digest", keep="first")
    rows = opened.take(lot.row_id[first["position"].to_numpy()], columns).select(columns).to_dicts()
    return dict(zip(first["digest"].to_list(), rows, strict=True))

"""Who gave which item which label, from rows of single ratings or from rows with one column per annotator; and how far these agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.config.data_types import VOTES
from gates.data.facts import ORIGIN
from gates.errors import MetricError
from gates.metrics.base.full_columns import annotation_columns, label_columns, not_configured, role_column
from gates.metrics.base.measurement import Inconclusive, Measured, NotConfigured
from gates.metrics.stats.bootstrap import percentile_estimate, resampled
from gates.metrics.stats.krippendorff import agreement_between, krippendorff_alpha, squared_distances

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gates.data.arrays import Floats, Ints, Mask
    from gates.data.scan.result import Scan
    from gates.metrics.base.metric import Params

# Of fewer items an interval by resampling is too narrow to be believed.
ITEMS_AT_LEAST = 30
# Distances between labels are a square table; what has more labels than this is free text, or a number to be rounded.
LABELS_AT_MOST = 500
EXPERT = "expert"
_WHO, _WHAT, _LABEL = "annotator", "item", "label"
_CODE = "code"
POSITION = "_gates_position"
_RATED = (_WHAT, _WHO, "is_human")
RATED_TWICE = "{} items have two ratings that can be compared"


@dataclass(frozen=True)
class Ratings:
    """One row per item, annotator and origin: `item`, `annotator`, `label` (strings), `is_human`, `is_expert` (null: unknown).

    POSITION is that of the row that a rating stands in, among all rows.
    repeated: ratings left out because their annotator rated the item before; missing: cells without a label.
    contradicted: item, annotator and `is_human` where an annotator gave an item several labels.
    """

    frame: pl.DataFrame
    repeated: int
    missing: int
    contradicted: pl.DataFrame

    def by_humans(self) -> pl.DataFrame:
        """The ratings by human annotators."""
        return self.frame.filter("is_human")

    def judges(self) -> dict[str, pl.DataFrame]:
        """The ratings by each machine, by its name."""
        made = self.frame.filter(~pl.col("is_human"))
        return {str(name): made.filter(pl.col(_WHO) == name) for name in made[_WHO].unique().sort().to_list()}


def ratings(scan: Scan) -> Ratings | None:
    """All ratings of all rows; None where the data has none. Call through `scan.cached(ratings)`."""
    label = scan.roles.label
    if role_column(scan, _WHAT) and role_column(scan, _WHO) and label:
        frame = scan.cached(annotation_columns).with_row_index(POSITION)
        expertise = role_column(scan, "expertise")
        expert = is_expert(pl.col(expertise)) if expertise else pl.lit(None, dtype=pl.Boolean)
        named = frame.select(
            _text(_WHAT).alias(_WHAT), _text(_WHO), _text(label).alias(_LABEL), ORIGIN, POSITION, is_expert=expert
        )
        return _cleaned(named)
    votes = label_columns(scan.roles)
    if len(votes) > 1:
        frame = (
            scan.cached(annotation_columns).with_row_index(POSITION).filter(pl.col(ORIGIN).cast(pl.String) == "human")
        )
        long = frame.select(POSITION, pl.col(POSITION).alias(_WHAT), ORIGIN, *(_text(vote) for vote in votes)).unpivot(
            votes, index=[POSITION, _WHAT, ORIGIN], variable_name=_WHO, value_name=_LABEL
        )
        return _cleaned(long.with_columns(is_expert=pl.lit(None, dtype=pl.Boolean)))
    return None


def ratings_to_add(scan: Scan) -> NotConfigured:
    """Why there are no ratings, and the line that makes some."""
    votes = VOTES[:2]
    roles = votes if {*votes} <= {*scan.roles.mappable} else (_WHAT, _WHO, _LABEL)
    return not_configured(scan, "no rating columns are configured", *roles)


def is_in_rows(frame: pl.DataFrame, rows: Mask) -> pl.Series:
    """Mask of the ratings of a frame that stand in these of all rows."""
    return pl.Series(rows[frame[POSITION].to_numpy()], dtype=pl.Boolean)


def is_expert(expertise: pl.Expr) -> pl.Expr:
    """Whether an annotator's expertise is "expert"; null where it is missing."""
    return expertise.cast(pl.String).str.strip_chars().str.to_lowercase() == EXPERT


def numbered(values: pl.Series, names: pl.Series) -> Ints:
    """The place of each value among all of them in order."""
    places: Ints = names.search_sorted(values).cast(pl.Int64).to_numpy()
    return places


def _text(column: str) -> pl.Expr:
    """The column's words, null where they are blank or not a number."""
    words = pl.col(column).cast(pl.String).str.strip_chars()
    return pl.when(~words.is_in(["", "NaN"])).then(words).alias(column)


def _cleaned(frame: pl.DataFrame) -> Ratings:
    origin = pl.col(ORIGIN).cast(pl.String)
    declared = frame.filter(origin.is_in(["human", "synthetic"])).with_columns(is_human=origin == "human").drop(ORIGIN)
    given = declared.drop_nulls([_WHAT, _WHO, _LABEL])
    # By label, so that which of two contradicting ratings counts does not hang on the order of rows.
    once = given.sort(_LABEL).unique(_RATED, keep="first", maintain_order=True)
    missing, repeated = declared.height - given.height, given.height - once.height
    contradicted = _contradicted(given) if repeated else once.select(_RATED).clear()
    return Ratings(once, repeated, missing, contradicted)


def _contradicted(given: pl.DataFrame) -> pl.DataFrame:
    labels = given.group_by(_RATED).agg(pl.col(_LABEL).n_unique())
    return labels.filter(pl.col(_LABEL) > 1).select(_RATED)


@dataclass(frozen=True)
class Scale:
    """The labels with their distances, squared."""

    codes: Mapping[str, int]
    distance: Floats

    def coded(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with each label's position as `code`."""
        return frame.with_columns(pl.col(_LABEL).replace_strict(self.codes, return_dtype=pl.Int64).alias(_CODE))

    def alpha(self, kinds: Kinds, times: Floats) -> Floats:
        """Agreement within one group of raters beyond chance, per draw of kinds."""
        return krippendorff_alpha(kinds.one, self.distance, times)

    def agreement(self, kinds: Kinds, times: Floats) -> Floats:
        """Agreement between two groups of raters beyond chance, per draw of kinds."""
        return agreement_between(kinds.one, kinds.other, self.distance, times)


def scale_of(frame: pl.DataFrame, params: Params) -> Scale | NotConfigured:
    """The scale of all ratings of a frame at the level that the params name, or why labels are none that agree or differ.

    Raises MetricError where params contradict the labels.
    """
    level, order = params["level"], params["order"]
    labels = frame[_LABEL].value_counts().sort(_LABEL)
    if labels.height > LABELS_AT_MOST:
        return NotConfigured(
            f"{labels.height:,} labels differ, more than {LABELS_AT_MOST}: free texts and fine numbers hardly ever "
            "equal each other; round the numbers, or name another column as label"
        )
    words = labels[_LABEL].to_list()
    if level == "nominal":
        values = np.arange(len(words), dtype=np.float64)
    elif isinstance(order, list | tuple):
        values = _positions(words, [str(word) for word in order])
    else:
        values = _numbers(words, str(level))
    ascending = np.argsort(values, kind="stable")
    counts = labels["count"].to_numpy().astype(np.float64)[ascending]
    codes = {words[place]: position for position, place in enumerate(ascending)}
    return Scale(codes, squared_distances(level, values[ascending], counts))  # type: ignore[arg-type]


def _positions(words: list[str], order: list[str]) -> Floats:
    strangers = sorted(set(words) - set(order))
    if strangers:
        raise MetricError(f"label '{strangers[0]}' is not in order ({', '.join(order)})")
    return np.array([order.index(word) for word in words], dtype=np.float64)


def _numbers(words: list[str], level: str) -> Floats:
    numbers = pl.Series(words, dtype=pl.String).cast(pl.Float64, strict=False)
    if numbers.null_count() or not numbers.is_finite().all():
        word = next(word for word, value in zip(words, numbers, strict=True) if value is None or not np.isfinite(value))
        raise MetricError(
            f'label \'{word}\' is no number, and level is "{level}"; give order = ["lowest", …, "highest"]'
        )
    return numbers.to_numpy()


@dataclass(frozen=True)
class Kinds:
    """Items grouped by the ratings that they got. one, other: kinds x labels; times: items of each kind."""

    one: Floats
    other: Floats
    times: Ints

    @property
    def items(self) -> int:
        """Number of items."""
        return int(self.times.sum())

    def once(self) -> Floats:
        """The items themselves, as one draw."""
        return self.times[None, :].astype(np.float64)


def kinds_of(coded: pl.DataFrame, width: int) -> Kinds:
    """The items with two ratings or more; `other` is `one`."""
    lists = coded.group_by(_WHAT).agg(pl.col(_CODE).sort()).filter(pl.col(_CODE).list.len() > 1)
    tally = _tally(lists, [_CODE])
    counts = _counts(tally[_CODE], width)
    return Kinds(counts, counts, tally["len"].to_numpy().astype(np.int64))


def kinds_between(one: pl.DataFrame, other: pl.DataFrame, width: int) -> Kinds:
    """The items that both groups of raters rated."""
    mine, theirs = (frame.group_by(_WHAT).agg(pl.col(_CODE).sort()) for frame in (one, other))
    tally = _tally(mine.join(theirs, on=_WHAT, suffix="_other"), [_CODE, f"{_CODE}_other"])
    times = tally["len"].to_numpy().astype(np.int64)
    return Kinds(_counts(tally[_CODE], width), _counts(tally[f"{_CODE}_other"], width), times)


def _tally(lists: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """One row per kind with its number of items, in the order of what was rated: draws must not hang on row order."""
    words = [pl.col(name).cast(pl.List(pl.String)).list.join(",").alias(f"{name}_key") for name in columns]
    keys = [f"{name}_key" for name in columns]
    grouped = lists.with_columns(words).group_by(keys).agg(pl.len(), *(pl.col(name).first() for name in columns))
    return grouped.sort(keys)


def _counts(lists: pl.Series, width: int) -> Floats:
    lengths = lists.list.len().to_numpy()
    kind = np.repeat(np.arange(len(lists)), lengths)
    label = lists.explode().to_numpy() if len(lists) else np.empty(0, dtype=np.int64)
    flat = np.bincount(kind * width + label, minlength=len(lists) * width)
    return flat.reshape(len(lists), width).astype(np.float64)


def measured_agreement(
    kinds: Kinds, scale: Scale, seed: int, statistic: Callable[[Floats], Floats], pairs: str = RATED_TWICE
) -> Measured | Inconclusive:
    """The statistic over these items, at most 1; its interval resamples them.

    statistic: of draws of kinds, draws x kinds, one value each, as `Scale.alpha`. pairs: how a message counts the items.
    """
    if kinds.items < ITEMS_AT_LEAST:
        return Inconclusive(f"{pairs.format(kinds.items)}; from {ITEMS_AT_LEAST} on agreement can be estimated")
    value = float(statistic(kinds.once())[0])
    if not np.isfinite(value):
        return Inconclusive(f"all ratings are '{_only_label(kinds, scale)}': agreement beyond chance is not defined")
    estimate = percentile_estimate(value, resampled(kinds.times, seed, statistic))
    if estimate is None:
        return Inconclusive("too few items have another label than the rest: agreement depends on single items")
    return Measured(estimate)


def _only_label(kinds: Kinds, scale: Scale) -> str:
    code = int(kinds.one[0].argmax())
    return next(word for word, position in scale.codes.items() if position == code)

"""Columns, pairs of columns, rules and corners of the law that synthetic rows miss; labels, groups and raters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from .laws import STEPS
from .planting import Rng, changed, chosen, deviation, put, text_column, with_synthetic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .sample import Sample

REGION, RARE = "region", "north"


def shifted(sample: Sample, dose: float, _rng: Rng) -> Sample:
    """One column of all synthetic rows, moved by so many standard deviations."""
    column = {"tabular": "fnlwgt", "timeseries": "value"}[sample.type]
    step = dose * deviation(sample.human[column])
    moved = (pl.col(column) + step).round(2 if sample.type == "timeseries" else 0).cast(sample.human.schema[column])
    return with_synthetic(sample, sample.synthetic.with_columns(moved))


def cut_short(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic texts that have lost their last two thirds."""
    column = text_column(sample)

    def third(texts: pl.Series) -> list[str]:
        return [" ".join(text.split(" ")[: max(3, text.count(" ") // 3)]) + "." for text in texts]

    return with_synthetic(sample, changed(sample.synthetic, chosen(sample.synthetic.height, dose, rng), column, third))


def other_events(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic events whose kind was drawn at random."""
    at = chosen(sample.synthetic.height, dose, rng)
    return with_synthetic(
        sample, changed(sample.synthetic, at, "event", lambda old: rng.choice(list(STEPS), len(old)).tolist())
    )


def column_shuffled(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic rows whose relationship was shuffled among them; the column as such stays as it was."""
    return with_synthetic(sample, _shuffled(sample.synthetic, dose, ("relationship",), rng))


def all_columns_shuffled(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic rows whose columns were each shuffled among them."""
    return with_synthetic(sample, _shuffled(sample.synthetic, dose, sample.synthetic.columns, rng))


def _shuffled(frame: pl.DataFrame, dose: float, columns: Sequence[str], rng: Rng) -> pl.DataFrame:
    at = chosen(frame.height, dose, rng)
    return put(frame, at, frame[at].with_columns(pl.Series(name, frame[name][rng.permutation(at)]) for name in columns))


def rule_broken(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic rows with years of education that no person of that degree has."""
    at = chosen(sample.synthetic.height, dose, rng)
    return with_synthetic(sample, changed(sample.synthetic, at, "education-num", lambda old: (old % 16 + 1).to_list()))


def level_vanished(sample: Sample, dose: float, rng: Rng) -> Sample:
    """A level that this share of human rows has and no synthetic row."""
    at = chosen(sample.human.height, dose, rng)
    where = np.full(sample.human.height, "south", dtype=object)
    where[at] = RARE
    return replace(
        sample,
        human=sample.human.with_columns(pl.Series(REGION, where, pl.String)),
        synthetic=sample.synthetic.with_columns(pl.lit("south").alias(REGION)),
        holdout=None,
    )


def corner_left_out(sample: Sample, dose: float, rng: Rng) -> Sample:
    """The oldest people, the longest texts, the warmest readings: this share of the law has no synthetic rows."""
    by = {"tabular": pl.col("age"), "text": pl.col("text").str.len_chars(), "timeseries": pl.col("value")}[sample.type]
    rows = pl.concat([sample.synthetic, sample.spare]).with_columns(_by=by)
    bound = sample.human.select(by.quantile(1 - dose)).item()
    kept = rows.filter(pl.col("_by") <= bound).drop("_by")
    lacking = sample.synthetic.height - kept.height
    if lacking > 0:
        kept = pl.concat([kept, kept[rng.integers(kept.height, size=lacking)]])
    return with_synthetic(sample, kept.head(sample.synthetic.height))


def collapsed(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic rows that were made from ten patterns: rows that differ in age and weight only."""
    at = chosen(sample.synthetic.height, dose, rng)
    rows = sample.spare[rng.integers(10, size=len(at))]
    ages = (pl.col("age") + pl.Series(rng.integers(-3, 4, len(at)))).clip(17, 90)
    weights = pl.Series("fnlwgt", sample.spare["fnlwgt"][rng.integers(sample.spare.height, size=len(at))])
    return with_synthetic(sample, put(sample.synthetic, at, rows.with_columns(ages, weights)))


def guessed_labels(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Human ratings (share of these) that were guessed."""
    return replace(sample, human=_guessed(sample.human, dose, rng))


def guessed_by_machines(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic ratings that were guessed."""
    return with_synthetic(sample, _guessed(sample.synthetic, dose, rng))


def crowd_leans(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Three of nine people are experts; of the ratings of the others a share is one label, whatever the item."""
    who = pl.col("annotator").str.extract(r"(\d+)$").cast(pl.Int64)
    human = sample.human.with_columns(expertise=pl.when(who < 3).then(pl.lit("expert")).otherwise(pl.lit("crowd")))
    label = str(human["label"].sort()[0])
    leans = pl.Series(rng.random(human.height) < dose) & (human["expertise"] == "crowd")
    human = human.with_columns(label=pl.when(leans).then(pl.lit(label)).otherwise("label"))
    synthetic = sample.synthetic.with_columns(expertise=pl.lit(None, dtype=pl.String))
    return with_synthetic(replace(sample, human=human), synthetic)


def _guessed(frame: pl.DataFrame, dose: float, rng: Rng) -> pl.DataFrame:
    at = chosen(frame.height, dose, rng)
    labels = frame["label"].unique().sort().to_list()
    return changed(
        frame, at, "label", lambda old: [labels[int(number)] for number in rng.integers(len(labels), size=len(old))]
    )


def columns_crossed(sample: Sample, dose: float, rng: Rng) -> Sample:
    """A column of both origins that says whether two others lie on one side of their medians; of synthetic rows a share says it by chance."""

    def crossed(frame: pl.DataFrame, share: float) -> pl.DataFrame:
        above = [(frame[name] > sample.human[name].median()).to_numpy() for name in ("age", "hours-per-week")]
        sign, random = above[0] == above[1], rng.random(frame.height) < 0.5
        third = np.where(rng.random(frame.height) < share, random, sign)
        return frame.with_columns(crossed=pl.Series(np.where(third, "together", "apart")))

    return replace(sample, human=crossed(sample.human, 0.0), synthetic=crossed(sample.synthetic, dose))


def judged_twice(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic ratings that their judge gave another time, with another label."""
    frame = sample.synthetic
    again = frame[chosen(frame.height, dose, rng)]
    labels = frame["label"].unique().sort().to_list()
    following = dict(zip(labels, [*labels[1:], labels[0]], strict=True))
    return with_synthetic(sample, pl.concat([frame, again.with_columns(pl.col("label").replace(following))]))


def biased_group(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Share of one group's synthetic rows whose label was set to the same class."""
    group, level, label, value = _LABELLED[sample.type]
    of_group = np.flatnonzero((sample.synthetic[group] == level).to_numpy())
    at = np.sort(of_group[chosen(len(of_group), dose, rng)])
    return with_synthetic(sample, changed(sample.synthetic, at, label, lambda old: [value] * len(old)))


def one_label(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic rows whose label was set to the same class."""
    _, _, label, value = _LABELLED[sample.type]
    at = chosen(sample.synthetic.height, dose, rng)
    return with_synthetic(sample, changed(sample.synthetic, at, label, lambda old: [value] * len(old)))


_LABELLED = {
    "tabular": ("sex", "Female", "income", ">50K"),
    "text": ("locale", "en-IN", "label", "good"),
    "annotations": ("language", "de", "label", "yes"),
}


def group_missing(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Share of the women among the human rows in whose place stand men."""
    women = np.flatnonzero((sample.human["sex"] == "Female").to_numpy())
    at = np.sort(women[chosen(len(women), dose, rng)])
    men = pl.concat([sample.spare, sample.spare]).filter(pl.col("sex") == "Male").head(len(at))
    return replace(sample, human=put(sample.human, at[: men.height], men))


def labels_dealt_out(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic rows whose label was dealt out again among them: the rates stay, what goes with them does not."""
    _, _, label, _ = _LABELLED[sample.type]
    return with_synthetic(sample, _shuffled(sample.synthetic, dose, (label,), rng))


def locales_dealt_out(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic texts whose locale was dealt out again among them: tags stay, voices go."""
    return with_synthetic(sample, _shuffled(sample.synthetic, dose, ("locale",), rng))

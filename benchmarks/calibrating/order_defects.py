"""Series that stand still, repeat or are out of order; sessions that go where none of people's goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from .laws import READINGS_A_DAY
from .planting import Rng, changed, chosen, with_synthetic

if TYPE_CHECKING:
    from collections.abc import Callable

    from .sample import Sample


def days_shuffled(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic days whose readings stand in random order."""
    values = sample.synthetic["value"].to_numpy().reshape(-1, READINGS_A_DAY).copy()
    for day in chosen(len(values), dose, rng):
        values[day] = rng.permutation(values[day])
    return with_synthetic(sample, sample.synthetic.with_columns(value=values.ravel()))


def days_constant(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic days with one reading over and over."""
    values = sample.synthetic["value"].to_numpy().reshape(-1, READINGS_A_DAY).copy()
    for day in chosen(len(values), dose, rng):
        values[day] = values[day, 0]
    return with_synthetic(sample, sample.synthetic.with_columns(value=values.ravel()))


def days_repeated(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic days with the readings of the day before, of the same series."""
    values = sample.synthetic["value"].to_numpy().reshape(-1, READINGS_A_DAY).copy()
    entity = sample.synthetic["entity"].to_numpy()[::READINGS_A_DAY]
    later = np.flatnonzero(entity[1:] == entity[:-1]) + 1
    for day in np.sort(rng.permutation(later)[: max(1, round(dose * len(values)))]):
        values[day] = values[day - 1]
    return with_synthetic(sample, sample.synthetic.with_columns(value=values.ravel()))


def days_copied(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic days with the readings of a human day."""
    human, values = (rows["value"].to_numpy().reshape(-1, READINGS_A_DAY) for rows in (sample.human, sample.synthetic))
    chosen = rng.permutation(len(values))[: max(1, round(dose * len(values)))]
    copied = values.copy()
    copied[chosen] = human[rng.integers(len(human), size=len(chosen))]
    return with_synthetic(sample, sample.synthetic.with_columns(value=copied.ravel()))


def series_constant(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic series that stand still."""
    return _series(sample, dose, rng, lambda values: np.full_like(values, values[0]))


def series_periodic(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic series whose second day repeats the first."""
    return _series(sample, dose, rng, lambda values: np.resize(values[:READINGS_A_DAY], len(values)))


def _series(sample: Sample, dose: float, rng: Rng, change: Callable[[np.ndarray], np.ndarray]) -> Sample:
    steps = sample.synthetic.filter(pl.col("entity") == sample.synthetic["entity"][0]).height
    values = sample.synthetic["value"].to_numpy().reshape(-1, steps).copy()
    for number in chosen(len(values), dose, rng):
        values[number] = change(values[number])
    return with_synthetic(sample, sample.synthetic.with_columns(value=values.ravel()))


def sessions_shuffled(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic sessions whose events stand in random order."""
    names = sample.synthetic["session"].unique(maintain_order=True)
    picked = names[chosen(len(names), dose, rng)].implode()
    mixed = pl.col("event").shuffle(int(rng.integers(2**31))).over("session")
    event = pl.when(pl.col("session").is_in(picked)).then(mixed).otherwise("event")
    return with_synthetic(sample, sample.synthetic.with_columns(event=event))


def impossible_steps(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Steps of synthetic sessions (share of these) from searching straight to paying."""
    searches = np.flatnonzero((sample.synthetic["event"] == "search").to_numpy())
    followed = searches[searches + 1 < sample.synthetic.height]
    session = sample.synthetic["session"].to_numpy()
    within = followed[session[followed] == session[followed + 1]]
    at = np.sort(rng.permutation(within)[: max(1, round(dose * sample.synthetic.height))] + 1)
    return with_synthetic(sample, changed(sample.synthetic, at, "event", lambda old: ["pay"] * len(old)))

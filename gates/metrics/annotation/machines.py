"""How far each machine that labels agrees with human annotators, as far as these agree themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.annotation.annotator_habits import machine_habits
from gates.metrics.annotation.ratings import ITEMS_AT_LEAST, POSITION, Kinds, Ratings, Scale, kinds_between, kinds_of
from gates.metrics.base.breakdowns import with_languages
from gates.metrics.base.languages import languages, too_few
from gates.metrics.base.measurement import Estimate, Inconclusive, Measured, Measurement, NotConfigured, Part, RowCounts
from gates.metrics.limits.wording import percent
from gates.metrics.stats.bootstrap import percentile_estimate, resampled

if TYPE_CHECKING:
    from collections.abc import Callable

    from gates.data.arrays import Floats, Mask
    from gates.data.scan.result import Scan
    from gates.metrics.base.languages import Language

# From here on human labels are reliable (Krippendorff 2004, ch. 11). Where people agree less, by the nature of the question, a machine
# is set against how far they do: their own agreement counts as this much.
RELIABLE = 0.8
RATED_TWICE = "{} items have two ratings that can be compared"
RATED_BY_BOTH = "{} of its items have a human label too: have human annotators label some of them"


@dataclass(frozen=True)
class _People:
    """How far human annotators agree, over the items that several of them rated."""

    kinds: Kinds
    estimate: Estimate


def machine_agreement(scan: Scan, rated: Ratings, scale: Scale) -> Measurement:
    """As `_machines`, and the machine that agrees least with human annotators in each language."""
    whole = _machines(scan, rated, scale)
    if not isinstance(whole, Measured):
        return whole

    def of_language(one: Language) -> Measurement:
        in_language = rated.frame.filter(stands_in(rated.frame, one.human | one.synthetic))
        n_human = int(in_language["is_human"].sum())
        few = too_few(n_human, in_language.height - n_human)
        own = _machines(scan, replace(rated, frame=in_language), scale)
        return few or (own if isinstance(own, NotConfigured) else replace(own, parts={}))

    return with_languages(scan, whole, scan.cached(languages).parts, of_language)


def _machines(scan: Scan, rated: Ratings, scale: Scale) -> Measured | Inconclusive | NotConfigured:
    judges = rated.judges()
    if not judges:
        return NotConfigured("no synthetic row is a rating: no machine's labels to compare with human labels")
    human = scale.coded(rated.by_humans())
    among = kinds_of(human, len(scale.codes))
    people = measured_agreement(among, scale, scan.seed, partial(scale.alpha, among))
    human_labels, habits = human["label"].unique().to_list(), scan.cached(machine_habits)
    parts = {}
    for name, own in judges.items():
        kinds = kinds_between(scale.coded(own), human, len(scale.codes))
        part = measured_agreement(kinds, scale, scan.seed, partial(scale.agreement, kinds), RATED_BY_BOTH)
        if isinstance(part, Measured) and isinstance(people, Measured) and people.estimate.value < RELIABLE:
            part = _against(part, kinds, _People(among, people.estimate), scale, scan.seed)
        unshared = 1 - float(own["label"].is_in(human_labels).mean() or 0)  # type: ignore[arg-type]
        note = f"{part.note}{kinds.items:,} shared items" + (
            f", {percent(unshared)} of its labels are no human label" if unshared else ""
        )
        habit = habits.of(name)
        note += f"; it {habit}" if habit else ""
        parts[name] = replace(part, rows=RowCounts(human.height, own.height), note=note)
    measured = {name: part for name, part in parts.items() if isinstance(part, Measured)}
    if not measured:
        about = {"machines": sorted(parts), **habits.evidence()}
        return replace(next(iter(parts.values())), note=habits.note().removeprefix("; "), evidence=about)
    worst = min(measured, key=lambda name: (measured[name].estimate.value, name))
    return replace(
        measured[worst],
        note=f"{worst} agrees least with human annotators; {measured[worst].note}",
        parts={name: Part(part) for name, part in parts.items()},
        evidence=habits.evidence(),
    )


def _against(machine: Measured, shared: Kinds, people: _People, scale: Scale, seed: int) -> Measured | Inconclusive:
    """What a machine's agreement would be if people agreed by `RELIABLE`.

    shared: the items that the machine and people rated. These and those that several people rated are resampled apart.
    """
    if people.estimate.low <= 0:
        reason = f"human annotators agree by {people.estimate.value:.2f}, which may be chance: there is nothing to agree with"
        return Inconclusive.in_spite_of(machine, reason)
    of_machine = resampled(shared.times, seed, partial(scale.agreement, shared))
    of_people = resampled(people.kinds.times, seed + 1, partial(scale.alpha, people.kinds))
    value = machine.estimate.value * RELIABLE / people.estimate.value
    estimate = percentile_estimate(value, of_machine * RELIABLE / of_people)
    note = f"agrees by {machine.estimate.value:.2f} where human annotators do by {people.estimate.value:.2f}; "
    return replace(machine, estimate=estimate or machine.estimate, note=note)


def measured_agreement(
    kinds: Kinds, scale: Scale, seed: int, statistic: Callable[[Floats], Floats], pairs: str = RATED_TWICE
) -> Measured | Inconclusive:
    """The statistic over these items. pairs: how a message counts them."""
    if kinds.items < ITEMS_AT_LEAST:
        return Inconclusive(f"{pairs.format(kinds.items)}; from {ITEMS_AT_LEAST} on agreement can be estimated")
    value = float(statistic(kinds.once())[0])
    if not np.isfinite(value):
        return Inconclusive(f"all ratings are '{_only_label(kinds, scale)}': agreement beyond chance is not defined")
    estimate = percentile_estimate(value, resampled(kinds.times, seed, statistic))
    if estimate is None:
        return Inconclusive("too few items have another label than the rest: agreement hangs on single items")
    return Measured(estimate)


def _only_label(kinds: Kinds, scale: Scale) -> str:
    code = int(kinds.one[0].argmax())
    return next(word for word, position in scale.codes.items() if position == code)


def stands_in(frame: pl.DataFrame, rows: Mask) -> pl.Series:
    """Mask of the ratings that stand in these rows."""
    return pl.Series(rows[frame[POSITION].to_numpy()], dtype=pl.Boolean)

"""How far each machine that labels agrees with human annotators, set against how far these agree among themselves."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gates.metrics.annotation.annotator_habits import machine_habits
from gates.metrics.annotation.ratings import (
    Kinds,
    Ratings,
    Scale,
    is_in_rows,
    kinds_between,
    kinds_of,
    measured_agreement,
)
from gates.metrics.base.breakdowns import with_languages
from gates.metrics.base.languages import Language, languages, too_few
from gates.metrics.base.measurement import Estimate, Inconclusive, Measured, Measurement, NotConfigured, Part, RowCounts
from gates.metrics.limits.wording import percent
from gates.metrics.stats.bootstrap import percentile_estimate, resampled

if TYPE_CHECKING:
    import polars as pl

    from gates.data.scan.result import Scan

# From here on human labels are reliable (Krippendorff 2004, ch. 11). Where human annotators agree less, by the nature of the
# question, their own agreement counts as this much.
RELIABLE = 0.8
RATED_BY_BOTH = "{} of its items have a human label too: have human annotators label some of them"


class _HumanAgreement(NamedTuple):
    """How far human annotators agree, over the items that several of them rated."""

    kinds: Kinds
    estimate: Estimate


def machine_agreement(scan: Scan, rated: Ratings, scale: Scale) -> Measurement:
    """As `_machines`, and the machine that agrees least with human annotators in each language."""
    whole = _machines(scan, rated, scale)
    if not isinstance(whole, Measured):
        return whole

    def of_language(one: Language) -> Measurement:
        in_language = rated.frame.filter(is_in_rows(rated.frame, one.human | one.synthetic))
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
    among_humans = _among_humans(human, scale, scan.seed)
    human_labels, habits = human["label"].unique().to_list(), scan.cached(machine_habits)
    parts = {}
    for name, own in judges.items():
        kinds = kinds_between(scale.coded(own), human, len(scale.codes))
        part = measured_agreement(kinds, scale, scan.seed, partial(scale.agreement, kinds), RATED_BY_BOTH)
        if isinstance(part, Measured) and among_humans and among_humans.estimate.value < RELIABLE:
            part = _against(part, kinds, among_humans, scale, scan.seed)
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


def _among_humans(human: pl.DataFrame, scale: Scale, seed: int) -> _HumanAgreement | None:
    """None where too few items have several human ratings. human: as `Scale.coded` returns it."""
    kinds = kinds_of(human, len(scale.codes))
    measured = measured_agreement(kinds, scale, seed, partial(scale.alpha, kinds))
    return _HumanAgreement(kinds, measured.estimate) if isinstance(measured, Measured) else None


def _against(
    machine: Measured, shared: Kinds, human: _HumanAgreement, scale: Scale, seed: int
) -> Measured | Inconclusive:
    """What a machine's agreement would be if human annotators agreed by `RELIABLE`.

    shared: the items that the machine and human annotators rated. These and those with several human ratings are resampled apart.
    """
    kinds, agreement = human
    if agreement.low <= 0:
        reason = f"human annotators agree by {agreement.value:.2f}, which may be chance: there is nothing to agree with"
        return Inconclusive.in_spite_of(machine, reason)
    of_machine = resampled(shared.times, seed, partial(scale.agreement, shared))
    of_humans = resampled(kinds.times, seed + 1, partial(scale.alpha, kinds))
    value = machine.estimate.value * RELIABLE / agreement.value
    estimate = percentile_estimate(value, of_machine * RELIABLE / of_humans)
    note = f"agrees by {machine.estimate.value:.2f} where human annotators do by {agreement.value:.2f}; "
    return replace(machine, estimate=estimate or machine.estimate, note=note)

"""Whether annotators agree beyond chance: human annotators with each other, and each machine with them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.metrics.annotation.annotator_habits import human_habits
from gates.metrics.annotation.machines import machine_agreement
from gates.metrics.annotation.ratings import (
    Kinds,
    Ratings,
    Scale,
    is_in_rows,
    kinds_between,
    kinds_of,
    measured_agreement,
    ratings,
    ratings_to_add,
    scale_of,
)
from gates.metrics.base.breakdowns import with_languages
from gates.metrics.base.full_columns import accumulate_annotations
from gates.metrics.base.languages import Language, languages, too_few
from gates.metrics.base.measurement import Growth, Inconclusive, Measured, Measurement, NotConfigured, RowCounts
from gates.metrics.base.metric import Metric, Params, Side
from gates.verdict import Scope

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

EVIDENCE_JUDGES = 20


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Human ratings: Krippendorff's alpha. Synthetic ones: how the machine that agrees least agrees with human annotators.

    Where these agree among themselves by a < .8, the machine's agreement is multiplied by .8 / a: nobody can agree with them
    further than they agree. At most 1, 0 is chance; the interval resamples items. Every row counts, not a sample. In a human
    scope the machines are evidence, as are experts against the crowd; in a synthetic scope each machine is a part that can fail the check.
    In both, the ratings in a language are a part.
    """
    rated = scan.cached(ratings)
    if rated is None:
        return ratings_to_add(scan)
    human = rated.by_humans()
    scale = scale_of(rated.frame if scope is Scope.SYNTHETIC or rated.judges() else human, params)
    if isinstance(scale, NotConfigured):
        return scale
    if scope is Scope.SYNTHETIC:
        return machine_agreement(scan, rated, scale)
    kinds = kinds_of(scale.coded(human), len(scale.codes))
    measured = _among(human, kinds, scale, scan.seed)
    habits = scan.cached(human_habits)
    about = {**_about(rated, human, scale, kinds), **habits.evidence()}
    note = (
        f"{about['annotators']:,} annotators, {human.height:,} ratings, {kinds.items:,} items with two ratings or more"
    )
    whole = replace(measured, note=note + habits.note(), evidence=about)

    def of_language(one: Language) -> Measurement:
        own = human.filter(is_in_rows(human, one.human))
        return too_few(own.height, None) or _among(own, kinds_of(scale.coded(own), len(scale.codes)), scale, scan.seed)

    # A guideline can be clear in the language it was written in and not in another.
    return with_languages(scan, whole, scan.cached(languages).human, of_language)


def _among(human: pl.DataFrame, kinds: Kinds, scale: Scale, seed: int) -> Measured | Inconclusive:
    """Alpha among the annotators of these ratings."""
    measured = measured_agreement(kinds, scale, seed, partial(scale.alpha, kinds))
    measured = replace(measured, rows=RowCounts(human.height))
    return replace(measured, growth=Growth(limited_by=("human",))) if isinstance(measured, Measured) else measured


def _about(rated: Ratings, human: pl.DataFrame, scale: Scale, kinds: Kinds) -> dict[str, object]:
    """What stands beside the number: counts, machines against humans, experts against the crowd."""
    about: dict[str, object] = {
        "items_with_two_ratings": kinds.items,
        "items": human["item"].n_unique(),
        "annotators": human["annotator"].n_unique(),
        "labels": len(scale.codes),
        "missing_labels": rated.missing,
        "repeated_ratings": rated.repeated,
    }
    judges = rated.judges()
    if judges:
        shown = sorted(judges)[:EVIDENCE_JUDGES]
        about["machines"] = {name: _machine(judges[name], human, scale) for name in shown}
    experts, crowd = human.filter(pl.col("is_expert")), human.filter(~pl.col("is_expert"))
    if experts.height and crowd.height:
        about["experts_with_crowd"] = _pair(experts, crowd, scale)
    return about


def _machine(own: pl.DataFrame, human: pl.DataFrame, scale: Scale) -> dict[str, object]:
    joint = kinds_of(scale.coded(pl.concat([own, human])), len(scale.codes))
    alpha = scale.alpha(joint, joint.once())[0] if joint.items else np.nan
    return {**_pair(own, human, scale), "alpha_of_people_and_machine": _number(alpha)}


def _pair(one: pl.DataFrame, other: pl.DataFrame, scale: Scale) -> dict[str, object]:
    """Agreement of two groups beyond chance, and the share of equal labels, over the items both rated."""
    kinds = kinds_between(scale.coded(one), scale.coded(other), len(scale.codes))
    if not kinds.items:
        return {"agreement": None, "equal_labels": None, "items": 0}
    times = kinds.times.astype(np.float64)
    shares = [ratings / ratings.sum(axis=1, keepdims=True) for ratings in (kinds.one, kinds.other)]
    equal = float(times @ (shares[0] * shares[1]).sum(axis=1) / times.sum())
    value = scale.agreement(kinds, kinds.once())[0]
    return {"agreement": _number(value), "equal_labels": equal, "items": kinds.items}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


METRIC = Metric(
    expectation="expect_annotator_agreement_to_be_between",
    measure=measure,
    side=Side.BETWEEN,
    finding="Annotators agree too little",
    asks="Do annotators agree with each other more than chance would have them?",
    why=(
        "Labels that annotators do not agree on cannot be learned, and no model can be judged by them. A model that labels in people's "
        "place has to agree with people about as much as they do with each other."
    ),
    source="Krippendorff, Content Analysis, 2004, ch. 11; Cohen 1968 for a machine against human annotators; intervals by resampling items",
    fix=(
        "Write the guideline down with examples of the labels that are mixed up, train annotators on them, and rate again; drop or "
        "adjudicate the items on which they differ; leave out a machine that disagrees with human annotators."
    ),
    params=(("level", "nominal"), ("order", None)),
    detail=("level",),
    reads="item, annotator, label, expertise of every row",
    accumulate=accumulate_annotations,
)

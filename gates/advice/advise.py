"""Gathers what can be said of a dataset: what its sources are worth, what its groups lack, and what to do first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from gates.advice.advice import Advice, Costs, GroupAdvice, SourceAdvice
from gates.advice.gains import human_gains, synthetic_gains
from gates.advice.groups import groups_of, likeness
from gates.advice.material import SYNTHETIC, SYNTHETIC_AT_LEAST, Material, material_of
from gates.advice.opened import scanned_dataset
from gates.advice.recommend import recommendations
from gates.advice.weighing.source_weights import SourceWeight, source_weights
from gates.advice.worth.curves import curve_points, mixture_points
from gates.advice.worth.exchange import ExchangeRate, LearningCurves, exchange_rate
from gates.errors import GatesError
from gates.metrics.comparison.classifiers import one_thread
from gates.metrics.comparison.strata import by_generator, everything
from gates.run_state import Progress, no_progress
from gates.verdict import Answer
from gates.verdicts.enforce import refuse_other_data
from gates.verdicts.recorded import VerdictError, read_verdict
from gates.verdicts.reports.findings import shortfalls
from gates.verdicts.store import VerdictStore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gates.advice.worth.examples import Learner
    from gates.config.dataset import DatasetConfig
    from gates.data.scan.result import Scan

# Either bound alone holds with 97.5 %, as those of all gains.
_CONFIDENCE = 0.975
# Each rate takes about as long as all weights, the gains of human rows, or those of synthetic ones.
_MODELS, _OTHER_PARTS = "models", 3


class NoAdviceError(GatesError):
    """Nothing can be said, and the message says why: exit 3."""


def advise(
    config: DatasetConfig,
    seed: int,
    learner: Learner | None = None,
    costs: Costs | None = None,
    progress: Progress = no_progress,
) -> Advice:
    """The advice on the dataset in the work tree. progress: called with the step, how far it is, and its length.

    Raises NoAdviceError without human or synthetic rows, and what opening a dataset raises.
    """
    with scanned_dataset(config) as (_, scan), one_thread():
        for rows, origin in ((scan.human, "human"), (scan.synthetic, "synthetic")):
            if not len(rows):
                raise NoAdviceError(
                    f"{config.name}: there is no {origin} row: advice is on what human and synthetic rows are worth to each other"
                )
        material = material_of(scan, learner)
        advice = replace(_advice(config.name, scan, seed, costs), failed=_failed(config))
        no_model = material if isinstance(material, str) else nothing_learned(material)
        if no_model or isinstance(material, str):
            advice = replace(advice, no_model=no_model)
        else:
            advice = _with_model(advice, scan, material, progress)
        return replace(advice, recommendations=recommendations(advice))


def nothing_learned(material: Material) -> str:
    """Why no gain can be told, where labels are as well predicted without a model; "" where a model knows more.

    Losses of tested human rows are compared, those of rows that share a unit together (Student's t over units).
    """
    examples, train, test = material.examples, material.train, material.test
    model = examples.losses(train, np.ones(len(train)), test)
    without = examples.losses_without_model(train, test)
    _, unit = np.unique(examples.unit[test], return_inverse=True)
    better = np.bincount(unit, without - model) / np.bincount(unit)
    if len(better) > 1:
        spread = float(stdtrit(len(better) - 1, _CONFIDENCE)) * better.std(ddof=1) / np.sqrt(len(better))
        if better.mean() > spread:
            return ""
    return (
        f"a model of {len(train):,} human rows predicts {material.subject} in {len(test):,} others no better than {examples.guess} "
        f"({examples.metric} {model.mean():.3f}, without a model {without.mean():.3f}): it depends on nothing that "
        "the rows say, is given by chance, or there are too few rows"
    )


def _failed(config: DatasetConfig) -> str:
    """What the last verdict on these rows has against them; "" where they passed, and where none is stored or it is about other rows."""
    path = VerdictStore(config.root).path(config.name)
    if not path.is_file():
        return ""
    try:
        verdict = read_verdict(path)
        refuse_other_data(verdict, config)
    except VerdictError:
        # Edited, of another version or of other data: `gates enforce` says so.
        return ""
    is_good = verdict.answer in (Answer.PASS, Answer.WARN)
    counting = [check for check in verdict.checks if str(check.id) not in verdict.waived]
    return "" if is_good else f"{verdict.answer.word}, {', '.join(shortfalls(counting))}"


def _advice(dataset: str, scan: Scan, seed: int, costs: Costs | None) -> Advice:
    """What needs no label."""
    sides = by_generator(scan) or {SYNTHETIC: everything(scan)}
    sources = tuple(SourceAdvice(name, one.synthetic.total, likeness(scan, one)) for name, one in sides.items())
    groups = tuple(GroupAdvice(group) for group in groups_of(scan))
    return Advice(
        dataset, scan.human.total, scan.synthetic.total, seed, "", "", "", "", 0, 0, 0, "", sources, groups, costs
    )  # fmt: skip


def _with_model(advice: Advice, scan: Scan, material: Material, progress: Progress) -> Advice:
    seed, parts = advice.seed, len(material.sources) + _OTHER_PARTS
    progress(_MODELS, 0, parts)
    totals = {one.name: one.rows for one in advice.sources}
    totals |= {name: scan.synthetic.total for name in material.sources if name not in totals}
    weights = {one.source: one for one in source_weights(material, totals, seed)}
    rates = _rates(material, seed, lambda done: progress(_MODELS, 1 + done, parts))
    sources = tuple(replace(one, weight=weights.get(one.name), rate=rates.get(one.name)) for one in advice.sources)
    groups = [one.group for one in advice.groups]
    human = human_gains(material, groups, seed)
    progress(_MODELS, parts - 1, parts)
    source, weight = _best(weights)
    made = synthetic_gains(material, groups, source, weight, seed) if source else {}
    return replace(
        advice,
        learner=material.learner.value,
        label=material.label,
        subject=material.subject,
        metric=material.examples.metric,
        human_read=len(material.human),
        learned=len(material.train),
        tested=len(material.test),
        tried_on=material.tried_on,
        sources=sources,
        groups=tuple(GroupAdvice(group, human.get(group.name), made.get(group.name), source) for group in groups),
    )


def _rates(material: Material, seed: int, progress: Callable[[int], None]) -> dict[str, ExchangeRate]:
    examples, test = material.examples, material.test
    human = curve_points(examples, material.train, test, seed, is_human=True)
    rates = {}
    for done, (name, rows) in enumerate(material.sources.items()):
        progress(done)
        made = material.untested(rows)[: 2 * len(material.train)]
        if len(made) < SYNTHETIC_AT_LEAST:
            continue
        curves = LearningCurves(
            human,
            curve_points(examples, made, test, seed, is_human=False),
            mixture_points(examples, material.train, made, test, seed),
            examples.unit[test],
        )
        rates[name] = exchange_rate(curves, seed)
    progress(len(rates))
    return rates


def _best(weights: Mapping[str, SourceWeight]) -> tuple[str, float]:
    """The source that gains most, with its weight alone: shown, or else the best that was tried."""
    measured = {name: one.alone for name, one in weights.items() if one.alone}
    if not measured:
        return "", 0.0
    name = max(measured, key=lambda one: (measured[one].best.gain, one))
    return name, measured[name].best.weight

"""Whether a model learns from synthetic rows what it learns from human rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from gates.metrics.base.measurement import (
    Estimate,
    Growth,
    Inconclusive,
    Measured,
    Measurement,
    Part,
    ReportOnly,
    RowCounts,
)
from gates.metrics.base.metric import Metric, Params, Side
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.labels.task import TEST_ROWS
from gates.metrics.labels.train_test import Model, Trained, Trials, trials
from gates.metrics.limits.wording import percent
from gates.metrics.stats.intervals import CONFIDENCE
from gates.verdict import Scope, Severity
from gates.visible_text import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Floats
    from gates.data.scan.result import Scan
    from gates.metrics.stats.multiclass_auc import Exam

HUMAN, SYNTHETIC, BOTH = "human", "synthetic", "both"
CHANCE = 0.5
# A share of what human rows teach is a share of noise where a model of them is this near to guessing.
SKILL_AT_LEAST = 0.05
EVIDENCE_CLASSES = 5


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """What a model trained on other rows predicts of human labels, against one trained on human rows.

    A model's score is its area under the ROC curve, each class against all others, averaged over classes: .5 is chance
    whatever the classes' shares. train "synthetic": the score above chance from synthetic rows over that from as many
    human rows, 1 being as good. train "both": the score from human rows with synthetic ones added, in the
    dataset's own proportion, less that from the same human rows, in [-1, 1]. train "human": the score above chance of a model
    of human rows on synthetic labels, over that on human ones: labels that were flipped it does not predict. Synthetic rows of one
    label alone are told from human rows of all others, as human rows of that label are. At most 10,000 are read: of more, the note
    and the evidence say which proportion was added, and the number is about that one.
    Tested on the declared holdout where it has labels, else on human rows in folds by group, which the generator may
    have seen. Near copies of tested texts are not trained on. In tables they cannot be told from rows that coincide by
    nature: only a holdout shows what synthetic rows teach that copy human rows with a little noise. The interval resamples
    groups of test rows and of training rows, the same for both models.
    """
    every = scan.cached(trials)
    if isinstance(every, Measurement):
        return every
    kind = str(params["train"])
    whole = _compared(every, every.whole, kind, scan.seed)
    parts = {
        name: Part(whole if one is every.whole else _compared(every, one, kind, scan.seed))
        for name, one in every.generators.items()
    }
    left_out = sorted(set(scan.generators) - set(parts))
    if left_out:
        whole = replace(whole, evidence={**whole.evidence, "generators_not_tested_alone": left_out})
    if kind == SYNTHETIC and scan.declared.extends_human_law:
        reason = 'synthetic_role = "extend" does not promise that synthetic rows can stand for human rows'
        return ReportOnly(whole, reason)
    return replace(whole, parts=parts)


def _compared(every: Trials, trained: Trained, kind: str, seed: int) -> Measured | Inconclusive:
    tried, human = (trained.synthetic, trained.even) if kind == SYNTHETIC else (trained.both, trained.human)
    test, rows = trained.test, RowCounts(every.n_human, trained.n_synthetic)
    scores = {name: float(test.areas(model.scores)[0]) for name, model in _models(trained).items()}
    ours, theirs = (float(test.areas(model.scores)[0]) for model in (tried, human))
    human_drawn = trained.areas(human, seed)
    losing = _worst_recall(every, test, tried, human)
    evidence = {
        "label": every.column,
        "tested_on": "holdout" if every.is_held_out else "human rows in folds",
        "test_rows": len(test.labels),
        "scores": scores,
        "train_rows": {name: model.rows for name, model in _models(trained).items()},
        "synthetic_for_each_of_people": {"added": trained.added, "dataset": trained.ratio},
        "worst_recall": losing,
    }
    if _around(theirs, human_drawn, human.refit_share).low <= CHANCE + SKILL_AT_LEAST:
        reason = f"a model of human rows hardly predicts their labels (AUC {theirs:.3f}): nothing that synthetic rows could teach as well"
        return Inconclusive(reason, rows, evidence=evidence)
    if kind == HUMAN:
        return _labels_kept(every, trained, seed, (theirs, human_drawn), evidence)
    drawn = trained.areas(tried, seed)
    if kind == SYNTHETIC:
        value, draws = (ours - CHANCE) / (theirs - CHANCE), (drawn - CHANCE) / (human_drawn - CHANCE)
        note = f"AUC {ours:.3f} from {tried.rows:,} synthetic rows, {theirs:.3f} from {human.rows:,} human rows"
    else:
        value, draws = ours - theirs, drawn - human_drawn
        note = f"AUC {ours:.3f} with {tried.rows - human.rows:,} synthetic rows added to {human.rows:,} human rows, {theirs:.3f} without"
        if not trained.is_all_added():
            note += f"; that is {trained.added:.2g} for each human row, and the dataset has {trained.ratio:.2g}"
    worst = next(iter(losing))
    note += f"; '{shortened(worst)}' suffers most" if value < (1 if kind == SYNTHETIC else 0) else ""
    if every.may_know_tested:
        note += "; without a holdout, near copies of tested human rows may be trained on"
    return Measured(
        _around(value, draws, human.refit_share),
        rows,
        growth=Growth(rows_to_pass=ROWS_TO_PASS, rows_read=TEST_ROWS),
        note=note,
        evidence=evidence,
    )


def _labels_kept(
    every: Trials, trained: Trained, seed: int, human: tuple[float, Floats], evidence: Mapping[str, object]
) -> Measured | Inconclusive:
    """How well a model of human rows predicts synthetic labels. human: its area on human labels, and the draws of that."""
    exam, model = trained.on_synthetic
    rows = RowCounts(every.n_human, trained.n_synthetic)
    test = replace(trained.test, judged=tuple(code for code in exam.judged if code in trained.test.judged))
    if not test.judged:
        reason = (
            "too few human rows have a label of synthetic rows: nothing that a model of human rows could tell apart"
        )
        return Inconclusive(reason, rows, evidence=evidence)
    exam = replace(exam, judged=test.judged)
    if test.judged != trained.test.judged:
        # The area of one label among human rows, and not of all of them, is what that of synthetic rows compares with.
        human = float(test.areas(trained.human.scores)[0]), test.resampled(trained.human.refits, seed)
    area, draws = float(exam.areas(model.scores)[0]), exam.resampled(model.refits, seed)
    predicted = np.argmax(model.scores, axis=1)
    recall = {every.names[code]: float((predicted[exam.labels == code] == code).mean()) for code in exam.judged}
    worst = min(recall, key=lambda name: (recall[name], name))
    return Measured(
        _around((area - CHANCE) / (human[0] - CHANCE), (draws - CHANCE) / (human[1] - CHANCE), model.refit_share),
        rows,
        growth=Growth(rows_to_pass=ROWS_TO_PASS, rows_read=TEST_ROWS),
        note=(
            f"a model of {model.rows:,} human rows predicts synthetic labels with AUC {area:.3f} and human ones with "
            f"{human[0]:.3f}; of the synthetic rows with label '{shortened(worst)}' it gives {percent(recall[worst])} that label"
        ),
        evidence={**evidence, "scores": {"human": human[0], "synthetic": area}, "recall_on_synthetic": recall},
    )


def _models(trained: Trained) -> dict[str, Model]:
    return {
        "synthetic": trained.synthetic,
        "as_many_of_people": trained.even,
        "people": trained.human,
        "both": trained.both,
    }


def _around(value: float, draws: Floats, refit_share: float) -> Estimate:
    """The value with the spread of the draws, refits x draws, as a normal law has it.

    What test rows add is the mean variance within a refit, what training rows add the variance between refits: five
    refits are too few for percentiles of their own. Refits of a share of the rows differ by more, as 1 / n. A draw without rows of a class has no area and does not count.
    """
    spread = np.sqrt(np.nanvar(draws, axis=1).mean() + refit_share * np.nanmean(draws, axis=1).var(ddof=1))
    half = float(ndtri(0.5 + CONFIDENCE / 2) * spread)
    return Estimate(value, value - half, value + half)


def _worst_recall(every: Trials, test: Exam, tried: Model, human: Model) -> dict[str, dict[str, float]]:
    """Share of a class's test rows that each model predicts, of the classes that lose most."""
    predicted = [np.argmax(model.scores, axis=1) for model in (tried, human)]
    recall = {code: [float((codes[test.labels == code] == code).mean()) for codes in predicted] for code in test.judged}
    order = sorted(recall, key=lambda code: (recall[code][0] - recall[code][1], code))[:EVIDENCE_CLASSES]
    return {every.names[code]: {"trained": recall[code][0], "people": recall[code][1]} for code in order}


METRIC = Metric(
    expectation="expect_utility_to_be_between",
    measure=measure,
    side=Side.BETWEEN,
    finding="Synthetic rows and their labels teach a model something else than human rows",
    asks="Does a model trained on synthetic rows predict human labels as well as one trained on human rows, and does adding them to these help or harm?",
    why=(
        "What synthetic rows are for is mostly to train on. Columns and pairs may look right while what decides the label is lost; and rows "
        "that harm a model which human rows already train are better not added, however real they look."
    ),
    source=(
        "Esteban, Hyland & Raetsch, Real-valued (Medical) Time Series Generation with Recurrent Conditional GANs, 2017 (train on synthetic, "
        "test on real); Hand & Till, Machine Learning 45 (2001) 171-186 (areas of several classes)"
    ),
    fix=(
        "Look at the classes whose recall falls: have their labels checked by people, or generate from human rows of those classes. Where "
        "adding synthetic rows harms, leave them out, add fewer, or ask people for the next rows."
    ),
    params=(("train", SYNTHETIC),),
    detail=("train",),
    undecided=Severity.WARNING,
    languages_together="the rows of one language teach too little: with halves of 1,000 texts four of five comparisons stay undecided",
    reads="15,000 labelled rows of the sample of human rows and of the holdout, 10,000 of each generator and of all synthetic rows; near duplicates of texts among these",
)

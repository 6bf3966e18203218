"""What a model is to learn of rows: their label, a number such as a score, or which of two responses was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.advice.worth.examples import Examples, Labelled, Learner, Linear, linear_of, trees_of
from gates.advice.worth.paired import Paired
from gates.advice.worth.rated import Rated, ranks_among
from gates.metrics.base.measurement import Failed, Measurement, NotConfigured
from gates.metrics.comparison.classifiers import Table, Texts
from gates.metrics.comparison.text_pairs import differences_of_words
from gates.metrics.labels.labels import NO_LABEL, Classes, classes
from gates.metrics.labels.preferences import READINGS, are_pairs, have_both
from gates.metrics.labels.task import Block, Task, texts_of_blocks

if TYPE_CHECKING:
    from gates.data.arrays import Floats, Ints, Mask
    from gates.data.scan.result import Scan

_NO_MODEL = "no model can be trained, so that gains and weights cannot be measured"
# What public sets call how good a row was judged.
_SCORES = (
    "score",
    "rating",
    "quality",
    "overall_score",
    "overall_rating",
    "quality_score",
    "reward",
    "stars",
    "helpfulness",
)


@dataclass(frozen=True)
class Numbers:
    """A column of numbers to predict."""

    column: str
    names = ("a number",)

    def codes(self, frame: pl.DataFrame) -> Ints:
        """0 where a row has a number."""
        return _present(~np.isnan(self.values(frame)))

    def values(self, frame: pl.DataFrame) -> Floats:
        """The number of each row, NaN where it has none."""
        values: Floats = _as_numbers(frame[self.column]).fill_null(float("nan")).to_numpy()
        return np.where(np.isfinite(values), values, np.nan)


@dataclass(frozen=True)
class ChosenResponses:
    """Pairs of responses, of which one was chosen."""

    column = "chosen"
    names = ("a pair",)

    def codes(self, frame: pl.DataFrame) -> Ints:
        """0 where a row has both."""
        return _present(have_both(frame))


Target = Classes | Numbers | ChosenResponses


def target_of(scan: Scan) -> Target | str:
    """What there is to learn, or why there is nothing. Pairs without a declared label teach which response was chosen."""
    column = scan.roles.label
    if column is None and are_pairs(scan.roles):
        return ChosenResponses()
    if column is None:
        scored = [name for name in scan.human.frame.columns if name.lower() in _SCORES and _are_numeric(scan, name)]
        hint = f'label = "{next(iter(scored), "<column>")}"'
        return f"{NotConfigured('no label is declared', hint)}: {_NO_MODEL}"
    scheme = scan.cached(classes)
    if not isinstance(scheme, Failed) and _are_numbers(scan, column, scheme):
        return Numbers(column)
    if isinstance(scheme, Measurement):
        why = str(scheme) if isinstance(scheme, NotConfigured) else getattr(scheme, "reason", "no classes")
        return f"{why}: {_NO_MODEL}"
    return scheme


def examples_of(scan: Scan, target: Target, blocks: dict[str, Block], task: Task, learner: Learner | None) -> Examples:
    """The rows of all blocks, to learn the target from. learner: of tables; None for trees."""
    model, unit = _model(task.model, learner), _unit(scan, task)
    if isinstance(target, Classes):
        return Labelled(model, unit, task.labels, task.class_count)
    if isinstance(target, Numbers):
        values = np.concatenate([target.values(block.rows.frame) for block in blocks.values()])
        human = task.blocks["human"]
        return Rated(model, unit, ranks_among(values, values[human]), human)
    chosen, rejected = (texts_of_blocks(scan, blocks, reading) for reading in READINGS)
    return Paired(model, unit, differences_of_words(chosen, rejected))


def too_few(target: Target, human: Block, at_least: int) -> str:
    """Why these human rows teach nothing, or ""."""
    if isinstance(target, Classes):
        count, kinds = len(np.unique(human.labels)), "labels"
    elif isinstance(target, Numbers):
        count, kinds = len(np.unique(target.values(human.rows.frame))), "numbers"
    else:
        few = f"{len(human):,} human pairs have both responses: a model needs {at_least}"
        return few if len(human) < at_least else ""
    if len(human) >= at_least and count > 1:
        return ""
    return f"{len(human):,} human rows have one of {count} {kinds} in column '{target.column}': a model needs {at_least} rows and two {kinds}"


def _are_numbers(scan: Scan, column: str, scheme: Classes | Measurement) -> bool:
    """Whether labels are numbers and no classes: too many of them, or with fractions, as means of several ratings have."""
    numbers = _numbers(scan, column)
    if numbers.null_count():
        return False
    finite = numbers.filter(numbers.is_finite())
    return isinstance(scheme, Measurement) or bool((finite != finite.round(0)).any())


def _are_numeric(scan: Scan, column: str) -> bool:
    numbers = _numbers(scan, column)
    return len(numbers) > 0 and not numbers.null_count()


def _numbers(scan: Scan, column: str) -> pl.Series:
    """Every value of both origins as a number, null where it is none."""
    values = pl.concat([rows.frame[column].cast(pl.String) for rows in (scan.human, scan.synthetic)])
    return _as_numbers(values.filter(values.str.strip_chars() != ""))


def _as_numbers(values: pl.Series) -> pl.Series:
    """Numbers, also where they are written as text with blanks around them; null where there is none."""
    return values.cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False)


def _present(mask: Mask) -> Ints:
    codes: Ints = np.where(mask, 0, NO_LABEL)
    return codes


def _model(model: Table | Texts, learner: Learner | None) -> Table | Linear | Texts:
    if isinstance(model, Texts):
        return model
    return linear_of(model) if learner is Learner.LOGISTIC else trees_of(model)


def _unit(scan: Scan, task: Task) -> Ints:
    """What is never trained on and tested on.

    Where human rows repeat each other by nature, each row is for itself: a model without the rows that say the same as a
    tested one, its label too, has learned the other labels of such rows alone, and whatever is added seems a gain.
    """
    if scan.samples_are_distinct or scan.roles.group or scan.roles.texts:
        return task.unit
    return np.arange(len(task.labels))

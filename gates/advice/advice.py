"""What is said of a dataset, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gates.advice.gains import Gain
    from gates.advice.groups import Group, Likeness
    from gates.advice.weighing.source_weights import SourceWeight
    from gates.advice.worth.exchange import ExchangeRate


class Action(StrEnum):
    """What is advised."""

    COLLECT = "collect human rows"
    SYNTHESISE = "synthetic rows would do"
    KEEP_PEOPLE = "keep people"
    FIX = "fix a generator"
    WEIGH = "weigh a source"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Recommendation:
    """One sentence of advice. what: the group or source; gain, low, high: per 100 rows, in the metric of the advice, where a gain is what it rests on."""

    action: Action
    what: str
    text: str
    rows: int = 0
    gain: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Costs:
    """What a row of each origin costs, in any one unit."""

    human: float
    synthetic: float


@dataclass(frozen=True)
class SourceAdvice:
    """One source. weight, rate: None where no model can be trained."""

    name: str
    rows: int
    likeness: Likeness
    weight: SourceWeight | None = None
    rate: ExchangeRate | None = None


@dataclass(frozen=True)
class GroupAdvice:
    """One group with what its rows gain; None where that was not measured. source: the one whose rows are added."""

    group: Group
    human_gain: Gain | None = None
    synthetic_gain: Gain | None = None
    source: str = ""


@dataclass(frozen=True)
class Advice:
    """Everything that is said of a dataset.

    human, synthetic: all its rows. label: the column that is learned; subject: what of it, as a phrase; metric: what gains are in. human_read: human rows with a label that are read; learned, tested: how many of them models
    learn from, and how many rows they are tested on. tried_on: what weights were tried on, as a clause. no_model: why gains,
    weights and rates are missing, "" where they are not. failed: what the last verdict has against the dataset, "" without one.
    """

    dataset: str
    human: int
    synthetic: int
    seed: int
    learner: str
    label: str
    subject: str
    metric: str
    human_read: int
    learned: int
    tested: int
    tried_on: str
    sources: tuple[SourceAdvice, ...]
    groups: tuple[GroupAdvice, ...]
    costs: Costs | None
    no_model: str = ""
    failed: str = ""
    recommendations: tuple[Recommendation, ...] = ()

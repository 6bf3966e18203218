"""The rows of a scan that advice is made from: human rows to learn from and to test on, and the rows of each source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gates.advice.learning import examples_of, target_of, too_few
from gates.advice.worth.examples import Examples, Learner
from gates.advice.worth.guarded_weight import HumanRows
from gates.data.facts import SYNTHETIC_CODE
from gates.data.text.mix import mix
from gates.metrics.comparison.classifiers import Table
from gates.metrics.labels.task import GENERATOR, HOLDOUT, blocks_of, task_of

if TYPE_CHECKING:
    from gates.data.arrays import Ints
    from gates.data.scan.result import Rows, Scan

SYNTHETIC = "synthetic"
# The source of rows that name none, where others do.
NO_NAME = "(no generator)"
# The block of human rows: no generator's name begins with a blank that counts.
HUMAN_BLOCK = " human"
# Every source takes some forty fits, of half a minute on one core: more of them are not measured, and are named.
SOURCES_AT_MOST = 6
# A gain is known to a hundredth of the loss from so many tested rows, and a fit of them takes a tenth of a second.
HUMAN_ROWS, SYNTHETIC_ROWS, TEST_ROWS = 4000, 6400, 4000
# Fewer human rows teach a model nothing that could be compared, and fewer tested ones show no difference of a tenth.
HUMAN_AT_LEAST, SYNTHETIC_AT_LEAST = 100, 50
# Of human rows without a holdout, so many are tested on and learned from by nothing.
TEST_SHARE = 0.3


@dataclass(frozen=True)
class Material:
    """Rows as positions in `examples`.

    human: all human rows with a label that are read. train, test: of which curves are measured, the test rows a holdout where
    there is one. sources: rows of each generator, by name, "synthetic" where they have no name. blocks: the sampled rows of
    each, in the order of their positions, which begin at `starts`. total: human rows of the dataset. label: its column.
    left_out: why a source is not measured. is_held_out: whether test is the holdout.
    """

    examples: Examples
    human: Ints
    train: Ints
    test: Ints
    sources: dict[str, Ints]
    blocks: dict[str, Rows]
    starts: dict[str, int]
    total: int
    label: str
    left_out: dict[str, str]
    learner: Learner
    is_held_out: bool

    def to_try(self, seed: int) -> HumanRows:
        """The human rows for trials: on the holdout where there is one."""
        return HumanRows(self.human, seed, self.test if self.is_held_out else None)

    def untested(self, rows: Ints) -> Ints:
        """Those rows that share no unit with a tested one: what was learned from a copy is not learned about others."""
        unit = self.examples.unit
        apart: Ints = rows[~np.isin(unit[rows], unit[self.test])]
        return apart

    @property
    def subject(self) -> str:
        """What is learned, as a phrase."""
        return self.examples.subject(self.label)

    @property
    def tried_on(self) -> str:
        """What weights were tried on, as a clause."""
        if self.is_held_out:
            return f"tried on {len(self.test):,} rows of the holdout"
        return f"tried in five folds of {len(self.human):,} human rows; without a holdout, rows that were made from these may seem to help"


def material_of(scan: Scan, learner: Learner | None = None) -> Material | str:
    """What advice is made from, or why there is none. learner: None for the one that checks use on such rows.

    Raises MetricError where a table has no column but the label.
    """
    if not len(scan.human):
        return "there is no human row: what synthetic rows are worth beside human ones cannot be said without any"
    if not len(scan.synthetic):
        return "there is no synthetic row: there is nothing to weigh against human rows"
    target = target_of(scan)
    if isinstance(target, str):
        return target
    blocks, names = blocks_of(scan, target, SOURCES_AT_MOST)
    if few := too_few(target, blocks["human"], HUMAN_AT_LEAST):
        return few
    task = task_of(scan, blocks, len(names))
    examples = examples_of(scan, target, blocks, task, learner)
    train, test = _split(examples.unit, task.blocks["human"], task.blocks.get(HOLDOUT))
    named = {name.removeprefix(GENERATOR): rows for name, rows in task.blocks.items() if name.startswith(GENERATOR)}
    is_named = bool(named) or len(scan.generators) != 1
    sources = named or {(SYNTHETIC if is_named else next(iter(scan.generators))): task.blocks[SYNTHETIC]}
    measured = {name: rows[:SYNTHETIC_ROWS] for name, rows in sources.items() if len(rows) >= SYNTHETIC_AT_LEAST}
    return Material(
        examples=examples,
        human=task.blocks["human"][:HUMAN_ROWS],
        train=train[:HUMAN_ROWS],
        test=test[:TEST_ROWS],
        sources=measured,
        blocks={_name(name, sources): block.rows for name, block in blocks.items()},
        starts={_name(name, sources): int(rows[0]) for name, rows in task.blocks.items() if len(rows)},
        total=blocks["human"].rows.total,
        label=target.column,
        left_out=_left_out(scan, measured),
        learner=learner if isinstance(task.model, Table) and learner else _usual(task.model),
        is_held_out=HOLDOUT in task.blocks,
    )


def _name(block: str, sources: dict[str, Ints]) -> str:
    """What a block is called here: by its generator, also where one made all synthetic rows; others as no generator is."""
    if block in ("human", HOLDOUT):
        return f" {block}"
    if block == SYNTHETIC and len(sources) == 1:
        return next(iter(sources))
    return block.removeprefix(GENERATOR)


def _usual(model: object) -> Learner:
    return Learner.BOOSTING if isinstance(model, Table) else Learner.WORDS


def _split(unit: Ints, human: Ints, holdout: Ints | None) -> tuple[Ints, Ints]:
    """Human rows to learn from and to test on; a unit is on one side."""
    if holdout is not None:
        return human[~np.isin(unit[human], unit[holdout])], holdout
    # Bits that no fold of the cross-validation is made by.
    share = mix(mix(unit[human].astype(np.uint64)) + np.uint64(1)) / np.float64(2**64)
    return human[share >= TEST_SHARE], human[share < TEST_SHARE]


def _left_out(scan: Scan, measured: dict[str, Ints]) -> dict[str, str]:
    """Why a source is not measured. Every source of the dataset is among the measured, or here."""
    index = scan.index
    if SYNTHETIC in measured:
        return {}
    few = f"fewer rows than a source is measured from, or more than {SOURCES_AT_MOST} sources have more"
    left_out = {str(name): few for name in index.generators if str(name) not in measured}
    if bool(((index.generator < 0) & index.of(SYNTHETIC_CODE)).any()) and scan.roles.generator:
        left_out[NO_NAME] = "rows that name no generator are no source"
    return left_out

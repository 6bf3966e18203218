"""What is to be learned from labelled rows: rows as models see them, what to train on and what to test on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.text.mix import mix
from gates.data.text.near.near_duplicates import clusters, near_pairs
from gates.data.text.tokens import TokenStream, joined, tokenise
from gates.errors import MetricError
from gates.metrics.base.text_samples import Reading, tokens_of
from gates.metrics.comparison.classifiers import FOLDS, Table, Texts, table_of, texts_of
from gates.metrics.comparison.encoding import Coded, coded, encode_rows
from gates.metrics.comparison.paired_draws import ROWS_TO_PASS
from gates.metrics.comparison.strata import STRATUM_ROWS
from gates.metrics.copies.near_duplicates import NEAR_JACCARD
from gates.metrics.copies.text_store import TOKENS_AT_LEAST
from gates.metrics.labels.labels import NO_LABEL, Scheme
from gates.metrics.stats.multiclass_auc import Exam

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.data.arrays import Ints, Labels
    from gates.data.facts import Roles
    from gates.data.scan.result import Rows, Scan

# Three folds of 15,000 human rows train on 10,000 and test all: on census data, areas are then known to .003 a side, in ten
# seconds on one core.
TEST_ROWS, TRAIN_ROWS = 15_000, 10_000
# Trees are shared among classes, so that more of them are learned worse; the rarer ones share one.
CLASSES_AT_MOST = 8
# The area of a class that fewer groups of test rows have is known to no better than .15 (Hanley & McNeil 1982).
CLASS_UNITS_AT_LEAST = 10
# Percentiles over fewer groups than this lie too close together (Cameron, Gelbach & Miller 2008).
UNITS_AT_LEAST = 20
# Fits take most of the time: this many generators, those with most rows, are tested alone, on one fold each.
GENERATORS_AT_MOST = 4
# Kinds of rows beside human and synthetic ones.
HOLDOUT, GENERATOR = "holdout", "generator "


@dataclass(frozen=True)
class Block:
    """Labelled rows of one kind: as rows, as codes, and the class of each. total: rows of the kind before sampling."""

    rows: Rows
    codes: Coded
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Task:
    """All rows below each other as models see them.

    unit: rows of one unit, a group or near copies, are never trained on and tested on. blocks: positions of each kind's
    rows. splits: of the human rows, those to train on and those to test on.
    """

    model: Table | Texts
    labels: Labels
    unit: Ints
    blocks: dict[str, Ints]
    splits: tuple[tuple[Ints, Ints], ...]
    class_count: int

    def tests(self) -> list[Ints]:
        """Per split, the human rows to test on."""
        return [rows for _, rows in self.splits]

    def dealt(self, name: str) -> list[Ints]:
        """The rows of a kind, dealt out to the splits, without those that share a unit with the human rows trained on."""
        block, number = self.blocks[name], len(self.splits)
        dealt = [block[at::number] for at in range(number)]
        trains = (train for train, _ in self.splits)
        return [rows[~np.isin(self.unit[rows], self.unit[train])] for rows, train in zip(dealt, trains, strict=True)]

    def answered(self, name: str) -> tuple[list[Ints], Exam]:
        """The rows of a kind whose labels a model of human rows is asked for, and the exam on them.

        Rows of one label alone, as those that were made for a rare class, stand beside the human test rows of all other labels.
        """
        dealt = self.dealt(name)
        exam = exam_of(self, dealt)
        if exam.judged:
            return dealt, exam
        own = np.unique(self.labels[self.blocks[name]])
        others = [test[~np.isin(self.labels[test], own)] for test in self.tests()]
        both = [np.r_[rows, other] for rows, other in zip(dealt, others, strict=True)]
        beside = exam_of(self, both)
        return both, replace(beside, judged=tuple(code for code in beside.judged if code in own))

    def apart(self, name: str) -> list[Ints]:
        """Per split, the rows of a kind that share no unit with the rows to test on."""
        block = self.blocks[name]
        return [block[~np.isin(self.unit[block], self.unit[test])] for _, test in self.splits]


def blocks_of(
    scan: Scan, scheme: Scheme, makers_at_most: int = GENERATORS_AT_MOST
) -> tuple[dict[str, Block], tuple[str, ...]]:
    """The rows of each kind that models train on and are tested on, and the names of the classes."""
    codes = scan.cached(coded)
    kinds = {"human": (scan.human, codes.human, TEST_ROWS), "synthetic": (scan.synthetic, codes.synthetic, TRAIN_ROWS)}
    for name in makers(scan)[:makers_at_most]:
        kinds[f"{GENERATOR}{name}"] = (scan.generators[name], codes.generators[name], TRAIN_ROWS)
    holdout = scan.holdout.rows if scan.holdout else None
    if holdout is not None and scheme.column in holdout.frame.columns and len(holdout) >= STRATUM_ROWS:
        kinds[HOLDOUT] = (holdout, encode_rows(scan, holdout), TEST_ROWS)
    blocks = {name: _block(scheme, *kind) for name, kind in kinds.items()}
    if HOLDOUT in blocks and len(blocks[HOLDOUT]) < STRATUM_ROWS:
        del blocks[HOLDOUT]
    return _merged(blocks, scheme)


def makers(scan: Scan) -> list[str]:
    """The generators that made some of the synthetic rows and not all of them, those with most rows first."""
    some = {name: rows.total for name, rows in scan.generators.items() if rows.total < scan.synthetic.total}
    return sorted(some, key=lambda name: (-some[name], name))


def _block(scheme: Scheme, rows: Rows, codes: Coded, at_most: int) -> Block:
    labels = scheme.codes(rows.frame)
    mask = labels != NO_LABEL
    total = round(rows.total * int(mask.sum()) / max(1, len(mask)))
    # Samples stand in the order of a hash, so that the first rows are random rows.
    mask &= np.cumsum(mask) <= at_most
    return Block(replace(rows.where(mask), total=total), codes.where(mask), labels[mask].astype(np.int8))


def _merged(blocks: dict[str, Block], scheme: Scheme) -> tuple[dict[str, Block], tuple[str, ...]]:
    """Blocks in which the classes that are rarest in human rows share one."""
    counts = np.bincount(blocks["human"].labels, minlength=len(scheme.names))
    if len(counts) <= CLASSES_AT_MOST:
        return blocks, scheme.names
    kept = np.sort(np.argsort(-counts, kind="stable")[: CLASSES_AT_MOST - 1])
    code = np.full(len(counts), len(kept), dtype=np.int8)
    code[kept] = np.arange(len(kept))
    names = (*(scheme.names[at] for at in kept), "all others")
    return {name: replace(block, labels=code[block.labels]) for name, block in blocks.items()}, names


def too_little(human: Block, synthetic: Block, scheme: Scheme) -> str:
    """Why these rows are too few to learn from, or ""."""
    missing = [max(0, STRATUM_ROWS - len(side)) for side in (human, synthetic)]
    if any(missing):
        return f"a model needs {STRATUM_ROWS} labelled rows of each origin: {missing[0]:,} human and {missing[1]:,} synthetic are missing"
    if len(np.unique(human.labels)) == 1:
        return f"all human rows have one label in column '{scheme.column}': there is nothing to learn"
    return ""


def task_of(scan: Scan, blocks: dict[str, Block], class_count: int) -> Task:
    """The rows as one matrix, and which human ones are trained on and tested on: folds by group, or the holdout."""
    ends = np.cumsum([len(block) for block in blocks.values()])
    places = {name: np.arange(end - len(block), end) for (name, block), end in zip(blocks.items(), ends, strict=True)}
    stream = texts_of_blocks(scan, blocks, _whole_text) if scan.roles.texts else None
    unit = _groups(scan, blocks) if stream is None else _with_near(_groups(scan, blocks), stream)
    human = places["human"]
    if HOLDOUT in places:
        splits = [(human[~np.isin(unit[human], unit[places[HOLDOUT]])], places[HOLDOUT])]
    else:
        fold = mix(unit[human].astype(np.uint64) ^ np.uint64(scan.seed)) % np.uint64(FOLDS)
        splits = [(human[fold != number], human[fold == number]) for number in range(FOLDS)]
    labels = np.concatenate([block.labels for block in blocks.values()])
    return Task(_model(scan, blocks, stream), labels, unit, places, tuple(splits), class_count)


def _with_near(unit: Ints, stream: TokenStream) -> Ints:
    """Units joined wherever texts nearly equal each other: what was learned from a near copy is not learned about others."""
    pairs = near_pairs(stream, threshold=NEAR_JACCARD, min_tokens=TOKENS_AT_LEAST)
    names, code = np.unique(unit, return_inverse=True)
    return clusters(len(names), code[pairs.left], code[pairs.right])[code]


def _groups(scan: Scan, blocks: dict[str, Block]) -> Ints:
    """The group of each row, the same in all blocks, and without a group its content.

    Tables have no near copies to join: numbers of other human rows coincide by nature, and training
    rows without those would lack just what the test rows ask for.
    """
    rows = [block.rows for block in blocks.values()]
    group = scan.roles.group
    if HOLDOUT not in blocks:
        return np.unique(np.concatenate([one.group for one in rows]), return_inverse=True)[1]
    if group is None or group not in blocks[HOLDOUT].rows.frame.columns:
        return np.unique(np.concatenate([one.digest for one in rows]), return_inverse=True)[1]
    words = pl.concat([one.frame[group].cast(pl.String) for one in rows])
    # A row without a group is a group of its own.
    alone = pl.int_range(len(words), 2 * len(words), dtype=pl.Int64, eager=True)
    return words.rank("dense").cast(pl.Int64).zip_with(words.is_not_null(), alone).to_numpy()


def _model(scan: Scan, blocks: dict[str, Block], stream: TokenStream | None) -> Table | Texts:
    """Rows without their labels; of texts all that a row has, with the interpretable features of the main one.

    Raises MetricError where there is no other column.
    """
    codes = [block.codes for block in blocks.values()]
    if stream is None:
        human = codes[0].without(scan.roles.label)
        if not human.features:
            raise MetricError("no column but the label can be compared: there is nothing to learn the label from")
        return table_of(human, *codes[1:])
    return texts_of(stream, *codes)


def texts_of_blocks(scan: Scan, blocks: Mapping[str, Block], reading: Reading) -> TokenStream:
    """The tokens of a text of all rows, in the order of the blocks."""
    # Rows of the holdout are numbered apart, and no sample of the dataset holds them.
    return joined(
        [
            tokenise(reading(scan.roles, block.rows.frame).to_arrow())
            if name == HOLDOUT
            else tokens_of(scan, block.rows.row_id, reading)
            for name, block in blocks.items()
        ]
    )


def _whole_text(roles: Roles, frame: pl.DataFrame) -> pl.Series:
    """All texts of each row below each other."""
    columns = [pl.col(name).cast(pl.String) for name in roles.texts]
    return frame.select(pl.concat_str(columns, separator="\n", ignore_nulls=True).fill_null("")).to_series()


def untestable(task: Task, name: str = "synthetic") -> str:
    """Why the human rows to test on say nothing about a kind of rows, or ""."""
    left = [min(len(train), len(made)) for (train, _), made in zip(task.splits, task.apart(name), strict=True)]
    if min(left, default=0) < ROWS_TO_PASS:
        return f"fewer than {ROWS_TO_PASS} rows of an origin share no group with the human rows to test on: nothing to train on"
    test = exam_of(task, task.tests())
    units = len(np.unique(test.unit))
    if units < UNITS_AT_LEAST:
        return f"human rows to test on come from {units} groups: fewer than {UNITS_AT_LEAST} say little about others"
    return "" if test.judged else f"no label occurs in {CLASS_UNITS_AT_LEAST} of the human rows or groups to test on"


def exam_of(task: Task, tests: list[Ints]) -> Exam:
    """The rows of all splits that are tested on, in order; those of a split together."""
    rows = np.concatenate([np.empty(0, dtype=np.int64), *tests])
    labels = task.labels[rows]
    fold = np.repeat(np.arange(len(tests)), list(map(len, tests)))
    unit = task.unit[rows]
    carrying = np.array([len(np.unique(unit[labels == code])) for code in range(task.class_count)])
    lacking = np.array([len(np.unique(unit[labels != code])) for code in range(task.class_count)])
    enough = np.minimum(carrying, lacking) >= CLASS_UNITS_AT_LEAST
    return Exam(labels, tuple(np.flatnonzero(enough).tolist()), fold, unit)

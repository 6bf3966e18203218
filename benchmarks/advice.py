"""What the guarded weight of `gates weights` gains and loses against human rows alone, pooling and 1/phi, on two tables.

    python benchmarks/advice.py --seed 1 --draws 20 [--sizes 100 400 1600] [--learner boosting ...] [--keep advice.jsonl]
        [--law] [--texts | --numbers] [--minutes 60]

Adult with rows of five published generators, and a survey of marriages with five simple generators that are made here from
rows that nothing else uses; --texts: descriptions of Debian's packages by section, with five simple generators; --numbers: ages and hours of work in Adult, as numbers. A draw takes human rows and synthetic ones, learns from them under each weight, and is tested on
human rows that are in no draw. --law: instead, how the law of mixtures and the weight that it suggests fare. Prints the tables
of docs/explanation/advice.md.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.advising import LABELS, NUMBERS, TABLES, TEXTS
from benchmarks.kept import Kept, Record, draw_parser, markdown
from gates import testing
from gates.advice.material import material_of
from gates.advice.worth.curves import curve_points, mixture_points
from gates.advice.worth.examples import Learner
from gates.advice.worth.exchange import LearningCurves, RateAnswer, exchange_rate, law_errors
from gates.advice.worth.guarded_weight import HumanRows, guarded_weight
from gates.metrics.comparison.classifiers import one_thread

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from gates.advice.material import Material

SIZES = (100, 400, 1600)
SYNTHETIC_ROWS = 3200
# 2502.18049: the share of weight of human rows is the inverse of the golden ratio.
GOLDEN = (5**0.5 - 1) / 2
ERRORS = 2.0
# Shares of the weight among which the best one is looked for when the law's own is judged.
SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9)


@cache
def material(table: str, learner: str) -> Material:
    """The rows of a table, those that are tested on as its holdout."""
    kind = "text" if table in TEXTS else "tabular"
    human, synthetic, holdout = (TABLES | TEXTS | NUMBERS)[table]()
    columns = {"generator": "generator"}
    with testing.scanned(human, synthetic, type=kind, holdout=holdout, label=LABELS[table], columns=columns) as scan:
        made = material_of(scan, None if kind == "text" else Learner(learner))
    assert not isinstance(made, str), made
    return made


def cell(job: Record) -> Record | None:
    """The loss on test rows of each way to count one generator's rows, for one draw."""
    made = material(str(job["table"]), str(job["learner"]))
    size, seed = int(str(job["n"])), int(str(job["seed"]))
    rng = np.random.default_rng([seed, size])
    everything = made.examples
    human = rng.choice(made.train, size, replace=False)
    rows = made.sources[str(job["generator"])]
    synthetic = rng.choice(rows, min(SYNTHETIC_ROWS, len(rows)), replace=False)
    guarded = guarded_weight(everything, HumanRows(human, seed), synthetic)
    ways = {
        "human": 0.0,
        "pooled": 1.0,
        "golden": min(1.0, (1 - GOLDEN) / GOLDEN * size / len(synthetic)),
        "unguarded": guarded.best.weight,
        "guarded": guarded.weight,
    }
    losses: dict[float, float] = {}
    for weight in set(ways.values()):
        weights = np.r_[np.ones(size), np.full(len(synthetic), weight)]
        losses[weight] = float(everything.losses(np.r_[human, synthetic], weights, made.test).mean())
    return {name: losses[weight] for name, weight in ways.items()} | {"weight": guarded.weight}


def law_cell(job: Record) -> Record | None:
    """How far the law is off on mixtures, what it answers, and what the share that it suggests loses against the best one tried."""
    made = material(str(job["table"]), str(job["learner"]))
    size, seed = int(str(job["n"])), int(str(job["seed"]))
    rng = np.random.default_rng([seed, size, 1])
    rows = made.sources[str(job["generator"])]
    human = rng.choice(made.train, size, replace=False)
    synthetic = rng.choice(rows, min(SYNTHETIC_ROWS, len(rows)), replace=False)
    measured = LearningCurves(
        curve_points(made.examples, human, made.test, seed, is_human=True),
        curve_points(made.examples, synthetic, made.test, seed, is_human=False),
        mixture_points(made.examples, human, synthetic, made.test, seed),
        made.examples.unit[made.test],
    )
    rate = exchange_rate(measured, seed)
    suggested = rate.law.best_share(size, len(synthetic))

    def risk(share: float) -> float:
        weights = np.r_[np.ones(size), np.full(len(synthetic), share / (1 - share) * size / len(synthetic))]
        return float(made.examples.losses(np.r_[human, synthetic], weights, made.test).mean())

    risks = {share: risk(share) for share in {*SHARES, suggested}}
    errors = law_errors(rate.law, measured.mixtures)
    return {
        "answer": rate.answer.value,
        "error": float(np.median(errors)),
        "value": rate.value,
        "regret": risks[suggested] - min(risks.values()),
        "regret_of_human_alone": risks[0.0] - min(risks.values()),
    }


def jobs(options: Namespace, measure: str) -> Iterator[Record]:
    """Every cell once before any twice."""
    for seed in range(options.seed, options.seed + options.draws):
        for table in TEXTS if options.texts else NUMBERS if options.numbers else TABLES:
            for learner in [Learner.WORDS.value] if options.texts else options.learner:
                for generator in material(table, learner).sources:
                    for size in options.sizes if measure == "weights" else options.sizes[-1:]:
                        yield {
                            "measure": measure, "table": table, "learner": learner, "generator": generator, "n": size,
                            "seed": seed,
                        }  # fmt: skip


def answers(records: Sequence[Record], way: str) -> dict[tuple[object, ...], str]:
    """Per cell, whether a way to count synthetic rows is better or worse than human rows alone, by more than 2 standard errors."""
    gains: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for record in records:
        key = tuple(record[name] for name in ("learner", "table", "generator", "n"))
        gains[key].append(float(str(record["human"])) - float(str(record[way])))
    words = {}
    for key, values in gains.items():
        error = float(np.std(values, ddof=1)) / len(values) ** 0.5
        mean = float(np.mean(values))
        words[key] = "better" if mean > ERRORS * error else "worse" if mean < -ERRORS * error else "equal"
    return words


def report(records: Sequence[Record]) -> Iterator[str]:
    """The table of cells."""
    rows = []
    for learner in sorted({str(record["learner"]) for record in records}):
        own = [record for record in records if record["learner"] == learner]
        draws = len({record["seed"] for record in own})
        for way in ("pooled", "golden", "unguarded", "guarded"):
            words = list(answers(own, way).values())
            gain = np.mean([float(str(one["human"])) - float(str(one[way])) for one in own])
            counts = [words.count(word) for word in ("better", "equal", "worse")]
            rows.append((learner, way, len(words), draws, *counts, f"{gain:+.4f}"))
    yield from markdown(("learner", "way", "cells", "draws", "better", "equal", "worse", "mean gain"), rows)


def law_report(records: Sequence[Record]) -> Iterator[str]:
    """How the law fares, by learner and table."""
    rows = []
    for learner, table in sorted({(str(one["learner"]), str(one["table"])) for one in records}):
        own = [one for one in records if (one["learner"], one["table"]) == (learner, table)]
        answers_given = [one["answer"] for one in own]
        error, regret, alone = (
            float(np.median([float(str(one[name])) for one in own]))
            for name in ("error", "regret", "regret_of_human_alone")
        )
        counts = [answers_given.count(answer.value) for answer in RateAnswer]
        rows.append((learner, table, len(own), f"{error:.0%}", *counts, f"{regret:.4f}", f"{alone:.4f}"))
    header = ("learner", "table", "curves", "median error", *RateAnswer, "median regret", "of human rows alone")
    yield from markdown(header, rows)


def main() -> None:
    parser = draw_parser(__doc__, SIZES)
    parser.add_argument("--learner", nargs="+", default=["logistic", "boosting"])
    parser.add_argument("--law", action="store_true")
    parser.add_argument("--texts", action="store_true", help="a set of texts in place of the tables")
    parser.add_argument("--numbers", action="store_true", help="labels that are numbers in place of classes")
    options = parser.parse_args()
    kept = Kept(options.keep)
    measure = "law" if options.law else "weights"
    with one_thread():
        kept.measure(jobs(options, measure), law_cell if options.law else cell, options.minutes)
    print("\n".join((law_report if options.law else report)(kept.of(measure))))


if __name__ == "__main__":
    main()

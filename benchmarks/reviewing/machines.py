"""The alternative annotator test on labels of real machines, beside what its authors published."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.calibrating.laws import DATA
from gates.metrics.annotation.alternative_annotator import AlternativeTest, HumanLabels, alternative_annotator_test

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Mapping
    from pathlib import Path

HEADER = ("labels", "machine", "epsilon", "annotators", "winning rate", "shown to lose", "advantage", "published")
EPSILONS = (0.1, 0.15, 0.2, 0.3)
# As alt_test_example.ipynb of its authors has them, and which of the labels are numbers.
PUBLISHED_EPSILONS = {
    "wax": 0.1, "lgbteen": 0.2, "mtbench": 0.2, "framing": 0.15, "cebab_aspects": 0.1, "summeval": 0.2, "10k_prompts": 0.15,
    "cebab_stars": 0.1, "lesion": 0.15,
}  # fmt: skip
NUMBERS = {"summeval", "10k_prompts", "cebab_stars", "lesion"}
_RESULT = re.compile(r"(\S+) (\S+) \[\w+\]:\tWinning Rate=([\d.]+)\tAdvantage Probability=([\d.]+)")

By = dict[str, object]


def rows(options: Namespace) -> Iterator[tuple[object, ...]]:
    """A line for each machine and epsilon."""
    frame = pl.read_parquet(DATA / "annotations_pandalm_long.parquet").sort("item")

    def of(annotator: str) -> By:
        own = frame.filter(annotator=annotator)
        return dict(zip(own["item"].cast(pl.String).to_list(), own["label"].to_list(), strict=True))

    people = {str(name): of(str(name)) for name in frame.filter(origin="human")["annotator"].unique().sort()}
    for machine in frame.filter(origin="synthetic")["annotator"].unique().sort():
        for epsilon in EPSILONS:
            result = compared(people, of(str(machine)), epsilon, is_numeric=False)
            yield _line("PandaLM", str(machine), epsilon, result, "")
    if options.alt_test:
        yield from published(options.alt_test)


def published(folder: Path) -> Iterator[tuple[object, ...]]:
    """The authors' own data sets, with what their notebook printed."""
    notebook = json.loads((folder / "alt_test_example.ipynb").read_text())
    printed = "".join(
        "".join(output["text"])
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if output.get("name") == "stdout"
    )
    results = {(match[1], match[2]): f"{match[3]}, {match[4]}" for match in _RESULT.finditer(printed)}
    for name, epsilon in PUBLISHED_EPSILONS.items():
        human, machines = (
            json.loads((folder / "data" / name / f"{side}_annotations.json").read_text()) for side in ("human", "llm")
        )
        for machine, labels in machines.items():
            result = compared(human, labels, epsilon, is_numeric=name in NUMBERS)
            yield _line(name, machine, epsilon, result, results[name, machine])


def compared(human: Mapping[str, By], machine: By, epsilon: float, *, is_numeric: bool) -> AlternativeTest:
    """The test of a machine against people. Both: label by item."""
    items = sorted({item for labels in (*human.values(), machine) for item in labels})
    words = sorted({str(label) for labels in (*human.values(), machine) for label in labels.values()})
    place, code = ({value: at for at, value in enumerate(values)} for values in (items, words))
    given = [
        (place[item], number, code[str(label)])
        for number, labels in enumerate(human.values())
        for item, label in labels.items()
    ]
    own = np.full(len(items), -1, dtype=np.int64)
    for item, label in machine.items():
        own[place[item]] = code[str(label)]
    values = np.array([float(word) for word in words]) if is_numeric else None
    distance = 1.0 - np.eye(len(words)) if values is None else (values[:, None] - values) ** 2
    return alternative_annotator_test(HumanLabels(*np.array(given).T), own, distance, epsilon)


def _line(name: str, machine: str, epsilon: float, result: AlternativeTest, printed: str) -> tuple[object, ...]:
    return (
        name, machine, epsilon, len(result.annotators), f"{result.winning_rate:.2f}", f"{result.lost.mean():.2f}",
        f"{result.average_advantage:.2f}", printed,
    )  # fmt: skip

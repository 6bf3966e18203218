"""Laws and defects of sets: several answers to one prompt, and labels by people of two teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from .planting import Rng, changed, chosen, with_synthetic
from .sample import Sample
from .words import texts, topics

if TYPE_CHECKING:
    from .words import Ints

# Both origins answer each prompt so often, as the essays of Padmakumar and He do.
ANSWERS_A_PROMPT = 10
PEOPLE = tuple(f"person {number}" for number in range(12))
TEAMS = ("old", "young")
LABELS = np.array(["no", "unsure", "yes"])
# On a third of the items the teams differ, and anyone mistakes one label in twenty.
DISPUTED, MISTAKES = 1 / 3, 0.05


def answers(rows: int, rng: Rng) -> Sample:
    """Instructions of which each prompt has ten answers of either origin, on its topic."""
    prompts = max(1, rows // ANSWERS_A_PROMPT)
    topic = topics(prompts, rng)
    questions = texts(topic, rng, middle=1.5)
    human, synthetic, spare = (_answered(questions, topic, rng) for _ in range(3))
    return Sample("instruction", human, synthetic, spare)


def _answered(questions: list[str], topic: Ints, rng: Rng) -> pl.DataFrame:
    again = np.repeat(np.arange(len(questions)), ANSWERS_A_PROMPT)
    return pl.DataFrame({"prompt": [questions[at] for at in again], "response": texts(topic[again], rng, middle=4)})


def one_opinion(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Synthetic answers of which a share of the words, in any order, is that of the first synthetic answer to their prompt."""
    first_answers: dict[str, list[str]] = {}
    alike = []
    for prompt, answer in sample.synthetic.select("prompt", "response").iter_rows():
        own = answer.split()
        first = first_answers.setdefault(prompt, own)
        taken = rng.permutation(len(own))[: round(dose * len(own))]
        for at in taken:
            own[at] = first[int(rng.integers(len(first)))]
        alike.append(" ".join(own))
    return with_synthetic(sample, sample.synthetic.with_columns(response=pl.Series(alike)))


def teams(rows: int, rng: Rng) -> Sample:
    """Twelve people of two teams label every item; a machine sides with either where they differ."""
    items = max(1, rows // len(PEOPLE))
    truth = rng.integers(len(LABELS), size=items)
    is_disputed = rng.random(items) < DISPUTED
    rated = [_rated(name, number % 2, truth, is_disputed, rng) for number, name in enumerate(PEOPLE)]
    machine = _rated("judge", rng.integers(2, size=items), truth, is_disputed, rng)
    machine = machine.with_columns(team=pl.lit(None, dtype=pl.String), side=pl.Series(is_disputed))
    human = pl.concat(rated).with_columns(side=pl.lit(value=False))
    return Sample("annotations", human, machine, human.clear(), settings='slices = ["team"]\n')


def _rated(name: str, side: int | Ints, truth: Ints, is_disputed: np.ndarray, rng: Rng) -> pl.DataFrame:
    own = np.where(is_disputed, (truth + side) % len(LABELS), truth)
    own = np.where(rng.random(len(own)) < MISTAKES, rng.integers(len(LABELS), size=len(own)), own)
    team = TEAMS[side] if isinstance(side, int) else ""
    named = {"annotator": name, "team": team}
    frame = pl.DataFrame({"item": [f"item {number}" for number in range(len(own))], "label": LABELS[own]})
    return frame.with_columns(**{key: pl.lit(value) for key, value in named.items()})


def sided(sample: Sample, dose: float, rng: Rng) -> Sample:
    """Of the disputed items (share of these) the machine labels as a young person does."""
    disputed = np.flatnonzero(sample.synthetic["side"].to_numpy())
    at = disputed[chosen(len(disputed), dose, rng)]
    young = sample.human.filter(pl.col("annotator") == PEOPLE[1])["label"].to_numpy()
    return with_synthetic(sample, changed(sample.synthetic, at, "label", lambda _: young[at].tolist()))

"""Same-law data of every data type at any size: people's rows and synthetic ones are drawn alike.

Tables are real people (Adult, 48,842 rows), as far as they reach; other types are simulated with the structure that
their checks read: topics and habits in texts, prompts that their answers take words from, annotators of given
agreement, days with a season, sessions of a Markov chain. Real rows of other types join them where benchmarks/sources/fetch.py has brought some.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from . import sets
from .real import real_laws
from .sample import Sample
from .words import Ints, language, sentence_counts, sentences, texts, topics

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
Law = Callable[[int, np.random.Generator], Sample]

PARTS = 4  # people, synthetic rows, holdout, spare
READINGS_A_DAY, DAYS = 24, 2
START = datetime(2026, 1, 5)  # noqa: DTZ001  # data without a zone is the common case
LABELS = np.array(["no", "unsure", "yes"])
LABEL_SHARES = (0.5, 0.2, 0.3)
# Raters who mistake one label in 25 agree with Krippendorff's alpha of about .87.
MISTAKES = 0.04
RATERS_AN_ITEM, RATERS = 3, 9
EVALUATION_ITEMS = 200
# Where each state of a session goes, and how often; what is not named never happens.
STEPS: Mapping[str, Mapping[str, float]] = {
    "open": {"search": 0.6, "view": 0.4},
    "search": {"view": 0.7, "search": 0.2, "leave": 0.1},
    "view": {"view": 0.3, "search": 0.2, "add": 0.3, "leave": 0.2},
    "add": {"view": 0.4, "basket": 0.5, "leave": 0.1},
    "basket": {"pay": 0.5, "view": 0.3, "leave": 0.2},
    "pay": {"leave": 0.8, "search": 0.2},
    "leave": {},
}


@cache
def people() -> pl.DataFrame:
    """Adult 2023 without the columns that say how the file came about."""
    frame = pl.read_parquet(DATA / "tabular_adult_2023.parquet")
    return frame.filter(pl.col("part").is_in(["trn", "val"])).drop("part", "origin", "generator", "source")


def table(rows: int, rng: np.random.Generator) -> Sample:
    """Adult, shuffled and cut into four parts."""
    everybody = people()
    drawn = everybody[rng.permutation(everybody.height)[: PARTS * rows]]
    human, synthetic, holdout, spare = (drawn[at * rows : (at + 1) * rows] for at in range(PARTS))
    rule = {
        "type": "expect_constraint_violation_ratio_to_be_less_than",
        "kwargs": {"constraint": "functional_dependency", "columns": ["education", "education-num"], "max_value": 0.01},
        "severity": "critical",
        "meta": {"reason": "what `gates init` drafts"},
    }
    shares = everybody["sex"].value_counts(normalize=True)
    return Sample(
        "tabular", human, synthetic, spare, holdout,
        settings='label = "income"\nslices = ["sex"]\n',
        suites={"synthetic": (rule,)},
        population={"sex": dict(shares.iter_rows())},
    )  # fmt: skip


def text(rows: int, rng: np.random.Generator) -> Sample:
    """Texts on topics; the topic sways the label, the locale sways the topic."""
    human, synthetic, holdout, spare = (_texts(rows, rng) for _ in range(PARTS))
    return Sample(
        "text", human, synthetic, spare, holdout,
        evaluation=_texts(EVALUATION_ITEMS, rng).select("text"),
        settings='label = "label"\nslices = ["locale"]\n',
    )  # fmt: skip


def _texts(rows: int, rng: np.random.Generator) -> pl.DataFrame:
    topic = topics(rows, rng)
    locale = np.where(rng.random(rows) < 0.3 + 0.4 * (topic % 2), "en-GB", "en-IN")
    is_positive = rng.random(rows) < 0.3 + 0.4 * (topic < 5)
    return pl.DataFrame({
        "text": texts(topic, rng), "locale": locale, "label": np.where(is_positive, "good", "bad"),
    })  # fmt: skip


def instruction(rows: int, rng: np.random.Generator) -> Sample:
    """Prompts of a sentence or two, and answers that take words from them."""
    human, synthetic, spare = (_answers(rows, rng) for _ in range(3))
    evaluation = _answers(EVALUATION_ITEMS, rng).select("prompt")
    return Sample("instruction", human, synthetic, spare, evaluation=evaluation)


def _answers(rows: int, rng: np.random.Generator) -> pl.DataFrame:
    topic = topics(rows, rng)
    prompts = texts(topic, rng, middle=1.5)
    return pl.DataFrame({"prompt": prompts, "response": _answering(prompts, topic, rng)})


def _answering(prompts: list[str], topic: Ints, rng: np.random.Generator) -> list[str]:
    """Texts that open by taking up some words of what they answer; a tenth does not."""
    answers = texts(topic, rng, middle=4)
    answered = []
    for prompt, answer in zip(prompts, answers, strict=True):
        words = prompt.rstrip(".?!").lower().replace(",", "").split()
        taken = [words[at] for at in rng.integers(len(words), size=4)] if rng.random() < 0.9 else []
        answered.append(f"{' '.join(taken).capitalize()}. {answer}" if taken else answer)
    return answered


def preference(rows: int, rng: np.random.Generator) -> Sample:
    """Two answers to a prompt, and three people's votes; length decides nothing."""
    human, synthetic, spare = (_pairs(rows, rng) for _ in range(3))
    return Sample("preference", human, synthetic, spare)


def _pairs(rows: int, rng: np.random.Generator) -> pl.DataFrame:
    topic = topics(rows, rng)
    prompts = texts(topic, rng, middle=1.5)
    truth = rng.integers(2, size=rows)
    votes = {f"label_{rater}": _mistaken(truth, 2, rng).astype(str) for rater in (1, 2, 3)}
    pairs = {name: _answering(prompts, topic, rng) for name in ("chosen", "rejected")}
    return pl.DataFrame({"prompt": prompts, **pairs, **votes})


def _mistaken(truth: Ints, kinds: int, rng: np.random.Generator) -> Ints:
    wrong = rng.random(len(truth)) < MISTAKES
    return np.where(wrong, (truth + 1 + rng.integers(kinds - 1, size=len(truth))) % kinds, truth)


def ratings(rows: int, rng: np.random.Generator) -> Sample:
    """Three of nine people label each item, and three machines that mistake as many; each item is somebody's language."""
    items = rows // RATERS_AN_ITEM
    truth = rng.choice(len(LABELS), size=items, p=LABEL_SHARES)
    language_of = np.where(rng.random(items) < 0.5, "de", "en")

    def rated(raters: npt.NDArray[np.str_]) -> pl.DataFrame:
        who = np.stack([rng.permutation(len(raters))[:RATERS_AN_ITEM] for _ in range(items)]).ravel()
        item = np.repeat(np.arange(items), RATERS_AN_ITEM)
        labels = LABELS[_mistaken(truth[item], len(LABELS), rng)]
        names = [f"item {number}" for number in item]
        return pl.DataFrame({"item": names, "annotator": raters[who], "label": labels, "language": language_of[item]})

    human = rated(np.array([f"person {number}" for number in range(RATERS)]))
    synthetic = rated(np.array([f"model {number}" for number in range(RATERS_AN_ITEM)]))
    return Sample("annotations", human, synthetic, human.clear(), settings='slices = ["language"]\n')


def timeseries(rows: int, rng: np.random.Generator) -> Sample:
    """Sensors with hourly readings for two days: a daily season, weather of the day, noise that keeps .7 of itself."""
    human, synthetic, spare = (_readings(rows, side, rng) for side in ("a", "b", "c"))
    return Sample("timeseries", human, synthetic, spare)


def _readings(rows: int, side: str, rng: np.random.Generator) -> pl.DataFrame:
    steps = READINGS_A_DAY * DAYS
    sensors = rows // steps
    hour = np.arange(steps) % READINGS_A_DAY
    noise = rng.normal(size=(sensors, steps))
    for at in range(1, steps):
        noise[:, at] = 0.7 * noise[:, at - 1] + 0.51**0.5 * noise[:, at]
    weather = np.repeat(rng.normal(size=(sensors, DAYS)), READINGS_A_DAY, axis=1)
    values = 20 + 3 * np.sin(2 * np.pi * hour / READINGS_A_DAY) + weather + noise
    times = [START + timedelta(hours=at) for at in range(steps)]
    return pl.DataFrame({
        "entity": np.repeat([f"sensor {side}{number}" for number in range(sensors)], steps),
        "timestamp": times * sensors,
        "value": values.ravel().round(2),
    })  # fmt: skip


def events(rows: int, rng: np.random.Generator) -> Sample:
    """Sessions of a shop as a Markov chain, with seconds to minutes between steps."""
    human, synthetic, spare = (_sessions(rows, side, rng) for side in ("a", "b", "c"))
    return Sample("events", human, synthetic, spare)


def _sessions(rows: int, side: str, rng: np.random.Generator) -> pl.DataFrame:
    session: list[str] = []
    event: list[str] = []
    while len(event) < rows:
        name, now = f"{side}{len(event)}", "open"
        while now and len(event) < rows:
            session.append(name)
            event.append(now)
            follows = STEPS[now]
            now = str(rng.choice(list(follows), p=list(follows.values()))) if follows else ""
    frame = pl.DataFrame({"session": session, "event": event})
    waits = pl.Series(np.cumsum(rng.lognormal(3, 1, rows)) * 1e6).cast(pl.Int64).cast(pl.Duration("us"))
    return frame.with_columns(timestamp=pl.lit(START) + waits)


def translation(rows: int, rng: np.random.Generator) -> Sample:
    """Sentences with a name and a number each, and their translations into another made-up language, which keep both."""
    human, synthetic, spare = (_translated(rows, rng) for _ in range(3))
    return Sample("translation", human, synthetic, spare)


def _translated(rows: int, rng: np.random.Generator) -> pl.DataFrame:
    topic, counts = topics(rows, rng), sentence_counts(rows, rng, 2)
    names = [
        f"{name.capitalize()} {number}"
        for name, number in zip(rng.choice(language(2).words, rows), rng.integers(10_000, size=rows), strict=True)
    ]
    sides = {}
    for column, seed in (("source", 0), ("target", 1)):
        parts = iter(sentences(np.repeat(topic, counts), rng, language(seed)))
        own = [" ".join(next(parts) for _ in range(count)) for count in counts]
        sides[column] = [f"{name}: {text}" for name, text in zip(names, own, strict=True)]
    return pl.DataFrame({**sides, "source_language": ["de"] * rows, "target_language": ["en"] * rows})


LAWS: Mapping[str, Law] = {
    "tabular": table,
    "text": text,
    "instruction": instruction,
    "preference": preference,
    "annotations": ratings,
    "timeseries": timeseries,
    "events": events,
    "translation": translation,
    "answers": sets.answers,
    "teams": sets.teams,
    **real_laws(),
}


@lru_cache(maxsize=20)
def drawn(law: str, rows: int, seed: int) -> Sample:
    """The draw of a law with this number; kept, because a search plants many doses in the same twenty."""
    return LAWS[law](rows, np.random.default_rng([seed, rows, *law.encode()]))

"""Rows that people and a good generator would both give: one law per data type, drawn from seeds.

Synthetic rows follow the human law and say where they come from; nothing in them is copied. 3,100 rows a side, because
the copy checks pass from some 3,000 rows on (no hit in 2,995 bounds the rate under .001).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROWS = 3100
# The seed of rows that no generator has seen; in annotations they are of other items.
HOLDOUT = 3
# A sixth of the texts are remarks too short to count as copies.
_TEXT_ROWS = 3800
START = datetime(2026, 1, 5)  # noqa: DTZ001  # data without a zone is the common case
REGIONS = ("north", "south", "east")
LABELS = ("good", "fair", "bad", "unclear")
_WORDS = 1500
_SYLLABLES = ("ba", "do", "ke", "li", "mu", "na", "po", "ri", "su", "ta", "ve", "zo")
# From each state of a session where it goes: nobody pays with an empty basket.
_NEXT = {"open": ("view", "view"), "view": ("view", "add"), "add": ("view", "pay"), "pay": ("open", "view")}


def rows_of(kind: str, origin: str, count: int, seed: int) -> pl.DataFrame:
    """Rows of one origin with everything that the type can say of them; synthetic ones name their generator and seed."""
    rng = np.random.default_rng(seed)
    frame = _LAWS[kind](rng, count, origin)
    if kind == "annotations" and seed == HOLDOUT:
        frame = frame.with_columns(item=pl.format("held out {}", "item"))
    about = {
        "origin": [origin] * frame.height,
        "id": [f"{origin[0]}{seed}-{number}" for number in range(frame.height)],
        "region": rng.choice(REGIONS, frame.height, p=(0.4, 0.35, 0.25)).tolist(),
    }
    frame = frame.with_columns(**{name: pl.Series(name, values) for name, values in about.items()})
    made = origin == "synthetic"
    lineage = {
        "generator": ["gen"] * frame.height,
        "generator_version": ["1"] * frame.height,
        "prompt_id": ["p1"] * frame.height,
        "seed_id": [f"h1-{number}" for number in range(frame.height)],
        "created_at": ["2026-01-05"] * frame.height,
        "licence": ["CC0-1.0"] * frame.height,
    }
    return frame.with_columns(
        pl.Series(name, values if made or name == "created_at" else [None] * frame.height, dtype=pl.String)
        for name, values in lineage.items()
    )


def words(rng: np.random.Generator, count: int, length: int) -> list[list[str]]:
    """`count` lists of some `length` made-up words, the frequent ones as frequent as in a language."""
    ranks = 1 / np.arange(1, _WORDS + 1) ** 0.7
    lengths = rng.integers(length - 3, length + 4, count)
    drawn = rng.choice(_WORDS, int(lengths.sum()), p=ranks / ranks.sum())
    cuts = np.cumsum(lengths)[:-1]
    return [[word(number) for number in part] for part in np.split(drawn, cuts)]


@cache
def word(number: int) -> str:
    """The made-up word of a number."""
    base, parts = len(_SYLLABLES), []
    for _ in range(3):
        number, rest = divmod(number, base)
        parts.append(_SYLLABLES[rest])
    return "".join(parts)


def sentence(parts: Sequence[str]) -> str:
    """Words as a sentence."""
    return " ".join(parts).capitalize() + "."


def _table(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    town = rng.choice(2, count, p=(0.85, 0.15))
    age = rng.normal(45, 12, count).round(3)
    income = (20_000 + 400 * age + 3_000 * town + rng.normal(0, 6_000, count)).round(2)
    return pl.DataFrame({
        "town": [f"town {number}" for number in town],
        "age": age,
        "income": income,
        "height": rng.normal(170, 9, count).round(3),
        # What people label follows from the row, so that twins agree.
        "label": np.array(LABELS)[np.digitize(age, (40, 50, 58))],
    })  # fmt: skip


def _text(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    """Of six texts one is a short remark, which people make again and again, and label alike."""
    count = _TEXT_ROWS if count == ROWS else count
    remark = np.where(rng.random(count) < 1 / 6, rng.integers(0, 300, count), -1)
    texts = [
        sentence(parts) if number < 0 else f"{word(number).capitalize()} {word(number + 300)} {word(number + 600)}."
        for parts, number in zip(words(rng, count, 28), remark.tolist(), strict=True)
    ]
    labels = np.array(_labels(rng, count))
    labels[remark >= 0] = np.array(LABELS)[remark[remark >= 0] % 10 // 4]
    return pl.DataFrame({"text": texts, "label": labels})


def _instruction(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    asked, answered = words(rng, count, 24), words(rng, count, 20)
    return pl.DataFrame({
        "prompt": [sentence(parts) for parts in asked],
        "response": [sentence(_shared(rng, one, other)) for one, other in zip(asked, answered, strict=True)],
        **_by_people(rng, count, origin),
    })  # fmt: skip


def _preference(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    asked, chosen, rejected = words(rng, count, 24), words(rng, count, 20), words(rng, count, 20)
    votes = {} if origin == "synthetic" else _votes(rng, count, 3)
    return pl.DataFrame({
        "prompt": [sentence(parts) for parts in asked],
        "chosen": [sentence(_shared(rng, one, other)) for one, other in zip(asked, chosen, strict=True)],
        "rejected": [sentence(_shared(rng, one, other)) for one, other in zip(asked, rejected, strict=True)],
        **{f"label_{number}": votes.get(number, [None] * count) for number in (1, 2, 3)},
        "generator_chosen": pl.Series([None if origin == "human" else "gen"] * count, dtype=pl.String),
        **_by_people(rng, count, origin),
    }, schema_overrides={f"label_{number}": pl.String for number in (1, 2, 3)})  # fmt: skip


def _translation(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    said = words(rng, count, 22)
    names = [f"{word(int(number)).capitalize()} {int(year)}" for number, year in rng.integers(100, 1700, (count, 2))]
    return pl.DataFrame({
        "source": [f"{sentence(parts)[:-1]} {name}." for parts, name in zip(said, names, strict=True)],
        "target": [f"{sentence([f'{part}en' for part in parts])[:-1]} {name}."
                   for parts, name in zip(said, names, strict=True)],
        "source_language": ["en"] * count,
        "target_language": ["de"] * count,
        "domain": _domains(rng, count),
        "label": _labels(rng, count),
    })  # fmt: skip


def _annotations(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    """Three annotators, people or machines, of the same items; each is right 19 times in 20."""
    items = np.repeat(np.arange(count // 3), 3)
    truth = (items * 7919 + items // 4) % len(LABELS)
    given = np.where(rng.random(len(items)) < 0.95, truth, rng.integers(0, len(LABELS), len(items)))
    who = ("ana", "bo", "cy") if origin == "human" else ("judge 1", "judge 2", "judge 3")
    return pl.DataFrame({
        "item": [f"item {number}" for number in items],
        "annotator": np.tile(np.array(who), count // 3),
        "label": np.array(LABELS)[given],
        "domain": _domains(rng, len(items)),
        "expertise": ["expert" if origin == "human" else None] * len(items),
    }, schema_overrides={"expertise": pl.String})  # fmt: skip


def _timeseries(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    """Hourly readings of 31 sensors, each near the one before."""
    sensors = 31
    length = count // sensors
    shocks = rng.normal(size=(sensors, length))
    values = shocks.copy()
    for at in range(1, length):
        values[:, at] = 0.3 * values[:, at - 1] + shocks[:, at]
    times = [START + timedelta(hours=at) for at in range(length)]
    return pl.DataFrame({
        "entity": np.repeat([f"sensor {number}" for number in range(sensors)], length),
        "timestamp": times * sensors,
        "value": values.round(6).reshape(-1),
        "label": _labels(rng, sensors * length),
    })  # fmt: skip


def _events(rng: np.random.Generator, count: int, origin: str) -> pl.DataFrame:
    """Sessions of twelve events, ten seconds or so apart."""
    rows = []
    for number in rng.integers(0, 10**6, count // 12).tolist():
        now, when = "open", START + timedelta(hours=number % 4000, seconds=round(float(rng.uniform(0, 3000)), 6))
        for _ in range(12):
            rows.append((f"{origin[0]}{number}", when, now))
            now = _NEXT[now][int(rng.integers(2))]
            when += timedelta(seconds=round(float(rng.exponential(10)), 6))
    frame = pl.DataFrame(rows, schema=["session", "timestamp", "event"], orient="row")
    return frame.with_columns(label=pl.Series(_labels(rng, len(rows))))


def _shared(rng: np.random.Generator, asked: Sequence[str], own: Sequence[str]) -> list[str]:
    """An answer that takes some of its words from what was asked."""
    taken = rng.choice(np.array(asked), 8, replace=False).tolist()
    return rng.permutation([*taken, *own]).tolist()


def _by_people(rng: np.random.Generator, count: int, origin: str) -> dict[str, pl.Series]:
    expert = ["expert"] * count if origin == "human" else [None] * count
    who = rng.choice(("ana", "bo", "cy"), count).tolist() if origin == "human" else [None] * count
    return {
        "expertise": pl.Series(expert, dtype=pl.String),
        "annotator": pl.Series(who, dtype=pl.String),
        "domain": pl.Series(_domains(rng, count)),
        "label": pl.Series(_labels(rng, count)),
    }


def _domains(rng: np.random.Generator, count: int) -> list[str]:
    return rng.choice(("everyday", "medicine"), count).tolist()


def _labels(rng: np.random.Generator, count: int) -> list[str]:
    return rng.choice(LABELS, count, p=(0.4, 0.3, 0.2, 0.1)).tolist()


def _votes(rng: np.random.Generator, count: int, people: int) -> dict[int, list[str]]:
    truth = rng.integers(0, 2, count)
    given = {number: np.where(rng.random(count) < 0.97, truth, 1 - truth) for number in range(1, people + 1)}
    return {number: np.array(["first", "second"])[votes].tolist() for number, votes in given.items()}


_LAWS: dict[str, Callable[[np.random.Generator, int, str], pl.DataFrame]] = {
    "tabular": _table,
    "text": _text,
    "instruction": _instruction,
    "preference": _preference,
    "translation": _translation,
    "annotations": _annotations,
    "timeseries": _timeseries,
    "events": _events,
}

"""The cases: a source, how many of its rows, what is planted, and what a gate must answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.gating import Dataset
from benchmarks.sources.catalogue import SOURCES

from . import planting, together
from .extending import EXTEND, EXTREME, FAIR, INTENT, JAPANESE, RACE, RICH, Rare, with_extremes
from .planting import Halves, Plant

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 800
# A class of 3 % has 60 human rows in these.
EXTENDED_ROWS = 2000
_SOURCES = {source.name: source for source in SOURCES}


@dataclass(frozen=True)
class Case:
    """One dataset. sound: whether it may be used. what: what was done to the synthetic half, in words."""

    name: str
    source: str
    what: str
    plant: Plant | None = None
    sound: bool = False
    rows: int = ROWS
    settings: str = ""
    leaks: bool = False

    def dataset(self, seed: int) -> Dataset | None:
        """The rows of this seed; None where the source is not there or too small."""
        source = _SOURCES[self.source]
        rng = np.random.default_rng([seed, *self.name.encode()])
        parts = source.parts(3, self.rows, rng)
        if parts is None:
            return None
        halves = Halves(*parts)
        if self.plant:
            halves = self.plant(halves, rng)
        inner = [name for name in source.unit if name == "day"]
        evaluation = halves.spare[: self.rows // 4].drop(inner) if self.leaks else None
        if evaluation is not None:
            halves = Halves(halves.human, pl.concat([halves.spare[:40], halves.synthetic[40:]]), halves.spare)
        return Dataset(
            source.type,
            halves.human.drop(inner),
            halves.synthetic.drop(inner),
            source.settings + self.settings,
            evaluation=evaluation,
        )


def _sound(
    source: str, what: str = "another half of the same people", plant: Plant | None = None, **more: object
) -> Case:
    name = f"{source}_{'_'.join(what.split()[:3])}" if plant or more else f"{source}_halves"
    return Case(name, source, what, plant, sound=True, **more)  # type: ignore[arg-type]


def _fewer(halves: Halves, _rng: planting.Rng) -> Halves:
    return Halves(halves.human[: ROWS // 3], halves.synthetic, halves.spare)


SOUND = (
    *(_sound(name) for name in ("adult", "visits", "diamonds", "seasons", "flights", "towns", "descriptions", "foreign")),
    *(_sound(name) for name in ("sayings", "signatures", "talk", "safety", "weather", "servers", "clocks", "planes")),
    *(_sound(name) for name in ("translations", "messages", "revisions")),
    _sound("marriages", "people who repeat each other by nature", lambda halves, _rng: halves),
    _sound("adult", "a third as many human rows", _fewer),
)  # fmt: skip

TABLES = (
    Case("copies", "adult", "5 % are copies of human rows", planting.copies(0.05)),
    Case("near_copies", "diamonds", "20 % are human rows with another price", planting.copies(0.2, noise=pl.col("price") + 7)),
    Case("repeats", "towns", "30 % repeat each other", planting.copies(0.3, of_people=False)),
    Case("all_shuffled", "diamonds", "every column is dealt out on its own", planting.shuffled(1.0)),
    Case("one_shuffled", "seasons", "hits are dealt out on their own", planting.shuffled(1.0, "h")),
    Case("rule_broken", "adult", "education does not fit its number in 10 %", planting.shuffled(0.1, "education")),
    Case("unit", "flights", "distances in kilometres", planting.cells(1.0, (pl.col("distance") * 1.609344).round().cast(pl.Int64))),
    Case("shift", "visits", "a score is half a deviation higher", planting.cells(1.0, pl.col("disea") + 3.4)),
    Case("nan_as_text", "flights", "6 % of the planes are called 'nan'", planting.cells(0.06, pl.lit("nan").alias("tailnum"))),
    Case("negative", "diamonds", "3 % have a negative price", planting.cells(0.03, -pl.col("price"))),
    Case("no_zeros", "visits", "everyone went to a doctor", planting.lacking(pl.col("mdvis") == 0)),
    Case("tail_gone", "towns", "no town above 50,000", planting.lacking(pl.col("population") > 50_000)),
    Case("level_gone", "adult", "nobody is divorced", planting.lacking(pl.col("marital-status") == "Divorced")),
    Case("label_dealt_out", "adult", "income is dealt out again", planting.shuffled(1.0, "income")),
    Case("collapsed", "diamonds", "all come from twenty patterns", planting.one_mode(20, [pl.col("price") + pl.int_range(pl.len()) % 50])),
    Case("padding", "adult", "20 % of the classes have a space before", planting.cells(0.2, pl.format(" {}", "workclass").alias("workclass"))),
)  # fmt: skip

BOILERPLATE = "As an AI language model, I cannot have opinions. "
TEXTS = (
    Case("text_copies", "descriptions", "5 % are copies", planting.copies(0.05)),
    Case("loops", "descriptions", "8 % loop", planting.texts(0.08, "text", planting.looped)),
    Case("misread", "foreign", "15 % were read in a wrong encoding", planting.texts(0.15, "text", planting.misread)),
    Case("boilerplate", "sayings", "6 % open as a chat model does", planting.texts(0.06, "text", lambda text: BOILERPLATE + text)),
    Case("cut_off", "descriptions", "40 % end inside a sentence", planting.texts(0.4, "text", planting.cut)),
    Case("leak", "descriptions", "40 of 800 stand in the evaluation set", leaks=True),
    Case("one_language", "sayings", "all are Russian, people write in six languages", planting.lacking(pl.col("language") != "ru")),
    Case("wrong_language", "foreign", "the language is dealt out again", planting.shuffled(1.0, "language")),
    Case("null_words", "sayings", "8 % are the word nan", planting.cells(0.08, pl.lit("nan").alias("text"))),
    Case("misaligned", "signatures", "every response answers another prompt", planting.shuffled(1.0, "response")),
    Case("echo", "talk", "25 % begin with the prompt", planting.cells(0.25, (pl.col("prompt") + " " + pl.col("response")).alias("response"))),
    Case("blank", "talk", "4 % are blank", planting.cells(0.04, pl.lit(" ").alias("response"))),
    Case("template_tokens", "signatures", "5 % hold a token of a template", planting.cells(0.05, pl.col("response") + "<|im_end|>")),
    Case("identical_sides", "revisions", "6 % have the same text twice", planting.cells(0.06, pl.col("rejected").alias("chosen"))),
    Case("sides_exchanged", "revisions", "half prefer what was replaced", planting.exchanged(0.5, "chosen", "rejected")),
    Case("target_misaligned", "translations", "every translation is another text's", planting.shuffled(1.0, "target")),
    Case("not_translated", "translations", "15 % are not translated", planting.cells(0.15, pl.col("source").alias("target"))),
    Case("wrong_tag", "messages", "the language is dealt out again", planting.shuffled(1.0, "target_language")),
)  # fmt: skip

ORDERED = (
    Case("labels_guessed", "safety", "60 % are guessed", planting.cells(0.6, pl.col("label").shuffle(3))),
    Case("contradiction", "safety", "10 % stand there again with another label", planting.repeated_with(0.1, pl.when(pl.col("label") == "No").then(pl.lit("Yes")).otherwise(pl.lit("No")).alias("label"))),
    Case("celsius", "weather", "degrees Celsius beside Fahrenheit", planting.cells(1.0, ((pl.col("value") - 32) / 1.8).round(2))),
    Case("standing_still", "weather", "each day has one temperature", planting.cells(1.0, pl.col("value").first().over("entity", "day"))),
    Case("days_shuffled", "weather", "hours of each day in random order", planting.in_order(1.0, "day", "value")),
    Case("stamps_repeated", "servers", "each hour has one time", planting.cells(1.0, pl.col("timestamp").dt.truncate("1h"))),
    Case("sessions_shuffled", "clocks", "changes of each zone in random order", planting.in_order(1.0, "session", "event")),
    Case("unknown_events", "planes", "8 % fly to a place that is not there", planting.cells(0.08, pl.lit("XXX").alias("event"))),
)  # fmt: skip

HUSBAND = pl.when(pl.col("relationship") == "Husband").then(pl.lit("Female")).otherwise("sex").alias("sex")
TOGETHER = (
    Case("impossible_pair", "adult", "one husband in ten is a woman", planting.cells(0.1, HUSBAND)),
    Case("wrong_country", "towns", "15 % lie in another country", together.dealt_out(0.15, "countrycode")),
    Case("misread_names", "towns", "30 % of the names were read in a wrong encoding", planting.texts(0.3, "name", planting.misread)),
    Case("markup", "descriptions", "10 % are HTML", planting.texts(0.1, "text", lambda text: f"<p>{text}</p>")),
    Case("written_breaks", "descriptions", "15 % have line breaks written out", planting.texts(0.15, "text", lambda text: text.replace(". ", ".\\n"))),
    Case("wrapped", "talk", "10 % are still wrapped in JSON", planting.texts(0.1, "response", lambda text: f'{{"response": "{text}"}}')),
    Case("every_side_exchanged", "revisions", "all prefer what was replaced", planting.exchanged(1.0, "chosen", "rejected")),
    Case("other_numbers", "translations", "30 % have other numbers", planting.texts(0.3, "target", together.other_digits)),
    Case("lost_places", "messages", "half lack what a program fills in", planting.texts(0.5, "target", together.without_places)),
    Case("languages_exchanged", "translations", "30 % have their languages exchanged", planting.exchanged(0.3, "source_language", "target_language")),
    Case("other_time_zone", "weather", "six hours late", together.hours_later(6), rows=3000),
    Case("night_flights", "planes", "eleven hours late", together.hours_later(11)),
    Case("halved_sessions", "planes", "each ends after its half", together.first_half("session"), rows=3000),
    Case("still_days", "weather", "the sensor stands still on one day in four", together.still_days(0.25), rows=3000),
)  # fmt: skip


def _extending() -> Iterator[Case]:
    """Sound rows that extend, and the three defects of each kind."""
    kinds: tuple[tuple[str, str, Rare, str, str], ...] = (
        ("rich", "adult", RICH, "rich people", EXTEND),
        ("fair", "diamonds", FAIR, "badly cut diamonds", EXTEND),
        ("extremes", "visits", EXTREME, "people with many visits", EXTEND + '\nslices = ["use"]'),
        ("intents", "descriptions", INTENT, "texts of one section", EXTEND),
        ("race", "adult", RACE, "people of one race", EXTEND + '\nslices = ["race"]'),
        ("japanese", "foreign", JAPANESE, "texts in one language", EXTEND + '\nslices = ["language"]'),
    )
    for name, source, rare, words, settings in kinds:
        plants: dict[str, tuple[Plant, str]] = {
            "others": (rare.others, f"more {words}"),
            "copied": (rare.copied, f"more {words}, 30 % copied"),
            "one_mode": (rare.one_mode, f"more {words}, three over and over"),
            "mislabelled": (rare.mislabelled, f"more {words}, who are none"),
        }
        if rare not in (INTENT, JAPANESE):
            plants["interpolated"] = (rare.interpolated, f"more {words}, interpolated")
        for kind, (plant, what) in plants.items():
            wrapped = with_extremes(plant) if rare is EXTREME else plant
            sound = kind in ("others", "interpolated")
            yield Case(
                f"extend_{name}_{kind}", source, what, wrapped, sound=sound, rows=EXTENDED_ROWS, settings=settings
            )


CASES = (*SOUND, *TABLES, *TEXTS, *ORDERED, *TOGETHER, *_extending())

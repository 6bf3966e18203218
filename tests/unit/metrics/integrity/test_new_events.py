"""Kinds of events that no human session has are differences of alignment; those that sessions of one process differ by are none."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.metrics.integrity import alignment
from gates.verdict import Scope
from tests.samples.series import EVENT_ROLES
from tests.tables import table_scan

SESSIONS, LENGTH = 40, 20


def journeys(seed: int) -> pl.DataFrame:
    """Sessions of events with a long tail: most kinds are rare, and each session has its own favourites."""
    rng = np.random.default_rng(seed)
    frames = []
    for number in range(SESSIONS):
        favourites = rng.zipf(1.6, size=6) % 400
        kinds = rng.choice(favourites, size=LENGTH)
        times = pl.Series(range(LENGTH)).cast(pl.Duration("ms")) * 60_000 + pl.Series([0]).cast(pl.Datetime("ms"))
        frames.append(
            pl.DataFrame({"session": f"{seed}-{number}", "timestamp": times, "event": [f"E{kind}" for kind in kinds]})
        )
    return pl.concat(frames)


def differences(human: pl.DataFrame, synthetic: pl.DataFrame) -> list[dict[str, str]]:
    measured = alignment.measure(table_scan(human, synthetic, bound=EVENT_ROLES, group="session"), Scope.COMBINED, {})
    return measured.evidence["differences"]


def with_events(rows: pl.DataFrame, share: float, names: pl.Expr) -> pl.DataFrame:
    marks = pl.Series(np.random.default_rng(5).random(rows.height) < share)
    return rows.with_columns(event=pl.when(marks).then(names).otherwise("event"))


@pytest.mark.parametrize("share", [0.08, 0.04])
def test_new_kind_of_event_is_named(share):
    (difference,) = differences(journeys(1), with_events(journeys(2), share, pl.lit("XXX")))

    assert (difference["kind"], difference["column"]) == ("event", "event")
    assert "column 'event' has 'XXX' in" in difference["message"]


def test_new_kinds_of_which_none_occurs_twice_add_up():
    made_up = with_events(journeys(2), 0.3, pl.format("made up {}", pl.int_range(pl.len())))

    (difference,) = differences(journeys(1), made_up)

    assert "column 'event' has kinds that no human row has in 3" in difference["message"]


@pytest.mark.parametrize("seed", range(1, 41, 2))
def test_sessions_of_one_process_differ_in_rare_kinds_both_ways(seed):
    one, other = journeys(seed), journeys(seed + 1)

    assert differences(one, other) == []
    assert differences(other, one) == []


def test_few_sessions_show_no_new_kinds():
    few = pl.col("session").is_in([f"2-{number}" for number in range(3)])
    made_up = with_events(journeys(2), 0.3, pl.format("made up {}", pl.int_range(pl.len()))).filter(few)

    assert differences(journeys(1), made_up) == []

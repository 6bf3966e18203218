"""Times of day and durations of a table are drafted, compared and shown as what they are."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

ROWS = 600


def visits(seed: int, *, later: int = 0, swapped: bool = False, by_twelve: bool = False) -> pl.DataFrame:
    """When people came and left, in minutes after midnight, and how long they stayed."""
    draw = np.random.default_rng(seed)
    came = draw.integers(480, 900, ROWS) + later
    stayed = draw.integers(5, 300, ROWS)
    left = came + stayed
    if swapped:
        came, left = np.where(np.arange(ROWS) % 5 == 0, left, came), np.where(np.arange(ROWS) % 5 == 0, came, left)

    def clock(minutes: int) -> str:
        hour, minute = divmod(int(minutes), 60)
        if by_twelve:
            return f"{(hour - 1) % 12 + 1}:{minute:02} {'PM' if hour >= 12 else 'AM'}"
        return f"{hour:02}:{minute:02}"

    return pl.DataFrame({
        "came": [clock(one) for one in came],
        "left": [clock(one) for one in left],
        "stayed": [f"{int(one) // 60} h {int(one) % 60} min" for one in stayed],
        "town": [f"town {one}" for one in draw.integers(0, 5, ROWS)],
    })  # fmt: skip


@pytest.fixture
def checked(tmp_path, gates):
    def check(**changes):
        visits(1).write_csv(tmp_path / "real.csv")
        visits(2, **changes).write_csv(tmp_path / "synthetic.csv")
        called = gates(tmp_path, "init", "real.csv", "synthetic.csv")
        assert called.code == 0, called.err
        return json.loads(gates(tmp_path, "check", "--format", "json").out)

    return check


def failed(verdict) -> dict[str, str]:
    return {
        check["id"]: check["message"] for check in verdict["checks"] if check["outcome"] in ("fail", "warn", "error")
    }


def test_sound_times_pass(checked):
    assert failed(checked()) == {}


def test_later_times_are_shown_as_times(checked):
    verdict = checked(later=120)

    assert {name: verdict["columns"]["read_as"][name]["kind"] for name in ("came", "left", "stayed")} == {
        "came": "times of day",
        "left": "times of day",
        "stayed": "durations",
    }
    assert "human median 14:05:00, synthetic 16:09:00" in failed(verdict)["combined/expect_distributions_to_match"]


def test_leaving_before_coming_breaks_the_drafted_order(checked):
    messages = failed(checked(swapped=True))

    order = "synthetic/expect_constraint_violation_ratio_to_be_less_than/inequality/came,left"
    assert f"{ROWS // 5} of {ROWS} rows break the rule on column 'came' and column 'left'" in messages[order]


def test_twelve_hours_on_one_side_are_another_format(checked):
    messages = failed(checked(by_twelve=True))

    assert "by twelve hours" in messages["combined/expect_partitions_to_align"]
    assert "combined/expect_distributions_to_match" not in messages

"""Alignment names what one origin writes in a manner of its own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from gates.metrics.integrity.alignment import measure
from gates.testing import scanned
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 600
DAYS = [date(2023, 1, 1) + timedelta(days=7 * number % 700) for number in range(ROWS)]
AMOUNTS = [1_000 + number * 37 % 9_000 + 0.25 for number in range(ROWS)]


def differences(human: list[str], synthetic: list[str], name: str = "x") -> list[dict[str, str]]:
    frames = [
        pl.DataFrame({name: one, "age": [number % 50 for number in range(len(one))]}) for one in (human, synthetic)
    ]
    with scanned(*frames) as scan:
        measured = measure(scan, Scope.COMBINED, {})
    listed = measured.evidence["differences"]  # type: ignore[union-attr]
    assert isinstance(listed, list)
    return listed


def mixed(usual: Callable[[date], str], other: Callable[[date], str], every: int) -> list[str]:
    return [other(day) if not number % every else usual(day) for number, day in enumerate(DAYS)]


ISO = date.isoformat


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ("%B %d, %Y", "month D, Y"),
        ("%d.%m.%Y", "D.M.Y"),
        ("%d/%m/%Y", "D/M/Y"),
        ("%m/%d/%Y", "M/D/Y"),
        ("%Y%m%d", "YMD"),
    ],
)
def test_one_date_in_ten_in_another_format_is_named(form: str, named: str) -> None:
    (only,) = differences([ISO(day) for day in DAYS], mixed(ISO, lambda day: day.strftime(form), 10))

    assert only["kind"] == "format"
    assert f"as {named} in 10.0 % of synthetic values and in 0.0 % of human ones" in only["message"]


def test_days_and_months_that_change_places_are_named() -> None:
    human = [day.strftime("%d/%m/%Y") for day in DAYS]
    (only,) = differences(human, [day.strftime("%m/%d/%Y") for day in DAYS])

    assert "M/D/Y" in only["message"]


@pytest.mark.parametrize(
    ("human", "synthetic", "kind", "word"),
    [
        ("{:.2f}", "{:.2f}", None, ""),
        ("${:,.2f}", "${:,.2f}", None, ""),
        ("${:,.2f}", "€{:,.2f}", "unit", "'€'"),
        ("${:,.2f}", "{:,.2f}", "unit", "without a currency"),
        ("{:,.2f} kr", "{:.2f} kr", "format", "between thousands"),
        ("{:.2f} %", "{:.2f}", "format", "per cent"),
        ("{:.2f}", " {:.2f}", "format", "white space"),
    ],
)
def test_another_way_to_write_amounts_is_named(human: str, synthetic: str, kind: str | None, word: str) -> None:
    # A word makes a column of text of what a reader of files would take for numbers.
    mine = [human.format(amount) for amount in AMOUNTS[:-1]] + ["unknown"]
    theirs = [synthetic.format(amount) for amount in AMOUNTS[:-1]] + ["unknown"]
    listed = differences(mine, theirs)

    assert [one["kind"] for one in listed] == ([kind] if kind else [])
    assert all(word in one["message"] for one in listed)


def test_a_decimal_comma_is_named_and_the_amounts_are_the_same() -> None:
    human = [f"{amount:.2f}" for amount in AMOUNTS]
    (only,) = differences(human, [one.replace(".", ",") for one in human])

    assert "decimal comma in 100.0 % of synthetic values" in only["message"]


def test_cents_instead_of_dollars_are_a_factor_of_100() -> None:
    (only,) = differences([f"${one:,.2f}" for one in AMOUNTS], [f"${one * 100:,.2f}" for one in AMOUNTS])

    assert only["kind"] == "unit"
    assert "100 times larger" in only["message"]


def test_seconds_and_milliseconds_are_a_factor_of_1000() -> None:
    seconds = [1_700_000_000 + 60 * number for number in range(ROWS)]
    milliseconds = [count * 1000 if not at % 10 else count for at, count in enumerate(seconds)]
    frames = [pl.DataFrame({"created_at": one, "age": range(ROWS)}) for one in (seconds, milliseconds)]
    with scanned(*frames) as scan:
        measured = measure(scan, Scope.COMBINED, {})

    (only,) = measured.evidence["differences"]  # type: ignore[union-attr]
    assert only["kind"] == "unit"
    assert "factor of 1000" in only["message"]
    assert "10.0 % of synthetic values" in only["message"]


def test_yes_in_other_words_is_named() -> None:
    human = ["yes", "no"] * (ROWS // 2)
    listed = differences(human, ["true", "false"] * (ROWS // 2))

    assert {one["kind"] for one in listed} == {"format"}
    assert any("'true' for yes" in one["message"] for one in listed)


def test_values_that_do_not_read_on_one_side_are_named() -> None:
    human = [f"${one:,.2f}" for one in AMOUNTS]
    (only,) = differences(human, [*human[:-30], *["about ten"] * 30])

    assert only["kind"] == "value"
    assert "5.0 % of synthetic values" in only["message"]
    assert "'about ten'" in only["message"]


@pytest.mark.parametrize("swapped", [False, True])
def test_swapped_origins_find_the_same(swapped: bool) -> None:
    usual, other = [ISO(day) for day in DAYS], mixed(ISO, lambda day: day.strftime("%d.%m.%Y"), 10)
    (only,) = differences(*((other, usual) if swapped else (usual, other)))

    assert "D.M.Y" in only["message"]


def test_mixtures_that_differ_by_chance_accuse_nobody() -> None:
    both = mixed(ISO, lambda day: day.strftime("%d.%m.%Y"), 3)

    assert differences(both, mixed(ISO, lambda day: day.strftime("%d.%m.%Y"), 4)) == []

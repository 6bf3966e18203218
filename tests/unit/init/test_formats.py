"""The forms of codes that drafts demand are those of human rows, and other human rows have them too."""

from __future__ import annotations

import random
import re
import string
import uuid
from typing import TYPE_CHECKING

import polars as pl
import pytest

from gates.config.row_rules import PATTERN
from gates.init.drafts.bounds import column_rule_error, inferred_limit
from gates.init.drafts.columns import infer_column
from gates.init.drafts.formats import infer_format

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = 8


def digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choice(string.digits) for _ in range(count))


def letters(draw: random.Random, count: int) -> str:
    return "".join(draw.choice(string.ascii_uppercase) for _ in range(count))


def british(draw: random.Random) -> str:
    area = draw.choice([(1, 1, 0), (1, 2, 0), (2, 1, 0), (2, 2, 0), (1, 1, 1), (2, 1, 1)])
    outward = letters(draw, area[0]) + digits(draw, area[1]) + letters(draw, area[2])
    return f"{outward} {digits(draw, 1)}{letters(draw, 2)}"


def american(draw: random.Random) -> str:
    first, second, third = digits(draw, 3), digits(draw, 3), digits(draw, 4)
    return draw.choice([f"({first}) {second}-{third}", f"{first}-{second}-{third}", f"+1 {first} {second} {third}"])


# How people write a kind of code, the form that is read off 1,000 of them, and a value that has another.
CODES: dict[str, tuple[Callable[[random.Random], str], str, str]] = {
    "UUID": (
        lambda draw: str(uuid.UUID(int=draw.getrandbits(128), version=4)),
        "^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$",
        "0b7f",
    ),
    "digest": (lambda draw: f"{draw.getrandbits(160):040x}", "^[a-f0-9]{40}$", "g" * 40),
    "order": (lambda draw: f"ORD-2024-{draw.randrange(1, 99999):05d}", "^ORD-2024-[0-9]{5}$", "ORD-2024-17"),
    "article": (lambda draw: letters(draw, 2) + digits(draw, 4), "^[A-Z]{2}[0-9]{4}$", "ab1234"),
    "postal code": (lambda draw: digits(draw, 5), "^[0-9]{5}$", "1234"),
    "British postal code": (british, "^[A-Z0-9]{2,4} [0-9][A-Z]{2}$", "SW1A1AA"),
    "American telephone": (
        american,
        r"^(?:[0-9]{3}-[0-9]{3}-[0-9]{4}|\([0-9]{3}\) [0-9]{3}-[0-9]{4}|\+1 [0-9]{3} [0-9]{3} [0-9]{4})$",
        "555.123.4567",
    ),
    "Norwegian telephone": (
        lambda draw: f"+47 {digits(draw, 3)} {digits(draw, 2)} {digits(draw, 3)}",
        r"^\+47 [0-9]{3} [0-9]{2} [0-9]{3}$",
        "+46 123 45 678",
    ),
    "address of a machine": (
        lambda draw: ".".join(str(draw.randrange(256)) for _ in range(4)),
        r"^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$",
        "10,0,0,1",
    ),
    "with slips": (
        lambda draw: "unknown" if draw.random() < 0.004 else f"AB{digits(draw, 6)}",
        "^[A-Z]{2}[0-9]{6}$",
        "AB1234567",
    ),
}  # fmt: skip


def drawn(kind: str, count: int, seed: int) -> list[str]:
    draw = random.Random(f"{kind} {seed}")
    return [CODES[kind][0](draw) for _ in range(count)]


@pytest.mark.parametrize("kind", CODES)
def test_the_form_of_codes_is_read_off(kind):
    form = infer_format(pl.Series(drawn(kind, 1_000, 1)), 0.05)

    assert form is not None
    assert form.pattern == CODES[kind][1]
    assert not re.fullmatch(form.pattern, CODES[kind][2])


@pytest.mark.parametrize("count", [60, 200, 1_000, 5_000])
def test_a_fresh_half_of_human_codes_is_not_refused(count):
    error = column_rule_error(COLUMNS)
    refused = judged_count = 0
    for kind in CODES:
        for seed in range(2 if count > 1_000 else 12):
            form = infer_format(pl.Series(drawn(kind, count, seed)), error)
            if form is None:
                continue
            fresh = drawn(kind, 2_000, seed + 100)
            missed = sum(re.fullmatch(form.pattern, code) is None for code in fresh)
            refused += missed > inferred_limit(form.unmatched) * len(fresh)
            judged_count += 1

    assert judged_count >= 0.8 * len(CODES) * (2 if count > 1_000 else 12)
    assert refused == 0


@pytest.mark.parametrize(
    "values",
    [
        [
            f"{one} of {two} things" for one in ("ten", "few", "all") for two in range(40)
        ],  # 99 in 100 have no digit there
        [f"the cat saw {'a ' * (number % 9)}dog" for number in range(120)],
        [f"A{number}" for number in range(50)],
        ["x" * 70 + str(number) for number in range(120)],
    ],
)
def test_texts_and_few_codes_have_no_form(values):
    form = infer_format(pl.Series(values), 0.05)

    assert form is None or form.pattern == "^[a-z]{3} of [0-9]{1,2} things$"


def test_the_draft_of_a_column_of_codes_has_the_rule():
    column = infer_column(pl.Series("phone", drawn("American telephone", 500, 1)), 0.001)

    assert column.pattern == CODES["American telephone"][1]
    assert "have another" in column.limits[PATTERN].reason


def test_levels_have_a_vocabulary_and_no_form():
    column = infer_column(pl.Series("plan", ["A-1", "B-2", "C-3"] * 100), 0.001)

    assert (column.pattern, len(column.vocabulary)) == ("", 3)

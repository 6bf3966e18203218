"""Sums, ratios, products and gaps are drafted where all human rows have them, and other human rows keep them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gates.init.drafts.draft import ConstraintKind
from gates.init.drafts_step import infer
from gates.metrics.fidelity.constraints import METRIC
from gates.testing import judge, scanned
from gates.verdict import Outcome, Scope

DRAFTED = (
    ConstraintKind.SUM,
    ConstraintKind.PRODUCT,
    ConstraintKind.MISSING_WITH,
    ConstraintKind.MISSING_TOGETHER,
)
FOUND = [
    ("missing_with", ("status", "spouse_income")),
    ("missing_together", ("spouse_income", "spouse_age")),
    ("product", ("net", "tax")),
    ("sum", ("net", "tax", "shipping", "gross")),
    ("sum", ("mon", "tue", "wed", "total")),
    ("product", ("price", "quantity", "net")),
    ("product", ("among", "percent", "members")),
]


def accounts(rows: int, seed: int) -> pl.DataFrame:
    """Made-up rows with sums, a rate, products and gaps, rounded as such tables are; and columns that have none."""
    draw = np.random.default_rng(seed)
    status = draw.choice(["single", "married", "widowed"], rows, p=[0.4, 0.5, 0.1])
    is_married = pl.Series(status) == "married"
    price, quantity = draw.integers(100, 10_000, rows) / 100, draw.integers(1, 9, rows)
    net = np.round(price * quantity, 2)
    tax, shipping = np.round(net * 0.25, 2), draw.choice([0, 5, 9.5], rows)
    days = [draw.integers(0, 50, rows) for _ in range(3)]
    members, among = draw.integers(1, 100, rows), draw.integers(100, 300, rows)
    frame = pl.DataFrame({
        "status": status,
        "spouse_income": draw.normal(40, 9, rows), "spouse_age": draw.integers(20, 80, rows),
        "price": price, "quantity": quantity, "net": net, "tax": tax, "shipping": shipping, "gross": np.round(net + tax + shipping, 2),
        "mon": days[0], "tue": days[1], "wed": days[2], "total": sum(days),
        "members": members, "among": among, "percent": np.round(100 * members / among, 1),
        "height": draw.normal(170, 9, rows), "weight": draw.normal(70, 9, rows),
    })  # fmt: skip
    return frame.with_columns(pl.when(is_married).then(pl.col("spouse_income", "spouse_age")))


def drafted(frame: pl.DataFrame) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (one.kind.value, one.columns)
        for one in infer(frame, total_rows=frame.height).constraints
        if one.kind in DRAFTED
    ]


@pytest.mark.parametrize("rows", [400, 3_000])
def test_what_is_computed_or_missing_by_rule_is_found_and_nothing_else(rows):
    assert drafted(accounts(rows, 1)) == FOUND


def test_few_rows_show_nothing():
    assert drafted(accounts(250, 1)) == []


def test_the_order_of_rows_does_not_matter():
    frame = accounts(700, 2)

    assert drafted(frame.reverse()) == drafted(frame)


def test_one_row_against_a_rule_ends_it():
    frame, first = accounts(700, 3), pl.int_range(pl.len()) == 0
    spoilt = frame.with_columns(
        *(pl.when(first).then(pl.col(name) + 90).otherwise(name).alias(name) for name in ("total", "net", "members")),
        pl.coalesce("spouse_income", pl.when((pl.col("status") == "single") & (pl.int_range(pl.len()) < 20)).then(1.0)),
    )

    # The tax is still made of what the sum was made of.
    left = [("missing_with", ("status", "spouse_age")), ("product", ("price", "quantity", "tax"))]
    assert drafted(spoilt) == left


@pytest.mark.parametrize("rows", [320, 600, 5_000])
def test_other_human_rows_keep_what_was_drafted(rows):
    for seed in range(3):
        human, others = accounts(rows, seed), accounts(3_000, seed + 50)
        constraints = [one for one in infer(human, total_rows=rows).constraints if one.kind in DRAFTED]
        assert [one.columns for one in constraints] == [columns for _, columns in FOUND]
        with scanned(human, others) as scan:
            for one in constraints:
                arguments = {"constraint": one.kind.value, "columns": list(one.columns), "max_value": one.max_value}
                result = judge(METRIC, scan, Scope.SYNTHETIC, **arguments)
                assert result.outcome is Outcome.PASS, result.message


def worn(kind: str, columns: tuple[str, ...], frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with a tenth that break a rule: the last column of another row, or a value where none should be."""
    last = columns[-1]
    odd = pl.int_range(pl.len()) % 10 == 0
    if kind.startswith("missing"):
        return frame.with_columns(pl.when(odd & pl.col(last).is_null()).then(33).otherwise(pl.col(last)).alias(last))
    return frame.with_columns(pl.when(odd).then(pl.col(last) * 2 + 1).otherwise(pl.col(last)).alias(last))


@pytest.mark.parametrize(("kind", "columns"), FOUND)
def test_rows_that_break_a_rule_are_counted(kind, columns):
    human, others = accounts(800, 4), accounts(800, 54)
    with scanned(human, worn(kind, columns, others)) as scan:
        arguments = {"constraint": kind, "columns": list(columns), "max_value": 0.01}
        result = judge(METRIC, scan, Scope.SYNTHETIC, **arguments)

    assert result.outcome is Outcome.FAIL
    assert "break the rule on column" in result.message


@pytest.mark.parametrize(("kind", "columns"), FOUND)
def test_rows_without_the_numbers_are_asked_nothing_and_a_level_that_no_human_row_has_neither(kind, columns):
    human = accounts(400, 5)
    strange = accounts(400, 55).with_columns(pl.lit("divorced").alias("status"))
    gone = strange.with_columns(
        pl.lit(None, strange.schema[name]).alias(name) for name in columns[:-1] if name != "status"
    )
    with scanned(human, gone if kind in ("sum", "product") else strange) as scan:
        arguments = {"constraint": kind, "columns": list(columns), "max_value": 0.01}
        result = judge(METRIC, scan, Scope.SYNTHETIC, **arguments)

    assert result.outcome is (Outcome.PASS if kind == "missing_together" else Outcome.INCONCLUSIVE)

"""Every row rule of every data type fails on a row that breaks it, and on no other's."""

from __future__ import annotations

import re
from collections import Counter

import polars as pl
import pytest

from gates.config.data_types import DATA_TYPES, data_type
from gates.errors import UsageError
from gates.verdict import CheckId, Outcome, Scope
from tests.contract.case import FEW
from tests.contract.rules import ALSO, BEYOND_HUMAN, RULES, WHOLE_COLUMN, broken_apart, rules_of_single_rows
from tests.contract.sound_datasets import ROW_RULE, Dataset, sound

ORIGINS = ("human", "synthetic")


def _broken_along(rules) -> set[str]:
    return {name for rule in rules if rule.endswith(BEYOND_HUMAN) for name in ALSO.get(rule, ())}


# By type, and apart from the others those that another of them breaks as well.
BEYOND = [
    (kind, broken)
    for kind, changes in RULES.items()
    for is_also in (False, True)
    if (broken := [one for one in changes if one.endswith(BEYOND_HUMAN) and is_also == (one in _broken_along(changes))])
]
WHOLE = [(kind, rule) for kind, changes in RULES.items() for rule in changes if rule.endswith(WHOLE_COLUMN)]


def rules(name: str) -> bool:
    return name == ROW_RULE


def ids(names) -> set[str]:
    return {f"{scope}/{ROW_RULE}/{name}" for scope in ORIGINS for name in names}


@pytest.mark.parametrize("kind", DATA_TYPES)
def test_every_rule_of_a_type_has_a_row_that_breaks_it_and_holds_for_few_sound_rows(kind, tmp_path):
    verdict = sound(kind, FEW).verdict(tmp_path, rules)

    # A column that is not there is refused when the data is opened, before any rule.
    outcome_by_check = {
        str(check.id): check.outcome for check in verdict.checks if not check.id.detail.endswith("/present")
    }
    assert outcome_by_check == dict.fromkeys(ids(RULES[kind]), Outcome.PASS)


@pytest.mark.parametrize("kind", DATA_TYPES)
def test_each_row_that_breaks_a_rule_fails_it_and_no_other(kind, tmp_path):
    single = rules_of_single_rows(kind)
    verdict = broken_apart(kind)(sound(kind, FEW)).verdict(tmp_path, rules)

    # As many rows as were made to break it: any other rule's row that did too would make one more.
    breaking = Counter(name for rule in single for name in (rule, *ALSO.get(rule, ())))
    failures = {str(check.id): check.evidence["failures"] for check in verdict.checks if check.outcome is Outcome.FAIL}
    assert failures == {
        f"{scope}/{ROW_RULE}/{name}": rows
        for name, rows in breaking.items()
        for scope in (ORIGINS[:1] if name.endswith(BEYOND_HUMAN) else ORIGINS)
    }


@pytest.mark.parametrize(("kind", "broken"), BEYOND)
def test_synthetic_rows_alone_that_do_what_no_human_row_does_fail_and_one_of_few_is_named(kind, broken, tmp_path):
    """Of sixty human rows none does what one in a hundred does more often than not."""
    for folder in ("many", "few"):
        (tmp_path / folder).mkdir()
    of_many = breaking_synthetic_rows(kind, broken, rows=310, of_each=5).verdict(tmp_path / "many", rules)
    of_few = breaking_synthetic_rows(kind, broken, rows=FEW, of_each=1).verdict(tmp_path / "few", rules)

    # Rows that break another rule would be counted beside its own.
    failures = {str(check.id): check.evidence["failures"] for check in of_many.checks if check.outcome is Outcome.FAIL}
    breaking = Counter(name for rule in broken for name in (rule, *ALSO.get(rule, ())))
    assert failures == {f"synthetic/{ROW_RULE}/{name}": 5 * times for name, times in breaking.items()}
    assert of_few.failed == ()
    for rule in broken:
        one = of_few.check(str(CheckId(Scope.SYNTHETIC, ROW_RULE, rule)))
        assert one.outcome is Outcome.INCONCLUSIVE
        assert f"1 of {FEW} synthetic rows fail {rule}" in one.message


def breaking_synthetic_rows(kind: str, broken: list[str], rows: int, of_each: int) -> Dataset:
    """Sound rows of which each of these rules is broken by as many synthetic ones, the first that are left."""
    dataset, is_human = sound(kind, rows), pl.col("origin") == "human"
    place = pl.int_range(pl.len()).over("origin")
    spoilt = []
    for number, rule in enumerate(broken):
        pairs = (dataset.rows.filter(place == at) for at in range(number * of_each, (number + 1) * of_each))
        spoilt += [RULES[kind][rule](dataset.having(rows=pair)).rows.filter(~is_human) for pair in pairs]
    return dataset.having(rows=pl.concat([dataset.rows.filter(is_human | (place >= len(spoilt))), *spoilt]))


@pytest.mark.parametrize(("kind", "rule"), WHOLE)
def test_column_that_breaks_a_rule_fails_it_and_no_other(kind, rule, tmp_path):
    verdict = RULES[kind][rule](sound(kind, FEW)).verdict(tmp_path, rules)

    failed = {str(check.id) for check in verdict.checks if check.outcome is Outcome.FAIL}
    assert failed == ids({rule} | ALSO.get(rule, frozenset()))
    # A rule that cannot be asked of such a column says so, and does not pass.
    errors = {check.id.detail for check in verdict.checks if check.outcome is Outcome.ERROR}
    assert not errors or rule.endswith("/type")


@pytest.mark.parametrize(
    ("kind", "role"), [(kind, role) for kind in DATA_TYPES for role in data_type(kind).required_roles]
)
def test_required_column_that_is_missing_is_refused_with_the_line_to_add(kind, role, tmp_path):
    dataset = sound(kind, FEW)
    without = dataset.having(rows=dataset.rows.drop(role), holdout=None).declaring(holdout=None)

    with pytest.raises(UsageError, match=re.escape(f'map it with columns = {{ {role} = "…"')):
        without.declaring(label=None if role == "label" else "label").verdict(tmp_path, rules)

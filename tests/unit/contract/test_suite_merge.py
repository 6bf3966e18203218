from __future__ import annotations

from dataclasses import replace

import pytest

from gates.contract.suites.merge import Merged, merge
from gates.contract.suites.suite import Suite, SuiteEntry, unmentioned_rule
from gates.errors import SuiteError
from gates.verdict import CheckId, Scope, Severity

DUPLICATES = "expect_duplicate_ratio_to_be_less_than"


def entry(kind=DUPLICATES, severity="critical", reason=None, rule=None, path="own/human.json", **kwargs):
    meta = {key: value for key, value in (("reason", reason), ("rule", rule)) if value}
    check_id = CheckId(Scope.HUMAN, kind, rule or str(kwargs.get("column", "")))
    return SuiteEntry(check_id, kind, kwargs, Severity(severity), meta, path, 7)


def suite(*entries):
    return Suite("test", entries[0].path if entries else "none", Scope.HUMAN, entries)


def built_in(*args, **kwargs):
    return entry(*args, path="built-in/human.json", **kwargs)


def test_what_the_dataset_adds_is_added_and_what_it_tightens_replaces():
    present, kept = built_in(max_value=0.05), built_in("expect_column_to_exist", column="age")
    tighter, added = entry(max_value=0.01), entry("expect_column_to_exist", column="name")

    own_tighter, own_added = (replace(one, is_own=True) for one in (tighter, added))
    assert merge([suite(present, kept)], suite(tighter, added)) == Merged((own_tighter, kept, own_added), ())


def test_without_an_own_suite_the_later_built_in_suite_wins():
    common, of_the_type = built_in(max_value=0.05), built_in(max_value=0.5)

    assert merge([suite(common), suite(of_the_type)], None) == Merged((of_the_type,), ())


@pytest.mark.parametrize(
    ("present", "own", "change"),
    [
        ({"max_value": 0.05}, {"max_value": 0.2}, "max_value 0.05 -> 0.2"),
        ({"max_value": 0.05, "min_value": 0.01}, {"max_value": 0.05}, "min_value 0.01 -> none"),
        ({"min_value": 0.5}, {"min_value": 0.25}, "min_value 0.5 -> 0.25"),
        ({"max_value": 0.5, "warn_value": 0.1}, {"max_value": 0.5}, "warn_value 0.1 -> none"),
        ({"max_value": 0.5, "warn_value": 0.1}, {"max_value": 0.5, "warn_value": 0.2}, "warn_value 0.1 -> 0.2"),
        ({"min_value": 0.5, "warn_value": 0.8}, {"min_value": 0.5, "warn_value": 0.6}, "warn_value 0.8 -> 0.6"),
        ({"max_value": 1}, {"max_value": 1, "severity": "warning"}, "severity critical -> warning"),
        ({"max_value": 1, "sample": 10}, {"max_value": 1, "sample": 20}, "sample 10 -> 20"),
        ({"mostly": 0.9}, {"mostly": 0.5}, "mostly 0.9 -> 0.5"),
        ({}, {"mostly": 0.5}, "mostly none -> 0.5"),
        ({"max_value": 3, "strict_max": True}, {"max_value": 3}, "strict_max True -> none"),
        (
            {"kind": "expect_column_values_to_be_in_set", "value_set": ["a"]},
            {"kind": "expect_column_values_to_be_in_set", "value_set": ["a", "b"]},
            "value_set ['a'] -> ['a', 'b']",
        ),
        (
            {"kind": "expect_column_values_to_not_be_in_set", "value_set": ["a", "b"]},
            {"kind": "expect_column_values_to_not_be_in_set", "value_set": ["a"]},
            "value_set ['a', 'b'] -> ['a']",
        ),
    ],
)
def test_loosening_needs_a_reason_and_is_listed_with_it(present, own, change):
    with pytest.raises(SuiteError) as caught:
        merge([suite(built_in(**present))], suite(entry(**own)))
    merged = merge([suite(built_in(**present))], suite(entry(**own, reason="poems repeat")))

    check = entry(**own).check_id
    assert str(caught.value) == (
        f"own/human.json:7: {check} is looser than built-in/human.json:7 ({change}); "
        'say why with "meta": {"reason": "…"}'
    )
    assert merged.loosened == (f"{check} {change} (poems repeat)",)


@pytest.mark.parametrize(
    ("present", "own"),
    [
        ({"max_value": 0.05}, {"max_value": 0.05, "warn_value": 0.01}),
        ({"max_value": 0.05}, {"max_value": 0.05, "min_value": 0.01}),
        ({"max_value": 0.5, "severity": "warning"}, {"max_value": 0.5}),
        ({"mostly": 0.5}, {}),
        ({"kind": "expect_column_values_to_be_in_set", "value_set": ["a", "b"]}, {"kind": "expect_column_values_to_be_in_set", "value_set": ["a"]}),
    ],
)  # fmt: skip
def test_tightening_needs_no_reason(present, own):
    assert merge([suite(built_in(**present))], suite(entry(**own))).loosened == ()


@pytest.mark.parametrize(
    "reason", ["\u200b", " \u3000\u00a0", "\u3164\u2800", "\u0301", "…", "--- !", "\U000e0041", " "]
)
def test_what_nobody_can_read_is_no_reason(reason):
    with pytest.raises(SuiteError, match="say why"):
        merge([suite(built_in(max_value=0.05))], suite(entry(max_value=0.2, reason=reason)))


def test_a_row_rule_of_the_type_is_limited_before_any_suite_mentions_it():
    rows = "expect_row_failure_ratio_to_be_less_than"
    looser = {"kind": rows, "rule": "size/finite", "max_value": 0.5}
    of_type = "size/finite".__eq__

    def own(reason=None, **kwargs):
        return suite(
            replace(
                entry(reason=reason, **looser),
                kwargs=unmentioned_rule(Scope.HUMAN, kwargs["rule"]).kwargs | {"max_value": 0.5},
            )
        )

    with pytest.raises(
        SuiteError, match=r"looser than the limit that size/finite has by itself \(max_value 0 -> 0.5\)"
    ):
        merge([], own(rule="size/finite"), of_type)
    assert merge([], own("sensors saturate", rule="size/finite"), of_type).loosened == (
        f"human/{rows}/size/finite max_value 0 -> 0.5 (sensors saturate)",
    )
    assert merge([], own(rule="size/of-their-own"), of_type).loosened == ()


def test_the_origins_and_the_row_count_cannot_be_loosened_whatever_the_reason():
    for kind, limits in (
        ("expect_origins_to_be_declared", {"min_value": 0.9}),
        ("expect_table_row_count_to_be_between", {"min_value": 0}),
    ):
        with pytest.raises(SuiteError, match=f"own/human.json:7: human/{kind} cannot be replaced by a looser one"):
            merge([suite(built_in(kind, min_value=1))], suite(entry(kind, reason="because", **limits)))


def test_a_row_count_with_a_rule_of_its_own_is_added():
    rows = "expect_table_row_count_to_be_between"
    present, own = built_in(rows, min_value=1), entry(rows, rule="enough", min_value=500)

    assert merge([suite(present)], suite(own)) == Merged((present, replace(own, is_own=True)), ())

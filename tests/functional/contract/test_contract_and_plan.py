"""What suites, schemas, purposes, roles and waivers of a repository add up to, before any data is judged."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from gates.config.digests import rules_inputs
from gates.config.load import load_config
from gates.config.row_rules import RowRule
from gates.contract.contract import load_contract
from gates.contract.plan import plan
from gates.errors import SuiteError, UsageError
from gates.verdict import Answer, Outcome, Scope, Severity
from tests.real import judged, write_dataset

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 1, 1)
RULES = (RowRule("x/range", "a number"), RowRule("x/not-null", "a value"))
BASE = '[datasets.mix]\npath = "mix.parquet"\ntype = "tabular"\n'


def contract_of(root: Path, settings: str = "", suites: dict[str, list] | None = None, day: date = DAY):
    (root / "gates.toml").write_text(BASE + settings)
    for scope, entries in (suites or {}).items():
        path = root / "expectations" / "mix" / f"{scope}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"name": f"mix {scope}", "expectations": entries}))
    return load_contract(load_config(root / "gates.toml").dataset("mix"), day)


def entry(kind: str, severity: str = "critical", meta: dict | None = None, **kwargs: object) -> dict:
    return {"type": kind, "kwargs": kwargs, "severity": severity, "meta": meta or {}}


def test_the_purpose_chooses_the_limit_on_the_human_ratio(tmp_path):
    limits = {}
    for purpose in ("pretrain", "finetune", "preference", "evaluation"):
        planned = plan(contract_of(tmp_path, f'purpose = "{purpose}"\n'), ())
        [ratio] = [one for one in planned.entries[Scope.COMBINED] if "human_ratio" in one.type]
        limits[purpose] = (ratio.kwargs["min_value"], ratio.kwargs.get("warn_value"))

    assert limits == {
        "pretrain": (0.0, 0.1),
        "finetune": (0.2, 0.49),
        "preference": (0.5, None),
        "evaluation": (1.0, None),
    }


def test_part_of_a_plan_is_named_by_words(tmp_path):
    whole = plan(contract_of(tmp_path), RULES)

    selected = [str(check.id) for check in whole.only(["row_failure/x/range", "human/duplicate_ratio"], ()).checks]

    assert selected == [
        "human/expect_duplicate_ratio_to_be_less_than/exact",
        "human/expect_row_failure_ratio_to_be_less_than/x/range",
        "synthetic/expect_row_failure_ratio_to_be_less_than/x/range",
    ]
    with pytest.raises(
        UsageError, match=r"--only duplicate_ratoi: no such check \(did you mean 'expect_duplicate_ratio_"
    ):
        whole.only(["duplicate_ratoi"], ())
    with pytest.raises(UsageError, match=r"--only ratio: no such check \(one of: expect_"):
        whole.only(["ratio"], ())
    with pytest.raises(UsageError) as raised:
        whole.only(["distributions"], (Scope.SYNTHETIC,))
    assert str(raised.value) == (
        "--only distributions: runs on combined alone; with it, leave out --scope, or give --scope combined"
    )


def test_a_row_rule_that_no_suite_mentions_must_hold_in_every_row(tmp_path):
    planned = plan(contract_of(tmp_path), RULES)

    rules = [one for one in planned.checks if one.id.type.startswith("expect_row_failure")]
    assert [str(one.id) for one in rules] == [
        f"{scope}/expect_row_failure_ratio_to_be_less_than/{rule}"
        for scope in ("human", "synthetic")
        for rule in ("x/range", "x/not-null")
    ]
    assert {one.severity for one in rules} == {Severity.CRITICAL}
    drafted = plan(contract_of(tmp_path), RULES, drafted=frozenset({"x/range"})).checks
    severities = {one.id.detail: one.severity for one in drafted if one.id in {rule.id for rule in rules}}
    assert severities == {"x/range": Severity.WARNING, "x/not-null": Severity.CRITICAL}


def test_a_suite_that_limits_an_unknown_rule_is_refused_with_the_nearest_one(tmp_path):
    suites = {"human": [entry("expect_row_failure_ratio_to_be_less_than", rule="x/rang", max_value=0)]}

    with pytest.raises(
        SuiteError, match=r"expectations/mix/human.json:\d+: the schema has no rule 'x/rang' \(did you mean 'x/range'"
    ):
        plan(contract_of(tmp_path, suites=suites), RULES)


def test_inferred_bounds_never_block_rows_that_extend_the_human_law(tmp_path):
    kind = "expect_row_failure_ratio_to_be_less_than"
    suites = {
        "synthetic": [
            entry(kind, rule="x/range", max_value=0.001, inferred=True),
            entry(kind, rule="x/not-null", max_value=0.0),
        ]
    }

    planned = plan(contract_of(tmp_path, 'synthetic_role = "extend"\n', suites), RULES)

    severities = {
        one.id.detail: one.severity for one in planned.checks if one.id.scope is Scope.SYNTHETIC and one.id.type == kind
    }
    assert severities == {"x/range": Severity.WARNING, "x/not-null": Severity.CRITICAL}


def test_only_names_checks_by_id_or_type_and_knows_the_nearest(tmp_path):
    planned = plan(contract_of(tmp_path), RULES)

    assert len(planned.only(["expect_associations_to_match"], []).checks) == 4
    assert len(planned.only(["combined/expect_associations_to_match/mean"], []).checks) == 1
    assert {check.id.scope for check in planned.only([], [Scope.HUMAN]).checks} == {Scope.HUMAN}
    with pytest.raises(UsageError, match="did you mean 'expect_associations_to_match'"):
        planned.only(["expect_asociations_to_match"], [])


def test_loosening_needs_a_reason_and_is_listed(tmp_path):
    looser = entry("expect_distributions_to_match", max_value=0.2)
    with pytest.raises(SuiteError, match="say why"):
        contract_of(tmp_path, suites={"combined": [looser]})

    contract = contract_of(tmp_path, suites={"combined": [{**looser, "meta": {"reason": "pilot study"}}]})

    assert contract.loosened == ("combined/expect_distributions_to_match max_value 0.05 -> 0.2 (pilot study)",)


@pytest.mark.parametrize("kind", ["expect_origins_to_be_declared", "expect_partitions_to_align"])
def test_the_declaration_of_origins_cannot_be_replaced(tmp_path, kind):
    suites = {
        "combined": [
            entry(kind, "info", {"reason": "no"}, **({"min_value": 0.0} if "origins" in kind else {"max_value": 9}))
        ]
    }

    if "origins" in kind:
        with pytest.raises(SuiteError, match="cannot be replaced"):
            contract_of(tmp_path, suites=suites)
    else:
        assert contract_of(tmp_path, suites=suites).loosened


def test_switching_the_built_in_suites_off_is_reported_in_every_report(tmp_path):
    contract = contract_of(tmp_path, "extends = false\n")

    assert contract.loosened == (
        "built-in suites of 'tabular' are switched off (gates.toml:4: dataset 'mix': extends = false)",
    )
    assert [str(entry.check_id) for entries in contract.entries.values() for entry in entries] == [
        "human/expect_table_row_count_to_be_between",
        "synthetic/expect_table_row_count_to_be_between",
        "combined/expect_origins_to_be_declared",
    ]


def test_a_misspelt_suite_file_is_refused(tmp_path):
    (tmp_path / "expectations" / "mix").mkdir(parents=True)
    (tmp_path / "expectations" / "mix" / "sythetic.json").write_text("{}")

    with pytest.raises(SuiteError, match=r"no scope is called 'sythetic' \(did you mean 'synthetic.json'\?\)"):
        contract_of(tmp_path)


def test_a_renamed_dataset_is_not_judged_without_the_rules_it_had(tmp_path):
    contract_of(tmp_path, suites={"human": [entry("expect_column_to_exist", column="x")]})
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/mix.py").write_text("class Mix:\n    pass\n")
    renamed = BASE.replace("mix]", "blend]")
    (tmp_path / "gates.toml").write_text(renamed)

    with pytest.raises(SuiteError) as raised:
        load_contract(load_config(tmp_path / "gates.toml").dataset("blend"), DAY)

    assert str(raised.value).splitlines() == [
        (
            "expectations/mix: no dataset is called 'mix', and 'blend' has no suites of its own: if it was renamed, "
            "rename it to expectations/blend; else remove expectations/mix"
        ),
        (
            "schemas/mix.py: no dataset is called 'mix', and 'blend' has no schema of its own: if it was renamed, "
            'give the dataset schema = "schemas/mix.py:Mix"; else remove schemas/mix.py'
        ),
    ]
    (tmp_path / "gates.toml").write_text(f'{renamed}schema = "schemas/mix.py:Mix"\n')
    (tmp_path / "expectations/mix").rename(tmp_path / "expectations/blend")
    mended = load_contract(load_config(tmp_path / "gates.toml").dataset("blend"), DAY)
    assert ("expect_column_to_exist", "schemas/mix.py:Mix") in [
        (one.type, mended.schema) for one in mended.entries[Scope.HUMAN]
    ]


def test_what_was_judged_before_is_not_remembered_once_rules_may_be_lost(tmp_path):
    dataset = contract_of(tmp_path).dataset
    before = rules_inputs(dataset, DAY)
    (tmp_path / "expectations/blend").mkdir(parents=True)
    (tmp_path / "expectations/blend/human.json").write_text("{}")

    assert rules_inputs(load_config(tmp_path / "gates.toml").dataset("mix"), DAY) != before


def test_the_digest_names_everything_that_was_promised(tmp_path):
    base = contract_of(tmp_path).to_json()["sha256"]
    waiver = '[[datasets.mix.waivers]]\ncheck = "combined/expect_distributions_to_match"\nreason = "r"\nowner = "o"\nexpires = 2026-06-01\n'

    assert contract_of(tmp_path).to_json()["sha256"] == base
    assert contract_of(tmp_path, 'purpose = "finetune"\n').to_json()["sha256"] != base
    assert contract_of(tmp_path, waiver).to_json()["sha256"] != base
    assert contract_of(tmp_path, waiver, day=date(2026, 7, 1)).to_json()["sha256"] == base
    tightened = {"combined": [entry("expect_distributions_to_match", max_value=0.01)]}
    assert contract_of(tmp_path, suites=tightened).to_json()["sha256"] != base
    assert replace(contract_of(tmp_path), schema_sources={"a.py": "1"}).to_json()["sha256"] != base


def test_a_suite_written_with_other_line_ends_has_the_same_digest(tmp_path):
    suites = {"combined": [entry("expect_distributions_to_match", max_value=0.01)]}
    before = contract_of(tmp_path, suites=suites).to_json()["sha256"]
    path = tmp_path / "expectations" / "mix" / "combined.json"
    path.write_bytes(json.dumps(json.loads(path.read_text()), indent=4).replace("\n", "\r\n").encode())

    assert contract_of(tmp_path).to_json()["sha256"] == before


def test_the_row_count_cannot_be_waived(tmp_path):
    waiver = '[[datasets.mix.waivers]]\ncheck = "human/expect_table_row_count_to_be_between"\nreason = "r"\nowner = "o"\nexpires = 2026-06-01\n'

    with pytest.raises(
        SuiteError, match=r"gates.toml:\d+: human/expect_table_row_count_to_be_between cannot be waived"
    ):
        contract_of(tmp_path, waiver)


def test_a_waived_failure_is_shown_and_does_not_fail_the_verdict(tmp_path):
    rows = pl.DataFrame({"x": range(400)}).with_columns(y=pl.col("x") % 7)
    write_dataset(tmp_path, {"human": rows, "synthetic": rows.with_columns(y=pl.lit(1))}, 'type = "tabular"\n')
    only = ("combined/expect_distributions_to_match", "combined/expect_origins_to_be_declared")
    assert judged(tmp_path, only=only).verdict.answer is Answer.FAIL

    with (tmp_path / "gates.toml").open("a") as file:
        file.write(
            '[[datasets.mix.waivers]]\ncheck = "combined/expect_distributions_to_match"\nreason = "known"\nowner = "ann"\nexpires = 2026-06-01\n'
        )
    verdict = judged(tmp_path, only=only).verdict

    assert verdict.answer is Answer.PASS
    assert verdict.check("combined/expect_distributions_to_match").outcome is Outcome.FAIL
    assert verdict.waived == [
        {"check": "combined/expect_distributions_to_match", "reason": "known", "owner": "ann", "expires": "2026-06-01"}
    ]

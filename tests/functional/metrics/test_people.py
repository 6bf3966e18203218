"""Checks on people, asked through the command line: agreement, population shares, critical domains."""

from __future__ import annotations

import json

import numpy as np
import polars as pl

from tests.dvc_repositories import commit, new_repository, write

CONFIG = """\
[datasets.labels]
path = "data/labels.csv"
type = "annotations"
slices = ["language"]
population = "references/population.csv"
critical_domains = { medical = { human = 0.5, expert = 0.2 } }
"""
SHARES = "dimension,level,share,source\nlanguage,en,0.6,census\nlanguage,de,0.4,census\n"
AGREEMENT = "human/expect_annotator_agreement_to_be_between/nominal"
MACHINE = "synthetic/expect_annotator_agreement_to_be_between/nominal"
DISTANCE = "human/expect_population_shares_to_match/distance"
EXPERTS = "combined/expect_expert_ratio_to_be_between"
CHECKS = (AGREEMENT, MACHINE, DISTANCE, EXPERTS)


def labels(accuracy: float = 0.98, machine: float = 0.98) -> pl.DataFrame:
    """Three people and a machine label 300 items; their labels are right with these chances."""
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 3, 300)
    parts = []
    for name, right in (("ana", accuracy), ("ben", accuracy), ("eva", accuracy), ("machine", machine)):
        given = np.where(rng.random(300) < right, truth, rng.integers(0, 3, 300))
        parts.append(
            pl.DataFrame({
                "item": np.arange(300),
                "annotator": name,
                "label": given,
                "expertise": "expert" if name == "ana" else "crowd",
                "language": np.where(np.arange(300) % 5 < 3, "en", "de"),
                "domain": "medical",
                "origin": "synthetic" if name == "machine" else "human",
            })
        )  # fmt: skip
    return pl.concat(parts)


def project(root, rows: pl.DataFrame, shares: str = SHARES):
    new_repository(root)
    write(root, "gates.toml", CONFIG)
    write(root, "references/population.csv", shares)
    write(root, "data/labels.csv", rows.write_csv())
    commit(root, "labels")
    return root


def outcomes_of(gates, root, *options: str) -> dict[str, str]:
    only = [word for check in CHECKS for word in ("--only", check)]
    called = gates(root, "check", "labels", "--format", "json", *only, *options)
    assert called.code in (0, 1), called.err
    return {check["id"]: check["outcome"] for check in json.loads(called.out)["checks"]}


def test_people_and_a_machine_who_agree_pass(gates, tmp_path):
    root = project(tmp_path, labels())
    assert outcomes_of(gates, root) == dict.fromkeys(CHECKS, "pass")


def test_names_of_annotators_tell_the_origin_and_stay_annotators(gates, tmp_path):
    root = project(tmp_path, labels().drop("origin"))
    origins = 'origins = { human = ["ana", "ben", "eva"], synthetic = ["machine"] }'
    write(root, "gates.toml", f'{CONFIG}origin = "annotator"\n{origins}\n')

    assert outcomes_of(gates, root, "--worktree") == dict.fromkeys(CHECKS, "pass")


def test_guessing_people_a_guessing_machine_and_missing_experts_fail_alone(gates, tmp_path):
    root = project(tmp_path, labels())
    for check, rows in {
        AGREEMENT: labels(accuracy=0.6, machine=0.95),
        MACHINE: labels(machine=0.3),
        EXPERTS: labels().with_columns(expertise=pl.lit("crowd")),
        DISTANCE: labels().filter((pl.col("language") == "en") | (pl.col("item") < 60)),
    }.items():
        write(root, "data/labels.csv", rows.write_csv())
        outcomes = outcomes_of(gates, root, "--worktree")
        assert outcomes[check] == "fail"
        if check != AGREEMENT:
            assert sum(outcome == "fail" for outcome in outcomes.values()) == 1


def test_shares_are_those_of_the_version_that_is_judged_and_changing_them_changes_the_verdict(gates, tmp_path):
    root = project(tmp_path, labels())
    write(root, "references/population.csv", SHARES.replace("0.6", "0.1").replace("0.4", "0.9"))
    assert outcomes_of(gates, root, "--rev", "HEAD")[DISTANCE] == "pass"
    assert outcomes_of(gates, root, "--worktree")[DISTANCE] == "fail"


def test_shares_that_are_not_there_stop_the_check_with_their_line(gates, tmp_path):
    root = project(tmp_path, labels())
    (root / "references/population.csv").unlink()
    called = gates(root, "check", "labels", "--worktree")
    assert called.code == 2
    assert "gates.toml:5: dataset 'labels': no file of population shares references/population.csv" in called.err

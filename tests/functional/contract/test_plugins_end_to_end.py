"""A third party's distribution, installed as pip does it, judges, reports and is remembered like what is built in."""

from __future__ import annotations

import json
import random
import sys

import polars as pl
import pytest

import gates
from tests.dvc_repositories import commit, new_git
from tests.plugins import METRIC, PACKAGE, pip_install, project
from tests.shared import built_once

ROUND = "combined/expect_round_amounts_to_be_as_rare"
BLANK = "synthetic/expect_row_failure_ratio_to_be_less_than/claim/not-blank"
OWN = "expect_own_number_to_be_small"


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    return built_once(tmp_path_factory, "site", pip_install)


@pytest.fixture
def claims(site, tmp_path, monkeypatch):
    """A project of the type that the distribution brings along."""
    monkeypatch.syspath_prepend(site)
    (tmp_path / "gates.toml").write_text(
        '[datasets.mix]\npath = "rows.parquet"\ntype = "claims"\npurpose = "finetune"\ninconclusive = "warn"\n'
    )
    rows().write_parquet(tmp_path / "rows.parquet")
    yield tmp_path
    forget()


def forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "claims_gates"]:
        del sys.modules[name]


def rows() -> pl.DataFrame:
    drawn = random.Random(1)
    return pl.DataFrame(
        {
            "claim": " ".join(f"w{drawn.randrange(500)}" for _ in range(20)),
            "amount": round(drawn.uniform(10, 3000), 2),
            "origin": origin,
        }
        for origin in ("human", "synthetic")
        for _ in range(100)
    )


def outcomes(called) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in json.loads(called.out)["checks"]}


def test_rows_fail_the_type_and_the_metric_of_a_distribution_once_they_are_mutated(claims, gates):
    sound = gates(claims, "check", "--format", "json")
    is_synthetic = pl.col("origin") == "synthetic"
    rows().with_columns(
        amount=pl.when(is_synthetic).then((pl.col("amount") / 100).ceil() * 100).otherwise(pl.col("amount")),
        claim=pl.when(is_synthetic & (pl.int_range(pl.len()) == 150)).then(pl.lit(" ")).otherwise(pl.col("claim")),
    ).write_parquet(claims / "rows.parquet")

    flawed = gates(claims, "check", "--format", "json")
    shown = gates(claims, "check")

    passed, failed = outcomes(sound), outcomes(flawed)
    assert "error" not in passed.values()
    assert (passed[ROUND], passed[BLANK]) == ("pass", "pass")
    assert (flawed.code, failed[ROUND], failed[BLANK]) == (1, "fail", "fail")
    assert {key for key in passed if passed[key] == "pass" and failed[key] == "fail"} >= {ROUND, BLANK}
    assert "100% of synthetic amounts are multiples of 100" in flawed.out
    assert "fix Have the generator draw amounts from people's claims." in " ".join(shown.out.split())
    assert "unchanged, using the cached verdict" in shown.err


def test_verdict_is_remembered_without_importing_plugins_until_one_has_another_version(claims, site, gates):
    arguments = ("check", "--format", "json", "--exit-zero")
    first = gates(claims, *arguments)
    forget()

    again = gates(claims, *arguments)

    assert (again.out, again.err) == (first.out, "mix: unchanged, using the cached verdict\n")
    assert not [name for name in sys.modules if name.startswith("claims_gates")]
    assert gates(claims, "enforce").code == 0
    newer = _raised(site, claims / "newer")
    sys.path.insert(0, str(newer))
    forget()
    later = gates(claims, *arguments)
    assert later.err == ""
    assert {one["version"] for one in json.loads(later.out)["contract"]["plugins"]} == {"1.1"}
    sys.path.remove(str(newer))
    forget()
    refused = gates(claims, "enforce")
    assert refused.code == 3
    assert "judged under another contract: a plugin has another version" in refused.err


def _raised(site, folder):
    """The same distribution with its next version."""
    folder.mkdir()
    for path in site.rglob("*"):
        inside = path.relative_to(site).as_posix().replace("claims_gates-1.0", "claims_gates-1.1")
        if path.is_file() and path.suffix != ".pyc":
            (folder / inside).parent.mkdir(parents=True, exist_ok=True)
            (folder / inside).write_bytes(path.read_bytes())
    return folder


@pytest.mark.usefixtures("claims")
def test_authors_try_a_type_and_a_metric_on_small_frames():
    from claims_gates.metrics import ROUND_AMOUNTS
    from claims_gates.types import CLAIMS

    human, synthetic = (rows().filter(pl.col("origin") == origin).drop("origin") for origin in ("human", "synthetic"))
    rounded = synthetic.with_columns(amount=(pl.col("amount") / 100).ceil() * 100)

    with gates.testing.scanned(human, rounded, type=CLAIMS.data_type) as scan:
        result = gates.testing.judge(ROUND_AMOUNTS, scan, max_value=0.1)
    failing = gates.testing.failing_rows(CLAIMS, human.with_columns(amount=-pl.col("amount")).head(2))

    assert (result.outcome, result.observed) == (gates.Outcome.FAIL, 1.0)
    assert failing == {"amount/minimum": [0, 1]}


def test_report_of_a_distribution_is_printed_and_written(claims, gates):
    printed = gates(claims, "check", "--format", "outcomes", "--output", "out", "--also", "outcomes", "--exit-zero")
    unknown = gates(claims, "check", "--format", "outcoms")
    wrong = gates(claims, "check", "--also", "markdown", "--output", "out")

    assert f"mix\t{ROUND}\tpass\n" in printed.out
    assert (claims / "out/mix.tsv").read_text() == printed.out
    assert (unknown.code, unknown.err) == (2, "no report 'outcoms' (did you mean 'outcomes'?)\n")
    assert (
        wrong.code,
        "'markdown' is not one of 'croissant', 'datadocs', 'html', 'junit', 'openlineage', 'sarif'" in wrong.err,
    ) == (2, True)


def test_what_a_distribution_brings_is_listed_and_explained(claims, gates):
    types = gates(claims, "list", "types").out
    checks = json.loads(gates(claims, "list", "checks", "--format", "json").out)
    linted = gates(claims, "lint")

    assert "\nclaims\n  a row: one claim with its amount\n  required roles: claim, amount\n" in types
    assert [row["id"] for row in checks if row["data_type"] == "claims"][-1] == ROUND
    assert "Who learns from round amounts asks for round amounts." in gates(claims, "explain", "round_amounts").out
    assert (linted.code, "no problem" in linted.out) == (0, True)
    assert gates(claims, "list", "types", "--format", "markdown").out.count("## claims\n") == 1


def test_repositories_that_are_judged_together_have_each_their_own_metric_of_one_name(tmp_path, gates):
    new_git(tmp_path)
    suite = {"name": "own", "meta": {}, "expectations": [{"type": OWN, "kwargs": {"max_value": 0.5}}]}
    for folder, value, side in (("a", 0.25, "MAX"), ("b", 0.75, "MAX"), ("c", 0.25, "MIN")):
        limits = {"max_value": 0.5} if side == "MAX" else {"min_value": 0.5}
        text = METRIC.format(name=OWN, value=value, imports="").replace("Side.MAX", f"Side.{side}")
        files = {
            "own.py": text,
            "expectations/mix/combined.json": json.dumps(suite).replace('{"max_value": 0.5}', json.dumps(limits)),
        }
        project(tmp_path / folder, f'[plugins.metrics]\n{OWN} = "own.py:METRIC"', files=files)
    commit(tmp_path, "three of one name")

    judged = gates(tmp_path, "check", "--all", "--format", "json", "--only", OWN)

    outcome_of = {one["id"]: one["checks"][0]["outcome"] for one in json.loads(judged.out)}
    assert outcome_of == {"a:mix": "pass", "b:mix": "fail", "c:mix": "fail"}


def test_staged_plugin_is_the_one_that_judges_what_is_staged(tmp_path, gates):
    new_git(tmp_path)
    files = {"plugins/own.py": METRIC.format(name=OWN, value="0.25", imports="")}
    files["expectations/mix/combined.json"] = json.dumps(
        {"name": "own", "meta": {}, "expectations": [{"type": OWN, "kwargs": {"max_value": 0.5}}]}
    )
    project(tmp_path, f'[plugins.metrics]\n{OWN} = "plugins/own.py:METRIC"', files=files)
    commit(tmp_path, "small")
    (tmp_path / "plugins/own.py").write_text(METRIC.format(name=OWN, value="0.75", imports=""))

    at_head = gates(tmp_path, "check", "mix", "--rev", "HEAD", "--format", "json", "--only", OWN)
    in_work_tree = gates(tmp_path, "check", "mix", "--format", "json", "--only", OWN)

    assert [json.loads(one.out)["checks"][0]["outcome"] for one in (at_head, in_work_tree)] == ["pass", "fail"]


def test_the_package_is_what_the_pages_show():
    for page, file in (("add-a-data-type", "types"), ("add-a-metric", "metrics"), ("add-a-report", "reports")):
        text = (PACKAGE.parents[1] / f"docs/how-to/{page}.md").read_text(encoding="utf-8")
        assert f"tests/plugin_package/src/claims_gates/{file}.py" in text

"""`gates diff --all`: what the recorded verdicts of all versions say, on real git and pointers as DVC writes them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from gates.diff.history import RecordedVersion, VerdictHistory
from gates.diff.render_history import terminal
from gates.verdict import CheckId, CheckResult, Outcome, Scope, Severity
from gates.verdicts.recorded import parse_verdict
from tests.dvc_repositories import commit, dvc, git, new_git, new_repository, track, write
from tests.promotions.recorded_verdicts import verdict_on

CONFIG = """\
[datasets.texts]
path = "data/texts"
type = "text"
purpose = "finetune"
"""
REPORT = "reports/texts.json"


def shards(count: int) -> dict[str, str]:
    return {f"{at:02}.csv": f"text,origin\na{at},human\nb{at},synthetic\n" for at in range(count)}


def judged(count: int, observed: float, outcome: str = "pass") -> str:
    """The verdict on that many shards, with an interval."""
    report = json.loads(
        verdict_on({f"data/texts/{name}": text for name, text in shards(count).items()}, observed, outcome)
    )
    report["checks"][0] |= {"low": observed - 0.125, "high": observed + 0.125, "baseline": 0.0625}
    return json.dumps(report)


def put(root, count: int) -> None:
    """That many shards in the work tree, tracked as after `dvc add`."""
    shutil.rmtree(root / "data/texts", ignore_errors=True)
    for name, content in shards(count).items():
        write(root, f"data/texts/{name}", content)
    track(root, "data/texts", shards(count))


def version(root, count: int, observed: float, outcome: str = "pass", *, day: int = 1) -> str:
    """The sha of a commit with that many shards and the verdict on them."""
    put(root, count)
    write(root, REPORT, judged(count, observed, outcome))
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", f"{count} shards", GIT_COMMITTER_DATE=f"2026-11-{day:02}T08:00:00+0200")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def root(tmp_path):
    """Two versions, of which the second fails; the first has a tag. No cache, no remote."""
    root = new_repository(tmp_path / "project")
    write(root, "gates.toml", CONFIG)
    write(root, ".gitignore", "/.gates/\n")
    version(root, 2, 0.25)
    git(root, "tag", "-a", "texts@v1.0.0", "-m", "first")
    write(root, "README", "nothing of the dataset changes here")
    commit(root, "a page")
    version(root, 3, 0.75, "fail", day=9)
    shutil.rmtree(root / ".dvc/cache")
    return root


def shas(root) -> list[str]:
    return [sha[:7] for sha in git(root, "rev-list", "--reverse", "HEAD").split()]


def documents(called) -> list[dict]:
    assert (called.code, called.err) == (0, ""), called.err
    return json.loads(called.out)


def test_versions_are_columns_and_checks_are_rows(root, gates):
    called = gates(root, "diff", "--all")

    first, _, last = shas(root)
    assert (called.code, called.err) == (0, "")
    assert called.out == (
        "texts: 2 versions with a recorded verdict, newest on the right\n"
        f"version            limit   {first}       {last}\n"
        "tag                        texts@v1.0.0\n"
        "date                       2026-11-01    2026-11-09\n"
        "verdict                    pass          fail*\n"
        "rows human                 1             1\n"
        "rows synthetic             1             1\n"
        "rows undeclared            0             0\n"
        "combined/expect_x  <= 0.5  pass 0.25     fail* 0.75\n"
        "\n"
        "* differs from the version before\n"
    )


def test_verdict_in_the_work_tree_is_the_last_one_where_it_differs(root, gates):
    assert "work tree" not in gates(root, "diff", "--all").out
    put(root, 4)
    write(root, ".gates/verdicts/texts.json", judged(4, 0.5))

    called = gates(root, "diff", "texts", "--all")

    assert called.out.splitlines()[1].split() == ["version", "limit", shas(root)[0], shas(root)[2], "work", "tree"]
    assert called.out.splitlines()[-3].split("  ")[-1].strip() == "pass* 0.5"
    assert "work tree" not in gates(root, "diff", "--all", "--rev", "HEAD").out


def test_json_has_every_number_and_is_the_same_every_time(root, gates):
    called = gates(root, "diff", "--all", "--format", "json")

    (document,) = documents(called)
    assert document["versions"][0] == {
        "version": shas(root)[0],
        "commit": git(root, "rev-list", "--max-parents=0", "HEAD"),
        "date": "2026-11-01T08:00:00+02:00",
        "tags": ["texts@v1.0.0"],
        "promoted": {"version": "v1.0.0", "stages": [], "revoked": False},
        "outcome": "pass",
        "is_changed": False,
        "verdict": json.loads(judged(2, 0.25))["digest"],
        "missing": None,
        "why_no_verdict": None,
        "rows": {"human": 1, "synthetic": 1, "undeclared": 0},
        "checks": [{
            "id": "combined/expect_x", "scope": "combined", "severity": "critical", "outcome": "pass", "is_changed": False,
            "observed": 0.25, "low": 0.125, "high": 0.375, "baseline": 0.0625, "min_value": None, "max_value": 0.5, "warn_value": None,
        }],
    }  # fmt: skip
    assert (document["dataset"], document["older_left_out"], document["shallow"]) == ("texts", False, False)
    assert [one["is_changed"] for one in document["versions"]] == [False, True]
    assert gates(root, "diff", "--all", "--format", "json").out == called.out


def test_markdown_is_a_table_with_intervals(root, gates):
    called = gates(root, "diff", "--all", "--format", "markdown")

    lines = called.out.splitlines()
    assert lines[2].startswith("| version | limit | ")
    assert lines[3] == "|---|---|---|---|"
    assert lines[-3] == (
        "| `combined/expect_x` | <= 0.5 | `pass 0.25 [0.125, 0.375] baseline 0.0625` | "
        "`fail* 0.75 [0.625, 0.875] baseline 0.0625` |"
    )


def test_what_is_not_configured_stands_below_what_was_judged():
    checks = tuple(
        CheckResult(CheckId(Scope.COMBINED, f"expect_{number}"), Severity.CRITICAL, outcome, "")
        for number, outcome in enumerate((Outcome.NOT_CONFIGURED, Outcome.PASS, Outcome.FAIL))
    )
    verdict = replace(parse_verdict(judged(1, 0.25).encode(), "texts.json"), checks=checks)
    version = RecordedVersion("a" * 40, "2026-11-01", (), verdict)

    shown = terminal(VerdictHistory("texts", (version,), check_ids=tuple(str(check.id) for check in checks)))

    assert re.findall(r"expect_\d", shown) == ["expect_2", "expect_1", "expect_0"]


def test_checks_that_stay_the_same_are_counted_unless_they_are_asked_for(tmp_path, gates):
    root = new_repository(tmp_path / "project")
    write(root, "gates.toml", CONFIG)
    version(root, 2, 0.25)
    assert "expect_x" in gates(root, "diff", "--all").out
    version(root, 3, 0.25)

    called = gates(root, "diff", "--all")

    assert "expect_x" not in called.out
    assert called.out.endswith(
        "\n\n1 check passed with the same number in all of them; --metric NAME shows such a check\n"
    )
    assert gates(root, "diff", "--all", "--metric", "x").out.count("pass 0.25 [0.125, 0.375] baseline 0.0625") == 2


@pytest.mark.parametrize("name", ["combined/expect_x", "expect_x", "x", "combined"])
def test_metric_chooses_checks_by_id_type_or_word_and_shows_intervals_and_baselines(name, root, gates):
    line = "combined/expect_x  <= 0.5  pass 0.25 [0.125, 0.375] baseline 0.0625  fail* "
    assert line in gates(root, "diff", "--all", "--metric", name).out


def test_metric_that_no_version_has_is_a_usage_error(root, gates):
    called = gates(root, "diff", "--all", "--metric", "expect_y")

    assert (called.code, called.out) == (2, "")
    assert called.err == "no check 'expect_y' (none of its kind ran in any of these versions)\n"


def test_verdict_on_other_bytes_than_the_pointers_name_has_no_numbers(root, gates):
    put(root, 4)
    write(root, REPORT, judged(2, 0.125))
    commit(root, "a verdict that belongs elsewhere")

    called = gates(root, "diff", "--all")

    sha = shas(root)[-1]
    assert called.code == 0
    assert called.out.splitlines()[4].endswith("not on these bytes")
    assert "0.125" not in called.out
    assert f"{sha}: not on these bytes: reports/texts.json in {sha}: is on other data" in called.out
    shutil.rmtree(root / ".dvc/cache")
    untold = gates(root, "diff", "--all").out
    assert f"{sha}: cannot be told: data/texts in {sha}: holds other files than were judged" in untold
    assert "0.125" not in untold


def test_damaged_edited_foreign_and_deleted_verdicts_are_noted(root, gates):
    write(root, REPORT, "{")
    commit(root, "damaged")
    write(root, REPORT, judged(3, 0.5).replace('"outcome": "pass"', '"outcome": "warn"', 1))
    commit(root, "edited")
    (root / REPORT).unlink()
    commit(root, "deleted")
    report = judged(3, 0.5).replace('"min_value": null', '"min_value": "low"')
    write(root, REPORT, report)
    commit(root, "no numbers")

    (document,) = documents(gates(root, "diff", "--all", "--format", "json"))

    why = [(one["missing"], one["why_no_verdict"], one["checks"]) for one in document["versions"][2:]]
    names = shas(root)[3:]
    assert [(missing, checks) for missing, _, checks in why] == [
        ("damaged", []), ("damaged", []), ("not recorded", []), ("damaged", []),
    ]  # fmt: skip
    assert why[0][1].startswith(f"{REPORT} in {names[0]}: is no verdict of gates (")
    assert why[1][1] == f"{REPORT} in {names[1]}: was edited: its digest is not that of what it says"
    assert why[2][1] == f"{REPORT} is gone"
    assert gates(root, "diff", "--all").code == 0


def test_version_after_one_without_numbers_is_compared_with_the_one_before(root, gates):
    write(root, REPORT, "{")
    commit(root, "damaged")
    version(root, 5, 0.25)

    (document,) = documents(gates(root, "diff", "--all", "--format", "json"))

    assert [one["is_changed"] for one in document["versions"]] == [False, True, False, True]


def test_limit_keeps_the_newest_and_says_so(root, gates):
    called = gates(root, "diff", "--all", "--limit", "1")

    assert shas(root)[0] not in called.out
    assert called.out.endswith("older versions are left out: --limit says how many to show\n")
    (document,) = documents(gates(root, "diff", "--all", "--limit", "1", "--format", "json"))
    assert (len(document["versions"]), document["older_left_out"]) == (1, True)
    assert not documents(gates(root, "diff", "--all", "--limit", "2", "--format", "json"))[0]["older_left_out"]


def test_merge_is_one_version_and_its_branch_none(root, gates):
    git(root, "checkout", "-q", "-b", "side")
    on_side = version(root, 4, 0.3)
    git(root, "checkout", "-q", "main")
    write(root, "README", "meanwhile")
    commit(root, "meanwhile")
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "side")

    (document,) = documents(gates(root, "diff", "--all", "--format", "json"))

    commits = [one["commit"] for one in document["versions"]]
    assert commits[-1] == git(root, "rev-parse", "HEAD")
    assert on_side not in commits
    assert len(commits) == 3


def test_data_that_git_has_itself_is_matched_too(tmp_path, gates):
    root = new_git(tmp_path / "plain")
    write(root, "gates.toml", CONFIG)
    for name, text in shards(2).items():
        write(root, f"data/texts/{name}", text)
    write(root, REPORT, judged(2, 0.25))
    commit(root)

    assert "pass 0.25" in gates(root, "diff", "--all").out


def test_report_that_is_an_uncached_out_has_pointer_and_blob(root, gates):
    write(root, "dvc.yaml", f"stages:\n  a:\n    cmd: x\n    outs:\n    - {REPORT}:\n        cache: false\n")
    write(
        root,
        "dvc.lock",
        f"schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: {REPORT}\n      md5: {'0' * 32}\n",
    )
    version(root, 4, 0.3)

    assert gates(root, "diff", "--all").out.splitlines()[-3].endswith("pass* 0.3")


def test_nothing_recorded_says_what_to_do(tmp_path, gates):
    root = new_repository(tmp_path / "project")
    write(root, "gates.toml", CONFIG)
    put(root, 2)
    commit(root)

    called = gates(root, "diff", "--all")

    assert (called.code, called.out) == (3, "")
    assert called.err == (
        "texts: no version has a verdict at reports/texts.json; run `gates check texts --output reports`, and commit "
        "reports/ with each version of the data (in dvc.yaml its files are outs with `cache: false`)\n"
    )


def test_verdict_in_the_work_tree_alone_is_shown_with_what_is_missing(root, gates):
    git(root, "rm", "-q", "--cached", REPORT)
    shutil.rmtree(root / ".git")
    git(root, "init", "-q")

    called = gates(root, "diff", "--all")

    assert called.code == 0
    assert "work tree\n" in called.out
    assert called.out.endswith(
        "no commit has a verdict yet: commit the reports with each version of the data, and each is a column here\n"
    )


def test_dataset_without_verdicts_does_not_hide_the_others(root, gates):
    write(root, "gates.toml", CONFIG + '\n[datasets.more]\npath = "data/more.csv"\ntype = "text"\n')

    called = gates(root, "diff", "--all")

    assert called.code == 3
    assert "fail* 0.75" in called.out
    assert called.err.startswith("more: no version has a verdict at reports/more.json; ")


def test_shallow_clone_says_that_versions_may_lack(root, gates, tmp_path):
    git(tmp_path, "clone", "-q", "--depth", "1", root.as_uri(), "clone")

    called = gates(tmp_path / "clone", "diff", "--all")

    assert (called.code, "fail 0.75" in called.out) == (0, True)
    assert "the clone is shallow and may lack older versions" in called.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--all", "main"],
            "'main' is no dataset (with --all each word is a dataset; to end at a commit, give --rev main)",
        ),
        (["--all", "text"], "'text' is no dataset (did you mean 'texts'?)"),
        (["--all", "--staged"], "--staged compares two versions: leave out --all, or leave out --staged"),
        (["--all", "--base", "main"], "--base compares two versions: leave out --all, or leave out --base"),
        (["--limit", "3"], "--limit is about all versions: give --all, or leave out --limit"),
        (["--all", "--rev", "mian"], "no revision 'mian' in project (did you mean 'main'?)"),
    ],
)
def test_options_and_words_of_the_other_comparison_are_usage_errors(words, message, root, gates):
    called = gates(root, "diff", *words)

    assert (called.code, called.out) == (2, "")
    assert message in called.err


def test_revision_ends_the_history(root, gates):
    called = gates(root, "diff", "--all", "--rev", "texts@v1.0.0")

    assert shas(root)[0] in called.out
    assert shas(root)[2] not in called.out


def test_points_are_flat_and_drawn_by_dvc(root, gates):
    called = gates(root, "diff", "--all", "--metric", "x", "--plots", "history.json")

    assert called.err == "wrote history.json: `dvc plots show history.json -x version -y observed` draws it\n"
    points = json.loads((root / "history.json").read_text())
    first = {
        "version": 1, "commit": shas(root)[0], "date": "2026-11-01", "promoted": "v1.0.0",
        "dataset": "texts", "check": "combined/expect_x", "scope": "combined",
        "observed": 0.25, "low": 0.125, "high": 0.375, "baseline": 0.0625, "outcome": "pass",
    }  # fmt: skip
    assert points[0] == first
    assert [(one["version"], one["observed"]) for one in points] == [(1, 0.25), (2, 0.75)]

    dvc(root, "plots", "show", "history.json", "-x", "version", "-y", "observed", "-o", "shown")

    html = (root / "shown/index.html").read_text()
    assert all(json.dumps(one)[1:-1] in html for one in points)


@pytest.mark.parametrize(("width", "left_out"), [(None, 0), (109, 0), (108, 1), (10, 1)])
def test_as_many_of_the_newest_versions_are_shown_as_fit(width, left_out):
    verdict = parse_verdict(judged(2, 0.25).encode(), "texts.json")
    versions = tuple(RecordedVersion(name * 40, "2026-11-01T00:00:00+00:00", (), verdict) for name in "ab")
    history = VerdictHistory("texts", versions, check_ids=("combined/expect_x",), is_chosen=True)

    lines = terminal(history, width).splitlines()

    assert [name * 7 in lines[1] for name in "ab"] == [not left_out, True]
    assert any(line.startswith("1 older version left out") for line in lines) is bool(left_out)


def test_long_history_takes_few_processes(root, gates, monkeypatch):
    for at in range(4, 10):
        version(root, at, at / 20)
    started = []
    real = subprocess.Popen.__init__

    def counting(self, arguments, *rest, **more):
        started.append(list(arguments)[:2])
        real(self, arguments, *rest, **more)

    monkeypatch.setattr(subprocess.Popen, "__init__", counting)
    called = gates(root, "diff", "--all", "--limit", "4")

    assert called.code == 0
    # One that reads verdicts; then the names, the pointers and the data of each version.
    assert len([one for one in started if one == ["git", "cat-file"]]) <= 1 + 4 * 2

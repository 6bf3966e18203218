"""A change is held to what its base asks: whatever lets rows pass that failed before is named, and needs a reason."""

from __future__ import annotations

import json
import shutil
from datetime import date

import polars as pl
import pytest

from gates.checking.weakening.compare import weakenings
from gates.checking.weakening.difference import Change
from gates.errors import DataError
from gates.versions.repository import open_repository
from gates.versions.version import STAGED, WORKTREE, revision
from tests.dvc_repositories import commit, git, new_git, new_repository, track, write
from tests.projects import table_rows
from tests.shared import built_once

TITLE = "This change weakens the gate"
CONFIG = """\
[datasets.first]
type = "tabular"
purpose = "finetune"
path = "data/first"
holdout = "data/held.csv"
evaluation = ["data/exam.csv"]
population = "shares.csv"
slices = ["place"]
critical_domains = { medicine = { human = 0.5 } }
columns = { generator = "model" }

[datasets.first.origins]
human = ["human"]
synthetic = ["synthetic"]

[datasets.second]
type = "tabular"
path = "data/second.csv"

[stages.prod]
reviewers = 2
loosened = "forbidden"
answered = ["all"]
"""
SCHEMA = """\
import pandera.polars as pa

# The highest grade.
First = pa.DataFrameSchema({"grade": pa.Column(checks=pa.Check.le(9, name="grade-at-most"))})
"""
RANGE = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "grade", "min_value": 0, "max_value": 9}}
RULE = {
    "type": "expect_row_failure_ratio_to_be_less_than", "kwargs": {"rule": "grade/grade-at-most", "max_value": 0.01},
}  # fmt: skip
DAY = date(2030, 1, 1)


def suite(*entries):
    return json.dumps({"name": "own", "expectations": list(entries)})


def rows(seed, origin="human"):
    return table_rows(20, seed).with_columns(pl.lit(origin).alias("origin")).write_csv()


@pytest.fixture(scope="session")
def committed(tmp_path_factory):
    def build(folder):
        root = new_git(folder / "project")
        write(root, "gates.toml", CONFIG)
        write(root, "schemas/first.py", SCHEMA)
        write(root, "expectations/first/human.json", suite(RANGE, RULE))
        write(root, "shares.csv", "dimension,level,share,source\nplace,a,1,census\n")
        write(root, "promotions/first/.keep", "")
        for name in ("first/a", "first/b", "held", "exam", "second"):
            write(root, f"data/{name}.csv", rows(len(name)))
        write(root, "team/gates.toml", '[datasets.third]\ntype = "tabular"\npath = "third.csv"\n')
        write(root, "team/third.csv", rows(9))
        commit(root, "base")
        return root

    return built_once(tmp_path_factory, "weakened", build)


@pytest.fixture
def root(committed, tmp_path):
    return shutil.copytree(committed, tmp_path / "project")


def change(root, judged=WORKTREE, base="HEAD"):
    repository = open_repository(root)
    return Change(repository, revision(repository, base), judged, DAY)


def weaker(root):
    """What is weaker, by whether the change says why."""
    return {one.what: one.reason for one in weakenings(change(root))}


def edit(root, name, old, new):
    path = root / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_what_is_as_it_was_or_stricter_weakens_nothing(root):
    assert weaker(root) == {}
    edit(root, "gates.toml", "human = 0.5", "human = 0.6")
    edit(root, "gates.toml", "reviewers = 2", "reviewers = 3")
    edit(root, "gates.toml", '["data/exam.csv"]', '["data/exam.csv", "data/second.csv"]')
    edit(root, "gates.toml", 'data/first"', 'data/first/"\nquarantine = "off"')
    edit(root, "schemas/first.py", "# The highest grade.", "# Grades end there.")
    tighter = {**RANGE, "kwargs": {**RANGE["kwargs"], "max_value": 5}}
    write(root, "expectations/first/human.json", suite(tighter))
    write(
        root, "expectations/first/combined.json", suite({"type": "expect_column_to_exist", "kwargs": {"column": "age"}})
    )
    write(root, "data/first/c.csv", rows(5))

    assert weaker(root) == {}


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("gates.toml", 'path = "data/first"', 'path = "data/first/a.csv"', "first/path"),
        ("gates.toml", 'path = "data/first"', 'path = "data/second.csv"', "first/path"),
        ("gates.toml", 'path = "data/first"', 'partitions = { human = "data/first/a.csv", synthetic = "data/first/b.csv" }',
         "first/partitions"),
        ("gates.toml", 'holdout = "data/held.csv"\n', "", "first/holdout"),
        ("gates.toml", 'holdout = "data/held.csv"', 'holdout = "data/second.csv"', "first/holdout"),
        ("data/held.csv", "human", "human ", "first/holdout"),
        ("gates.toml", 'evaluation = ["data/exam.csv"]\n', "", "first/evaluation"),
        ("data/exam.csv", "human", "human ", "first/evaluation"),
        ("gates.toml", 'population = "shares.csv"\n', "", "first/population"),
        ("shares.csv", "census", "guess", "first/population"),
        ("gates.toml", 'slices = ["place"]\n', "", "first/slices"),
        ("gates.toml", "human = 0.5", "human = 0.1", "first/critical_domains"),
        ("gates.toml", 'generator = "model"', 'generator = "other"', "first/columns"),
        ("gates.toml", 'columns = { generator = "model" }\n', "", "first/columns"),
        ("gates.toml", 'human = ["human"]', 'human = ["human", "robot"]', "first/origins/human"),
        ("gates.toml", 'purpose = "finetune"', 'purpose = "finetune"\ninconclusive = "warn"', "first/inconclusive"),
        ("gates.toml", 'purpose = "finetune"', 'purpose = "finetune"\nsynthetic_role = "extend"', "first/synthetic_role"),
        ("gates.toml", 'purpose = "finetune"', 'purpose = "finetune"\norigin = "made_by"', "first/origin"),
        ("gates.toml", 'purpose = "finetune"', 'purpose = "finetune"\ngroup = "place"', "first/group"),
        ("gates.toml", 'purpose = "finetune"', 'purpose = "finetune"\nextends = false', "first/extends"),
        ("gates.toml", "reviewers = 2", "reviewers = 1", "stages.prod"),
        ("gates.toml", 'loosened = "forbidden"\n', "", "stages.prod"),
        ("gates.toml", 'answered = ["all"]', 'answered = ["expect_origins_to_be_declared"]', "stages.prod"),
        ("gates.toml", "[stages.prod]", "[stages.other]", "stages.prod"),
        ("gates.toml", "[stages.prod]", '[plugins]\nreports = { mine = "mine.py:REPORT" }\n[stages.prod]', "plugins.mine"),
        ("schemas/first.py", "le(9", "le(99", "first/code"),
        ("schemas/first.py", "First = ", "First = pa.DataFrameSchema({})\nOther = ", "first/code"),
        ("schemas/first.py", "import pandera", "DRAFT = True\nimport pandera", "first/code"),
        ("expectations/first/human.json", '"max_value": 9', '"max_value": 10',
         "first/human/expect_column_values_to_be_between/grade"),
        ("expectations/first/human.json", '"max_value": 9}', '"max_value": 9, "mostly": 0.9}',
         "first/human/expect_column_values_to_be_between/grade"),
        ("expectations/first/human.json", '"max_value": 9}', '"max_value": 9}, "severity": "warning"',
         "first/human/expect_column_values_to_be_between/grade"),
        ("expectations/first/human.json", '"max_value": 0.01', '"max_value": 0.2',
         "first/human/expect_row_failure_ratio_to_be_less_than/grade/grade-at-most"),
    ],
)  # fmt: skip
def test_each_way_to_ask_for_less_is_named(root, name, old, new, what):
    edit(root, name, old, new)

    assert weaker(root) == {what: None}


def test_another_schema_of_the_same_file_is_other_code(root):
    write(root, "schemas/first.py", SCHEMA + "Lax = pa.DataFrameSchema({})\n")
    commit(root, "two schemas")
    edit(root, "gates.toml", 'purpose = "finetune"', 'purpose = "finetune"\nschema = "schemas/first.py:Lax"')

    assert weaker(root) == {"first/code": None}


def test_another_purpose_asks_another_share_of_human_rows(root):
    edit(root, "gates.toml", 'purpose = "finetune"', 'purpose = "pretrain"')

    assert set(weaker(root)) == {"first/purpose", "first/combined/expect_human_ratio_to_be_between/finetune"}


def test_a_check_a_suite_a_schema_a_dataset_or_a_configuration_that_is_gone_is_named(root):
    ranged = "first/human/expect_column_values_to_be_between/grade"
    write(root, "expectations/first/human.json", suite(RULE))
    assert weaker(root) == {ranged: None}

    # Without its limit, no row may break the rule: that is stricter.
    (root / "expectations/first/human.json").unlink()
    assert weaker(root) == {ranged: None}

    (root / "schemas/first.py").unlink()
    assert weaker(root) == {ranged: None, "first/schema": None}

    edit(root, "gates.toml", '[datasets.second]\ntype = "tabular"\npath = "data/second.csv"\n', "")
    git(root, "rm", "-q", "-r", "team")
    assert weaker(root) == {ranged: None, "first/schema": None, "second": None, "team/gates.toml": None}


def test_a_limit_on_a_rule_that_no_suite_mentioned_is_looser_than_none(root):
    write(root, "expectations/first/human.json", suite(RANGE))
    commit(root, "no limit on the rule")
    write(root, "expectations/first/human.json", suite(RANGE, RULE))

    assert weaker(root) == {"first/human/expect_row_failure_ratio_to_be_less_than/grade/grade-at-most": None}


def test_a_reason_in_the_change_is_shown_and_one_of_the_base_is_none(root):
    edit(root, "gates.toml", 'slices = ["place"]\n', "")
    reason = '[[weakened]]\nwhat = "first/slices"\nreason = "Places are not known any more."\n'
    write(root, "gates.toml", (root / "gates.toml").read_text() + reason)
    assert weaker(root) == {"first/slices": "Places are not known any more."}

    edit(root, "gates.toml", 'purpose = "finetune"', 'purpose = "finetune"\nslices = ["place"]')
    commit(root, "reason and slices")
    edit(root, "gates.toml", 'slices = ["place"]\n', "")
    assert weaker(root) == {"first/slices": None}
    edit(root, "gates.toml", "Places are not known any more.", " places are  NOT known\u200b any more! ")
    assert weaker(root) == {"first/slices": None}


def test_waivers_removals_and_loosened_limits_say_why_themselves(root):
    waived = "human/expect_column_values_to_be_between/grade"
    waiver = (
        f'[[datasets.first.waivers]]\ncheck = "{waived}"\nreason = "new grades"\nowner = "o"\nexpires = 2031-01-01\n'
    )
    edit(root, "gates.toml", "[datasets.second]", f"{waiver}[datasets.second]")
    record = 'reason = "consent withdrawn"\nwho = "a"\ndate = 2029-01-01\nrows = ["data/first/a.csv:1"]\n'
    write(root, "promotions/first/removals/one.toml", record)
    looser = {**RANGE, "kwargs": {**RANGE["kwargs"], "max_value": 12}, "meta": {"reason": "grades go to 12"}}
    write(root, "expectations/first/human.json", suite(looser, RULE))
    assert weaker(root) == {
        f"first/{waived}": "grades go to 12",
        f"first/waivers/{waived}": "new grades",
        "first/removals/one.toml": "consent withdrawn",
    }

    commit(root, "merged")
    edit(root, "gates.toml", "2031-01-01", "2032-01-01")
    edit(root, "expectations/first/human.json", "12}", "15}")
    assert weaker(root) == {f"first/{waived}": None, f"first/waivers/{waived}": None}
    edit(root, "gates.toml", "new grades", "New  grades.")
    edit(root, "expectations/first/human.json", "grades go to 12", "Grades\u200b go to 12 …")
    edit(root, "promotions/first/removals/one.toml", '"a"', '"b"  # looked at again')
    assert weaker(root) == {f"first/{waived}": None, f"first/waivers/{waived}": None}
    edit(root, "promotions/first/removals/one.toml", "consent withdrawn", "written by a machine")
    edit(root, "gates.toml", "New  grades.", "Newer grades")
    assert weaker(root) == {
        f"first/{waived}": None,
        f"first/waivers/{waived}": "Newer grades",
        "first/removals/one.toml": "written by a machine",
    }


def test_the_index_and_a_commit_are_compared_as_the_work_tree_is(root):
    edit(root, "gates.toml", 'purpose = "finetune"', 'purpose = "finetune"\nextends = false')
    git(root, "rm", "-q", "-r", "--cached", "team")
    git(root, "add", "gates.toml")
    expected = ["team/gates.toml", "first/extends"]

    assert sorted(one.what for one in weakenings(change(root, STAGED))) == sorted(expected)
    git(root, "commit", "-q", "-m", "weaker")
    repository = open_repository(root)
    committed = change(root, revision(repository, "HEAD"), "HEAD^")
    assert sorted(one.what for one in weakenings(committed)) == sorted(expected)


def test_datasets_moved_between_files_of_one_folder_are_found_there(root):
    text = (root / "team/gates.toml").read_text().replace("[datasets", "[tool.gates.datasets")
    git(root, "rm", "-q", "team/gates.toml")
    write(root, "team/pyproject.toml", text)
    git(root, "add", "-A")

    assert weaker(root) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gates.toml", "[datasets.first\n"),
        ("expectations/first/human.json", "{"),
        ("schemas/first.py", "raise ValueError\n"),
    ],
)
def test_a_base_that_cannot_be_read_lets_nobody_tell(root, gates, name, text):
    whole = (root / name).read_text()
    write(root, name, text)
    commit(root, "broken")
    write(root, name, whole)

    with pytest.raises(DataError, match="cannot be read"):
        weakenings(change(root))
    assert gates(root, "check", "first", "--base", "HEAD").code == 3


def test_a_fix_names_the_file_and_the_table_that_there_are(root):
    (root / "gates.toml").unlink()
    own = CONFIG.replace('slices = ["place"]\n', "")
    write(
        root,
        "pyproject.toml",
        own.replace("[datasets", "[tool.gates.datasets").replace("[stages", "[tool.gates.stages"),
    )
    git(root, "add", "-A")

    (one,) = weakenings(change(root), "")

    assert one.fix.startswith("take it back, or say why in pyproject.toml: [[tool.gates.weakened]] what = ")
    (root / "team/gates.toml").unlink()
    assert {one.config for one in weakenings(change(root))} == {"pyproject.toml"}


@pytest.mark.parametrize("option", ["--base", "--since"])
def test_a_change_that_says_no_reason_fails_though_its_rows_pass(root, gates, option):
    base = git(root, "rev-parse", "HEAD")
    edit(root, "gates.toml", '[datasets.second]\ntype = "tabular"\npath = "data/second.csv"\n', "")
    git(root, "rm", "-q", "-r", "team")
    (root / "gates.toml").write_text('[datasets.first]\ntype = "tabular"\nextends = false\npath = "data/first"\n')
    shutil.rmtree(root / "schemas")
    shutil.rmtree(root / "expectations")
    write(root, "data/first/b.csv", rows(3, "synthetic"))
    commit(root, "weaker")

    called = gates(root, "check", "--all", option, base)
    again = gates(root, "check", "--all", option, base, "--exit-zero", "--format", "json")

    assert called.code == 1
    assert called.out.startswith(TITLE)
    assert "first: FAIL  the change weakens the gate; " in called.out
    assert "PASS" not in called.out
    assert again.code == 1
    assert TITLE in again.err
    assert json.loads(again.out)["outcome"] == "pass"
    assert gates(root, "check", "--all").code == 0
    # Whichever is judged, what is gone is gone.
    named = gates(root, "check", "first", option, base)
    assert (named.code, "second" in named.out) == (1, True)


def test_with_reasons_a_weaker_change_exits_as_its_rows_do(root, gates):
    git(root, "rm", "-q", "-r", "team")
    reason = '\n[[weakened]]\nwhat = "team/gates.toml"\nreason = "The team is no more."\n'
    simple = '[datasets.first]\ntype = "tabular"\nextends = false\npath = "data/first"\n'
    (root / "gates.toml").write_text(simple)
    for name in ("schemas", "expectations"):
        shutil.rmtree(root / name)
    write(root, "data/first/b.csv", rows(3, "synthetic"))
    commit(root, "simple")
    write(root, "team/gates.toml", '[datasets.third]\ntype = "tabular"\npath = "third.csv"\n')
    commit(root, "with a team")
    git(root, "rm", "-q", "-r", "team")
    (root / "gates.toml").write_text(simple + reason)

    called = gates(root, "check", "--all", "--base", "HEAD", "--output", "out")

    assert called.code == 0, called.out
    assert called.out.startswith(TITLE)
    assert "reason  The team is no more." in called.out
    assert (root / "out/weakened.markdown").read_text().startswith(f"## {TITLE}, and says why\n")


@pytest.fixture
def tracked(tmp_path):
    """Data that DVC has: a folder of two files and a holdout, whose objects lie in the cache."""
    root = new_repository(tmp_path / "project")
    write(root, "gates.toml", '[datasets.first]\ntype = "tabular"\npath = "data"\nholdout = "held.csv"\n')
    track(root, "data", {"a.csv": rows(1), "part/b.csv": rows(2)})
    track(root, "held.csv", rows(3))
    commit(root, "base")
    return root


def between_commits(root, message):
    commit(root, message)
    repository = open_repository(root)
    return {one.what: one.sentence for one in weakenings(change(root, revision(repository, "HEAD"), "HEAD^"))}


def test_files_that_dvc_has_are_missed_where_the_path_leaves_them_out(tracked):
    edit(tracked, "gates.toml", 'path = "data"', 'path = "data/part"')

    (sentence,) = between_commits(tracked, "narrower").values()
    assert "data/a.csv" in sentence
    edit(tracked, "gates.toml", 'path = "data/part"', 'path = "data/**/*.csv"')
    assert between_commits(tracked, "wider") == {}


def test_data_that_moves_as_a_whole_leaves_nothing_out(tracked):
    edit(tracked, "gates.toml", 'path = "data"', 'path = "rows"')
    (tracked / "data.dvc").unlink()
    track(tracked, "rows", {"a.csv": rows(1), "part/b.csv": rows(2), "c.csv": rows(4)})

    assert between_commits(tracked, "moved") == {}


def joined(*texts):
    """The rows of several files in one, sorted."""
    (header, *_), lines = texts[0].splitlines(), {line for text in texts for line in text.splitlines()[1:]}
    return "\n".join([header, *sorted(lines)]) + "\n"


def test_rows_that_are_repartitioned_weaken_nothing(tracked):
    edit(tracked, "gates.toml", 'path = "data"', 'path = "data/all.csv"')
    track(tracked, "data", {"all.csv": joined(rows(1), rows(2))})

    assert between_commits(tracked, "joined") == {}


def test_rows_that_are_repartitioned_are_left_out_where_one_is_gone(tracked):
    edit(tracked, "gates.toml", 'path = "data"', 'path = "data/all.csv"')
    text = joined(rows(1), rows(2))
    track(tracked, "data", {"all.csv": text[: text.rstrip().rindex("\n") + 1]})

    (sentence,) = between_commits(tracked, "one less").values()
    assert "data/a.csv, data/part/b.csv" in sentence


def test_new_files_that_the_paths_of_the_base_would_take_are_left_out(tracked):
    edit(tracked, "gates.toml", 'path = "data"', 'path = "data/all.csv"')
    track(tracked, "data", {"all.csv": joined(rows(1), rows(2)), "new.csv": rows(6)})

    (sentence,) = between_commits(tracked, "joined, and others beside").values()
    assert "data/new.csv" in sentence


def test_another_holdout_under_the_same_name_is_named(tracked):
    track(tracked, "held.csv", rows(5))

    assert list(between_commits(tracked, "another")) == ["first/holdout"]
    assert between_commits(tracked, "nothing") == {}


def test_what_cannot_be_compared_counts(tracked):
    edit(tracked, "gates.toml", 'path = "data"', 'path = "data/part"')
    shutil.rmtree(tracked / ".dvc/cache")

    (sentence,) = between_commits(tracked, "narrower, without the cache").values()
    assert "cannot be compared" in sentence

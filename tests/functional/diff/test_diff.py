"""`gates diff` and the losses that nothing announces, on pointers as DVC writes them and once through DVC itself."""

from __future__ import annotations

import json
import shutil

import pytest

from gates.checking.changes.losses import loss_of, undeclared_of
from gates.versions.dataset.comparison import Comparison
from gates.versions.version import STAGED, WORKTREE
from tests.dvc_repositories import commit, dvc, git, new_git, new_repository, track, write
from tests.promotions.recorded_verdicts import verdict_on

CONFIG = """\
[datasets.texts]
path = "data/texts"
type = "text"
purpose = "finetune"
"""


def csv(origin: str, *names: str) -> str:
    return "text,origin\n" + "".join(f"{name},{origin}\n" for name in names)


def shards(count: int) -> dict[str, str]:
    """Files of two rows, human and synthetic in turn."""
    origins = ("human", "synthetic")
    return {f"{at:02}.csv": csv(origins[at % 2], f"a{at}", f"b{at}") for at in range(count)}


def texts(count: int) -> dict[str, str]:
    return {f"data/texts/{name}": content for name, content in shards(count).items()}


def put(root, files) -> None:
    """The dataset in the work tree, tracked as after `dvc add`."""
    shutil.rmtree(root / "data/texts", ignore_errors=True)
    for name, content in files.items():
        write(root, f"data/texts/{name}", content)
    track(root, "data/texts", files)


@pytest.fixture
def root(tmp_path):
    """Ten shards, committed."""
    root = new_repository(tmp_path / "project")
    write(root, "gates.toml", CONFIG)
    put(root, shards(10))
    commit(root, "first")
    return root


def test_what_did_not_change_is_reported_in_three_lines(root, gates):
    called = gates(root, "diff")

    sha = git(root, "rev-parse", "HEAD")[:7]
    assert (called.code, called.err) == (0, "")
    assert called.out == (
        f"texts: HEAD ({sha}) -> the work tree\n"
        "files: 10 files, none of them changed\n"
        "rows: human 10, synthetic 10, undeclared 0\n"
        f"checks: no verdict on the data in HEAD ({sha}) is recorded\n"
        "checks: no verdict on the data in the work tree is recorded\n"
    )


def test_added_changed_and_moved_files_are_named_and_rows_are_counted_on_both_sides(root, gates):
    files = shards(10)
    files["z.csv"] = files.pop("00.csv")
    files |= {"01.csv": csv("synthetic", "c"), "new.csv": csv("human", "d", "e", "f")}
    put(root, files)

    called = gates(root, "diff")

    assert (called.code, called.err) == (0, "")
    assert called.out.splitlines()[1:6] == [
        "files: 10 -> 11; 1 added, 1 changed, 1 moved",
        "  + data/texts/new.csv",
        "  ~ data/texts/01.csv",
        "  > data/texts/00.csv -> data/texts/z.csv",
        "rows: human 10 -> 13, synthetic 10 -> 9, undeclared 0",
    ]


def test_half_of_the_files_gone_is_a_loss_with_the_way_back(root, gates):
    first = git(root, "rev-parse", "HEAD")
    put(root, shards(5))
    git(root, "add", "-A")

    called = gates(root, "diff", "texts", "--staged")

    assert called.code == 1
    assert called.out.splitlines()[-1] == (
        f"lost without notice: 50.0 % of the files are gone, more than the 10.0 % of one change: 10 files in HEAD ({first[:7]}), "
        "5 in the index: 5 gone (data/texts/05.csv, data/texts/06.csv, data/texts/07.csv and 2 more). That is what `dvc add` makes "
        f"of a folder that was pulled in part only; to get the files back: `git checkout {first} -- data/texts.dvc`, "
        "then `dvc pull data/texts.dvc`"
    )
    assert called.err == "if files were removed on purpose, allow it: --max-lost 1\n"
    assert gates(root, "diff", "--max-lost", "0.5").code == 0


def test_new_origin_folder_is_a_loss_because_no_partition_has_its_rows(root, gates):
    put(root, {f"origin=human/{at}.csv": f"text\nh{at}\n" for at in range(2)})
    before = commit(root, "by origin")
    put(root, {f"origin=human/{at}.csv": f"text\nh{at}\n" for at in range(2)} | {"origin=web/0.csv": "text\nw\n"})

    called = gates(root, "diff", before)

    assert called.code == 1
    assert called.out.splitlines()[-1] == (
        "lost without notice: 1 more row of an origin that is not declared (data/texts/origin=web/0.csv): neither "
        "partition has them; gates.toml:1: dataset 'texts': add the origin's name under origins, or take the rows out"
    )


def test_checks_are_compared_between_verdicts_on_exactly_these_bytes(root, gates):
    write(root, "reports/texts.json", verdict_on(texts(10), 0.25, "pass"))
    base = commit(root, "judged")
    put(root, shards(11))
    write(root, "reports/texts.json", verdict_on(texts(11), 0.75, "fail"))

    called = gates(root, "diff", base)

    assert (called.code, called.err) == (0, "")
    assert called.out.splitlines()[-2:] == [
        "verdict: pass -> fail; 1 check changed",
        "  combined/expect_x: pass 0.25 -> fail 0.75",
    ]
    put(root, shards(12))
    assert gates(root, "diff", base).out.splitlines()[-1] == (
        "checks: no verdict on the data in the work tree is recorded: the one at reports/texts.json is on other data"
    )


def test_verdict_of_the_work_tree_is_not_taken_for_one_of_an_unchanged_base(root, gates):
    write(root, ".gates/verdicts/texts.json", verdict_on(texts(10), 0.25, "pass"))

    called = gates(root, "diff")
    assert called.out.count("checks: no verdict") == 1
    put(root, shards(11))
    assert "no verdict on the data in the work tree is recorded" in gates(root, "diff").out


def test_json_and_markdown_say_the_same(root, gates):
    put(root, shards(11))

    (document,) = json.loads(gates(root, "diff", "--format", "json").out)
    assert document["files"] == {
        "base_count": 10, "new_count": 11, "added": ["data/texts/10.csv"], "changed": [], "removed": [], "moved": [],
    }  # fmt: skip
    assert (document["base"]["rows"]["human"], document["new"]["rows"]["human"], document["lost"]) == (10, 12, [])
    assert "- `+ data/texts/10.csv`\n" in gates(root, "diff", "--format", "markdown").out


def test_dataset_that_was_not_there_yet_is_new_and_nothing_is_lost(root, gates):
    write(root, "gates.toml", CONFIG + '\n[datasets.more]\npath = "data/more.csv"\ntype = "text"\n')
    write(root, "data/more.csv", csv("human", "a"))

    called = gates(root, "diff", "more")

    assert (called.code, called.err) == (0, "")
    assert "files: 0 -> 1; 1 added\n" in called.out
    assert "rows: human 0 -> 1, synthetic 0, undeclared 0\n" in called.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["textss"], "'textss' is no dataset and no revision (did you mean 'texts'?)\n"),
        (["texts", "HEAD", "main"], "'HEAD' is no dataset and no revision (expected one of: texts)\n"),
        (["main", "--base", "HEAD"], "'main' is no dataset (expected one of: texts)\n"),
        (["--base", "mian"], "no revision 'mian' in project (did you mean 'main'?)\n"),
    ],
)
def test_words_that_name_nothing_are_usage_errors(words, message, root, gates):
    called = gates(root, "diff", *words)

    assert (called.code, called.out, called.err) == (2, "", message)


def test_word_that_is_dataset_and_branch_is_asked_back(root, gates):
    git(root, "branch", "texts")

    called = gates(root, "diff", "texts")
    assert called.code == 2
    assert called.err.startswith("'texts' is a dataset and a revision: with --base HEAD it is the dataset")
    assert gates(root, "diff", "texts", "--base", "texts").code == 0


def test_shallow_clone_cannot_be_compared(root, gates, tmp_path):
    commit(root, "second")
    git(tmp_path, "clone", "-q", "--depth", "1", root.as_uri(), "clone")

    called = gates(tmp_path / "clone", "diff", "HEAD~1")

    assert (called.code, called.out) == (3, "")
    assert "could not compare: no revision 'HEAD~1' in clone: its history is shallow" in called.err


def test_objects_that_are_nowhere_cannot_be_compared(root, gates):
    shutil.rmtree(root / ".dvc/cache")

    called = gates(root, "diff")

    assert (called.code, called.out) == (3, "")
    assert "is not in the cache of DVC" in called.err


def test_partial_pull_and_add_of_real_dvc_is_a_loss_and_new_origin_folder_fails_the_origin_check(tmp_path, gates):
    root = new_git(tmp_path / "project")
    dvc(root, "init", "-q")
    dvc(root, "remote", "add", "-q", "-d", "store", str(tmp_path / "store"))
    write(root, "gates.toml", CONFIG)
    for at in range(40):
        write(root, f"data/texts/origin={('human', 'synthetic')[at % 2]}/{at:02}.csv", f"text\nwords of row {at}\n")
    dvc(root, "add", "-q", "data/texts")
    dvc(root, "push", "-q")
    commit(root, "forty files")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(root), "clone")
    dvc(clone, "pull", "-q", "data/texts/origin=human")
    assert sorted(path.name for path in (clone / "data/texts").iterdir()) == ["origin=human"]
    write(clone, "data/texts/origin=web/0.csv", "text\nfrom the web\n")
    dvc(clone, "add", "-q", "data/texts")
    git(clone, "add", "-A")

    called = gates(clone, "diff", "--staged")

    assert called.code == 1
    assert "rows: human 20, synthetic 20 -> 0, undeclared 0 -> 1\n" in called.out
    lost = [line for line in called.out.splitlines() if line.startswith("lost without notice: ")]
    assert lost[0].startswith("lost without notice: 50.0 % of the files are gone")
    assert lost[1].startswith(
        "lost without notice: 1 more row of an origin that is not declared (data/texts/origin=web"
    )
    checked = gates(clone, "check", "--only", "expect_origins_to_be_declared", "--quiet")
    assert checked.code == 1
    assert "combined/expect_origins_to_be_declared" in checked.out


def compared(base: int, new: int, removed: int) -> Comparison:
    names = tuple(f"{at}" for at in range(removed))
    return Comparison(STAGED, WORKTREE, base, new, removed=names)


@pytest.mark.parametrize(
    ("base", "new", "removed", "is_lost"),
    [(0, 5, 0, False), (10, 9, 1, False), (10, 8, 2, True), (10, 18, 2, True), (40, 10, 40, False), (40, 0, 40, True)],
)
def test_loss_is_a_share_of_files_gone_unless_all_were_written_anew(base, new, removed, is_lost):
    assert (loss_of(compared(base, new, removed)) is not None) is is_lost


def test_undeclared_rows_that_were_there_before_are_no_new_loss():
    assert undeclared_of({"undeclared": 3}, {"undeclared": 3}, ()) is None
    assert undeclared_of({"undeclared": 3}, {"undeclared": 2}, ()) is None


@pytest.mark.parametrize("form", ["terminal", "markdown", "json"])
def test_rows_that_cannot_be_counted_are_reported_with_the_reason(root, gates, form):
    shutil.rmtree(root / ".dvc/cache/files/md5")
    put(root, shards(10) | {"new.csv": csv("human", "n")})
    commit(root, "second")
    for path in (root / ".dvc/cache/files/md5").rglob("*"):
        if path.is_file() and not path.name.endswith(".dir") and "n,human" in path.read_text():
            path.unlink()

    called = gates(root, "diff", "--rev", "HEAD", "HEAD~1", "--format", form)

    assert called.code == 3
    assert "internal error" not in called.err

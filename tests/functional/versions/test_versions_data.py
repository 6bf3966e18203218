"""A dataset at a version: which files, which bytes, and what became of them since another version."""

from __future__ import annotations

import gzip
import re
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from gates.config.dataset import DatasetConfig
from gates.data.files import data_files
from gates.errors import DataError, UsageError
from gates.versions.dataset.comparison import Comparison, compare
from gates.versions.dataset.snapshots import files_at, snapshot, snapshot_or_empty
from gates.versions.dvc.md5 import file_md5
from gates.versions.repository import open_repository
from gates.versions.version import STAGED, WORKTREE, revision
from tests.dvc_repositories import commit, dvc, git, md5, new_git, new_repository, track, write
from tests.opened import open_dataset, open_holdout
from tests.shared import built_once

PIPELINE = """\
stages:
  make:
    wdir: data
    cmd: mkdir -p made && cp held.csv made/copy.csv && cp held.csv small.csv
    deps: [held.csv]
    outs:
    - made
    - small.csv:
        cache: false
"""


def rows(origin: str, count: int) -> pl.DataFrame:
    return pl.DataFrame({"text": [f"{origin} {row}" for row in range(count)], "origin": [origin] * count})


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Made by real DVC and committed: a directory of all formats, a file, a stage's outs, a file in git. Do not change."""
    return built_once(tmp_path_factory, "versions", _built)


def _built(folder):
    root = new_git(folder / "project")
    dvc(root, "init", "-q")
    parts = root / "data/parts"
    for origin in ("human", "synthetic"):
        folder = parts / f"by={origin}"
        folder.mkdir(parents=True)
        rows(origin, 5).write_parquet(folder / "a.parquet")
        rows(origin, 6).write_csv(folder / "b.csv")
        rows(origin, 7).write_ndjson(folder / "c.jsonl")
        (folder / "d.jsonl.gz").write_bytes(gzip.compress((folder / "c.jsonl").read_bytes(), mtime=0))
        rows(origin, 8).write_ipc(folder / "e.arrow", compression="uncompressed")
    write(root, "data/parts/README.md", "read me")
    rows("human", 3).write_csv(root / "data/held.csv")
    rows("human", 2).write_csv(root / "data/plain.csv")
    dvc(root, "add", "-q", "data/parts", "data/held.csv")
    write(root, "dvc.yaml", PIPELINE)
    dvc(root, "repro", "-q")
    commit(root, "built")
    return root


@pytest.fixture
def root(built, tmp_path):
    """A copy to change."""
    return Path(shutil.copytree(built, tmp_path / "project", symlinks=True))


def config(root, path="data/parts", **more) -> DatasetConfig:
    return DatasetConfig("d", root, 3, "text", path=path, **more)


def head(root):
    return revision(open_repository(root), "HEAD")


def names(root, version, spec):
    return [file.name for file in snapshot(open_repository(root), config(root, spec), version).files]


def facts(opened):
    with opened as dataset:
        return dataset.files, dataset.row_counts(), [batch.to_pydict() for batch in dataset.batches()]


SPECS = [
    "data/parts", "data/parts/", "./data/parts", "data/parts/by=human", "data/parts/by=human/a.parquet", "data/held.csv",
    "data/made", "data/small.csv", "data/plain.csv", "data", "data/*/*/a.parquet", "data/*.csv", "data/**/*.csv",
    "**/*.parquet", "data/parts/**", "data/parts/by=[hs]*", "data/par?s", "data/parts/by=human/../by=synthetic",
]  # fmt: skip


@pytest.mark.parametrize("spec", SPECS)
def test_a_path_stands_for_the_same_files_and_bytes_in_every_version(built, spec):
    repository = open_repository(built)
    at = {version: snapshot(repository, config(built, spec), version) for version in (WORKTREE, STAGED, head(built))}

    assert [file.name for file in at[WORKTREE].files] == [file.name for file in data_files(config(built, spec))]
    assert len({taken.digest for taken in at.values()}) == 1
    assert compare(at[head(built)], at[WORKTREE]).is_same


def test_data_opens_at_a_commit_as_it_does_in_the_work_tree(root):
    dataset = config(root, holdout="data/held.csv")
    expected = facts(open_dataset(dataset)), facts(open_holdout(dataset))
    shutil.rmtree(root / "data/parts")
    (root / "data/held.csv").unlink()

    with files_at(open_repository(root), dataset, head(root)) as files:
        opened = open_dataset(dataset, files=files.dataset)
        seen = facts(opened), facts(open_holdout(dataset, files=files.holdout))

    assert seen == expected
    assert seen[0][1] == {"human": 33, "synthetic": 33, "undeclared": 0}


def test_folders_partitions_and_files_of_git_open_at_a_commit(root):
    by_folder = config(root, "data/parts/*/a.parquet", origin="by")
    partitions = {"human": "data/plain.csv", "synthetic": "data/parts/by=synthetic"}
    by_path = replace(by_folder, path=None, partitions=partitions)
    expected = [facts(open_dataset(dataset)) for dataset in (by_folder, by_path)]
    shutil.rmtree(root / "data")
    seen = []
    for dataset in (by_folder, by_path):
        with files_at(open_repository(root), dataset, STAGED) as files:
            temporary = [file.path for file in files.dataset if file.name == "data/plain.csv"]
            seen.append(facts(open_dataset(dataset, files=files.dataset)))

    assert seen == expected
    assert [path.exists() for path in temporary] == [False]


def test_the_work_tree_counts_by_its_bytes_and_not_by_its_pointer(root):
    dataset = config(root, "data/held.csv")
    write(root, "data/held.csv", "text\nedited\n")
    repository = open_repository(root)

    hashes = {str(at): snapshot(repository, dataset, at).files[0].entry.md5 for at in (WORKTREE, STAGED)}

    assert hashes["the work tree"] == md5("text\nedited\n") != hashes["the index"]


def test_a_caller_may_remember_hashes_of_the_work_tree(root):
    calls = []

    def remembered(path, *, is_legacy):
        calls.append((path.name, is_legacy))
        return "0" * 32, 7

    taken = snapshot(open_repository(root), config(root, "data/held.csv"), WORKTREE, md5_of=remembered)

    assert (calls, taken.files[0].entry.md5, taken.files[0].entry.size) == ([("held.csv", False)], "0" * 32, 7)


def test_half_a_dataset_lost_by_a_partial_pull_is_reported(root):
    before = head(root)
    shutil.rmtree(root / "data/parts/by=synthetic")
    dvc(root, "add", "-q", "data/parts")
    commit(root, "looks innocent")
    repository = open_repository(root)
    changes = compare(*(snapshot(repository, config(root), version) for version in (before, head(root))))

    lost = tuple(
        f"data/parts/by=synthetic/{name}" for name in ("a.parquet", "b.csv", "c.jsonl", "d.jsonl.gz", "e.arrow")
    )
    assert (changes.removed, changes.lost_share, changes.added, changes.changed) == (lost, 0.5, (), ())
    assert changes.sentence() == (
        f"10 files in HEAD ({before.commit[:7]}), 5 in HEAD ({head(root).commit[:7]}): 5 gone (data/parts/by=synthetic/"
        "a.parquet, data/parts/by=synthetic/b.csv, data/parts/by=synthetic/c.jsonl and 2 more). That is what `dvc add` makes of a "
        "folder that was pulled in part only; to get the files back: "
        f"`git checkout {before.commit} -- data/parts.dvc`, then `dvc pull data/parts.dvc`"
    )


def test_files_missing_from_the_work_tree_are_seen_before_anything_is_added(root):
    shutil.rmtree(root / "data/parts/by=human")
    repository = open_repository(root)

    assert compare(*(snapshot(repository, config(root), at) for at in (head(root), WORKTREE))).lost_share == 0.5


@pytest.fixture
def small(tmp_path):
    """A dataset of four files whose pointer is written by hand."""
    root = new_repository(tmp_path / "small")
    track(root, "d", {"a.csv": "a", "b.csv": "b", "c.csv": "c", "copy.csv": "c"})
    commit(root)
    return root


def became(root, content, before=None):
    """What became of `d` when its directory was tracked anew."""
    repository = open_repository(root)
    base = snapshot_or_empty(repository, config(root, "d"), before or head(root))
    track(root, "d", content)
    git(root, "add", "-A")
    return compare(base, snapshot(repository, config(root, "d"), STAGED))


def test_added_changed_moved_and_removed_files_are_told_apart(small):
    before = head(small)

    assert became(small, {"a.csv": "A", "new.csv": "n", "x/b.csv": "b", "copy.csv": "c"}) == Comparison(
        base=before,
        new=STAGED,
        base_count=4,
        new_count=4,
        added=("d/new.csv",),
        changed=("d/a.csv",),
        removed=("d/c.csv",),
        moved=(("d/b.csv", "d/x/b.csv"),),
        pointers=("d.dvc",),
    )


def test_files_renamed_into_folders_are_not_lost(small):
    changes = became(small, {"x/a.csv": "a", "x/b.csv": "b", "y/c.csv": "c", "y/copy.csv": "c"})

    assert (changes.lost_share, len(changes.moved), changes.is_same) == (0.0, 4, False)
    assert changes.sentence().endswith("4 in the index: 4 moved")


def test_of_two_equal_files_of_which_one_is_left_one_is_lost(small):
    assert became(small, {"a.csv": "a", "b.csv": "b", "x.csv": "c"}).lost_share == 0.25


def test_nothing_changed_is_reported_in_one_clause(small):
    changes = became(small, {"a.csv": "a", "b.csv": "b", "c.csv": "c", "copy.csv": "c"})

    assert (changes.is_same, changes.lost_share) == (True, 0.0)
    assert changes.sentence() == f"4 files, as in {head(small)}"


def test_a_dataset_that_was_not_there_before_lost_nothing(small):
    before = head(small)
    track(small, "e", {"a.csv": "a"})
    git(small, "add", "-A")
    repository = open_repository(small)
    base, new = (snapshot_or_empty(repository, config(small, "e"), at) for at in (before, STAGED))

    assert (base.files, compare(base, new).added, compare(base, new).lost_share) == ((), ("e/a.csv",), 0.0)


def test_holdouts_are_compared_on_their_own(small):
    dataset = config(small, "d/a.csv", holdout="d/b.csv")
    repository = open_repository(small)
    before = snapshot(repository, dataset, head(small))
    track(small, "d", {"a.csv": "a", "b.csv": "B"})
    git(small, "add", "-A")
    after = snapshot(repository, dataset, STAGED)

    assert (compare(before, after).is_same, compare(before, after, "holdout").changed) == (True, ("d/b.csv",))
    assert before.digest != after.digest


def test_data_moved_from_git_to_dvc_is_the_same_data(tmp_path):
    root = new_repository(tmp_path / "p")
    write(root, "a.csv", "x\n1\n")
    commit(root)
    repository = open_repository(root)
    before = snapshot(repository, config(root, "a.csv"), head(root))
    git(root, "rm", "-q", "--cached", "a.csv")
    track(root, "a.csv", "x\n1\n")
    git(root, "add", "-A")

    assert compare(before, snapshot(repository, config(root, "a.csv"), STAGED)).is_same


def test_plain_git_needs_no_dvc(tmp_path):
    root = new_git(tmp_path / "p")
    write(root, "team/data/a.csv", "text,origin\nx,human\ny,synthetic\n")
    commit(root)
    write(root, "team/data/a.csv", "text,origin\n")
    dataset = config(root / "team", "data")

    with files_at(open_repository(root / "team"), dataset, head(root)) as files:
        opened = open_dataset(dataset, files=files.dataset)
        with opened:
            assert opened.row_counts() == {"human": 1, "synthetic": 1, "undeclared": 0}
        assert [file.name for file in files.dataset] == ["data/a.csv"]


def test_a_file_checked_out_with_other_line_ends_is_judged_by_its_blob(tmp_path):
    root = new_git(tmp_path / "p")
    write(root, ".gitattributes", "*.csv eol=crlf\n")
    write(root, "a.csv", "text\nx\n")
    commit(root)

    assert snapshot(open_repository(root), config(root, "a.csv"), head(root)).files[0].entry.md5 == md5("text\nx\n")


def test_files_of_git_lfs_and_links_are_refused_by_name(tmp_path):
    root = new_git(tmp_path / "p")
    write(root, "lfs.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n")
    (root / "link.csv").symlink_to("/etc/passwd")
    commit(root)
    repository = open_repository(root)

    with (
        pytest.raises(DataError, match=r"^lfs\.csv: in Git LFS"),
        files_at(repository, config(root, "lfs.csv"), STAGED),
    ):
        pass
    with pytest.raises(DataError, match=r"^link\.csv: a symbolic link in git"):
        snapshot(repository, config(root, "link.csv"), STAGED)


def test_text_that_dvc_2_hashed_is_the_same_in_the_work_tree(tmp_path):
    text = "x\r\n" * 400_000
    root = new_repository(tmp_path / "p")
    file = write(root, "a.csv", text)
    legacy, _ = file_md5(file, is_legacy=True)
    write(root, "a.csv.dvc", f"outs:\n- md5: {legacy}\n  path: a.csv\n")
    write(root, f".dvc/cache/{legacy[:2]}/{legacy[2:]}", text)
    write(root, ".gitignore", "/a.csv\n")
    commit(root)
    repository = open_repository(root)

    from dvc_data.hashfile.hash import file_md5 as of_dvc

    assert legacy == of_dvc(str(file), name="md5-dos2unix") != md5(text)
    assert compare(*(snapshot(repository, config(root, "a.csv"), at) for at in (head(root), WORKTREE))).is_same
    with files_at(repository, config(root, "a.csv"), head(root)) as files:
        assert files.dataset[0].path.read_bytes() == text.encode()


def test_a_cache_object_that_was_edited_is_refused(small):
    name = md5("a")
    write(small, f".dvc/cache/files/md5/{name[:2]}/{name[2:]}", "edited in place")

    with (
        pytest.raises(
            DataError, match=r"^d/a\.csv in HEAD \(.*\): the cache object .* is not what d\.dvc names, its md5"
        ),
        files_at(open_repository(small), config(small, "d"), head(small)),
    ):
        pass


@pytest.mark.parametrize(
    ("pattern", "by", "message"),
    [
        (r"  size: \d+", "  size: 5", r"which is not the size that d\.dvc states"),
        (r"  nfiles: \d+", "  nfiles: 5", r"lists 4 files, where d\.dvc says 5"),
    ],
)
def test_a_pointer_that_states_another_size_is_refused(small, pattern, by, message):
    text = (small / "d.dvc").read_text()
    stated = re.sub(pattern, by, text) if re.search(pattern, text) else f"{text.rstrip()}\n{by}\n"
    write(small, "d.dvc", stated)
    commit(small)

    with pytest.raises(DataError, match=message), files_at(open_repository(small), config(small, "d"), head(small)):
        pass


def test_a_link_in_place_of_a_cache_object_is_refused(small):
    name = md5("a")
    path = small / f".dvc/cache/files/md5/{name[:2]}/{name[2:]}"
    path.rename(small / "elsewhere")
    path.symlink_to(small / "elsewhere")

    with (
        pytest.raises(DataError, match="is a symbolic link, which DVC does not make"),
        files_at(open_repository(small), config(small, "d"), head(small)),
    ):
        pass


def test_other_bytes_in_git_than_a_pointer_names_are_refused(small):
    write(small, "d/a.csv", "other")
    git(small, "add", "-f", "d/a.csv")
    commit(small)

    with (
        pytest.raises(DataError, match=r"^d/a\.csv: git has other bytes in HEAD .* than DVC's pointer names"),
        files_at(open_repository(small), config(small, "d"), head(small)),
    ):
        pass


def test_equal_bytes_in_dataset_and_holdout_are_no_overlap_but_one_name_is(small):
    repository = open_repository(small)
    twins = config(small, "d/c.csv", holdout="d/copy.csv")

    with files_at(repository, twins, head(small)) as files:
        assert files.dataset[0].path == files.holdout[0].path
    with pytest.raises(UsageError, match=r"3: dataset 'd': d/c\.csv belongs to the dataset too"):
        snapshot(repository, replace(twins, holdout="d"), head(small))


def test_a_file_in_both_partitions_is_refused(small):
    both = replace(config(small), path=None, partitions={"human": "d", "synthetic": "d/a.csv"})

    with pytest.raises(UsageError, match=r"d/a\.csv lies in both partitions"):
        snapshot(open_repository(small), both, STAGED)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("d/d.csv", r"'d/d\.csv' is not in the index \(did you mean 'c\.csv'\?\)"),
        ("D", r"'D' is not in the index"),
        ("new.csv", r"'new\.csv' is not in the index, but in the work tree; run `dvc add new\.csv`"),
        ("../x", "'../x' lies outside of small; only the work tree can be judged"),
        ("*.parquet", r"'\*\.parquet' is not in the index"),
    ],
)
def test_what_is_not_in_a_version_is_a_usage_error(small, spec, words):
    write(small, "new.csv", "n")

    with pytest.raises(UsageError, match=rf"^gates\.toml:3: dataset 'd': {words}") as refused:
        snapshot(open_repository(small), config(small, spec), STAGED)
    assert refused.value.exit_code == 2


def test_a_deleted_pointer_is_seen_in_the_index(small):
    git(small, "rm", "-q", "d.dvc")

    with pytest.raises(UsageError, match="'d' is not in the index"):
        snapshot(open_repository(small), config(small, "d"), STAGED)
    assert (
        compare(
            *(snapshot_or_empty(open_repository(small), config(small, "d"), at) for at in (head(small), STAGED))
        ).lost_share
        == 1.0
    )


def test_a_folder_without_data_is_a_data_error(tmp_path):
    root = new_repository(tmp_path / "p")
    track(root, "d", {"README.md": "a", ".hidden.csv": "b"})
    commit(root)

    with pytest.raises(DataError, match=r"d holds no data files in HEAD \(.*\); expected Parquet"):
        snapshot(open_repository(root), config(root, "d"), head(root))


def test_a_stage_in_a_templated_folder_is_named_when_its_out_is_wanted(tmp_path):
    root = new_repository(tmp_path / "p")
    write(root, "dvc.yaml", "stages:\n  s:\n    wdir: ${folder}\n    cmd: x\n    outs: [a.csv]\n")
    write(
        root,
        "dvc.lock",
        f"schema: '2.0'\nstages:\n  s:\n    cmd: x\n    outs:\n    - {{path: a.csv, md5: {'0' * 32}}}\n",
    )
    git(root, "add", "-A")

    with pytest.raises(UsageError, match=r"outs of dvc\.yaml: stage 's' were not looked at: its wdir is a template"):
        names(root, STAGED, "x/a.csv")


def test_a_configuration_in_another_repository_is_refused(small, tmp_path):
    with pytest.raises(UsageError, match=r"gates\.toml lies in .*, outside of the repository"):
        snapshot(open_repository(small), config(tmp_path, "d"), STAGED)


def test_a_configuration_below_the_top_has_paths_of_its_own(built):
    repository = open_repository(built)
    here = [file.name for file in snapshot(repository, config(built / "data/made", "."), STAGED).files]
    above = [file.name for file in snapshot(repository, config(built / "data/made", "../held.csv"), STAGED).files]

    assert (here, above) == (["copy.csv"], ["../held.csv"])


def test_what_was_added_and_not_staged_is_reported(tmp_path):
    plain, tracked = new_git(tmp_path / "plain"), new_repository(tmp_path / "tracked")
    track(tracked, "a.csv", "a")
    for root in (plain, tracked):
        write(root, "a.csv", "a")

    for root, words in ((plain, "run `git add a.csv`,"), (tracked, r"run `git add a.csv.dvc`,")):
        with pytest.raises(UsageError, match=words):
            snapshot(open_repository(root), config(root, "a.csv"), STAGED)


def test_an_out_whose_stage_lost_its_lock_entry_is_reported(built, tmp_path):
    root = Path(shutil.copytree(built, tmp_path / "project"))
    write(root, "dvc.lock", "schema: '2.0'\nstages: {}\n")
    git(root, "add", "-A")

    words = r"'data/made/copy\.csv' is not in the index: dvc\.yaml: stage 'make' has no entry in its dvc\.lock"
    with pytest.raises(UsageError, match=words):
        snapshot(open_repository(root), config(root, "data/made/copy.csv"), STAGED)

"""`gates enforce --pointer-only` judges by pointers what it cannot see, and says so."""

from __future__ import annotations

import json
import shutil

import pytest

from gates.config.dataset import DatasetConfig
from gates.errors import DataError
from gates.verdict import digest_of_report
from gates.verdicts.pointer_check import compare_with_pointers
from gates.verdicts.recorded import VerdictError, parse_verdict
from tests.dvc_repositories import commit, git, new_repository, track, write
from tests.promotions.recorded_verdicts import verdict_on

FILES = {"origin=human/a.csv": "text\na\n", "origin=synthetic/b.csv": "text\nb\n"}


def judged(files):
    """The recorded verdict on a folder's files."""
    document = verdict_on({f"data/texts/{name}": text for name, text in files.items()}, 0.1, "pass")
    return parse_verdict(document.encode(), "texts.json")


@pytest.fixture
def root(tmp_path):
    """A directory under DVC of which only the pointer is here: no data, no cache, no remote."""
    root = new_repository(tmp_path / "project")
    track(root, "data/texts", FILES)
    commit(root, "data")
    shutil.rmtree(root / ".dvc/cache")
    return root


def config(root, path="data/texts") -> DatasetConfig:
    return DatasetConfig("texts", root, 3, "text", path=path)


def test_directory_is_recognised_by_its_pointer_alone(root):
    compare_with_pointers(judged(FILES), config(root))


def test_names_are_those_of_the_configurations_folder_and_git_has_files_too(root):
    text = "text\nc\n"
    write(root, "team/plain.csv", text)
    track(root, "team/parts", {"a.csv": text})
    commit(root)
    shutil.rmtree(root / ".dvc/cache")

    for path, name in (("plain.csv", "plain.csv"), ("parts", "parts/a.csv")):
        recorded = parse_verdict(verdict_on({name: text}, 0.1, "pass").encode(), "texts.json")
        compare_with_pointers(recorded, config(root / "team", path))


def test_directory_with_other_files_cannot_be_compared_without_its_manifest(root):
    with pytest.raises(DataError, match=r"data/texts in HEAD .*is not in the cache of DVC"):
        compare_with_pointers(judged(FILES | {"origin=human/c.csv": "text\nc\n"}), config(root))


@pytest.mark.parametrize(
    ("files", "first"),
    [
        (FILES | {"origin=human/a.csv": "text\nz\n"}, "origin=human/a.csv"),
        (FILES | {"origin=human/c.csv": "text\nc\n"}, "origin=human/c.csv"),
        ({"origin=human/a.csv": FILES["origin=human/a.csv"]}, "origin=synthetic/b.csv"),
    ],
)
def test_other_files_than_were_judged_are_refused_by_name(files, first, root):
    track(root, "data/texts", FILES)  # the manifest is at hand again

    with pytest.raises(
        VerdictError, match=f"the data in data/texts is another one in HEAD .*, data/texts/{first} first"
    ):
        compare_with_pointers(judged(files), config(root))


def test_file_beside_the_data_needs_the_manifest_and_does_not_count(root):
    track(root, "data/texts", FILES | {"README.md": "read me"})
    commit(root, "with a page")

    compare_with_pointers(judged(FILES), config(root))
    shutil.rmtree(root / ".dvc/cache")
    with pytest.raises(DataError, match="is not in the cache of DVC"):
        compare_with_pointers(judged(FILES), config(root))


def test_entry_without_md5_is_not_comparable(root):
    write(root, "data/texts.dvc", "outs:\n- path: texts\n  files:\n  - relpath: a.csv\n    size: 7\n    etag: abc\n")
    commit(root, "cloud versioned")

    with pytest.raises(VerdictError, match=r"data/texts/a.csv: its pointer in HEAD has no md5 to compare with"):
        compare_with_pointers(judged({"a.csv": "text\na\n"}), config(root))


@pytest.fixture
def without_data(project_copy):
    """The judged project under DVC, in a checkout that has no data."""
    root = new_repository(project_copy)
    for name in ("data/sound.parquet", "data/holdout.csv", "data/flawed.parquet"):
        track(root, name, (root / name).read_bytes())
        (root / name).unlink()
    commit(root, "tracked")
    shutil.rmtree(root / ".dvc/cache")
    return root


def test_verdict_is_enforced_without_data_and_the_line_says_so(without_data, gates):
    called = gates(without_data, "enforce", "sound", "--pointer-only")

    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("sound: PASS ")
    assert called.out.endswith("): verified against the pointer, not the bytes\n")
    assert gates(without_data, "enforce", "flawed", "--pointer-only").code == 1
    assert gates(without_data, "enforce", "sound").code == 2


def refused(called, words) -> bool:
    assert (called.code, called.out) == (3, "")
    assert words in called.err
    return True


def test_pointer_counts_as_it_is_committed(without_data, gates):
    track(without_data, "data/sound.parquet", b"other")
    assert gates(without_data, "enforce", "sound", "--pointer-only").code == 0

    git(without_data, "commit", "-qam", "other data")
    called = gates(without_data, "enforce", "sound", "--pointer-only")
    assert refused(called, "the data in data/sound.parquet is another one in HEAD than was judged")
    assert called.err.endswith("run `gates check sound`\n")


def test_pointer_of_the_holdout_counts_too(without_data, gates):
    track(without_data, "data/holdout.csv", b"other")
    commit(without_data)

    called = gates(without_data, "enforce", "sound", "--pointer-only")
    assert refused(called, "the holdout data/holdout.csv is another one in HEAD than was judged")


def test_edited_suite_is_seen_without_data(without_data, gates):
    suite = without_data / "expectations/sound/synthetic.json"
    suite.write_text(suite.read_text().replace('"critical"', '"info"'))

    assert refused(gates(without_data, "enforce", "sound", "--pointer-only"), "a suite has changed")


def test_md5s_of_a_verdict_are_under_its_digest(without_data, gates):
    path = without_data / ".gates/verdicts/sound.json"
    report = json.loads(path.read_text())
    report["data"]["files"][0]["md5"] = "0" * 32
    path.write_text(json.dumps(report))
    assert refused(gates(without_data, "enforce", "sound", "--pointer-only"), "was edited: the md5s of its files")

    report["data"]["md5_manifest_sha256"] = "0" * 64
    path.write_text(json.dumps(report))
    assert refused(gates(without_data, "enforce", "sound", "--pointer-only"), "was edited: its digest is not that")
    assert report["digest"] != digest_of_report(report)

"""Pointers of DVC at a commit, in the index and in the work tree, read with git and YAML alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml

from gates.errors import DataError, UsageError
from gates.versions.dvc.pointer import ManifestEntry, Pointer, PointerKind
from gates.versions.dvc.pointers import pointers
from gates.versions.dvc.yaml import mapping_of, plain_outs
from gates.versions.dvc.yaml_loader import LOADER
from gates.versions.repository import cache_folder, open_repository
from gates.versions.version import STAGED, WORKTREE, VersionKind, Versions, base_of, chosen_version, revision
from tests.dvc_repositories import ENVIRONMENT, commit, git, manifest, md5, new_git, new_repository, store, track, write

ZERO = "0" * 32
IMPORTS = """\
from pathlib import Path
from gates.versions.dvc.pointers import pointers
from gates.versions.repository import open_repository
from gates.versions.version import STAGED
"""


def choose_versions(repository, *, since=None, **options) -> Versions:
    """The version that options ask for, and what it is compared with."""
    judged = chosen_version(repository, **options)
    return Versions(judged, base_of(repository, judged, since))


@pytest.fixture
def root(tmp_path):
    return new_repository(tmp_path / "project")


def md5_at(root, version, path="data/a.csv"):
    pointer = pointers(open_repository(root), version).get(path)
    return pointer and pointer.md5


def test_commit_index_and_work_tree_may_each_name_other_bytes(root):
    track(root, "data/a.csv", "committed")
    commit(root)
    track(root, "data/a.csv", "staged")
    git(root, "add", "-A")
    track(root, "data/a.csv", "unstaged")
    repository = open_repository(root)

    hashes = {str(version): md5_at(root, version) for version in (revision(repository, "main"), STAGED, WORKTREE)}

    sha = git(root, "rev-parse", "--short=7", "HEAD")
    assert hashes == {f"main ({sha})": md5("committed"), "the index": md5("staged"), "the work tree": md5("unstaged")}


def test_a_pointer_that_git_rm_took_is_gone_from_the_index_only(root):
    track(root, "data/a.csv", "a")
    commit(root)
    git(root, "rm", "-q", "--cached", "data/a.csv.dvc")

    assert [md5_at(root, at) for at in (revision(open_repository(root), "HEAD"), STAGED, WORKTREE)] == [
        md5("a"),
        None,
        md5("a"),
    ]


def test_a_pointer_says_what_it_names_and_where_it_stands(root):
    text = f"outs:\n- md5: {md5('a')}.dir\n  size: 11\n  nfiles: 2\n  hash: md5\n  path: raw\n"
    write(root, "data/raw.dvc", text)

    assert pointers(open_repository(root), WORKTREE) == {
        "data/raw": Pointer(
            path="data/raw",
            file="data/raw.dvc",
            kind=PointerKind.ADDED,
            content=ManifestEntry("data/raw", md5("a"), 11),
            is_dir=True,
            nfiles=2,
        )
    }


def test_imports_legacy_hashes_and_wdir_are_seen(root):
    write(
        root,
        "x/import.dvc",
        f"md5: {ZERO}\nfrozen: true\nwdir: ../data\ndeps:\n- path: d\n  repo:\n    url: ../other\n    rev_lock: {ZERO}\n"
        f"outs:\n- md5: {md5('a')}\n  path: d.csv\n",
    )
    pointer = pointers(open_repository(root), WORKTREE)["data/d.csv"]

    assert (pointer.kind, pointer.is_legacy, pointer.is_dir, pointer.place) == (
        PointerKind.IMPORTED,
        True,
        False,
        "x/import.dvc",
    )


def test_cloud_versioned_files_are_named_by_version_id_or_etag(root):
    write(
        root,
        "data/c.dvc",
        """
        outs:
        - path: c
          hash: md5
          files:
          - relpath: b.csv
            size: 3
            cloud:
              store:
                etag: e1
                version_id: v1
          - relpath: a.csv
            md5: 0cc175b9c0f1b6a831c399e269772661
            size: 1
            cloud:
              store:
                etag: e2
        """,
    )
    repository = open_repository(root)
    pointer = pointers(repository, WORKTREE)["data/c"]

    listed = manifest(repository, WORKTREE, pointer)

    assert (pointer.is_dir, pointer.md5) == (True, None)
    assert listed == (
        ManifestEntry("data/c/a.csv", md5("a"), 1, "e2", None),
        ManifestEntry("data/c/b.csv", None, 3, "e1", "v1"),
    )
    assert [entry.identity for entry in listed] == [f"md5:{md5('a')}", "version_id:v1"]


LOCK = """
schema: '2.0'
stages:
  clean:
    cmd: x
    outs:
    - {path: out.csv, hash: md5, md5: 0cc175b9c0f1b6a831c399e269772661, size: 1}
  split@de:
    cmd: x
    outs:
    - {path: de.csv, hash: md5, md5: 0cc175b9c0f1b6a831c399e269772661}
  each@1:
    cmd: x
    outs:
    - {path: 1.csv, hash: md5, md5: 0cc175b9c0f1b6a831c399e269772661}
  renamed-since:
    cmd: x
    outs:
    - {path: out.csv, hash: md5, md5: 92eb5ffee6ae2fec3ad71c777531578f}
"""
PIPELINE = """
stages:
  clean:
    wdir: ../data
    cmd: x
  split:
    matrix: {lang: [de]}
    cmd: x
  each:
    foreach: [1]
    do:
      wdir: ${folder}
      cmd: x
"""


def test_outs_of_a_lock_lie_in_their_stage_s_folder_and_stale_stages_do_not_count(root):
    write(root, "pipe/dvc.lock", LOCK)
    write(root, "pipe/dvc.yaml", PIPELINE)
    commit(root)
    repository = open_repository(root)
    head = revision(repository, "HEAD")

    by_path = pointers(repository, head)

    assert {path: (pointer.md5, pointer.place) for path, pointer in by_path.items()} == {
        "data/out.csv": (md5("a"), "pipe/dvc.lock: stage 'clean'"),
        "pipe/de.csv": (md5("a"), "pipe/dvc.lock: stage 'split@de'"),
    }
    assert by_path == pointers(repository, STAGED) == pointers(repository, WORKTREE)


def test_the_first_format_of_a_lock_is_read(root):
    write(root, "dvc.lock", f"clean:\n  cmd: x\n  outs:\n  - path: a.csv\n    md5: {md5('a')}\n")
    write(root, "dvc.yaml", "stages:\n  clean:\n    cmd: x\n")

    assert pointers(open_repository(root), WORKTREE)["a.csv"].is_legacy


def test_words_that_older_yaml_takes_for_booleans_and_numbers_are_names(root):
    write(root, "on.dvc", f"outs:\n- md5: {'1' * 32}\n  hash: md5\n  path: on\n")
    write(root, "n.dvc", f"outs:\n- md5: {ZERO}\n  hash: md5\n  path: 1_000\n")
    write(root, "t.dvc", f"outs:\n- md5: {ZERO}\n  hash: md5\n  path: 12:30\n")

    by_path = pointers(open_repository(root), WORKTREE)

    assert {path: pointer.md5 for path, pointer in by_path.items()} == {"on": "1" * 32, "1_000": ZERO, "12:30": ZERO}


def test_names_with_spaces_umlauts_and_quotes_survive_git(root):
    name = 'data/größe "x"\n.csv'
    track(root, name.replace("\n", ""), "a")
    commit(root)
    repository = open_repository(root)

    assert list(pointers(repository, revision(repository, "HEAD"))) == ['data/größe "x".csv']


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("outs:\n- path: x\n  md5: ../../../../etc/passwd\n", r"^d/x\.dvc: '\.\./\.\./\.\./\.\./etc/passwd' is no md5"),
        ("outs:\n- md5: [\n", r"^d/x\.dvc:3: not valid YAML: "),
        ("outs:\n<<<<<<< HEAD\n- md5: a\n", r"^d/x\.dvc: holds the markers of a merge conflict; resolve it"),
        ("- a\n", r"^d/x\.dvc: not a file of DVC: expected a mapping, found a list"),
        (f"outs:\n- md5: {ZERO}\n", r"^d/x\.dvc: an out has no path"),
        (f"outs:\n- path: x\n  files:\n  - relpath: ../../y\n    md5: {ZERO}\n", r"'\.\./\.\./y' leads out of d/x"),
        (f"outs:\n- path: x/../y\n  md5: {ZERO}\n", r"^d/x\.dvc: the path 'x/\.\./y' climbs out"),
        (f"outs:\n- path: x\\y\n  md5: {ZERO}\n", r"^d/x\.dvc: .* holds a backslash"),
        (
            f"outs:\n- path: x\n  md5: {ZERO}\n  md5: {ZERO}\n",
            r"^d/x\.dvc:4: not valid YAML: the key 'md5' stands there twice",
        ),
        (f"outs:\n  path: x\n  md5: {ZERO}\n", r"^d/x\.dvc: outs are no list of mappings"),
        (f"outs:\n- path: x\n  md5: {ZERO}\n  hash: sha256\n", r"^d/x\.dvc: the hash 'sha256' is none of DVC's"),
        (
            f"outs:\n- path: x\n  md5: {ZERO}\n  hash: md5\n  nfiles: 2\n",
            r"has the md5 of a file, and the nfiles of a directory",
        ),
    ],
)
def test_what_is_no_pointer_is_refused_by_name(root, text, message):
    write(root, "d/x.dvc", text)

    with pytest.raises(DataError, match=message) as refused:
        pointers(open_repository(root), WORKTREE)
    assert refused.value.exit_code == 3


def test_two_pointers_to_one_path_are_refused(root):
    track(root, "a.csv", "a")
    write(root, "d/a.dvc", f"wdir: ..\nouts:\n- md5: {ZERO}\n  path: a.csv\n")

    with pytest.raises(DataError, match=r"^a\.csv: claimed by a\.csv\.dvc and by d/a\.dvc; remove one of them"):
        pointers(open_repository(root), WORKTREE)


def test_outs_outside_of_the_repository_are_left_out(root):
    write(root, "o.dvc", f"outs:\n- {{md5: {ZERO}, path: ../o}}\n- {{etag: e, path: 's3://b/o'}}\n- {{path: /o}}\n")

    assert pointers(open_repository(root), WORKTREE) == {}


def test_an_index_in_the_middle_of_a_merge_is_no_version(root):
    track(root, "a.csv", "a")
    commit(root)
    git(root, "branch", "other")
    for branch, text in (("main", "b"), ("other", "c")):
        git(root, "checkout", "-q", branch)
        track(root, "a.csv", text)
        commit(root)
    subprocess.run(["git", "merge", "-q", "main"], cwd=root, env=ENVIRONMENT, capture_output=True, check=False)

    with pytest.raises(DataError, match=r"^a\.csv\.dvc: its merge conflict is unresolved; resolve it, then `git add"):
        pointers(open_repository(root), STAGED)


def test_a_partial_commit_is_judged_by_the_index_that_git_made_for_it(root):
    track(root, "data/a.csv", "old")
    track(root, "data/b.csv", "old")
    commit(root)
    track(root, "data/a.csv", "new")
    track(root, "data/b.csv", "new")
    program = (
        f"#!{sys.executable}\n{IMPORTS}"
        "found = pointers(open_repository(Path('data')), STAGED)\n"
        "Path('seen').write_text(','.join(pointer.md5 for pointer in found.values()))\n"
    )
    hook = write(root, ".git/hooks/pre-commit", program)
    hook.chmod(0o755)
    git(root, "commit", "-q", "-m", "a only", "data/a.csv.dvc")

    assert (root / "seen").read_text() == f"{md5('new')},{md5('old')}"


def test_the_hook_of_a_linked_work_tree_reads_its_own_index(root):
    track(root, "data/a.csv", "old")
    commit(root)
    linked = root.parent / "linked"
    git(root, "worktree", "add", "-q", str(linked), "-b", "side")
    track(linked, "data/a.csv", "new")
    git(linked, "add", "-A")
    program = f"{IMPORTS}print(pointers(open_repository(Path('data')), STAGED)['data/a.csv'].md5)"

    # What git exports to hooks there: GIT_DIR without GIT_WORK_TREE makes any folder a top folder.
    variables = {
        "GIT_DIR": git(linked, "rev-parse", "--absolute-git-dir"),
        "GIT_INDEX_FILE": git(linked, "rev-parse", "--git-path", "index"),
    }
    seen = subprocess.run(
        [sys.executable, "-c", program],
        cwd=linked,
        env=ENVIRONMENT | variables,
        capture_output=True,
        text=True,
        check=True,
    )

    assert (seen.stdout.strip(), md5_at(root, STAGED)) == (md5("new"), md5("old"))


def test_variables_of_a_hook_of_another_repository_are_not_used(root, tmp_path, monkeypatch):
    track(root, "data/a.csv", "a")
    commit(root)
    other = new_git(tmp_path / "other")
    monkeypatch.chdir(other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))

    assert md5_at(root, STAGED) == md5("a")


def test_a_dvc_folder_below_git_s_top_folder_has_a_cache_of_its_own(tmp_path):
    top = new_git(tmp_path / "mono")
    sub = top / "team"
    write(sub, ".dvc/config", "")
    write(sub, ".dvc/.gitignore", "/cache\n")
    track(sub, "data/d", {"a.csv": "a"})
    commit(top)
    repository = open_repository(sub / "data")
    head = revision(repository, "HEAD")

    by_path = pointers(repository, head)

    assert list(by_path) == ["team/data/d"]
    assert manifest(repository, head, by_path["team/data/d"]) == (ManifestEntry("team/data/d/a.csv", md5("a")),)


def test_without_git_there_is_the_work_tree_only(tmp_path):
    write(tmp_path, ".dvc/config", "[core]\n    no_scm = True\n")
    track(tmp_path, "data/a.csv", "a")
    repository = open_repository(tmp_path / "data")

    assert {path: pointer.md5 for path, pointer in pointers(repository, WORKTREE).items()} == {"data/a.csv": md5("a")}
    assert choose_versions(repository) == Versions(WORKTREE, None)
    with pytest.raises(UsageError, match=r"--staged needs git, and .* is in no git repository"):
        choose_versions(repository, staged=True)


@pytest.mark.parametrize("layout", ["files/md5", ""])
def test_manifests_are_found_in_both_layouts_of_the_cache(root, layout):
    track(root, "data/d", {"b.csv": "b", "a/c.csv": "c"}, layout=layout)
    repository = open_repository(root)

    assert manifest(repository, WORKTREE, pointers(repository, WORKTREE)["data/d"]) == (
        ManifestEntry("data/d/a/c.csv", md5("c")),
        ManifestEntry("data/d/b.csv", md5("b")),
    )


def test_a_manifest_that_was_edited_is_refused(root):
    track(root, "data/d", {"b.csv": "b", "a.csv": "a"})
    repository = open_repository(root)
    pointer = pointers(repository, WORKTREE)["data/d"]
    name = f"{pointer.md5[:2]}/{pointer.md5[2:]}.dir"
    file = root / ".dvc/cache/files/md5" / name
    file.write_text(json.dumps(json.loads(file.read_text())[:1]))

    with pytest.raises(
        DataError, match=rf"^data/d in the work tree: the cache object .*{name} is not what data/d\.dvc"
    ):
        manifest(repository, WORKTREE, pointer)


def test_a_manifest_with_names_that_lead_out_is_refused(root):
    name = store(root / ".dvc/cache", json.dumps([{"md5": md5("a"), "relpath": "../../x"}]), ".dir")
    write(root, "d.dvc", f"outs:\n- md5: {name}\n  hash: md5\n  path: d\n")
    repository = open_repository(root)

    with pytest.raises(DataError, match=r"^the manifest of d\.dvc: '\.\./\.\./x' leads out of d"):
        manifest(repository, WORKTREE, pointers(repository, WORKTREE)["d"])


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["x/../d.csv"], "'x/../d.csv' leads out of d, or is another name than DVC writes"),
        (["/etc/passwd"], "'/etc/passwd' leads out of d"),
        (["./d.csv"], "'./d.csv' leads out of d"),
        (["a//d.csv"], "'a//d.csv' leads out of d"),
        (["a\\d.csv"], "holds a backslash"),
        (["a\0d.csv"], "holds a backslash or a NUL byte"),
        ([""], "'' leads out of d"),
        ([None], "has a file without a name"),
        (["d.csv", "d.csv"], "'d/d.csv' is named twice"),
        (["d.csv", "D.csv"], "'d/D.csv' differs from 'd/d.csv' in case or accents only"),
        (["\u00fc.csv", "u\u0308.csv"], "in case or accents only"),
        (["a", "a/d.csv"], "'d/a' is a file and the folder of 'd/a/d.csv'"),
        (["a.csv", "b.csv", "c.csv"], "lists 3 files, where d.dvc says 2"),
    ],
)
def test_a_manifest_that_dvc_would_lay_out_differently_is_refused(root, names, message):
    listed = json.dumps([{"md5": md5("a"), "relpath": name} for name in names])
    nfiles = min(len(names), 2)
    manifest_name = store(root / ".dvc/cache", listed, ".dir")
    write(root, "d.dvc", f"outs:\n- md5: {manifest_name}\n  hash: md5\n  path: d\n  nfiles: {nfiles}\n")
    repository = open_repository(root)

    with pytest.raises(DataError, match=re.escape(message)):
        manifest(repository, WORKTREE, pointers(repository, WORKTREE)["d"])


def test_a_pointer_within_a_tracked_folder_is_refused(root):
    track(root, "d", {"a.csv": "a"})
    write(root, "e.dvc", f"outs:\n- {{md5: {ZERO}, path: d/b.csv}}\n")

    with pytest.raises(DataError, match=r"^d/b\.csv: lies in d, which d\.dvc tracks, and so does e\.dvc"):
        pointers(open_repository(root), WORKTREE)


def test_what_yaml_merges_is_read_as_dvc_reads_it(root):
    pipeline = "x: &defaults {wdir: sub}\nstages:\n  make:\n    <<: *defaults\n    cmd: x\n    outs: [o.csv]\n"
    write(root, "dvc.yaml", pipeline)
    write(
        root,
        "dvc.lock",
        f"schema: '2.0'\nstages: {{make: {{cmd: x, outs: [{{path: o.csv, md5: {ZERO}, hash: md5}}]}}}}\n",
    )

    assert list(pointers(open_repository(root), WORKTREE)) == ["sub/o.csv"]


def test_a_pointer_without_content_is_no_empty_dataset(root):
    write(root, "d.dvc", "deps:\n- path: x\n  repo: {url: u}\nouts:\n- path: d\n  hash: md5\n")
    repository = open_repository(root)

    with pytest.raises(DataError, match=r"^d: d\.dvc names no content in the work tree; run `dvc update d\.dvc`"):
        manifest(repository, WORKTREE, pointers(repository, WORKTREE)["d"])


CONFIGURED = [
    ({}, ".dvc/cache"),
    ({"config": "[cache]\n    dir = ../shared # for all\n"}, "shared"),
    ({"config": "[cache]\ndir = a\n['remote \"s\"']\n    url = x\n", "config.local": '[CACHE]\n    dir = "../b c"\n'}, "b c"),
    ({"config": '[cache]\n    type = "reflink,copy"\n', "config.local": "[cache]\ndir = a%b\n"}, ".dvc/a%b"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), CONFIGURED)
def test_the_cache_is_where_dvc_has_it(tmp_path, files, expected):
    from dvc.config import Config

    for name, text in files.items():
        write(tmp_path, f".dvc/{name}", text)

    assert cache_folder(tmp_path / ".dvc") == tmp_path / expected
    assert Config(str(tmp_path / ".dvc"))["cache"].get("dir", str(tmp_path / expected)) == str(tmp_path / expected)


def test_an_absolute_home_or_user_wide_cache_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DVC_GLOBAL_CONFIG_DIR", str(tmp_path / "user"))
    write(tmp_path, "user/config", "[cache]\ndir = /srv/cache\n")
    (tmp_path / ".dvc").mkdir()
    of_user = cache_folder(tmp_path / ".dvc")
    write(tmp_path, ".dvc/config", "[cache]\ndir = ~/mine\n")

    assert (of_user, cache_folder(tmp_path / ".dvc")) == (Path("/srv/cache"), tmp_path / "mine")


def test_a_broken_configuration_of_dvc_is_refused(tmp_path):
    write(tmp_path, ".dvc/config", "[cache\n")

    with pytest.raises(DataError, match=r"\.dvc/config: not readable as a configuration of DVC"):
        cache_folder(tmp_path / ".dvc")


def test_a_linked_work_tree_uses_the_main_one_s_cache(root):
    track(root, "data/d", {"a.csv": "a"})
    commit(root)
    git(root, "worktree", "add", "-q", str(root.parent / "linked"), "-b", "side")
    repository = open_repository(root.parent / "linked")

    assert manifest(repository, STAGED, pointers(repository, STAGED)["data/d"]) == (
        ManifestEntry("data/d/a.csv", md5("a")),
    )


def test_revisions_are_full_shas_and_equal_whatever_they_were_called(root):
    sha = commit(root)
    git(root, "tag", "-a", "v1", "-m", "v1")
    repository = open_repository(root)
    revisions = [revision(repository, name) for name in ("HEAD", "main", "v1", sha[:8], sha)]

    assert {(version.kind, version.commit) for version in revisions} == {(VersionKind.REVISION, sha)}
    assert len(set(revisions)) == 1
    assert [str(version) for version in revisions[1:4]] == [f"main ({sha[:7]})", f"v1 ({sha[:7]})", sha[:7]]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mian", r"no revision 'mian' in project \(did you mean 'main'\?\)"),
        ("main~7", "no revision 'main~7' in project; expected a branch, a tag or a commit"),
        ("0123abc", "no revision '0123abc' in project; expected a branch, a tag or a commit"),
        ("--all", "no revision '--all'"),
        ("HEAD:a.txt", "no revision 'HEAD:a.txt'"),
    ],
)
def test_a_wrong_revision_is_a_usage_error_with_the_nearest_name(root, name, words):
    write(root, "a.txt", "a")
    commit(root)

    with pytest.raises(UsageError, match=words):
        revision(open_repository(root), name)


def test_before_the_first_commit_there_is_an_index_and_no_base(root):
    repository = open_repository(root)
    track(root, "a.csv", "a")
    git(root, "add", "-A")

    assert md5_at(root, STAGED, "a.csv") == md5("a")
    assert choose_versions(repository, staged=True) == Versions(STAGED, None)
    with pytest.raises(UsageError, match="no revision 'HEAD' in project: it has no commit yet"):
        revision(repository, "HEAD")


def test_a_shallow_clone_says_how_to_get_the_history(root, tmp_path):
    commit(root, "one")
    commit(root, "two")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")

    words = r"no revision 'HEAD~1' in shallow: .* `git fetch --unshallow` \(in CI: fetch-depth: 0\)"
    with pytest.raises(DataError, match=words):
        revision(open_repository(tmp_path / "shallow"), "HEAD~1")


def test_each_version_is_compared_with_what_came_before_it(root):
    first, second = commit(root, "one"), commit(root, "two")
    repository = open_repository(root)

    def base(**options):
        chosen = choose_versions(repository, **options)
        return chosen.judged.commit or chosen.judged.kind.value, chosen.base and chosen.base.commit

    assert base() == base(worktree=True) == ("worktree", second)
    assert base(staged=True) == ("staged", second)
    assert base(rev="main") == (second, first)
    assert base(rev=first) == (first, None)
    with pytest.raises(UsageError, match="--rev and --staged exclude each other"):
        base(rev="main", staged=True)


def test_since_counts_from_where_the_histories_part(root):
    shared = commit(root, "shared")
    git(root, "checkout", "-q", "-b", "side")
    own = commit(root, "own")
    git(root, "checkout", "-q", "main")
    commit(root, "of others, meanwhile")
    git(root, "checkout", "-q", "side")
    chosen = choose_versions(open_repository(root), rev="side", since="main")

    assert (chosen.judged.commit, chosen.base.commit) == (own, shared)


def test_yaml_is_parsed_in_c():
    assert issubclass(LOADER, yaml.cyaml.CParser)


# Each is what `dvc add` writes, or differs from it by one thing that YAML gives a meaning, or DVC refuses.
@pytest.mark.parametrize(
    ("text", "is_plain"),
    [
        (f"outs:\n- md5: {ZERO}.dir\n  size: 12\n  nfiles: 2\n  hash: md5\n  path: people\n", True),
        (f"outs:\n- md5: {ZERO}\n  size: 12\n  hash: md5\n  path: a.csv\n- md5: {ZERO}\n  path: on\n", True),
        ("outs:\n- path: null\n", True),
        ("outs:\n- md5: 012\n  size: 1e3\n  path: 1_000\n", True),
        ("outs:\n- path: two words\n", False),
        ("outs:\n- path: 'quoted'\n", False),
        ("outs:\n- path: a #comment\n", False),
        ("outs:\n- path: a:b\n", False),
        ("outs:\n- path: ~\n", False),
        ("outs:\n- path: größe.csv\n", False),
        ("outs:\n- path: a\n  files:\n  - relpath: b\n", False),
        ("outs:\n- path: a\n   continued\n", False),
        ("outs:\n- path: a\r\n", False),
        ("outs:\n- <<: a\n", False),
        ("wdir: ..\nouts:\n- path: a\n", False),
        ("outs:\n- path: a\nmeta: b\n", False),
        ("outs: []\n", False),
        ("outs:\n", False),
        ("", False),
    ],
)
def test_plain_pointer_reads_as_all_of_yaml_reads_it(text, is_plain):
    plain = plain_outs(text.encode())

    assert (plain is not None) == is_plain
    if is_plain:
        assert yaml.load(text, Loader=LOADER) == {"outs": plain} == mapping_of(text.encode(), "a.dvc")


@pytest.mark.parametrize(
    "text", ["outs:\n- path: a\n  path: b\n", "outs:\n  path: a\n", "outs:\n- path: a\n-  md5: b\n   size: 1\n"]
)
def test_what_a_plain_reader_could_misread_is_left_to_yaml(text):
    assert plain_outs(text.encode()) is None


def test_two_hundred_pointers_cost_two_processes_of_git(root, monkeypatch):
    for number in range(200):
        write(root, f"data/{number}.csv.dvc", f"outs:\n- md5: {number:032}\n  hash: md5\n  path: {number}.csv\n")
    commit(root)
    repository = open_repository(root)
    head = revision(repository, "HEAD")
    started = []
    start = subprocess.Popen.__init__
    monkeypatch.setattr(
        subprocess.Popen,
        "__init__",
        lambda self, words, *a, **k: (started.append(words[1]), start(self, words, *a, **k))[1],
    )

    assert (
        len(pointers(repository, head))
        == len(pointers(repository, STAGED))
        == len(pointers(repository, WORKTREE))
        == 200
    )
    # The index has the blobs of HEAD, which are known by then.
    assert started == ["ls-tree", "cat-file", "ls-files", "ls-files"]


def test_reading_pointers_imports_nothing_heavy(root):
    track(root, "data/d", {"a.csv": "a"})
    commit(root)
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from gates.config.dataset import DatasetConfig
        from gates.versions.repository import open_repository
        from gates.versions.dataset.snapshots import snapshot
        from gates.versions.version import STAGED, revision
        repository = open_repository(Path())
        config = DatasetConfig("d", Path().resolve(), 1, "text", path="data/d")
        for version in (revision(repository, "HEAD"), STAGED):
            found = snapshot(repository, config, version)
        heavy = {"dvc", "pandas", "polars", "pyarrow", "duckdb", "numpy", "great_expectations", "pandera"}
        print(len(found.files), sorted(heavy & set(sys.modules)))
    """)
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)

    assert done.stdout == "1 []\n"


@pytest.mark.parametrize("lock", ["schema: '2.0'\nstages: mak", "schema: '2.0'\nstages:\n  clean: c", "stages: {}\n", "schema: '3.0'\n"])  # fmt: skip
def test_a_lock_that_dvc_refuses_is_refused(root, lock):
    write(root, "dvc.yaml", "stages:\n  clean:\n    cmd: x\n    outs: [a.csv]\n")
    write(root, "dvc.lock", lock)

    with pytest.raises(DataError, match=r"^dvc\.lock: is no lock of stages such as DVC writes"):
        pointers(open_repository(root), WORKTREE)

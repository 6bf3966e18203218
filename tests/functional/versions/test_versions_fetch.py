"""What the cache of DVC lacks comes from a remote, through DVC itself; what cannot be had is an error, never a pass."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gates.config.dataset import DatasetConfig
from gates.errors import DataError
from gates.versions.dataset.snapshots import files_at, snapshot
from gates.versions.dvc.pointers import pointers
from gates.versions.dvc.remote import retried
from gates.versions.repository import open_repository
from gates.versions.version import STAGED, WORKTREE, revision
from tests.dvc_repositories import ENVIRONMENT, commit, dvc, git, manifest, md5, new_git, write
from tests.shared import built_once

CONFIG = "[core]\n    remote = store\n['remote \"store\"']\n    url = ../../remote\n"


@pytest.fixture(scope="session")
def pushed(tmp_path_factory):
    """Parent of `project`, pushed to `remote`, and of `importer`, which imports from it. Do not change."""
    return built_once(tmp_path_factory, "fetch", _pushed)


def _pushed(parent):
    root = new_git(parent / "project")
    dvc(root, "init", "-q")
    write(root, ".dvc/config", CONFIG)
    write(root, "data/d/a.csv", "a")
    write(root, "data/d/x/b.csv", "b")
    write(root, "data/one.csv", "one")
    dvc(root, "add", "-q", "data/d", "data/one.csv")
    dvc(root, "push", "-q")
    commit(root)
    importer = new_git(parent / "importer")
    dvc(importer, "init", "-q")
    dvc(importer, "import", "-q", "../project", "data/d", "-o", "d")
    commit(importer)
    return parent


@pytest.fixture
def parent(pushed, tmp_path, monkeypatch):
    """A copy whose caches are empty, as after `git clone`."""
    copy = Path(shutil.copytree(pushed, tmp_path / "parent"))
    for name in ("project", "importer"):
        shutil.rmtree(copy / name / ".dvc/cache")
        for data in (copy / name / "data/d", copy / name / "d", copy / name / "data/one.csv"):
            shutil.rmtree(data, ignore_errors=True) if data.is_dir() else data.unlink(missing_ok=True)
    # DVC reads the user's settings where it runs within this process.
    for variable, value in ENVIRONMENT.items():
        monkeypatch.setenv(variable, value)
    return copy


def config(root, path="data/d"):
    return DatasetConfig("d", root, 3, "text", path=path)


def contents(root, path, version):
    with files_at(open_repository(root), config(root, path), version) as files:
        return {file.name: file.path.read_text() for file in files.dataset}


def listed(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("at", ["HEAD", "staged"])
def test_bytes_come_from_the_remote_and_the_repository_stays_as_it_is(parent, at):
    root = parent / "project"
    version = STAGED if at == "staged" else revision(open_repository(root), at)

    seen = contents(root, "data", version)

    assert seen == {"data/d/a.csv": "a", "data/d/x/b.csv": "b", "data/one.csv": "one"}
    assert not (root / ".dvc/cache").exists()
    assert (git(root, "status", "--short"), git(root, "branch", "--all")) == ("", "* main")


def test_a_manifest_alone_is_read_from_the_remote_without_the_data(parent):
    root = parent / "project"
    (parent / "remote/files/md5" / md5("a")[:2] / md5("a")[2:]).unlink()

    taken = snapshot(open_repository(root), config(root), STAGED)

    assert [(file.name, file.entry.md5) for file in taken.files] == [
        ("data/d/a.csv", md5("a")),
        ("data/d/x/b.csv", md5("b")),
    ]


def test_what_the_index_names_is_fetched_and_not_what_head_names(parent):
    root = parent / "project"
    text = "outs:\n- md5: {}\n  hash: md5\n  path: one.csv\n"
    write(parent, f"remote/files/md5/{md5('two')[:2]}/{md5('two')[2:]}", "two")
    write(root, "data/one.csv.dvc", text.format(md5("two")))
    git(root, "add", "data/one.csv.dvc")
    write(root, "data/one.csv.dvc", text.format("0" * 32))

    assert contents(root, "data/one.csv", STAGED) == {"data/one.csv": "two"}
    commit_of_index = git(root, "fsck", "--unreachable", "--no-reflogs").split("commit ")[1].split("\n")[0]
    assert git(root, "rev-parse", f"{commit_of_index}^") == git(root, "rev-parse", "HEAD")


def test_imports_come_from_their_source(parent, monkeypatch):
    root = parent / "importer"
    monkeypatch.chdir(root)  # where DVC starts from when the source is a relative path

    assert contents(root, "d", STAGED) == {"d/a.csv": "a", "d/x/b.csv": "b"}


def lose(parent, name):
    (parent / "remote/files/md5" / name[:2] / name[2:]).unlink()


@pytest.mark.parametrize("version", [STAGED, WORKTREE])
def test_a_manifest_that_nobody_has_is_a_data_error(parent, version):
    root = parent / "project"
    repository = open_repository(root)
    pointer = pointers(repository, version)["data/d"]
    lose(parent, f"{pointer.md5}.dir")

    with pytest.raises(
        DataError, match=r"^data/d in the .*: the object md5:[0-9a-f]{32}\.dir named by data/d\.dvc is not"
    ) as lost:
        manifest(repository, version, pointer)
    assert lost.value.exit_code == 3
    assert "run `dvc pull data/d` here, or `dvc push` where the data is" in str(lost.value)


def test_a_file_that_nobody_has_is_a_data_error(parent):
    root = parent / "project"
    lose(parent, md5("b"))
    head = revision(open_repository(root), "HEAD")

    with pytest.raises(
        DataError, match=rf"^data/d/x/b\.csv in HEAD \(.*\): the object md5:{md5('b')} named by"
    ) as lost:
        contents(root, "data/d", head)
    assert "run `dvc fetch --all-commits data/d` here" in str(lost.value)


def test_a_remote_with_other_bytes_is_refused(parent):
    name = md5("one")
    path = parent / "remote/files/md5" / name[:2] / name[2:]
    path.chmod(0o644)
    path.write_text("forged")

    with pytest.raises(
        DataError, match=r"^data/one\.csv in the index: what DVC fetched is not what data/one\.csv\.dvc"
    ):
        contents(parent / "project", "data/one.csv", STAGED)


def test_a_manifest_from_the_remote_with_fewer_files_is_refused(parent):
    root = parent / "project"
    pointer = pointers(open_repository(root), STAGED)["data/d"]
    path = parent / "remote/files/md5" / pointer.md5[:2] / f"{pointer.md5[2:]}.dir"
    path.chmod(0o644)
    path.write_text(json.dumps(json.loads(path.read_text())[:1]))

    with pytest.raises(DataError, match=r"^data/d in the index: what DVC fetched is not what data/d\.dvc names"):
        manifest(open_repository(root), STAGED, pointer)


def test_a_pointer_in_a_folder_without_dvc_is_a_data_error(parent):
    root = parent / "project"
    shutil.rmtree(root / ".dvc")

    with pytest.raises(DataError, match=r"DVC cannot get it \(there is no \.dvc folder above data/one\.csv\.dvc"):
        contents(root, "data/one.csv", STAGED)


def test_a_dvc_folder_below_the_top_fetches_from_its_own_remote(parent):
    top = new_git(parent / "mono")
    shutil.copytree(parent / "project", top / "team", ignore=shutil.ignore_patterns(".git"))
    write(top, "team/.dvc/config", CONFIG.replace("../../", "../../../"))
    commit(top)
    head = revision(open_repository(top / "team"), "HEAD")

    assert contents(top / "team", "data", head) == {"data/d/a.csv": "a", "data/d/x/b.csv": "b", "data/one.csv": "one"}


def test_reading_works_within_a_stage_of_dvc(parent):
    root = parent / "project"
    program = (
        "from pathlib import Path\nfrom gates.config.dataset import DatasetConfig\n"
        "from gates.versions.repository import open_repository\nfrom gates.versions.dataset.snapshots import files_at\n"
        "from gates.versions.version import STAGED\n"
        "config = DatasetConfig('d', Path().resolve(), 1, 'text', path='data/d')\n"
        "with files_at(open_repository(Path()), config, STAGED) as found:\n"
        "    Path('seen').write_text(' '.join(file.path.read_text() for file in found.dataset))\n"
    )
    write(root, "read.py", program)
    write(
        root,
        "dvc.yaml",
        f"stages:\n  read:\n    cmd: {sys.executable} read.py\n    outs:\n    - seen:\n        cache: false\n",
    )
    git(root, "add", "-A")

    dvc(root, "repro", "-q")

    assert (root / "seen").read_text() == "a b"


def test_a_busy_repository_is_waited_for(tmp_path):
    from dvc.fs import localfs
    from dvc.rwlock import rwlock

    def take():
        with rwlock(str(tmp_path), localfs, "gates", [str(tmp_path / "a.csv")], [], hardlink=False):
            return "read"

    holder = {"pid": os.getppid(), "cmd": "dvc add a.csv"}
    lock = write(tmp_path, "rwlock", json.dumps({"read": {}, "write": {str(tmp_path / "a.csv"): holder}}))
    threading.Thread(target=lambda: (time.sleep(0.25), lock.write_text("{}"))).start()

    assert retried(take) == "read"


def test_what_is_no_lock_is_not_tried_again():
    calls = []

    def call():
        calls.append(1)
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        retried(call)
    assert calls == [1]


def test_dvc_is_imported_only_when_the_cache_lacks_something(pushed):
    program = (
        "import sys\nfrom pathlib import Path\nfrom gates.config.dataset import DatasetConfig\n"
        "from gates.versions.repository import open_repository\nfrom gates.versions.dataset.snapshots import files_at\n"
        "from gates.versions.version import STAGED\n"
        "config = DatasetConfig('d', Path().resolve(), 1, 'text', path='data')\n"
        "with files_at(open_repository(Path()), config, STAGED) as found:\n"
        "    print(len(found.dataset), 'dvc' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=pushed / "project",
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "3 False\n"

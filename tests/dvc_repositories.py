"""Repositories with real git and real DVC for tests, and pointers written by hand as DVC writes them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from typing import TYPE_CHECKING

from gates.versions.dvc.store import Store
from tests.warm import warm_dvc

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# A test must not see the caller's repository, as when the tests run in a hook, nor the user's settings.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "DVC_NO_ANALYTICS": "1",
}


def git(root: Path, *arguments: str, **variables: str) -> str:
    """What git prints in a folder."""
    done = subprocess.run(
        ["git", *arguments], cwd=root, env=ENVIRONMENT | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def dvc(root: Path, *arguments: str) -> str:
    """What DVC prints in a folder."""
    done = subprocess.run(
        [warm_dvc(), *arguments],
        cwd=root,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout.strip()


def new_git(root: Path) -> Path:
    """An empty repository of git on a branch `main`."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q", "-b", "main")
    return root


def commit(root: Path, message: str = "a change") -> str:
    """The sha of a new commit of everything."""
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message)
    return git(root, "rev-parse", "HEAD")


def write(root: Path, name: str, content: str | bytes) -> Path:
    """A file and the folders above it."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def md5(content: str | bytes) -> str:
    """md5 in hex."""
    return hashlib.md5(content.encode() if isinstance(content, str) else content).hexdigest()


def store(cache: Path, content: str | bytes, suffix: str = "", layout: str = "files/md5") -> str:
    """The name of an object that now lies in a cache."""
    name = md5(content) + suffix
    write(cache / layout, f"{name[:2]}/{name[2:]}", content)
    return name


def track(root: Path, path: str, content: str | bytes | Mapping[str, str], *, layout: str = "files/md5") -> None:
    """What `dvc add` leaves behind: a `.dvc` file, objects in the cache, a line in .gitignore; and no data."""
    cache = root / ".dvc/cache"
    if isinstance(content, str | bytes):
        name = store(cache, content, layout=layout)
    else:
        entries = [
            {"md5": store(cache, text, layout=layout), "relpath": file} for file, text in sorted(content.items())
        ]
        name = store(cache, json.dumps(entries, sort_keys=True), ".dir", layout)
    folder, _, last = path.rpartition("/")
    words = "  hash: md5\n" if layout else ""
    write(root, f"{path}.dvc", f"outs:\n- md5: {name}\n{words}  path: {last}\n")
    ignore = root / folder / ".gitignore"
    lines = ignore.read_text() if ignore.exists() else ""
    write(root, f"{folder}/.gitignore".lstrip("/"), lines if f"/{last}\n" in lines else f"{lines}/{last}\n")


def new_repository(root: Path) -> Path:
    """A repository of git and DVC as `dvc init` makes it, without starting DVC."""
    new_git(root)
    write(root, ".dvc/config", "")
    write(root, ".dvc/.gitignore", "/config.local\n/tmp\n/cache\n")
    return root


def manifest(repository, version, pointer):
    """The files that a pointer stands for at a version."""
    with Store(repository, version) as objects:
        return objects.manifest(pointer)

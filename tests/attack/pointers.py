"""Damaged pointers, manifests and objects of DVC: only the bytes that were committed pass."""

from __future__ import annotations

import json
import posixpath
import random
import shutil
from functools import partial
from typing import TYPE_CHECKING, Any

import yaml

from tests.attack.figures import Clock, Figures
from tests.attack.files import Judge
from tests.attack.inputs.mutations import damaged
from tests.attack.inputs.sound import CONFIG, sound_files, write_suites
from tests.dvc_repositories import commit, git, md5, new_repository, store, track

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.attack.worker import Worker

_CHECK = ("check", "d", "--staged", "--no-cache")
_NAMES = (
    "",
    ".",
    "..",
    "/",
    "../one.csv",
    "x/../one.csv",
    "./one.csv",
    "/etc/passwd",
    "one.csv",
    "ONE.csv",
    "one.csv/x",
    "a\x00b",
    "é.csv",
)
_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    [],
    {},
    "",
    " ",
    "x",
    "../x",
    "data",
    "a" * 32,
    "0" * 32 + ".dir",
    1.5,
    "\x00",
)


def parted(text: str) -> dict[str, str]:
    """The rows of a CSV file in two."""
    header, first, second = text[: text.index("\n") + 1], *_halves(text[text.index("\n") + 1 :])
    return {"one.csv": header + first, "two.csv": header + second}


def _halves(text: str) -> tuple[str, str]:
    at = text.index('"line 13', len(text) // 3)
    at = text.rindex("\n", 0, at) + 1
    return text[:at], text[at:]


def attack_pointers(worker: Worker, folder: Path, clock: Clock, seed: int) -> Figures:
    """Each try damages the pointer, the manifest with its name made new, or an object that keeps its name."""
    figures = Figures("pointers", seed)
    judge = Judge(worker, figures)
    parts = parted(sound_files()["plain/data.csv"].decode())
    template = folder / "template"
    new_repository(template)
    (template / "gates.toml").write_text(CONFIG.format(name="data"))
    write_suites(template)
    track(template, "data", parts)
    commit(template)
    for number in clock.numbers():
        chance = random.Random(f"pointers {seed} {number}")
        root = shutil.copytree(template, folder / "project", symlinks=True)
        chance.choice((_pointer, _pointer_values, _manifest, _manifest, _object))(root, chance)
        git(root, "add", "-A")
        judge.call(number, root, _CHECK, partial(_silence, root, parts))
        shutil.rmtree(root)
    figures.seconds = clock.passed
    return figures


def _pointer(root: Path, chance: random.Random) -> None:
    path = root / "data.dvc"
    path.write_bytes(damaged(path.read_bytes(), chance))


def _pointer_values(root: Path, chance: random.Random) -> None:
    path = root / "data.dvc"
    pointer = yaml.safe_load(path.read_text())
    key = chance.choice(
        ("md5", "path", "hash", "size", "nfiles", "cache", "persist", "remote", "files", "cloud", "desc")
    )
    value = chance.choice(_VALUES)
    if chance.random() < 0.2:
        pointer["outs"].append(dict(pointer["outs"][0]) | {key: value})
    elif chance.random() < 0.2:
        pointer[chance.choice(("wdir", "frozen", "deps", "md5", "outs", "meta"))] = value
    else:
        pointer["outs"][0][key] = value
    path.write_text(yaml.safe_dump(pointer))


def _manifest(root: Path, chance: random.Random) -> None:
    """A manifest that says something else, under its own md5."""
    cache, pointer = root / ".dvc/cache", root / "data.dvc"
    name = yaml.safe_load(pointer.read_text())["outs"][0]["md5"]
    content = (cache / "files/md5" / name[:2] / name[2:]).read_bytes()
    if chance.random() < 0.3:
        content = damaged(content, chance)
    else:
        entries = json.loads(content)
        entry = dict(chance.choice(entries))
        entry[chance.choice(("relpath", "relpath", "md5", "size"))] = chance.choice(chance.choice((_NAMES, _VALUES)))
        at = chance.randrange(3)
        entries = [*entries[:at], entry, *entries[at + (chance.random() < 0.5) :]]
        content = json.dumps(entries).encode()
    pointer.write_text(pointer.read_text().replace(name, store(cache, content, ".dir")))


def _object(root: Path, chance: random.Random) -> None:
    objects = sorted(path for path in (root / ".dvc/cache/files/md5").rglob("*") if path.is_file())
    path = chance.choice(objects)
    content = damaged(path.read_bytes(), chance)
    path.chmod(0o644)
    if chance.random() < 0.2:
        path.unlink()
    else:
        path.write_bytes(content)


def _listed(parts: Mapping[str, str]) -> tuple[str, bytes]:
    """The name and the content of the manifest that was committed."""
    entries = [{"md5": md5(text), "relpath": name} for name, text in sorted(parts.items())]
    content = json.dumps(entries, sort_keys=True).encode()
    return md5(content) + ".dir", content


def _silence(root: Path, parts: Mapping[str, str]) -> str:
    """What pointer, manifest and objects say other than what was committed."""
    try:
        outs = yaml.safe_load((root / "data.dvc").read_bytes())["outs"]
        names = [out["md5"] for out in outs if out["path"] == "data"]
        folder = root / ".dvc/cache/files/md5"
        manifest = folder / names[0][:2] / names[0][2:]
        # DVC may know the list of files by its md5 from an earlier call.
        content = manifest.read_bytes() if manifest.exists() or names[0] != _listed(parts)[0] else _listed(parts)[1]
        entries = json.loads(content)
    except (ValueError, TypeError, KeyError, IndexError, OSError, yaml.YAMLError) as error:
        return f"unreadable: {type(error).__name__}: {error}"
    if len(names) != 1 or md5(content) + ".dir" != names[0]:
        return f"names {names}, md5 of the manifest {md5(content)}"
    names = [entry["relpath"] for entry in entries]
    if len({*names}) < len(names) or any(
        posixpath.normpath(name) != name or name.startswith(("/", "..")) for name in names
    ):
        return f"manifest of {names}"
    # The same rows under other names are the same rows.
    digests = sorted(entry["md5"] for entry in entries)
    if digests != sorted(map(md5, parts.values())):
        return f"manifest of {digests}"
    broken = [digest for digest in digests if md5((folder / digest[:2] / digest[2:]).read_bytes()) != digest]
    return f"other bytes in {broken}" if broken else ""

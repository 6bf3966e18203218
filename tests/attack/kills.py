"""Commands killed at any moment: nothing is half done, nothing is torn, and the next run does what was wanted."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import time
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.attack.figures import Clock, Figures
from tests.attack.inputs.sound import sound_files, write_project
from tests.attack.worker import fault
from tests.dvc_repositories import ENVIRONMENT, git, new_git
from tests.projects import Called
from tests.promotions.promotion_projects import promotion_project
from tests.warm import warm_gates

if TYPE_CHECKING:
    from pathlib import Path

    from tests.attack.worker import Worker

_PROMOTE = ("promote", "first", "--stage", "staging", "--if-new")
_NOTE = ".git/gates-promotion.json"


@dataclass
class Scene:
    """A command on a project. expected: what an undisturbed run answers; files: what it leaves; seconds: how long it takes."""

    command: tuple[str, ...]
    template: Path
    expected: Called = field(init=False)
    files: dict[str, bytes] = field(init=False)
    seconds: float = field(init=False)

    def watch(self, folder: Path) -> None:
        # What only a first run has to do is done.
        run(self.copied(folder / "first"), self.command, folder)
        root = self.copied(folder / "undisturbed")
        start = time.monotonic()
        self.expected = run(root, self.command, folder)
        self.seconds = time.monotonic() - start
        assert self.expected.code in {0, 1}, self.expected
        self.files = files_of(root)

    def copied(self, folder: Path) -> Path:
        """A copy with the remotes beside it."""
        return shutil.copytree(self.template.parent, folder, symlinks=True) / self.template.name


def attack_kills(worker: Worker, folder: Path, clock: Clock, seed: int) -> Figures:
    """Each try kills one command, alone or with what it started, and runs it again."""
    figures = Figures("kills", seed)
    scenes = _scenes(worker, folder, is_short=clock.seconds < 60)
    clock.restart()
    for number in clock.numbers():
        chance = random.Random(f"kills {seed} {number}")
        scene = chance.choice(scenes)
        temporary = folder / "temporary"
        temporary.mkdir()
        root = scene.copied(folder / "try")
        was_running = kill(root, scene, temporary, chance)
        left = _named_rows(temporary)
        start = time.monotonic()
        again = run(root, scene.command, temporary)
        figures.slowest = max(figures.slowest, time.monotonic() - start)
        wrong = fault(again) or _wrong(scene, root, again) or _left_over(temporary)
        name = scene.command[0]
        if wrong:
            figures.add("traceback" if fault(again) else "silent pass", number, f"{name}: {wrong}")
        else:
            figures.add(f"{name} {'killed' if was_running else 'was done'}", number)
        figures.notes["files with content in the temporary folder between a kill and the next run"] += left
        shutil.rmtree(root.parent)
        shutil.rmtree(temporary)
    figures.seconds = clock.passed
    return figures


def _scenes(worker: Worker, folder: Path, *, is_short: bool) -> list[Scene]:
    check, init = folder / "check/here", folder / "init/here"
    write_project(check, "data.csv")
    # One blank text: a row to put into quarantine.
    text = sound_files()["plain/data.csv"].decode()
    (check / "data.csv").write_text(text + '99,"  ",1.0,"human"\n')
    new_git(init)
    (init / "data.csv").write_text(text)
    scenes = [
        Scene(("check", "d", "--format", "json", "--output", "reports", "--also", "junit"), check),
        Scene(("init",), init),
    ]
    if not is_short:
        promote = folder / "promote/here"
        worker.call(promotion_project, promote)
        scenes.append(Scene(_PROMOTE, promote))
    for number, scene in enumerate(scenes):
        scene.watch(folder / f"{number}")
    return scenes


def run(root: Path, command: tuple[str, ...], temporary: Path) -> Called:
    temporary.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [warm_gates(), *command], cwd=root, env=_environment(temporary), capture_output=True, text=True, check=False
    )
    return Called(done.returncode, done.stdout, done.stderr)


def kill(root: Path, scene: Scene, temporary: Path, chance: random.Random) -> bool:
    """Start the command and kill it at some moment; whether it was still running.

    Half of the promotions are killed while something is being written.
    """
    process = subprocess.Popen(
        [warm_gates(), *scene.command],
        cwd=root, env=_environment(temporary), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    seconds = chance.uniform(0, scene.seconds)
    if scene.command == _PROMOTE and chance.random() < 0.5:
        while process.poll() is None and not (root / _NOTE).is_file():
            time.sleep(0.0005)
        seconds *= 0.3
    time.sleep(seconds)
    process.kill()
    was_running = process.wait() == -signal.SIGKILL
    # A git that the killed process had started may still run, and holds its lock meanwhile.
    time.sleep(0.2)
    return was_running


def _environment(temporary: Path) -> dict[str, str]:
    return ENVIRONMENT | {"TMPDIR": str(temporary), "XDG_STATE_HOME": str(temporary.parent / "state")}


def files_of(root: Path) -> dict[str, bytes]:
    """Every file but those of git and DVC, and of the cache."""
    paths = (path for path in root.rglob("*") if path.is_file())
    named = {path.relative_to(root).as_posix(): path for path in paths}
    return {
        name: path.read_bytes()
        for name, path in named.items()
        if not name.startswith((".git/", ".dvc/", ".gates/cache"))
    }


def _wrong(scene: Scene, root: Path, again: Called) -> str:
    if again.code != scene.expected.code:
        return f"exit {again.code} after a kill, {scene.expected.code} without: {again.err[:300]}"
    if scene.command[0] == "check" and again.out != scene.expected.out:
        return "another verdict after a kill"
    files = files_of(root)
    if files.keys() != scene.files.keys():
        return f"files {sorted(files.keys() ^ scene.files.keys())}"
    for name, content in files.items():
        if wrong := _torn(name, content):
            return wrong
    if scene.command[0] == "promote":
        return _half_promoted(root)
    other = [name for name in files if files[name] != scene.files[name] and not name.endswith(".parquet")]
    return f"other content in {other}" if other else ""


def _torn(name: str, content: bytes) -> str:
    try:
        if name.endswith(".json"):
            json.loads(content)
        elif name.endswith(".toml"):
            tomllib.loads(content.decode())
        elif name.endswith(".parquet") and content[-4:] != b"PAR1":
            return f"{name} is torn"
    except ValueError as error:
        return f"{name} is torn: {error}"
    return ""


def _half_promoted(root: Path) -> str:
    tags = git(root, "tag", "--list").split()
    if tags != ["first#staging#1", "first@v1.0.0"]:
        return f"tags {tags}"
    if status := git(root, "status", "--porcelain"):
        return f"git status: {status}"
    if git(root, "rev-parse", "first@v1.0.0^{commit}") != git(root, "rev-parse", "HEAD"):
        return "the tag is not on HEAD"
    if (root / _NOTE).exists():
        return "the note of a begun promotion is still there"
    verified = run(root, ("verify",), root.parent / "verifying")
    return "" if verified.code == 0 else f"gates verify: {verified.code} {verified.out[:300]}{verified.err[:300]}"


def _named_rows(temporary: Path) -> int:
    """Files with anything in them that a killed run left where others may look."""
    return sum(path.is_file() and path.stat().st_size > 0 and path.name != ".lock" for path in temporary.rglob("*"))


def _left_over(temporary: Path) -> str:
    left = [str(path.relative_to(temporary)) for path in temporary.rglob("*") if path.is_file() and path.stat().st_size]
    return f"left in the temporary folder after the next run: {left[:5]}" if left else ""

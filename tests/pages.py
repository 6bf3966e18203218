"""Documentation pages as something to follow: files to write, commands to call, output to compare.

A comment before a fenced block says what the block is: `<!-- file: NAME -->` (write it, where there is none yet),
`<!-- append: NAME -->`, `<!-- entry: NAME -->` (add it to the suite's list of expectations), `<!-- needs: PROGRAM -->` (run
it where there is this program), `<!-- not run: WHY -->`, `<!-- from the demo -->` (the demo prints it). Every other
`console` block is run, and other blocks are only shown. `$ ` starts a command, which must exit 0 unless `$ echo $?` follows; what is shown below it must
be what it prints, stderr included, however lines are wrapped; `...` stands for anything.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from gates.cli.main import run
from tests.warm import warm_path

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = re.compile(r"<!-- (file|append|entry|needs|not run|from the demo)(?:: (.+?))? -->")
EXIT_CODE = "echo $?"
# A call of the command line in which a shell would have nothing to do but to split words.
PLAIN_CALL = re.compile(r"gates [^|;&<>$*?`~\n]*")


@dataclass(frozen=True)
class Block:
    """One fenced block; line: where its first line stands in the page."""

    language: str
    mark: str
    argument: str
    text: str
    line: int


@dataclass(frozen=True)
class Command:
    """A command of a console block with the output that the page shows, "" where it shows none."""

    text: str
    shown: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page in order."""
    mark = ("", "")
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), start=1))
    for _, line in lines:
        marked = MARK.fullmatch(line.strip())
        if marked:
            mark = marked[1], marked[2] or ""
        elif line.startswith("```"):
            start, body = 0, []
            for at, inner in lines:
                if inner == "```":
                    break
                start = start or at
                body.append(inner)
            yield Block(line[3:].strip(), *mark, "\n".join(body) + "\n", start)
            mark = ("", "")
        elif line.strip():
            mark = ("", "")


def commands(block: Block) -> list[Command]:
    """The commands of a console block."""
    listed: list[Command] = []
    for at, line in enumerate(block.text.splitlines(), start=block.line):
        if line.startswith("$ "):
            listed.append(Command(line[2:], "", at))
        else:
            listed[-1] = Command(listed[-1].text, f"{listed[-1].shown}{line}\n", listed[-1].line)
    return listed


def follow(page: Path, folder: Path) -> None:
    """Do in the folder what the page says. Raises AssertionError with page and line where it does not come true."""
    for block in blocks(page):
        target = folder / block.argument
        if block.mark == "entry":
            suite = json.loads(target.read_text(encoding="utf-8"))
            suite["expectations"].append(json.loads(block.text))
            target.write_text(json.dumps(suite, indent=2), encoding="utf-8")
        elif block.mark in {"file", "append"}:
            target.parent.mkdir(parents=True, exist_ok=True)
            is_there = target.exists()
            assert block.mark == "append" or not is_there, f"{page.name}:{block.line}: replaces {block.argument}"
            before = target.read_text(encoding="utf-8") if is_there else ""
            target.write_text(before + block.text, encoding="utf-8")
        elif block.language == "console" and (
            not block.mark or (block.mark == "needs" and shutil.which(block.argument))
        ):
            _run(commands(block), page, folder)


def agrees(shown: str, printed: str) -> bool:
    """Whether a text is what was printed, up to white space and `...`."""
    parts = ["".join(part.split()) for part in shown.split("...")]
    return re.fullmatch(".*".join(map(re.escape, parts)), "".join(printed.split()), re.DOTALL) is not None


def in_venv() -> dict[str, str]:
    """The environment of a person who has activated this one."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _run(called: list[Command], page: Path, folder: Path) -> None:
    code = 0
    for at, command in enumerate(called):
        place = f"{page.name}:{command.line}: $ {command.text}"
        if command.text == EXIT_CODE:
            assert command.shown.strip() == str(code), f"{place}: {code}"
            continue
        call = _here if PLAIN_CALL.fullmatch(command.text) else _in_a_shell
        code, printed = call(command.text, folder)
        is_asked = at + 1 < len(called) and called[at + 1].text == EXIT_CODE
        assert code == 0 or is_asked, f"{place}: exit code {code}\n{printed}"
        assert not command.shown or agrees(command.shown, printed), f"{place} printed\n{printed}"


def _here(text: str, folder: Path) -> tuple[int, str]:
    """`gates` in this process, where Great Expectations is imported once for all pages; that takes 13 seconds."""
    printed = io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, in_venv()),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        code = run(shlex.split(text)[1:])
    return code, printed.getvalue()


def _in_a_shell(text: str, folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        text, shell=True, cwd=folder, env=in_venv() | {"PATH": warm_path()}, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
    )  # fmt: skip
    return done.returncode, done.stdout

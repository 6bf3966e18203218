"""The program around the commands: start-up, exit codes, and one sentence for whatever goes wrong."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import types
from datetime import date

import click
import pytest

from gates import __version__
from gates.cli import main
from gates.cli.garbage import NEW_OBJECTS
from gates.cli.options import SCOPES, chosen, worst
from gates.config.load import read_config
from gates.errors import DataError, GatesError, UsageError
from gates.verdict import Scope
from tests.projects import program

HEAVY = (
    "pandas", "polars", "pyarrow", "duckdb", "pandera", "great_expectations", "dvc", "sklearn", "numpy", "scipy", "rich",
    "yaml",
)  # fmt: skip


@pytest.fixture
def command_that_raises(monkeypatch):
    """Makes `gates boom` raise."""

    def install(error: BaseException) -> None:
        module = types.ModuleType("boom_command")

        @click.command()
        def command() -> int:
            raise error

        module.command = command
        monkeypatch.setitem(sys.modules, "boom_command", module)
        monkeypatch.setitem(main.COMMANDS, "boom", ("boom_command", "Break."))

    return install


@pytest.mark.program
@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_imports_nothing_heavy(argument):
    script = f"import sys; from gates.cli.main import run; run([{argument!r}]); print([n for n in {HEAVY} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.program
def test_program_collects_garbage_rarely_and_a_call_from_python_leaves_that_as_it_is(tmp_path):
    script = (
        "import atexit, gc, sys; from gates.cli.main import main, run; sys.argv[1:] = ['--version']; "
        "before = gc.get_threshold(); run(sys.argv[1:]); after = gc.get_threshold(); "
        "atexit.register(lambda: open('seen', 'w').write(f'{before == after} {gc.get_threshold()[0]}')); main()"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=True)

    assert (tmp_path / "seen").read_text() == f"True {NEW_OBJECTS}"


def test_help_names_every_command_and_exit_code(tmp_path, gates):
    called = gates(tmp_path, "--help")

    assert called.code == 0
    assert [name for name in main.COMMANDS if f"\n  {name} " not in called.out] == []
    for line in ("0  passed", "1  failed", "2  wrong usage or configuration", "3  no verdict"):
        assert line in called.out


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_command_has_help_that_agrees_with_the_table(name, tmp_path, gates):
    command = importlib.import_module(main.COMMANDS[name][0]).command

    assert isinstance(command, click.Command)
    called = gates(tmp_path, name, "--help")
    assert (called.code, called.err) == (0, "")
    assert called.out.startswith(f"Usage: gates {name} ")


@pytest.mark.parametrize("name", main.COMMANDS)
def test_help_keeps_to_a_terminal_of_eighty_columns_but_for_lines_to_copy(name, tmp_path, gates, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    lines = gates(tmp_path, name, "--help").out.splitlines()

    assert [line for line in lines if len(line) > 80 and not line.startswith(f"    gates {name}")] == []


def test_version_is_the_package_version(tmp_path, gates):
    assert gates(tmp_path, "--version").out == f"gates, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("list", "question"), "no list 'question' (did you mean 'questions'?)"),
        (("list", "checks", "--scope", "humen"), "no scope 'humen' (did you mean 'human'?)"),
        (("diff", "--format", "jsn"), "no format 'jsn' (did you mean 'json'?)"),
    ],
)
def test_a_word_that_is_none_of_a_few_is_refused_with_the_nearest(arguments, message, tmp_path, gates):
    called = gates(tmp_path, *arguments)

    assert (called.code, called.out, called.err) == (2, "", f"{message}\n")


@pytest.mark.parametrize(("word", "hint"), [("chekc", "did you mean 'check'?"), ("zzz", "expected one of: advise, ")])
def test_unknown_command_names_the_nearest(word, hint, tmp_path, gates):
    called = gates(tmp_path, word)

    assert (called.code, called.out) == (2, "")
    assert f"no command '{word}' ({hint}" in called.err


def test_unknown_option_is_wrong_usage(tmp_path, gates):
    called = gates(tmp_path, "check", "--al")

    assert called.code == 2
    assert "--all" in called.err


@pytest.mark.parametrize(
    "case",
    [
        (DataError("data/a.csv: empty"), 3, "data/a.csv: empty\n"),
        (UsageError("gates.toml:3: unknown key"), 2, "gates.toml:3: unknown key\n"),
        (GatesError("one\ntwo"), 3, "one\ntwo\n"),
        (GatesError("a \x1b[31mred\x1b[0m file"), 3, "a \\x1b[31mred\\x1b[0m file\n"),
        (ValueError("odd\nthing"), 3, "internal error: ValueError: odd thing; this is a bug; run with GATES_DEBUG=1 for the traceback\n"),
        (RecursionError("deep"), 3, "internal error: RecursionError: deep; this is a bug; run with GATES_DEBUG=1 for the traceback\n"),
        (MemoryError(), 3, "out of memory: close other programs, or judge smaller files\n"),
        (PermissionError(13, "Permission denied", "data/a.csv"), 3, "cannot use data/a.csv: Permission denied\n"),
        (SystemExit(0), 3, "imported code ended the program (SystemExit); look for sys.exit() in schemas and plugins\n"),
        (click.ClickException("no"), 3, "no\n"),
        (click.BadParameter("no number"), 2, None),
        (BrokenPipeError(32, "Broken pipe"), 3, "internal error: BrokenPipeError: [Errno 32] Broken pipe; this is a bug; run with GATES_DEBUG=1 for the traceback\n"),
    ],
)  # fmt: skip
def test_whatever_goes_wrong_is_reported_in_its_own_words_with_its_own_code(case, command_that_raises, tmp_path, gates):
    error, code, words = case
    command_that_raises(error)

    called = gates(tmp_path, "boom")

    assert (called.code, called.out) == (code, "")
    assert called.err == words if words is not None else "no number" in called.err


@pytest.mark.program
def test_mistake_that_nobody_reads_keeps_its_exit_code():
    read, write = os.pipe()
    os.close(read)

    done = subprocess.run([sys.executable, "-m", "gates", "list", "nothing"], stdout=write, stderr=write, check=False)

    os.close(write)
    assert done.returncode == 2


def test_interrupt_is_130(command_that_raises, tmp_path, gates):
    command_that_raises(KeyboardInterrupt())

    called = gates(tmp_path, "boom")

    assert called.code == 130
    assert called.err.strip() == "interrupted: no verdict"


def test_debug_variable_lets_the_traceback_through(command_that_raises, tmp_path, gates, monkeypatch):
    monkeypatch.setenv("GATES_DEBUG", "1")
    command_that_raises(ValueError("odd"))

    with pytest.raises(ValueError, match="odd"):
        gates(tmp_path, "boom")


def test_import_that_ends_the_program_is_no_pass(tmp_path, gates, monkeypatch):
    (tmp_path / "quits.py").write_text("raise SystemExit(0)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(main.COMMANDS, "quits", ("quits", "End the program."))

    called = gates(tmp_path, "quits")

    assert (called.code, called.out) == (3, "")
    assert "ended the program (SystemExit)" in called.err


@pytest.mark.program
def test_reader_that_goes_away_gets_no_traceback(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "gates", "list", "types"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()

    assert (process.wait(), errors) == (0, b"")


def test_shells_complete_commands(tmp_path, gates, monkeypatch):
    monkeypatch.setenv("_GATES_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "gates en")
    monkeypatch.setenv("COMP_CWORD", "1")

    assert gates(tmp_path).out == "plain,enforce\n"


@pytest.mark.program
def test_text_that_the_locale_cannot_show_is_escaped(tmp_path):
    (tmp_path / "gates.toml").write_text('[datasets."列"]\npth = 1\n', encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "gates", "lint"],
        cwd=tmp_path, capture_output=True, check=False, env={"PYTHONIOENCODING": "latin-1", "PATH": ""},
    )  # fmt: skip

    assert done.returncode == 2
    assert b"dataset '\\u5217': unknown key 'pth' (did you mean 'path'?)" in done.stdout
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("codes", "code"), [([], 0), ([0, 0], 0), ([0, 3], 3), ([3, 1], 1), ([2, 3], 2), ([0, 2, 1], 1)]
)
def test_exit_code_of_several_datasets_is_the_worst(codes, code):
    assert worst(codes) == code


def test_datasets_are_those_named_or_the_only_one_or_all(tmp_path):
    def datasets(names):
        text = "".join(f'[datasets.{name}]\ntype = "tabular"\npath = "x"\n' for name in names)
        (tmp_path / "gates.toml").write_text(text)
        return read_config(tmp_path / "gates.toml")

    def names(commands):
        return [dataset.name for dataset in commands]

    assert names(chosen(datasets("a"), (), every=False)) == ["a"]
    assert names(chosen(datasets("ab"), (), every=True)) == ["a", "b"]
    assert names(chosen(datasets("ab"), ("b", "a", "b"), every=False)) == ["b", "a"]
    with pytest.raises(click.UsageError, match=r"has 2 datasets: name one or give --all \(a, b\)"):
        chosen(datasets("ab"), (), every=False)
    with pytest.raises(click.UsageError, match="not both"):
        chosen(datasets("ab"), ("a",), every=True)
    with pytest.raises(UsageError, match="no dataset 'aa'"):
        chosen(datasets("ab"), ("aa",), every=False)


def test_json_on_stdout_is_the_stored_verdicts_and_nothing_else(judged_project):
    stored = [
        {"id": name} | json.loads((judged_project.root / ".gates" / "verdicts" / f"{name}.json").read_text())
        for name in ("sound", "flawed")
    ]

    assert judged_project.check.code == 0
    assert json.loads(judged_project.check.out) == stored


def test_stderr_has_no_noise_of_libraries(judged_project):
    lines = judged_project.check.err.splitlines()

    assert [line for line in lines if not line.startswith(("sound: ", "flawed: "))] == []


def test_folder_of_verdicts_is_ignored_by_git(judged_project):
    assert (judged_project.root / ".gates" / ".gitignore").read_text() == "*\n"


@pytest.mark.program
def test_schema_that_prints_does_not_spoil_the_report(project_copy):
    with (project_copy / "schemas" / "sound.py").open("a") as file:
        file.write("import os\nprint('hello')\nos.system('echo from below')\n")

    called = program(project_copy, "check", "sound", "--format", "json", "--only", "expect_origins_to_be_declared")

    assert [check["type"] for check in json.loads(called.out)["checks"]] == ["expect_origins_to_be_declared"]
    assert "hello" in called.err
    assert "from below" in called.err
    assert "result not stored" in called.err


def test_today_is_a_day_of_universal_time():
    from gates.cli.options import today

    assert isinstance(today(), date)


def test_scopes_that_can_be_checked_are_those_there_are():
    assert set(SCOPES) == {scope.value for scope in Scope}

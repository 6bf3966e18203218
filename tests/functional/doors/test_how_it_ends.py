"""However a run ends, its exit code is the answer, and what went wrong is a sentence: no traceback, no code of chance."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.warm import warm_gates

GATES = Path(sys.executable).with_name("gates")
SOUND = '[datasets.d]\npath = "d.csv"\ntype = "tabular"\n'
# Two rows are too few to say anything; a key without a name is wrong usage.
ANSWERS = {"none": (SOUND, 3), "usage": (SOUND + "nonsense = 1\n", 2)}


def project(root: Path, text: str) -> Path:
    (root / "gates.toml").write_text(text)
    (root / "d.csv").write_text("x,origin\n1,human\n2,synthetic\n")
    return root


def ended(root: Path, arguments: str, program: Path = GATES) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "-c", f"{program} {arguments}"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A project for each answer; the first call judges it, the others read the cached verdict."""
    return {answer: project(tmp_path_factory.mktemp(answer), text) for answer, (text, _) in ANSWERS.items()}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize(
    "streams",
    [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "| true; exit ${PIPESTATUS[0]}", "2>&1 | true; exit ${PIPESTATUS[0]}"],
)
def test_closed_streams_change_no_exit_code_and_leave_no_traceback(judged, streams, answer):
    # Where all are closed, Python itself begins without any of them.
    program = GATES if streams.startswith("<&-") else warm_gates()

    ending, printed = ended(judged[answer], f"check --worktree {streams}", program)

    code = ANSWERS[answer][1]
    assert (ending, "Traceback" in printed, "internal error" in printed) == (code, False, False), printed


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
def test_a_full_disk_behind_stdout_is_a_sentence(tmp_path):
    ending, printed = ended(project(tmp_path, SOUND), "check --worktree > /dev/full")

    assert (ending, "internal error" in printed, "No space left on device" in printed) == (3, False, True), printed


def ended_by_own_code(root: Path, line: str, place: str) -> tuple[int, str]:
    """A check whose schema has a line of Python: where it is imported, or in a rule."""
    root.mkdir(exist_ok=True)
    project(root, SOUND + 'schema = "schemas/own.py:Own"\n')
    (root / "schemas").mkdir()
    lines = {"import": line, "rule": "pass"}
    source = f"""import ctypes, os, signal
import pandera.polars as pa
def rule(value):
    {line}
    return True
{lines[place]}
Own = pa.DataFrameSchema({{"x": pa.Column(checks=pa.Check(rule, element_wise=True))}})
"""
    (root / "schemas/own.py").write_text(source)
    return ended(root, "check --worktree", warm_gates())


DURING = {
    "import": "while judging dataset 'd', running code of own.py",
    "rule": "while judging dataset 'd', applying the rules of its own schema",
}


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux a run is supervised")
@pytest.mark.parametrize(
    ("name", "place"),
    [("SIGSEGV", "import"), ("SIGBUS", "rule"), ("SIGABRT", "import"), ("SIGKILL", "rule"), ("SIGTERM", "import")],
)
def test_a_run_that_crashes_is_no_verdict_and_says_what_it_was_doing(tmp_path, name, place):
    ending, printed = ended_by_own_code(tmp_path, f"os.kill(os.getpid(), signal.{name})", place)

    assert ending == 3, printed
    assert f"no verdict: the run was ended by {name} {DURING[place]}" in printed


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux a run is supervised")
@pytest.mark.parametrize(("end", "code", "place"), [("_exit", 0, "import"), ("_exit", 0, "rule"), ("_exit", 1, "rule")])
def test_a_run_that_ends_itself_past_python_has_no_answer(tmp_path, end, code, place):
    ending, printed = ended_by_own_code(tmp_path, f"ctypes.CDLL(None).{end}({code})", place)

    assert ending == 3, printed
    assert f"no verdict: the run ended with exit code {code} before it had an answer {DURING[place]}" in printed


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux a run is supervised")
def test_a_run_that_exits_below_its_threads_has_no_answer_even_if_it_crashes_on_the_way(tmp_path):
    ending, printed = ended_by_own_code(tmp_path, "ctypes.CDLL(None).exit(0)", "rule")

    assert ending == 3, printed
    assert "no verdict: the run " in printed
    assert DURING["rule"] in printed


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux a run is supervised")
def test_an_answer_stays_what_it_was_when_the_run_ends_with_another_code(tmp_path):
    line = "import atexit; atexit.register(ctypes.CDLL(None)._exit, 0)"

    ending, printed = ended_by_own_code(tmp_path, line, "import")

    assert ending == 3, printed
    assert "no verdict: the run ended with exit code 0 in the place of its answer, 3" in printed


@pytest.mark.parametrize(
    "holder", ["log = open('log', 'w')", "log = type('Log', (), {})(); log.me, log.write = log, open('log', 'w').write"]
)
def test_what_own_code_wrote_to_a_file_that_it_left_open_is_there(tmp_path, holder):
    _, printed = ended_by_own_code(tmp_path, f"{holder}; log.write('kept')", "import")

    assert (tmp_path / "log").read_text() == "kept", printed


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux a run is supervised")
@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_a_signal_to_the_program_ends_all_of_it(tmp_path, sent, code):
    project(tmp_path, SOUND + 'schema = "schemas/own.py:Own"\n')
    (tmp_path / "schemas").mkdir()
    waiting = 'import os, time\nopen("pid", "w").write(str(os.getpid()))\ntime.sleep(60)\n'
    (tmp_path / "schemas/own.py").write_text(waiting)
    process = subprocess.Popen([GATES, "check", "--worktree"], cwd=tmp_path, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)

    process.send_signal(sent)
    _, errors = process.communicate(timeout=30)

    assert (process.returncode, b"Traceback" in errors) == (code, False)
    status = Path("/proc", (tmp_path / "pid").read_text(), "status")
    time.sleep(0.2)
    assert not status.exists() or "zombie" in status.read_text()

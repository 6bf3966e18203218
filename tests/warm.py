"""`gates` and `dvc` as programs of their own that need not import their libraries: forked from a process that has.

The imports are most of the five seconds of processor time that a small check takes, and of what a command of DVC takes.
`warm_gates()` and `warm_dvc()` are programs that hand their arguments, folder, environment and streams to a process that
forks itself for each call, and that end as the fork ends; who kills one kills its fork. Tests of what a start needs or
imports, and of other installations, start Python themselves.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAMS = Path(sys.executable).parent
# The folder of the programs of the process that started this one.
SHARED = "GATES_TESTS_WARM_PROGRAMS"
# What is first imported where it is used: by the classifiers of a check, by pandera and by the commands of DVC.
IMPORTED_LATE = (
    "sklearn.ensemble",
    "sklearn.linear_model",
    "pandera.backends.polars.register",
    "pandera.strategies.base_strategies",
    "dvc.cli.parser",
    "dvc.repo.reproduce",
    "dvc.parsing",
    "dvc.stage.loader",
    "dvc.cachemgr",
    "dvc.data_cloud",
    "dvc.lock",
    "dvc_data.index",
    "dvc_render",
    "flatten_dict",
    "networkx",
    "scmrepo.git",
)
# Isolated and without site-packages, for this is started each time.
CLIENT = """\
#!{python} -IS
import json, os, signal, socket, sys

def is_open(stream):
    try:
        os.fstat(stream)
    except OSError:
        return False
    return True

# Before a socket takes the number of one that is closed.
streams = [stream for stream in (0, 1, 2) if is_open(stream)]
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    call = json.dumps([sys.argv, os.getcwd(), dict(os.environ), streams]).encode() + b"\\n"
    sent = socket.send_fds(server, [call], streams)
    server.sendall(call[sent:])
    code = int(server.makefile().read())
if code < 0:
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


def share_with_processes_to_come() -> None:
    """Let the processes that this one starts use its programs: what these import takes six seconds and half a gigabyte."""
    os.environ[SHARED] = str(_warm_programs())


def warm_gates() -> Path:
    """The program `gates`, which works as long as this process lives."""
    return _warm_programs() / "gates"


def warm_dvc() -> Path:
    """The program `dvc`, which works as long as this process lives."""
    return _warm_programs() / "dvc"


def warm_python() -> Path:
    """Python for `-c PROGRAM` alone, where the libraries are imported; no program of PATH, for it is not all of Python."""
    return _warm_programs().parent / "python"


@functools.cache
def _warm_programs() -> Path:
    """The folder of the programs of PATH; the process that they call is started unless another process shares its own."""
    if SHARED in os.environ:
        return Path(os.environ[SHARED])
    # A socket's address may have about a hundred characters, fewer than a folder of a test.
    folder = Path(tempfile.mkdtemp(prefix="gates-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    programs = folder / "bin"
    programs.mkdir()
    for program in (programs / "gates", programs / "dvc", folder / "python"):
        program.write_text(CLIENT.format(python=sys.executable, address=str(folder / "socket")))
        program.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen()
        # It ends when its stdin does, with this process at the latest.
        server = subprocess.Popen(
            [sys.executable, __file__, str(listener.fileno())], pass_fds=[listener.fileno()], stdin=subprocess.PIPE
        )
    atexit.register(server.communicate)
    return programs


def warm_path() -> str:
    """A PATH with these programs before those of this environment."""
    return os.pathsep.join([str(_warm_programs()), str(PROGRAMS), os.environ["PATH"]])


def _await_call(listener: socket.socket) -> None:
    """Returns in a fork for each call, as the process that was called for; ends the process when stdin ends."""
    # Nobody asks for the end of the forks that keep watch.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        caller, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            _become(*_received(caller), caller)
            return
        caller.close()
    # Nothing was done here that has to be put in order.
    os._exit(0)


def _received(caller: socket.socket) -> tuple[list[object], list[int]]:
    """Arguments, folder, environment and numbers of the open streams of a call, and these streams."""
    text, streams, _, _ = socket.recv_fds(caller, 1 << 16, 3)
    while text and not text.endswith(b"\n"):
        text += caller.recv(1 << 16)
    return json.loads(text), streams


def _become(call: list[object], streams: list[int], caller: socket.socket) -> None:
    """Returns in another fork, which is the program; this one waits for its end or for that of its caller."""
    lives, ends = os.pipe()
    program = os.fork()
    if program:
        os.close(ends)
        for stream in streams:
            os.close(stream)
        if lives not in select.select([lives, caller], [], [])[0]:
            os.kill(program, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
        with contextlib.suppress(BrokenPipeError):
            caller.sendall(str(code).encode())
        os._exit(0)
    os.close(lives)
    caller.close()
    (program_path, *arguments), folder, environment, numbers = call
    for number in range(3):
        os.close(number)
    for number, stream in zip(numbers, streams, strict=True):
        os.dup2(stream, number)
        os.close(stream)
    # As Python has it where a stream was closed before it began.
    sys.stdin = open(0, closefd=False) if 0 in numbers else None  # noqa: SIM115
    sys.stdout = open(1, "w", closefd=False) if 1 in numbers else None  # noqa: SIM115
    sys.stderr = open(2, "w", errors="backslashreplace", closefd=False) if 2 in numbers else None  # noqa: SIM115
    sys.argv = [str(PROGRAMS / Path(program_path).name), *arguments]
    sys.path[0] = str(PROGRAMS)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)


def import_libraries() -> None:
    """Imports what judging and DVC need and what starts no threads before it is used, for a fork would not have them."""
    # Nothing of it becomes garbage.
    gc.disable()
    for module in pkgutil.walk_packages([str(Path(__file__).parents[1] / "gates")], "gates."):
        if module.name != "gates.__main__":
            importlib.import_module(module.name)
    for name in IMPORTED_LATE:
        importlib.import_module(name)

    from gates.gx.expectations import register
    from gates.metrics.catalogue import METRICS

    register(METRICS)
    # What they leave behind lives as long as each fork: collecting it would copy its memory.
    gc.freeze()
    gc.enable()


def _run(name: str) -> int:
    """The exit code of a program with the arguments in `sys.argv`."""
    try:
        if name == "python":
            _, option, program, *sys.argv[1:] = sys.argv
            assert option == "-c"
            exec(program, {"__name__": "__main__"})
            return 0
        if name == "dvc":
            from dvc.cli import main
        else:
            from gates.cli.main import main
        return main()
    except SystemExit as done:
        return done.code or 0


def _end(code: int) -> None:
    """Ends this process as Python does, but for the memory, which the system frees faster."""
    atexit._run_exitfuncs()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    os._exit(code)


if __name__ == "__main__":
    import_libraries()
    _await_call(socket.socket(fileno=int(sys.argv[1])))
    _end(_run(Path(sys.argv[0]).name))

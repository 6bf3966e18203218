"""`gates` as a program of its own that need not import Great Expectations: forked from a process that has.

The import is most of the five seconds of processor time that a small check takes. `warm_gates()` is a program that
hands its arguments, folder, environment and streams to a process that forks itself for each call, and that ends as the
fork ends; who kills it kills the fork. Tests of what a start needs or imports, and of other installations, start Python
themselves.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAMS = Path(sys.executable).parent
# Isolated and without site-packages, for this is started each time.
CLIENT = """\
#!{python} -IS
import json, os, signal, socket, sys

with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    call = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode() + b"\\n"
    sent = socket.send_fds(server, [call], [0, 1, 2])
    server.sendall(call[sent:])
    code = int(server.makefile().read())
if code < 0:
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


@functools.cache
def warm_gates() -> Path:
    """The program, which works as long as this process lives."""
    # A socket's address may have about a hundred characters, fewer than a folder of a test.
    place = Path(tempfile.mkdtemp(prefix="gates-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    program = place / "bin/gates"
    program.parent.mkdir()
    program.write_text(CLIENT.format(python=sys.executable, address=str(place / "socket")))
    program.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place / "socket"))
        listener.listen()
        # It ends when its stdin does, with this process at the latest.
        server = subprocess.Popen(
            [sys.executable, __file__, str(listener.fileno())], pass_fds=[listener.fileno()], stdin=subprocess.PIPE
        )
    atexit.register(server.communicate)
    return program


def warm_path() -> str:
    """A PATH with this `gates` before the programs of this environment."""
    return os.pathsep.join([str(warm_gates().parent), str(PROGRAMS), os.environ["PATH"]])


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
    """Arguments, folder and environment of a call, and its three streams."""
    text, streams, _, _ = socket.recv_fds(caller, 1 << 16, 3)
    while text and not text.endswith(b"\n"):
        text += caller.recv(1 << 16)
    return json.loads(text), streams


def _become(asked: list[object], streams: list[int], caller: socket.socket) -> None:
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
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", errors="backslashreplace", closefd=False)  # noqa: SIM115
    arguments, here, environment = asked
    sys.argv = [str(PROGRAMS / "gates"), *arguments]
    sys.path[0] = str(PROGRAMS)
    os.chdir(here)
    os.environ.clear()
    os.environ.update(environment)


if __name__ == "__main__":
    # What of the judging libraries starts no threads: those of Polars would not be there in a fork.
    import great_expectations  # noqa: F401
    import sklearn.ensemble  # noqa: F401

    assert "polars" not in sys.modules
    _await_call(socket.socket(fileno=int(sys.argv[1])))
    from gates.cli.main import main

    main()

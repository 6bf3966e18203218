"""A run in a process of its own: whatever ends that process, such as a library that crashes on a damaged file, is a sentence."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from gates.cli.streams_at_exit import DEBUG_VARIABLE
from gates.run_state import RunState, reached

if TYPE_CHECKING:
    from collections.abc import Callable

# What people and systems send to end a run; passed on, and answered as a single process would.
_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# From linux/prctl.h: the signal that a process gets when its parent dies.
_SET_DEATH_SIGNAL = 1


def supervised(work: Callable[[], int], on_death: Callable[[str, str], int]) -> int:
    """The exit code of work, done in a child. Returns in both processes where there are two, and never does the work twice.

    on_death: gives the exit code where the child ended otherwise than with the one that `work` returned. Called with how it
    ended, such as "was ended by SIGSEGV", and with what it was doing.
    Where a process cannot be supervised, as outside of Linux, and for a debugger, the work is done in this one.
    """
    if sys.platform != "linux" or os.environ.get(DEBUG_VARIABLE):
        return work()
    parent, state = os.getpid(), RunState()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {*_PASSED_ON, signal.SIGCHLD})
    child = os.fork()
    if not child:
        _die_with(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        state.record_this_process()
        code = work()
        reached(code)
        return code
    status, sent = _status_of(child)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    if not os.WIFSIGNALED(status):
        code = os.WEXITSTATUS(status)
        if code == state.exit_code:
            # At once: what is to be printed or removed at the end is the child's.
            os._exit(code)
        answer = (
            "before it had an answer" if state.exit_code is None else f"in the place of its answer, {state.exit_code}"
        )
        return on_death(f"ended with exit code {code} {answer}", state.steps)
    number = os.WTERMSIG(status)
    if number in sent:
        signal.signal(number, signal.SIG_DFL)
        os.kill(parent, number)
    return on_death(f"was ended by {signal.Signals(number).name}", state.steps)


def _status_of(child: int) -> tuple[int, set[int]]:
    """How the child ended, and which signals this process was sent meanwhile, which are passed on.

    Where both were sent one, it is seen here before the child's end: of those that wait, the lowest comes first.
    """
    sent: set[int] = set()
    while True:
        got = signal.sigwaitinfo({*_PASSED_ON, signal.SIGCHLD})
        if got.si_signo == signal.SIGCHLD:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status, sent
            continue
        sent.add(got.si_signo)
        if got.si_code <= 0:
            # Sent by a process to this one alone; what a terminal sends, the child is sent too.
            os.kill(child, got.si_signo)


def _die_with(parent: int) -> None:
    """Nothing goes on once the supervising process was killed."""
    import ctypes

    ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)

"""A run in a process of its own: whatever ends that process, such as a library that crashes on a damaged file, is a sentence."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from gates.cli.streams_at_exit import DEBUG_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable

# What people and systems send to end a run; passed on, and answered as a single process would.
_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# From linux/prctl.h: the signal that a process gets when its parent dies.
_SET_DEATH_SIGNAL = 1


def supervised(work: Callable[[], int], on_death: Callable[[str], int]) -> int:
    """The exit code of work, done in a child. Returns in both processes where there are two, and never does the work twice.

    on_death: gives the exit code for the name of a signal that ended the child, such as SIGSEGV, or SIGKILL where memory
    ran out. Where a process cannot be supervised, as outside of Linux, and for a debugger, the work is done in this one.
    """
    if sys.platform != "linux" or os.environ.get(DEBUG_VARIABLE):
        return work()
    parent = os.getpid()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {*_PASSED_ON, signal.SIGCHLD})
    child = os.fork()
    if not child:
        _die_with(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return work()
    status = _status_of(child)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    if not os.WIFSIGNALED(status):
        # At once: what is to be printed or removed at the end is the child's.
        os._exit(os.WEXITSTATUS(status))
    number = os.WTERMSIG(status)
    if number in _PASSED_ON:
        signal.signal(number, signal.SIG_DFL)
        os.kill(parent, number)
    return on_death(signal.Signals(number).name)


def _status_of(child: int) -> int:
    """How the child ended; signals that this process is sent meanwhile are passed on."""
    while True:
        got = signal.sigwaitinfo({*_PASSED_ON, signal.SIGCHLD})
        if got.si_signo == signal.SIGCHLD:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status
        elif got.si_code <= 0:
            # Sent by a process to this one alone; what a terminal sends, the child is sent too.
            os.kill(child, got.si_signo)


def _die_with(parent: int) -> None:
    """Nothing goes on once the supervising process was killed."""
    import ctypes

    ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)

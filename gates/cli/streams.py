"""What goes to which stream: the report to stdout, everything else to stderr."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

import click

from gates.run_state import Progress, no_progress
from gates.verdicts.reports.text import printable_line, printable_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.progress import Progress as ProgressBar

    from gates.verdicts.reports.formats.terminal import RenderOptions

# Seconds that nobody wonders about.
_SHOWN_AFTER = 2.0
# Those under way, the innermost last: what else is written to their terminal goes by way of them.
_bars: list[ProgressBar] = []


def note(message: str) -> None:
    """Lines for the person at the terminal."""
    for line in printable_lines(message):
        if _bars:
            _bars[-1].console.print(line, markup=False, highlight=False, emoji=False, soft_wrap=True)
        else:
            click.echo(line, err=True)


def show_lines(lines: Iterable[str]) -> None:
    """Lines of the report, harmless for a terminal."""
    for line in lines:
        click.echo(printable_line(line))


def render_options(*, verbose: bool) -> RenderOptions:
    """How the terminal report is made here: whole plain lines in a pipe; NO_COLOR is honoured (no-color.org)."""
    from gates.verdicts.reports.formats.terminal import RenderOptions

    is_terminal = sys.stdout.isatty()
    color = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size().columns if is_terminal else None
    return RenderOptions(width=width, color=color, verbose=verbose)


@contextmanager
def clean_stdout() -> Iterator[None]:
    """While it lasts, what libraries and schemas print goes to stderr, from Python and from C alike."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 1)
        os.close(kept)


@contextmanager
def progress_bar(what: str, *, is_quiet: bool = False) -> Iterator[Progress]:
    """A function to tell progress to: step, how far, of how many (0 if nobody can say). A bar on stderr where that is a terminal.

    It is there after two seconds, has the time that the step will take from how far it came, and leaves nothing behind.
    Notes that are made meanwhile stand above it.
    """
    if is_quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield no_progress
        return
    from rich import progress, table
    from rich.console import Console
    from rich.markup import escape

    columns = (
        progress.TextColumn("{task.description}", table_column=table.Column(no_wrap=True, overflow="ellipsis")),
        progress.BarColumn(bar_width=20),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.fields[left]}"),
    )
    # Colours are left out by the console itself where NO_COLOR says so.
    shown = progress.Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False
    )
    bar = shown.add_task(escape(what), total=None, left="")
    step_now = ""

    def tell(step: str, done: int, total: int) -> None:
        nonlocal step_now
        if step != step_now:
            step_now = step
            shown.reset(bar, description=escape(f"{what}: {step}"), total=total or None)
        shown.update(bar, completed=done)
        left = shown.tasks[0].time_remaining
        shown.update(bar, left="" if left is None else f"about {_clock(left)} left")

    timer = threading.Timer(_SHOWN_AFTER, shown.start)
    timer.start()
    _bars.append(shown)
    try:
        yield tell
    finally:
        _bars.remove(shown)
        timer.cancel()
        timer.join()
        if shown.live.is_started:
            shown.stop()


def _clock(seconds: float) -> str:
    """`0:07`, `12:30`, `1:02:30`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

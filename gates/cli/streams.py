"""What goes to which stream: the report to stdout, everything else to stderr."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING

import click

from gates.verdicts.reports.text import printable_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gates.verdicts.reports.formats.terminal import RenderOptions


def note(message: str) -> None:
    """Lines for the person at the terminal."""
    for line in printable_lines(message):
        click.echo(line, err=True)


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
def progress_bar(dataset: str, *, is_quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A function to tell progress to: step, how far, of how many. A bar on stderr where that is a terminal."""
    if is_quiet or not sys.stderr.isatty():
        yield lambda _step, _done, _total: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(
        console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False
    ) as progress:
        bar = progress.add_task(escape(dataset), total=None)

        def tell(step: str, done: int, total: int) -> None:
            progress.update(bar, description=escape(f"{dataset}: {step}"), completed=done, total=max(1, total))

        yield tell

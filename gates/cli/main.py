"""The command line. A command's module is imported when the command runs, so that help is there at once."""

from __future__ import annotations

import atexit
import errno
import importlib
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from gates import __version__
from gates.cli.garbage import collect_rarely, leave_garbage
from gates.cli.python_path import put_own_modules_last
from gates.cli.streams_at_exit import DEBUG_VARIABLE, flush_and_close, open_missing_streams, tolerate_broken_pipe
from gates.cli.supervise import supervised
from gates.errors import GatesError, did_you_mean, foreign_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME = "gates"
COMPLETION_VARIABLE = "_GATES_COMPLETE"
NO_VERDICT, INTERRUPTED = 3, 130
# What a write says of a disk that is full, spent, broken or not to be written.
_OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})

# Name, module and help line; the module's `command` is the click command.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("gates.cli.init", "Write gates.toml, and draft rules inferred from the human rows."),
    "check": ("gates.cli.check.command", "Judge datasets and report the verdicts."),
    "report": ("gates.cli.report", "Write a verdict as a page to read, show and print."),
    "enforce": ("gates.cli.enforce", "Exit with the stored verdict's status; fail if it is out of date."),
    "lint": ("gates.cli.lint", "Find mistakes in gates.toml, suites, schemas and waivers."),
    "promote": ("gates.cli.promote", "Make a version of what passed, and put it on a stage."),
    "verify": ("gates.cli.verify", "Verify promotions offline: recompute what they claim."),
    "diff": ("gates.cli.diff.command", "Compare datasets between two versions, or over all of them."),
    "review": ("gates.cli.review.command", "Draw rows for people to review, and decide by what they say."),
    "advise": (
        "gates.cli.advice.advise",
        "Say what rows are worth to a model, and where the next ones should come from.",
    ),
    "weights": (
        "gates.cli.advice.weights",
        "Weigh the rows: how much each source should count, where a gain is shown.",
    ),
    "explain": ("gates.cli.explain", "Explain a check: what it asks, why, its limits, and how to fix what it finds."),
    "list": ("gates.cli.lists.command", "List data types, checks, questions, plugins, or what is not configured."),
}

EPILOG = """\b
Exit codes:
  0  passed, perhaps with warnings
  1  failed
  2  wrong usage or configuration
  3  no verdict (inconclusive, or an error)

\b
Examples:
  gates init                      set up gates.toml and draft rules
  gates check reviews             judge one dataset
  gates check --all --exit-zero   judge all, exit later by `gates enforce --all`
"""


class _Commands(click.Group):
    """A group that knows its commands' help lines without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"no command '{args[0]}' ({did_you_mean(args[0], COMMANDS)})", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=_Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, "-V", "--version", prog_name=NAME)
def group() -> None:
    """Decide whether a dataset of human and synthetic rows may be used."""


def run(arguments: Sequence[str]) -> int:
    """The exit code of one call; whatever goes wrong is one sentence on stderr."""
    try:
        code = _invoke(arguments)
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return _say("interrupted: no verdict", INTERRUPTED)
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        # click's own code, 1, would mean that the data is bad.
        return _say(error.format_message(), NO_VERDICT)
    except BaseException as error:  # the one place that catches everything
        if os.environ.get(DEBUG_VARIABLE):
            raise
        return _say(*_sentence(error))
    return code


def main() -> NoReturn:
    """Entry point of the program `gates`."""
    collect_rarely()
    # First, so that it comes last.
    atexit.register(leave_garbage)
    open_missing_streams()
    _tame_streams()
    arguments = sys.argv[1:]
    # The help of gates itself reads nothing that could end a process.
    is_help = arguments[:1] in ([], ["-h"], ["--help"], ["-V"], ["--version"])
    if ran_before := put_own_modules_last(arguments):
        code = _say(ran_before, NO_VERDICT)
    else:
        code = run(arguments) if is_help else supervised(lambda: run(arguments), _died)
    flush_and_close()
    sys.exit(code)


def _died(how: str, steps: str) -> int:
    """Print why there is no verdict. how: the run ended; steps: what it was doing, "" where that is unknown."""
    if "SIGKILL" in how:
        why = "most often memory ran out; code of the repository or somebody else may have killed it"
    else:
        why = "libraries do so on a damaged file, and code of the repository may; judge the files one by one to find it"
    while_doing = f" while {steps}" if steps else ""
    return _say(f"no verdict: the run {how}{while_doing}: {why}", NO_VERDICT)


def _invoke(arguments: Sequence[str]) -> int:
    """What click's own `main` does, without ending the program."""
    completion = os.environ.get(COMPLETION_VARIABLE)
    if completion:
        from click.shell_completion import shell_complete

        return shell_complete(group, {}, NAME, COMPLETION_VARIABLE, completion)
    try:
        with group.make_context(NAME, list(arguments)) as context:
            code = group.invoke(context)
    except click.exceptions.Exit as done:
        code = done.exit_code
    return code if isinstance(code, int) else 0


def _sentence(error: BaseException) -> tuple[str, int]:
    """What went wrong, and the exit code for it."""
    if isinstance(error, GatesError):
        return str(error), error.exit_code
    if not isinstance(error, Exception):
        kind = type(error).__name__
        return f"imported code ended the program ({kind}); look for sys.exit() in schemas and plugins", NO_VERDICT
    if isinstance(error, MemoryError):
        return "out of memory: close other programs, or judge smaller files", NO_VERDICT
    if isinstance(error, OSError) and error.filename is not None:
        return f"cannot use {error.filename}: {error.strerror or foreign_text(error)}", NO_VERDICT
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        return f"cannot read or write: {error.strerror}; nothing was left half written", NO_VERDICT
    return (
        f"internal error: {foreign_text(error)}; this is a bug; run with {DEBUG_VARIABLE}=1 for the traceback",
        NO_VERDICT,
    )


def _say(message: str, code: int) -> int:
    from gates.verdicts.reports.text import printable_lines

    for line in printable_lines(message):
        click.echo(line, err=True)
    return code


def _tame_streams() -> None:
    """Nothing that a terminal cannot show, no reader who leaves early, and no library's warning may end or spoil a run."""
    import warnings

    sys.stdout, sys.stderr = tolerate_broken_pipe(sys.stdout), tolerate_broken_pipe(sys.stderr)
    if not sys.warnoptions and not os.environ.get(DEBUG_VARIABLE):
        warnings.simplefilter("ignore")

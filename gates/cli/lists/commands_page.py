"""The commands as a page of the documentation, in the order of a manual page: synopsis, description, options, what else."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_INTRODUCTION = """\
# Commands

What `gates COMMAND --help` says, on one page. Shells complete commands, options, datasets and checks:
[how](../how-to/complete-words.md). Exit codes: 0 passed, perhaps with warnings; 1 failed; 2 wrong usage or configuration;
3 no verdict."""


def command_rows(commands: Mapping[str, tuple[str, str]]) -> list[dict[str, object]]:
    """Name, synopsis and help line of each command, and of each command of a group. commands: module and help line by name."""
    return [
        {"name": context.info_name, "usage": _synopsis(context), "about": context.command.get_short_help_str(200)}
        for context in _contexts(commands)
    ]


def commands_page(commands: Mapping[str, tuple[str, str]]) -> list[str]:
    """The lines of the page. commands: as for `command_rows`."""
    lines = [_INTRODUCTION]
    for context in _contexts(commands):
        lines += ["", f"## {context.info_name}", "", f"    {_synopsis(context)}", ""]
        lines += [_paragraphs(context.command.help or "")]
        if options := [*_options(context)]:
            lines += ["", "| option | |", "|---|---|", *options]
        if context.command.epilog:
            lines += ["", _paragraphs(context.command.epilog)]
    return lines


def _contexts(commands: Mapping[str, tuple[str, str]]) -> Iterator[click.Context]:
    for name, (module, _) in commands.items():
        command: click.Command = importlib.import_module(module).command
        context = click.Context(command, info_name=f"gates {name}")
        yield context
        if isinstance(command, click.Group):
            for part in command.list_commands(context):
                if (one := command.get_command(context, part)) is not None:
                    yield click.Context(one, info_name=f"gates {name} {part}")


def _synopsis(context: click.Context) -> str:
    return " ".join([str(context.info_name), *context.command.collect_usage_pieces(context)])


def _options(context: click.Context) -> Iterator[str]:
    for parameter in context.command.params:
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None:
            names, text = record
            yield f"| `{_cell(names)}` | {_cell(text)} |"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _paragraphs(text: str) -> str:
    r"""Help as Markdown: what click does not wrap, after `\b`, is a block as it stands."""
    shown = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        if paragraph.lstrip().startswith("\b"):
            lines = paragraph.lstrip().removeprefix("\b").strip("\n").split("\n")
            shown.append("\n".join(f"    {line}" for line in lines))
        else:
            shown.append(re.sub(r"\s+", " ", paragraph).strip())
    return "\n\n".join(shown)

"""A proposal as the text of gates.toml, with the reason beside what a person may want to change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gates.config.dataset import WITHOUT_VALUE, Specs, specs_of
from gates.verdicts.reports.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gates.init.proposal import Proposal

_HEAD = """\
# What `gates check` judges. Every key: docs/reference/configuration.md in the repository of gates.
# `gates lint` finds mistakes here; `gates list types` and `gates explain CHECK` say more.
"""
_NO_LABEL = '# label = "…"  # the column that a model would learn'


def config_text(proposal: Proposal) -> str:
    """The whole file."""
    return _HEAD + "\n" + table_text(proposal)


def table_text(proposal: Proposal) -> str:
    """The dataset's table, with the tables below it."""
    return "\n".join(_lines(proposal)) + "\n"


def _lines(proposal: Proposal) -> Iterator[str]:
    data = proposal.data
    yield f"[datasets.{data.name}]"
    if data.path:
        yield f"path = {_paths(data.path)}"
    else:
        paths = ", ".join(f"{origin} = {_paths(path)}" for origin, path in data.partitions.items())
        yield f"partitions = {{ {paths} }}"
    # A column's name is data; it must not end the comment that it stands in.
    yield f"type = {toml_string(proposal.type)}  # a guess: {printable(proposal.guess)}; `gates list types` has the others"
    if proposal.columns:
        mapped = ", ".join(f"{role} = {toml_string(column)}" for role, column in proposal.columns.items())
        yield f"columns = {{ {mapped} }}"
    if proposal.origin:
        yield f"origin = {toml_string(proposal.origin.name)}  # the column that says who made a row"
    if data.holdout:
        yield f"holdout = {_paths(data.holdout)}  # human rows that no generator has seen"
    else:
        yield '# holdout = "data/holdout.parquet"  # human rows that no generator has seen: the baseline for copies'
    if data.splits:
        named = ", ".join(toml_string(spec) for paths in data.splits.values() for spec in specs_of(paths))
        yield f"# evaluation = [{named}]  # {' and '.join(data.splits)}: rows that models are tested on; or holdout, where all are human"
    yield '# purpose = "finetune"  # pretrain | finetune | preference | evaluation: how many rows must be human'
    label = toml_string(proposal.label) if proposal.label else None
    yield f"label = {label}  # a guess: {printable(proposal.why['label'])}" if label else _NO_LABEL
    if proposal.group:
        yield f"group = {toml_string(proposal.group)}  # a guess: {printable(proposal.why['group'])}: they are no independent rows"
    if proposal.choices:
        yield "# What says who made a row? Choose one of these lines:"
        yield from (f"# {printable(choice)}" for choice in proposal.choices)
    if proposal.origin and (proposal.origin.human, proposal.origin.synthetic) != (("human",), ("synthetic",)):
        yield ""
        yield f"[datasets.{data.name}.origins]"
        yield f"human = {_strings(proposal.origin.human)}"
        yield f"synthetic = {_strings(proposal.origin.synthetic)}"
    if proposal.origin and proposal.origin.unknown:
        yield f"# Rows with these values are undeclared, and fail the gate until a list above has them: {_strings(proposal.origin.unknown)}"
    if proposal.origin and WITHOUT_VALUE in proposal.origin.human:
        yield '# "" stands for rows without a value in that column.'


def _paths(paths: Specs) -> str:
    return toml_string(paths) if isinstance(paths, str) else _strings(paths)


def _strings(words: Iterable[str]) -> str:
    return f"[{', '.join(toml_string(word) for word in words)}]"


def toml_string(text: str) -> str:
    """A basic string of TOML; its escapes are those of JSON, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

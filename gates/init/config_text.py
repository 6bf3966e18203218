"""A proposal as the text of gates.toml, with the reason beside what a person may want to change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gates.verdicts.reports.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gates.init.proposal import Proposal

_HEAD = """\
# What `gates check` judges. Every key: docs/reference/configuration.md in the repository of gates.
# `gates lint` finds mistakes here; `gates list types` and `gates explain CHECK` say more.
"""


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
        yield f"path = {_string(data.path)}"
    else:
        paths = ", ".join(f"{origin} = {_string(path)}" for origin, path in data.partitions.items())
        yield f"partitions = {{ {paths} }}"
    # A column's name is data; it must not end the comment that it stands in.
    yield f"type = {_string(proposal.type)}  # a guess: {printable(proposal.guess)}; `gates list types` has the others"
    if proposal.columns:
        mapped = ", ".join(f"{role} = {_string(column)}" for role, column in proposal.columns.items())
        yield f"columns = {{ {mapped} }}"
    if proposal.origin:
        yield f"origin = {_string(proposal.origin.name)}  # the column that says who made a row"
    if data.holdout:
        yield f"holdout = {_string(data.holdout)}  # human rows that no generator has seen"
    else:
        yield '# holdout = "data/holdout.parquet"  # human rows that no generator has seen: the baseline for copies'
    yield '# purpose = "finetune"  # pretrain | finetune | preference | evaluation: how many rows must be human'
    yield '# label = "…"  # the column that a model would learn'
    if proposal.is_small:
        yield from _inconclusive(proposal)
    if proposal.origin and (proposal.origin.human, proposal.origin.synthetic) != (("human",), ("synthetic",)):
        yield ""
        yield f"[datasets.{data.name}.origins]"
        yield f"human = {_strings(proposal.origin.human)}"
        yield f"synthetic = {_strings(proposal.origin.synthetic)}"
    if proposal.origin and proposal.origin.unknown:
        yield f"# Rows with these values are undeclared, and fail the gate until a list above has them: {_strings(proposal.origin.unknown)}"


def _inconclusive(proposal: Proposal) -> Iterator[str]:
    counts = " and ".join(f"{proposal.rows[origin]:,} {origin}" for origin in ("human", "synthetic"))
    yield f"# {counts} rows are too few to decide every check, which takes about 5,000 of each. With this"
    yield "# line, inconclusive checks warn instead of leaving no verdict. Remove it when there are more rows."
    yield 'inconclusive = "warn"'


def _strings(words: Iterable[str]) -> str:
    return f"[{', '.join(_string(word) for word in words)}]"


def _string(text: str) -> str:
    """A TOML basic string; its escapes are those of JSON, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

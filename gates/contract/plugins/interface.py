"""What a plugin offers: the objects that entry points and `[plugins]` name. A metric is `gates.metrics.base.metric.Metric`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gates.config.data_types import DataType
    from gates.verdict import Verdict


@dataclass(frozen=True)
class TypeContract:
    """What every dataset of a data type promises: roles, row rules, suites.

    schema: a pandera.polars DataFrameSchema or DataFrameModel, or a function `schema(roles, columns)` that returns one
    for the roles that are there and the Arrow type of each column. None where `rules` of the data type say all.
    suites: the folder of human.json, synthetic.json and combined.json, which lie on top of the common ones. None for a
    type of gates.toml, whose suites lie in `expectations/<type>/` beside it.
    """

    data_type: DataType
    schema: object = None
    suites: Path | None = None


@dataclass(frozen=True)
class Report:
    """A verdict as a text. name: what `gates check --format` and `--also` call it.

    suffix: how its files end, such as `html`: `--also` writes DATASET.html. "" for one that is only printed.
    render: pure and deterministic; data has no say in it, only what the verdict says of data.
    document: the text of all datasets of a call, from a sequence of `Located` and one of `Unjudged`
        (gates/verdicts/reports/located_verdict.py); without it, the texts of single verdicts follow each other.
    is_document: whether a single dataset is a `document` too, which has the lines that ask and the call's name for it.
    with_change: the text again, led by what the change takes away from the gate, a sequence of `WeakerGate`
        (gates/verdicts/reports/weaker_gate.py); without it, that is left to stderr and the exit code.
    """

    name: str
    suffix: str
    render: Callable[[Verdict], str]
    document: Callable[..., str] | None = None
    is_document: bool = False
    with_change: Callable[..., str] | None = None


def is_made(schema: object) -> TypeGuard[Callable[..., object]]:
    """Whether a type's schema is a function that returns it: pandera's can be called too, as a short word for `validate`."""
    return callable(schema) and not hasattr(schema, "validate")

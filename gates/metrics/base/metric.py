"""The one shape every metric has; `gates.metrics.catalogue` lists them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gates.data.arrays import Ints
    from gates.data.scan.accumulators import Accumulate
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan
    from gates.metrics.base.measurement import Measurement
    from gates.verdict import Severity


# What an expectation's own arguments are, by name.
Params = Mapping[str, object]


class Side(StrEnum):
    """Which limits an expectation on the metric takes."""

    MAX = "max"
    MIN = "min"
    BETWEEN = "between"


class Unit(StrEnum):
    """What the number is, for messages. An extra share is one beyond the share among human rows."""

    SHARE = "share"
    EXTRA_SHARE = "extra share"
    COUNT = "count"
    NUMBER = "number"
    EXTRA_NUMBER = "extra number"


@dataclass(frozen=True)
class Metric:
    """A number computed from one scope or from both partitions, and what a person needs to know about it.

    expectation: the GX expectation type that puts limits on it, snake case; the class name is its camel case.
    measure: `measure(scan, scope, params)`; pure, deterministic, never raises for bad data
        (MetricError where it cannot be computed).
    params: names of the expectation's own arguments beside its limits, with their defaults.
    detail: names of the params that, where set, become the last part of the check id.
    languages_together: why rows of all languages are one number; "" where each language is a part.
    undecided: the severity that an inconclusive outcome takes, where it differs from the check's own.
    cached, reads: what `measure` takes from the cache of unchanged files, and what it reads in them again.
    exact: what is counted, of a count over every row, which finds any number beyond its limit. "" for an estimate, for
        which `benchmarks/calibrating/cases.py` plants a defect.
    accumulate: `accumulate(inputs, params)` names what `measure` asks `scan.collected` for, so that it is accumulated while rows
        are read and not by reading them again.
    rows: `rows(scan)` gives ids of rows that `measure` asks `scan.take` for, of a scan without samples: all are fetched at once.
    asks, why, source, fix: what `gates explain` prints; the first sentence of `fix` stands beside a failure.
    finding: what is wrong where the limit is broken, in plain words and without a full stop; may name `{params}`.
    """

    expectation: str
    measure: Callable[..., Measurement]
    side: Side
    asks: str
    why: str
    source: str
    fix: str
    params: tuple[tuple[str, object], ...] = ()
    detail: tuple[str, ...] = ()
    undecided: Severity | None = None
    languages_together: str = ""
    cached: str = ""
    reads: str = ""
    exact: str = ""
    accumulate: Callable[[PassInputs, Params], Iterable[Accumulate[Any]]] | None = None
    rows: Callable[[Scan], Iterable[Ints]] | None = None
    finding: str = ""
    unit: Unit = Unit.NUMBER

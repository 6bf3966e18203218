"""What planned checks will read of the rows, so that one pass and one fetch serve them all."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from gates.data.scan.accumulators import Accumulate, unbroken
from gates.metrics.base.languages import accumulate_languages, language_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from gates.data.arrays import Ints
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan
    from gates.metrics.base.metric import Metric

    # A metric and the arguments that its expectation has.
    Planned = tuple[Metric, Mapping[str, object]]

T = TypeVar("T")


def accumulates(planned: Sequence[Planned], inputs: PassInputs) -> list[Accumulate[Any]]:
    """What these checks need of every row, each once."""
    needs = _asked(partial(metric.accumulate, inputs, params) for metric, params in planned if metric.accumulate)
    return list(dict.fromkeys([*(accumulate_languages(inputs) if planned else ()), *needs]))


def rows_to_fetch(planned: Sequence[Planned], scan: Scan) -> list[Ints]:
    """Ids of the rows beyond the samples that these checks will look at; `scan` has no samples yet."""
    needs = _asked(partial(rows, scan) for rows in dict.fromkeys(metric.rows for metric, _ in planned) if rows)
    has_languages = any(not metric.languages_together for metric, _ in planned)
    return [np.asarray(ids) for ids in (*(language_rows(scan) if has_languages else ()), *needs)]


def _asked(of_metrics: Iterable[Callable[[], Iterable[T]]]) -> Iterator[T]:
    """What metrics ask for. One that breaks asks for nothing: it reads by itself, and has the error if it comes again."""
    return chain.from_iterable(unbroken(dict(enumerate(of_metrics)), lambda ask: list(ask())).values())

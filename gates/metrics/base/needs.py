"""What planned checks will read of the rows, so that one pass and one fetch serve them all."""

from __future__ import annotations

import logging
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from gates.metrics.base.languages import accumulate_languages, language_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gates.data.arrays import Ints
    from gates.data.scan.accumulators import Accumulate
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan
    from gates.metrics.base.metric import Metric

    # A metric and the arguments that its expectation has.
    Planned = tuple[Metric, Mapping[str, object]]

T = TypeVar("T")

logger = logging.getLogger(__name__)


def accumulates(planned: Sequence[Planned], inputs: PassInputs) -> list[Accumulate[Any]]:
    """What these checks need of every row, each once."""
    needs = (_named(metric, metric.accumulate, inputs, params) for metric, params in planned if metric.accumulate)
    return list(dict.fromkeys([*(accumulate_languages(inputs) if planned else ()), *chain.from_iterable(needs)]))


def rows_to_fetch(planned: Sequence[Planned], scan: Scan) -> list[Ints]:
    """Ids of the rows beyond the samples that these checks will look at; `scan` has no samples yet."""
    own = {metric.rows: metric for metric, _ in planned if metric.rows}
    needs = [_named(metric, row_ids, scan) for row_ids, metric in own.items()]
    has_languages = any(not metric.languages_together for metric, _ in planned)
    return [np.asarray(ids) for ids in chain(language_rows(scan) if has_languages else (), *needs)]


def _named(metric: Metric, ask: Callable[..., Iterable[T]], *of: object) -> list[T]:
    """What a metric asks for. One that breaks asks for nothing: it reads by itself, and has the error if it comes again."""
    try:
        return list(ask(*of))
    except KeyboardInterrupt:
        raise
    except BaseException:
        logger.debug("%s broke", metric.expectation, exc_info=True)
        return []

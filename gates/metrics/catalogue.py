"""All metrics: every module of a wing of `gates.metrics` that defines `METRIC`, by wing and then by name."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from gates import metrics

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gates.metrics.base.metric import Metric

# What metrics are made of; the other folders are wings.
_NO_WINGS = ("base", "comparison", "limits", "stats")


def _metrics() -> Iterator[Metric]:
    wings = [wing.name for wing in pkgutil.iter_modules(metrics.__path__) if wing.ispkg and wing.name not in _NO_WINGS]
    for wing in wings:
        package = import_module(f"{metrics.__name__}.{wing}")
        for module in pkgutil.iter_modules(package.__path__):
            metric: Metric | None = getattr(import_module(f"{package.__name__}.{module.name}"), "METRIC", None)
            if metric:
                yield metric


METRICS: tuple[Metric, ...] = tuple(_metrics())

BY_NAME: Mapping[str, Metric] = {metric.expectation: metric for metric in METRICS}

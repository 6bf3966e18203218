"""All metrics; the one place where a metric is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.metrics import (
    alignment,
    associations,
    boilerplate,
    constraints,
    copies,
    degenerate,
    distributions,
    diversity,
    duplicates,
    formatting,
    human_ratio,
    kept_files,
    lineage,
    machine_text,
    origins,
    row_failures,
    separability,
    slices,
)

if TYPE_CHECKING:
    from gates.metrics.metric import Metric

METRICS: tuple[Metric, ...] = tuple(
    module.METRIC
    for module in (
        row_failures,
        origins,
        kept_files,
        alignment,
        human_ratio,
        duplicates,
        copies,
        distributions,
        associations,
        constraints,
        slices,
        separability,
        formatting,
        machine_text,
        boilerplate,
        degenerate,
        diversity,
        lineage,
    )
)

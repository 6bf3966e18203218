"""All metrics; the one place where a metric is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.metrics import (
    agreement,
    alignment,
    annotators,
    associations,
    boilerplate,
    constraints,
    contamination,
    copies,
    coverage,
    degenerate,
    distributions,
    diversity,
    duplicates,
    expert_ratio,
    formatting,
    human_ratio,
    kept_files,
    lineage,
    machine_text,
    origins,
    population,
    prompt_fit,
    recency,
    row_failures,
    separability,
    slice_counts,
    slices,
    training_closeness,
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
        training_closeness,
        contamination,
        prompt_fit,
        distributions,
        associations,
        constraints,
        slices,
        separability,
        coverage,
        formatting,
        machine_text,
        boilerplate,
        degenerate,
        diversity,
        lineage,
        agreement,
        annotators,
        population,
        slice_counts,
        expert_ratio,
        recency,
    )
)

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
    flattening,
    formatting,
    generation_depth,
    human_ratio,
    kept_files,
    kept_measurements,
    kept_people,
    label_agreement,
    label_rates,
    lineage,
    longer_response,
    machine_text,
    origin_label,
    origins,
    personal_data,
    population,
    prompt_fit,
    recency,
    row_failures,
    separability,
    series,
    slice_counts,
    slices,
    tail_mass,
    temporal_structure,
    training_closeness,
    transitions,
    utility,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.metrics.metric import Metric

METRICS: tuple[Metric, ...] = tuple(
    module.METRIC
    for module in (
        row_failures,
        origins,
        kept_files,
        kept_people,
        tail_mass,
        kept_measurements,
        alignment,
        human_ratio,
        duplicates,
        copies,
        training_closeness,
        contamination,
        personal_data,
        prompt_fit,
        distributions,
        associations,
        constraints,
        slices,
        separability,
        coverage,
        flattening,
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
        series,
        temporal_structure,
        transitions,
        longer_response,
        generation_depth,
        label_agreement,
        label_rates,
        origin_label,
        utility,
    )
)

BY_NAME: Mapping[str, Metric] = {metric.expectation: metric for metric in METRICS}

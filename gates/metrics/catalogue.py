"""All metrics; the one place where a metric is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.metrics.content import boilerplate, degenerate, machine_text, personal_data
from gates.metrics.copies import contamination, copies, duplicates, training_closeness
from gates.metrics.fidelity import (
    associations,
    constraints,
    coverage,
    distributions,
    diversity,
    formatting,
    locale_flattening,
    prompt_fit,
    separability,
)
from gates.metrics.groups import population, slice_counts, slices
from gates.metrics.history import lost_files, lost_human_rows, regressions, tail_mass
from gates.metrics.integrity import (
    alignment,
    expert_ratio,
    generation_depth,
    human_ratio,
    lineage,
    origins,
    recency,
    row_failures,
)
from gates.metrics.labels import (
    agreement,
    annotators,
    label_agreement,
    label_rates,
    length_bias,
    origin_label_leakage,
    utility,
)
from gates.metrics.temporal import series, temporal_structure, transitions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.metrics.base.metric import Metric

METRICS: tuple[Metric, ...] = tuple(
    module.METRIC
    for module in (
        row_failures,
        origins,
        lost_files,
        lost_human_rows,
        tail_mass,
        regressions,
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
        locale_flattening,
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
        length_bias,
        generation_depth,
        label_agreement,
        label_rates,
        origin_label_leakage,
        utility,
    )
)

BY_NAME: Mapping[str, Metric] = {metric.expectation: metric for metric in METRICS}

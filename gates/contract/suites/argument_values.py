"""The words that arguments of our own expectations take; the suite reader refuses others, `gates explain` lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gates.metrics.base.metric import Metric

# Without this list a misspelt word would ask the default's question under another name.
VALUES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "expect_annotator_agreement_to_be_between": {"level": ("nominal", "ordinal", "interval", "ratio")},
    "expect_associations_to_match": {"over": ("worst", "mean", "triples", "unseen")},
    "expect_columns_to_not_contain_personal_data": {"kind": ("secrets", "personal")},
    "expect_constraint_violation_ratio_to_be_less_than": {
        "constraint": (
            "functional_dependency",
            "inequality",
            "integer_valued",
            "key",
            "sum",
            "product",
            "missing_with",
            "missing_together",
        )
    },
    "expect_coverage_to_be_between": {"kind": ("coverage", "density", "precision", "recall")},
    "expect_crowd_to_label_as_experts": {"measure": ("bias", "kappa")},
    "expect_diversity_ratio_to_be_between": {"measure": ("effective_number", "compression", "distinct_3")},
    "expect_duplicate_ratio_to_be_less_than": {"kind": ("exact", "near")},
    "expect_human_rows_to_be_kept": {"by": ("content", "key")},
    "expect_human_ratio_to_be_between": {"purpose": ("pretrain", "finetune", "preference", "evaluation")},
    "expect_machines_to_replace_annotators": {"level": ("nominal", "ordinal", "interval", "ratio")},
    "expect_measurements_to_be_kept": {"family": ("diversity", "separability", "agreement")},
    "expect_population_shares_to_match": {"measure": ("distance", "under_representation", "design_effect")},
    "expect_rare_slices_to_be_covered": {"kind": ("vanished", "union")},
    "expect_review_to_accept": {"measure": ("rejected", "disagreement", "told_apart")},
    "expect_series_to_be_sound": {
        "kind": (
            "duplicate_timestamps",
            "backward_steps",
            "gaps",
            "constant",
            "constant_days",
            "periodic",
            "repeated_days",
            "copied_days",
        )
    },
    "expect_synthetic_to_not_copy_human": {"kind": ("exact", "near", "span")},
    "expect_utility_to_be_between": {"train": ("human", "synthetic", "both")},
}
# Where any word will do, what it names.
_FREE = {
    "rule": "id of a row rule, such as town/vocabulary",
    "columns": "a list of columns",
    "order": "the labels, lowest first",
}
# In an entry to copy, what stands for what only its reader knows.
_EXAMPLES: Mapping[str, object] = {"rule": "COLUMN/RULE", "columns": ["COLUMN"], "order": ["LOWEST", "HIGHEST"]}


def allowed_values(metric: Metric, name: str) -> tuple[str, ...]:
    """The words that an argument takes; empty where it takes others than words of a list."""
    return VALUES.get(metric.expectation, {}).get(name, ())


def described(metric: Metric, name: str) -> str:
    """What an argument takes, for people: `"exact" | "near"`."""
    default = dict(metric.params)[name]
    words = allowed_values(metric, name)
    if words:
        return " | ".join(f'"{word}"' for word in words)
    return "true | false" if isinstance(default, bool) else _FREE.get(name, "a word, a number or a list of words")


def example_value(metric: Metric, name: str) -> object:
    """A value that a suite entry may have: the default, else the first word, else a word to replace."""
    default = dict(metric.params)[name]
    return default if default is not None else next(iter(allowed_values(metric, name)), _EXAMPLES.get(name))

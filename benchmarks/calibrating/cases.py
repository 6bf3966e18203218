"""Which defect each statistical check is asked to find.

A new estimate takes a line in CASES, with a defect of its own in one of the modules of defects. A count over every row
has no power to measure: its metric says in `exact` what it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import copy_defects, order_defects, sets, table_defects, text_defects

if TYPE_CHECKING:
    from .planting import Defect

# 1, 1.5, 2, 3, 5, 7 per decade: the smallest dose found is known to within a step of 1.3 to 1.7.
DOSES = (*(round(step * 10.0**power, 6) for power in range(-4, 0) for step in (1, 1.5, 2, 3, 5, 7)), 1.0)
SHIFTS = (*DOSES, 1.5, 2.0)


@dataclass(frozen=True)
class Case:
    """One check, the law of the data, and what is planted. what: the defect in words, of which the dose is the share."""

    check: str
    law: str
    defect: Defect
    what: str
    doses: tuple[float, ...] = DOSES

    @property
    def expectation(self) -> str:
        """The check's type, `expect_…`."""
        return self.check.split("/")[1]


_COPY = "combined/expect_synthetic_to_not_copy_human"
_REPEAT = "expect_duplicate_ratio_to_be_less_than"
_DIVERSITY = "synthetic/expect_diversity_ratio_to_be_between"
_DISTRIBUTIONS = "combined/expect_distributions_to_match"
_SEPARABILITY = "combined/expect_origin_separability_to_be_less_than"
_COVERAGE = "combined/expect_coverage_to_be_between/coverage"
_TEMPORAL = "combined/expect_temporal_structure_to_match"
_POPULATION = "human/expect_population_shares_to_match"
_AGREEMENT = "expect_annotator_agreement_to_be_between/nominal"
_RATES = "combined/expect_label_rates_by_group_to_match"
_TOLD = "combined/expect_origin_to_not_predict_label"
_UTILITY = "combined/expect_utility_to_be_between"
_CONSTRAINT = (
    "synthetic/expect_constraint_violation_ratio_to_be_less_than/functional_dependency/education,education-num"
)

CASES: tuple[Case, ...] = (
    Case(f"human/{_REPEAT}/exact", "tabular", copy_defects.repeated_people, "human rows repeat another one"),
    Case(f"synthetic/{_REPEAT}/exact", "tabular", copy_defects.repeated, "synthetic rows repeat another one"),
    Case(f"human/{_REPEAT}/near", "text", copy_defects.nearly_repeated_people, "human texts repeat another, a word in fifty changed"),
    Case(f"synthetic/{_REPEAT}/near", "text", copy_defects.nearly_repeated, "synthetic texts repeat another, a word in fifty changed"),
    Case(f"{_COPY}/exact", "tabular", copy_defects.copied, "synthetic rows are copies of human rows"),
    Case(f"{_COPY}/exact", "text", copy_defects.copied, "synthetic texts are copies of human texts"),
    Case(f"{_COPY}/near", "tabular", copy_defects.nearly_copied, "synthetic rows are human rows with another weight"),
    Case(f"{_COPY}/near", "text", copy_defects.nearly_copied, "synthetic texts are human texts, a word in fifty changed"),
    Case(f"{_COPY}/span", "text", copy_defects.holding_spans, "synthetic texts hold 60 words in a row of a human one"),
    Case(
        "combined/expect_synthetic_to_not_favour_training_rows", "tabular", copy_defects.around_people,
        "synthetic rows are training rows with noise of .05 standard deviations",
    ),
    Case("combined/expect_contamination_ratio_to_be_less_than", "text", text_defects.leaked, "synthetic texts are evaluation items"),
    Case("combined/expect_responses_to_fit_prompts", "instruction", text_defects.misaligned, "synthetic responses stand beside another prompt"),
    Case("combined/expect_responses_to_fit_prompts", "translation", text_defects.misaligned, "synthetic translations stand beside another source"),
    Case("combined/expect_responses_to_fit_prompts", "translations", text_defects.misaligned, "synthetic translations stand beside another source"),
    Case("combined/expect_responses_to_fit_prompts", "signatures", text_defects.misaligned, "synthetic responses stand beside another prompt"),
    Case("combined/expect_exchanged_text_ratio_to_be_less_than", "signatures", text_defects.exchanged, "synthetic prompts and responses are exchanged"),
    Case("combined/expect_exchanged_text_ratio_to_be_less_than", "translations", text_defects.exchanged, "synthetic sources and translations are exchanged"),
    Case(_DISTRIBUTIONS, "tabular", table_defects.shifted, "standard deviations by which one column is shifted", SHIFTS),
    Case(_DISTRIBUTIONS, "timeseries", table_defects.shifted, "standard deviations by which all readings are shifted", SHIFTS),
    Case(_DISTRIBUTIONS, "events", table_defects.other_events, "synthetic events are of a random kind"),
    Case(_DISTRIBUTIONS, "text", table_defects.cut_short, "synthetic texts lack their last two thirds"),
    Case("combined/expect_associations_to_match/mean", "tabular", table_defects.all_columns_shuffled, "synthetic rows have all columns shuffled"),
    Case("combined/expect_associations_to_match/triples", "tabular", table_defects.columns_crossed, "synthetic rows have a third column at random where in human rows it follows from two"),
    Case("combined/expect_associations_to_match/worst", "tabular", table_defects.column_shuffled, "synthetic rows have one column shuffled"),
    Case(_CONSTRAINT, "tabular", table_defects.rule_broken, "synthetic rows break the dependency"),
    Case(
        "combined/expect_rare_slices_to_be_covered/vanished", "tabular", table_defects.level_vanished,
        "human rows have a level that no synthetic row has",
    ),
    Case(_SEPARABILITY, "tabular", table_defects.all_columns_shuffled, "synthetic rows have all columns shuffled"),
    Case(_SEPARABILITY, "text", text_defects.stock_opening, "synthetic texts open with one phrase"),
    Case(_COVERAGE, "tabular", table_defects.corner_left_out, "human rows (the oldest) have no counterpart"),
    Case(_COVERAGE, "text", table_defects.corner_left_out, "human texts (the longest) have no counterpart"),
    Case(_COVERAGE, "timeseries", table_defects.corner_left_out, "human readings (the warmest) have no counterpart"),
    Case("combined/expect_formatting_to_not_tell_origin", "text", text_defects.leading_space, "synthetic texts begin with a space"),
    Case("human/expect_machine_text_ratio_to_be_less_than", "text", text_defects.machine_among_people, "human texts open as a chat model does"),
    Case("synthetic/expect_boilerplate_ratio_to_be_less_than", "text", text_defects.boilerplate, "synthetic texts open as a chat model does"),
    Case("synthetic/expect_degenerate_text_ratio_to_be_less_than", "text", text_defects.looping, "synthetic texts loop"),
    Case("synthetic/expect_boilerplate_ratio_to_be_less_than", "text", text_defects.announced, "synthetic texts open with an announcement"),
    Case("synthetic/expect_degenerate_text_ratio_to_be_less_than", "text", text_defects.misread, "synthetic texts were read in a wrong encoding"),
    Case("synthetic/expect_degenerate_text_ratio_to_be_less_than", "text", text_defects.cut_off, "synthetic texts end inside a sentence"),
    Case(f"{_DIVERSITY}/effective_number", "tabular", table_defects.collapsed, "synthetic rows come from ten patterns"),
    Case(f"{_DIVERSITY}/effective_number", "text", text_defects.stock_sentences, "synthetic sentences come from a stock of thirty"),
    Case(f"{_DIVERSITY}/compression", "text", text_defects.stock_sentences, "synthetic sentences come from a stock of thirty"),
    Case(f"{_DIVERSITY}/distinct_3", "text", text_defects.stock_sentences, "synthetic sentences come from a stock of thirty"),
    Case(f"human/{_AGREEMENT}", "annotations", table_defects.guessed_labels, "human labels are guessed"),
    Case(f"synthetic/{_AGREEMENT}", "annotations", table_defects.guessed_by_machines, "synthetic labels are guessed"),
    Case("human/expect_crowd_to_label_as_experts/bias", "annotations", table_defects.crowd_leans, "six of nine people, no experts, give one label whatever the item"),
    Case("human/expect_crowd_to_label_as_experts/kappa", "annotations", table_defects.crowd_leans, "six of nine people, no experts, give one label whatever the item"),
    Case("synthetic/expect_machines_to_replace_annotators", "annotations", table_defects.guessed_by_machines, "synthetic labels are guessed"),
    Case("synthetic/expect_self_contradiction_ratio_to_be_less_than", "annotations", table_defects.judged_twice, "synthetic ratings stand there again with another label"),
    Case(f"{_POPULATION}/distance", "tabular", table_defects.group_missing, "women are replaced by men"),
    Case(f"{_POPULATION}/under_representation", "tabular", table_defects.group_missing, "women are replaced by men"),
    Case(f"{_POPULATION}/design_effect", "tabular", table_defects.group_missing, "women are replaced by men"),
    Case("synthetic/expect_series_to_be_sound/constant", "timeseries", order_defects.series_constant, "synthetic series stand still"),
    Case("synthetic/expect_series_to_be_sound/periodic", "timeseries", order_defects.series_periodic, "synthetic series repeat exactly"),
    Case("synthetic/expect_series_to_be_sound/constant_days", "timeseries", order_defects.days_constant, "synthetic days stand still"),
    Case("synthetic/expect_series_to_be_sound/repeated_days", "timeseries", order_defects.days_repeated, "synthetic days repeat the day before"),
    Case("synthetic/expect_series_to_be_sound/copied_days", "timeseries", order_defects.days_copied, "synthetic days are human days of any sensor"),
    Case(_TEMPORAL, "timeseries", order_defects.days_shuffled, "synthetic days are shuffled"),
    Case(_TEMPORAL, "events", order_defects.sessions_shuffled, "synthetic sessions are shuffled"),
    Case("synthetic/expect_transition_violation_ratio_to_be_less_than", "events", order_defects.impossible_steps, "synthetic steps never occur among people"),
    Case("combined/expect_longer_response_rate_to_be_between", "preference", text_defects.longer_chosen, "pairs are decided by length alone"),
    Case("combined/expect_longer_response_rate_to_be_between", "revisions", text_defects.longer_chosen, "pairs are decided by length alone"),
    Case("combined/expect_preference_labels_to_agree_across_origins", "revisions", text_defects.preferences_exchanged, "the two responses of synthetic pairs are exchanged"),
    Case("combined/expect_labels_to_agree_across_origins", "annotations", table_defects.guessed_by_machines, "synthetic labels are guessed"),
    Case(_RATES, "tabular", table_defects.biased_group, "synthetic women have the same income class"),
    Case(_RATES, "text", table_defects.biased_group, "synthetic texts of one locale have the same label"),
    Case(_TOLD, "tabular", table_defects.one_label, "synthetic rows have the same label"),
    Case(_TOLD, "text", table_defects.one_label, "synthetic texts have the same label"),
    Case(f"{_UTILITY}/human", "tabular", table_defects.labels_dealt_out, "synthetic labels are dealt out again"),
    Case(f"{_UTILITY}/human", "text", table_defects.labels_dealt_out, "synthetic labels are dealt out again"),
    Case(f"{_UTILITY}/synthetic", "tabular", table_defects.labels_dealt_out, "synthetic labels are dealt out again"),
    Case(f"{_UTILITY}/both", "tabular", table_defects.labels_dealt_out, "synthetic labels are dealt out again"),
    Case(f"{_UTILITY}/synthetic", "text", table_defects.labels_dealt_out, "synthetic labels are dealt out again"),
    *(
        Case(check, "descriptions", defect, what)
        for check, defect, what in (
            (f"{_COPY}/exact", copy_defects.copied, "synthetic texts are copies of human texts"),
            (f"{_COPY}/near", copy_defects.nearly_copied, "synthetic texts are human texts, a word in fifty changed"),
            (_SEPARABILITY, text_defects.stock_opening, "synthetic texts open with one phrase"),
            ("synthetic/expect_boilerplate_ratio_to_be_less_than", text_defects.boilerplate, "synthetic texts open as a chat model does"),
            ("synthetic/expect_degenerate_text_ratio_to_be_less_than", text_defects.looping, "synthetic texts loop"),
            (f"{_DIVERSITY}/effective_number", text_defects.stock_sentences, "synthetic sentences come from a stock of thirty"),
            (f"{_UTILITY}/synthetic", table_defects.labels_dealt_out, "synthetic labels are dealt out again"),
            (f"{_UTILITY}/both", table_defects.labels_dealt_out, "synthetic labels are dealt out again"),
        )
    ),
    Case("combined/expect_locale_distance_ratio_to_be_between", "text", table_defects.locales_dealt_out, "synthetic locales are dealt out again"),
    Case("combined/expect_similarity_within_prompts_to_be_less_than", "answers", sets.one_opinion, "synthetic words are those of the prompt's first synthetic answer"),
    Case("combined/expect_synthetic_labels_to_represent_all_groups", "teams", sets.sided, "disputed items are labelled as one team does"),
)  # fmt: skip

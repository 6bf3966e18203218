"""What the parts of a check's evidence show, a sentence each."""

from __future__ import annotations

SENTENCES = {
    "busiest": "The annotators who gave most rows",
    "days_that_are_a_human_series'": "The series with most days of a human series, by their number",
    "days_that_repeat_an_earlier_one": "The series with most days that repeat an earlier one, by their number",
    "days_that_stand_still": "The series with most days that stand still, by their number",
    "differences": "What differs between human and synthetic rows",
    "domains": "Rows by domain, and the shares of human rows and of experts among them",
    "excess": "How far each facet of time differs, beyond what human rows differ among themselves",
    "filled": "The share of rows in which each field of lineage is filled",
    "fit": "The share of rows whose response fits its own prompt better than another's",
    "labels": "Labels by how far they differ",
    "levels": "The share of human rows in each group beside the declared one",
    "longest_gap_in_hours": "The series with the longest gaps, in hours",
    "machines": "How far each machine agrees with people",
    "matrix": "Rows that equal another row, by the origin of both",
    "median_distance": "The median distance of synthetic rows to the nearest row that they were trained on, and to the nearest held-out one",
    "most_flattened": "The locales that lie nearest to the others in synthetic rows",
    "near_pairs": "Pairs of texts that nearly equal each other, by the origin of both",
    "readings_after_which_all_repeat": "The series that repeat, by the readings after which they do",
    "readings_that_are_all_equal": "The series of which all readings are equal, by their number",
    "recall_on_synthetic": "The share of synthetic rows of each label to which a model of human rows gives that label",
    "repeated_times": "The series with most readings at a time that another has, by their number",
    "repaired_by_synthetic": "Groups that are large enough only with their synthetic rows",
    "rows_by_depth": "Synthetic rows by how many generations they are away from human ones",
    "scores": "How well a model predicts the labels of human rows, by the rows that it learnt from",
    "shares": "The share of rows with each label on both sides",
    "steps_back_in_time": "The series with most steps back in time, by their number",
    "synthetic_pairs_right": "The share of synthetic pairs that a model predicts, by the pairs that it learnt from",
    "telling": "What tells a classifier synthetic rows from human ones: how much its AUC falls without each column",
    "thin": "The groups with the fewest rows",
    "thinnest": "The slices with the fewest human rows, and all their rows",
    "unique_human_mass_by_level": "The share of human rows in each group that lie where no synthetic row does",
    "vanished": "Groups of human rows that synthetic rows hardly have, or not at all",
    "worst_columns": "The columns that differ most, by the distance beyond what human rows differ among themselves",
    "worst_groups": "The groups in which the rate of a label differs most",
    "worst_pairs": "The pairs of columns that differ most from human rows",
    "worst_recall": "The labels that a model recalls worst, by the rows that it learnt from",
    "worst_triples": "The three columns at once that differ most from human rows",
}
# Counts that the message or a figure has already, or that are nothing to look at.
NOT_DRAWN = frozenset({
    "add", "contaminated_rows", "first_rows", "not_compared", "rows_without_a_key", "rows_without_a_value",
    "synthetic_for_each_of_people", "telling_rows", "texts_compared", "texts_with_mark", "train_rows",
})  # fmt: skip
# The words of the evidence as the page has them.
_NAMES = {
    "as_many_of_people": "as many human rows", "both": "both together", "holdout": "held-out rows", "people": "human rows",
    "human_human": "human and human", "human_synthetic": "human and synthetic", "synthetic_synthetic": "synthetic and synthetic",
    "model_of_human_pairs": "human pairs", "model_of_synthetic_pairs": "synthetic pairs", "training": "training rows", "trained": "these rows",
}  # fmt: skip


def caption(key: str) -> str:
    """The sentence of a figure; of a plugin's evidence its own words."""
    return SENTENCES.get(key) or f"{key.replace('_', ' ').capitalize()}, as the check reports it"


def series_name(key: str) -> str:
    """What a number is of; names of columns and levels stay as they are."""
    return _NAMES.get(key, key)

"""Names of Great Expectations' own expectations, so that a suite file is checked without importing it.

A test compares both tables with Great Expectations' registry.
"""

from __future__ import annotations

# Refused, each with the reason and what to use instead: these run free SQL, pass by mistake, or would end in an error at every run.
_ROW_ORDER = "a table in SQL has no row order: check it per entity in the schema of the data type"
_SCORES = "one NaN makes every score NULL, and then every value passes: use expect_column_values_to_be_between"
UNSUPPORTED = {
    "expect_column_value_z_scores_to_be_less_than": _SCORES,
    "expect_column_values_to_be_dateutil_parseable": "it needs pandas: use expect_column_values_to_match_regex",
    "expect_column_values_to_be_decreasing": _ROW_ORDER,
    "expect_column_values_to_be_increasing": _ROW_ORDER,
    "expect_column_values_to_match_json_schema": "it needs pandas or Spark: use expect_column_values_to_be_json_parseable, or a rule in the schema of the data type",
    "expect_column_values_to_match_strftime_format": "it needs pandas or Spark: use expect_column_values_to_match_regex",
    "expect_column_values_to_not_be_outliers": "its quartiles are not implemented for DuckDB: use expect_column_values_to_be_between",
    "expect_query_results_to_match_comparison": "it runs free SQL, which a suite file must not",
    "unexpected_rows_expectation": "it runs free SQL, which a suite file must not",
}

SUPPORTED = frozenset({
    "expect_column_distinct_values_to_be_in_set",
    "expect_column_distinct_values_to_contain_set",
    "expect_column_distinct_values_to_equal_set",
    "expect_column_kl_divergence_to_be_less_than",
    "expect_column_max_to_be_between",
    "expect_column_mean_to_be_between",
    "expect_column_median_to_be_between",
    "expect_column_min_to_be_between",
    "expect_column_most_common_value_to_be_in_set",
    "expect_column_pair_values_a_to_be_greater_than_b",
    "expect_column_pair_values_to_be_equal",
    "expect_column_pair_values_to_be_in_set",
    "expect_column_proportion_of_non_null_values_to_be_between",
    "expect_column_proportion_of_unique_values_to_be_between",
    "expect_column_quantile_values_to_be_between",
    "expect_column_stdev_to_be_between",
    "expect_column_sum_to_be_between",
    "expect_column_to_exist",
    "expect_column_type_to_be",
    "expect_column_unique_value_count_to_be_between",
    "expect_column_value_lengths_to_be_between",
    "expect_column_value_lengths_to_equal",
    "expect_column_values_to_be_between",
    "expect_column_values_to_be_in_set",
    "expect_column_values_to_be_in_type_list",
    "expect_column_values_to_be_json_parseable",
    "expect_column_values_to_be_null",
    "expect_column_values_to_be_of_type",
    "expect_column_values_to_be_unique",
    "expect_column_values_to_match_like_pattern",
    "expect_column_values_to_match_like_pattern_list",
    "expect_column_values_to_match_regex",
    "expect_column_values_to_match_regex_list",
    "expect_column_values_to_not_be_in_set",
    "expect_column_values_to_not_be_null",
    "expect_column_values_to_not_match_like_pattern",
    "expect_column_values_to_not_match_like_pattern_list",
    "expect_column_values_to_not_match_regex",
    "expect_column_values_to_not_match_regex_list",
    "expect_compound_columns_to_be_unique",
    "expect_multicolumn_sum_to_equal",
    "expect_multicolumn_values_to_be_equal",
    "expect_select_column_values_to_be_unique_within_record",
    "expect_table_column_count_to_be_between",
    "expect_table_column_count_to_equal",
    "expect_table_columns_to_match_ordered_list",
    "expect_table_columns_to_match_set",
    "expect_table_row_count_to_be_between",
    "expect_table_row_count_to_equal",
    "expect_table_row_count_to_equal_other_table",
})  # fmt: skip

# Arguments without which Great Expectations lets everything pass.
NEEDED = {
    "expect_column_kl_divergence_to_be_less_than": ("threshold", "partition_object"),
    "expect_column_values_to_be_in_type_list": ("type_list",),
    "expect_column_values_to_match_regex": ("regex",),
    "expect_table_columns_to_match_ordered_list": ("column_list",),
    "expect_table_columns_to_match_set": ("column_set",),
}

# These pass on a column without any value, and their results do not say so.
SILENT_WITHOUT_VALUES = frozenset({
    "expect_column_distinct_values_to_be_in_set",
    "expect_column_proportion_of_unique_values_to_be_between",
    "expect_column_unique_value_count_to_be_between",
})  # fmt: skip

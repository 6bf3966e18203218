"""Row rules of dataset 'handwriting', inferred from 1,438 of 1,438 human rows.

Edit freely. How many rows may break a rule stands in the dataset's suites, as `<column>/<rule>`.
"""

import pandera.polars as pa
import polars as pl

Handwriting = pa.DataFrameSchema(
    {
        "digit": pa.Column(
            pl.Int64,
            checks=[
                # exact range of 1,438 human values; it covers 99.67 % of human rows with 95 % confidence (Wilks 1941)
                pa.Check.in_range(0, 9),
            ],
            nullable=False,  # present in all of 1,438 rows
        ),
        "parity": pa.Column(
            pl.String,
            checks=[
                # 2 levels in 1,438 human values; at most 0.0042 of human rows use another one, with 95 % confidence
                pa.Check.isin(["even", "odd"]),
            ],
            nullable=False,  # present in all of 1,438 rows
        ),
        "ink": pa.Column(
            pl.Int64,
            checks=[
                # exact range of 1,438 human values; it covers 99.67 % of human rows with 95 % confidence (Wilks 1941)
                pa.Check.in_range(185, 433),
            ],
            nullable=False,  # present in all of 1,438 rows
        ),
        "top_ink": pa.Column(
            pl.Int64,
            checks=[
                # exact range of 1,438 human values; it covers 99.67 % of human rows with 95 % confidence (Wilks 1941)
                pa.Check.in_range(67, 265),
            ],
            nullable=False,  # present in all of 1,438 rows
        ),
        "left_ink": pa.Column(
            pl.Int64,
            checks=[
                # exact range of 1,438 human values; it covers 99.67 % of human rows with 95 % confidence (Wilks 1941)
                pa.Check.in_range(49, 257),
            ],
            nullable=False,  # present in all of 1,438 rows
        ),
        "width": pa.Column(
            pl.Int64,
            checks=[
                # exact range of 1,438 human values; it covers 99.67 % of human rows with 95 % confidence (Wilks 1941)
                pa.Check.in_range(2, 7),
            ],
            nullable=False,  # present in all of 1,438 rows
        ),
        "widest_row": pa.Column(
            pl.Int64,
            checks=[
                # exact range of 1,438 human values; it covers 99.67 % of human rows with 95 % confidence (Wilks 1941)
                pa.Check.in_range(2, 6),
            ],
            nullable=False,  # present in all of 1,438 rows
        ),
        "narrowest_row": pa.Column(
            pl.Int64,
            checks=[
                # exact range of 1,438 human values; it covers 99.67 % of human rows with 95 % confidence (Wilks 1941)
                pa.Check.in_range(1, 4),
            ],
            nullable=False,  # present in all of 1,438 rows
        ),
        "loops": pa.Column(
            pl.Int64,
            checks=[
                # exact range of 1,438 human values; it covers 99.67 % of human rows with 95 % confidence (Wilks 1941)
                pa.Check.in_range(0, 3),
            ],
            nullable=False,  # present in all of 1,438 rows
        ),
        "centre_row": pa.Column(
            pl.Float64,
            checks=[
                # exact range of 1,438 human values; it covers 99.67 % of human rows with 95 % confidence (Wilks 1941)
                pa.Check.in_range(0.359, 0.644),
            ],
            nullable=False,  # present in all of 1,438 rows
        ),
        "centre_column": pa.Column(
            pl.Float64,
            checks=[
                # exact range of 1,438 human values; it covers 99.67 % of human rows with 95 % confidence (Wilks 1941)
                pa.Check.in_range(0.384, 0.647),
            ],
            nullable=False,  # present in all of 1,438 rows
        ),
        "slant": pa.Column(
            pl.Float64,
            checks=[
                # exact range of 1,438 human values; it covers 99.67 % of human rows with 95 % confidence (Wilks 1941)
                pa.Check.in_range(-0.35, 0.316),
            ],
            nullable=False,  # present in all of 1,438 rows
        ),
    },
    name="handwriting",
)

"""The data type `claims`: what somebody wrote about a loss, and the amount asked for it."""

from __future__ import annotations

from pathlib import Path

import pandera.polars as pa

from gates import LINEAGE_ROLES, DataType, TypeContract, rules

_OPTIONAL = ("id", "label", *LINEAGE_ROLES)

CLAIMS = TypeContract(
    data_type=DataType(
        name="claims",
        summary="one claim with its amount",
        required_roles=("claim", "amount"),
        optional_roles=_OPTIONAL,
        named_roles=("claim", "amount", *_OPTIONAL),
        texts=("claim",),
        key="id",
        content=("claim", "amount"),
    ),
    schema=pa.DataFrameSchema(
        {
            "claim": pa.Column(str, checks=[rules.not_blank()], nullable=True),
            "amount": pa.Column(float, checks=[pa.Check.greater_than(0)]),
        },
        name="claims",
    ),
    suites=Path(__file__).parent / "suites",
)

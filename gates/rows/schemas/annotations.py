"""Row rules of the data type `annotations`: one annotator's label of one item.

That an annotator labels an item once is no rule of a row; the suites ask it of the whole.
"""

from __future__ import annotations

import pandera.polars as pa

from gates.rows.schemas.rules import has_value

# Items may be numbers and labels grades: no type is asked.
Annotations = pa.DataFrameSchema(
    {name: pa.Column(checks=has_value(), nullable=True) for name in ("item", "annotator", "label")},
    name="annotations",
)

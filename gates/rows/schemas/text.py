"""Row rules of the data type `text`: one document per row."""

from __future__ import annotations

import pandera.polars as pa

from gates.rows.schemas.texts import text_column

Text = pa.DataFrameSchema({"text": text_column()}, name="text")

"""What is measured beside `gates`, each a program of its own: `python -m benchmarks.structural.peers NAME FOLDER`.

`duckdb` is one query by hand, `frames` pandera and then Great Expectations on one pandas frame, as their documentation
shows. Both print how many questions hold.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.structural.table import EMAIL, EXPECTATIONS, STATES, TOWNS, schema_text

RULES = {
    "id": "id is null",
    "age": "age is null or age not between 18 and 90",
    "income": "income is null or income < 0",
    "score": "score is null or score not between 0 and 1",
    "town": f"town is null or town not in {TOWNS}",
    "email": f"email is null or not regexp_matches(email, '{EMAIL}')",
    "state": f"state is null or state not in {STATES}",
    "quantity": "quantity is null or quantity not between 1 and 50",
    "rating": "rating not between 1 and 5",
    "note": "note is null or length(note) > 40",
    "price": "price is null or price <= 0",
    "origin": "origin is null or origin not in ('human', 'synthetic')",
}
AGGREGATES = (
    "count(*) >= 1",
    "count(distinct id) = count(id)",
    "avg(age) between 40 and 70",
    "median(quantity) between 10 and 40",
    "stddev_samp(score) between .1 and .5",
    f"count(distinct town) = {len(TOWNS)}",
    "count(distinct state) = 4",
    "max(price) between 1 and 1000",
    "min(income) between 0 and 1000",
    "sum(quantity) >= 1",
    "count(rating) >= .9 * count(*)",
)


def duckdb_query(folder: Path) -> int:
    """One query for all questions."""
    import duckdb

    failing = (f"count(*) filter (where {rule}) = 0" for rule in RULES.values())
    query = f"select {', '.join([*failing, *AGGREGATES])} from '{folder}/data/*.parquet'"  # own folder
    row = duckdb.sql(query).fetchall()[0]
    columns = duckdb.sql(f"select * from '{folder}/data/*.parquet' limit 0").columns  # own folder
    return sum(row) + int(len(columns) == len(RULES))


def frames(folder: Path) -> int:
    """A pandas frame through pandera, then through Great Expectations."""
    import great_expectations as gx
    import pandas as pd

    frame = pd.read_parquet(folder / "data")
    names: dict[str, object] = {}
    exec(schema_text("pandera.pandas"), names)  # the text of table.py
    schema = names["Orders"]
    schema.validate(frame, lazy=True)  # type: ignore[attr-defined]
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("orders").add_dataframe_asset("orders")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    expectations = [
        getattr(gx.expectations, "".join(map(str.capitalize, name.split("_"))))(**arguments)
        for name, arguments in EXPECTATIONS
    ]
    results = batch.validate(gx.ExpectationSuite("orders", expectations=expectations)).results
    return len(RULES) + sum(bool(result.success) for result in results)


if __name__ == "__main__":
    print({"duckdb": duckdb_query, "frames": frames}[sys.argv[1]](Path(sys.argv[2])))

"""Small changes that contract cases are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tests.contract.laws import sentence, word, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.contract.sound_datasets import Dataset

    Change = Callable[[Dataset], Dataset]

# Made up at run time, so that no scanner for secrets takes this file for one.
SECRET = "the key is AKIA" + "Q7ZP2MXK4RTLW5NB"
ADDRESS = "write to ada.lovelace" + "@analytical.co.uk please"


def declaring(**keys: object) -> Change:
    """Other keys in gates.toml; None takes a key out."""
    return lambda dataset: dataset.declaring(**keys)


def having(**parts: object) -> Change:
    """Other parts of the dataset."""
    return lambda dataset: dataset.having(**parts)


def without_role(*roles: str) -> Change:
    """Columns that nobody maps, and that are not there under the role's name."""

    def change(dataset: Dataset) -> Dataset:
        columns = {role: name for role, name in dataset.declared["columns"].items() if role not in roles}
        given = {name for role, name in dataset.declared["columns"].items() if role in roles} | {*roles}
        kept = dataset.holdout.drop(given, strict=False) if dataset.holdout is not None else None
        return dataset.declaring(columns=columns).having(rows=dataset.rows.drop(given, strict=False), holdout=kept)

    return change


def with_cells(origin: str, column: str, values: Sequence[object] | object, count: int | None = None) -> Change:
    """Other values in a column of an origin's first rows: one for all of them, or a list of them."""

    def change(dataset: Dataset) -> Dataset:
        return dataset.having(rows=replaced(dataset.rows, origin, column, values, count))

    return change


def replaced(
    rows: pl.DataFrame, origin: str, column: str, values: Sequence[object] | object, count: int | None = None
) -> pl.DataFrame:
    """The rows with other values in a column of an origin's first ones."""
    at = np.flatnonzero((rows["origin"] == origin).to_numpy())
    given = list(values) if isinstance(values, list) else [values] * (len(at) if count is None else count)
    cells = rows[column].to_list()
    for place, value in zip(at.tolist(), given, strict=False):
        cells[place] = value
    return rows.with_columns(pl.Series(column, cells, dtype=rows.schema[column]))


def every_cell(column: str, values: pl.Expr, origin: str | None = None) -> Change:
    """A column computed anew, for one origin or for both."""

    def change(dataset: Dataset) -> Dataset:
        where = pl.lit(value=True) if origin is None else pl.col("origin") == origin
        return dataset.having(
            rows=dataset.rows.with_columns(pl.when(where).then(values).otherwise(pl.col(column)).alias(column))
        )

    return change


def keeping(origin: str, count: int) -> Change:
    """The first rows of an origin only."""
    place = pl.int_range(pl.len()).over("origin")
    return lambda dataset: dataset.having(rows=dataset.rows.filter((pl.col("origin") != origin) | (place < count)))


def repeating(origin: str, count: int) -> Change:
    """The first rows of an origin say what the rows after them say."""

    def change(dataset: Dataset) -> Dataset:
        own, rest = (dataset.rows.filter((pl.col("origin") == origin) == mine) for mine in (True, False))
        copied = (
            own[count : 2 * count].with_columns(own[:count]["id"]) if "id" in own.columns else own[count : 2 * count]
        )
        return dataset.having(rows=pl.concat([rest, copied, own[count:]]))

    return change


def copying_people(count: int, *contents: str) -> Change:
    """Synthetic rows say in some columns what people's rows say."""

    def change(dataset: Dataset) -> Dataset:
        rows = dataset.rows
        for column in contents:
            rows = replaced(
                rows, "synthetic", column, rows.filter(pl.col("origin") == "human")[column][:count].to_list()
            )
        return dataset.having(rows=rows)

    return change


def after(*changes: Change) -> Change:
    """One change after the other."""

    def change(dataset: Dataset) -> Dataset:
        for one in changes:
            dataset = one(dataset)
        return dataset

    return change


def texts(count: int, seed: int, length: int = 28) -> list[str]:
    """Texts of the law that nothing else holds."""
    return [sentence(parts) for parts in words(np.random.default_rng(seed), count, length)]


def opened_with(phrase: str, count: int, seed: int) -> list[str]:
    """Texts that begin with a phrase."""
    return [f"{phrase} {text}" for text in texts(count, seed)]


def nearly(values: Sequence[str]) -> list[str]:
    """Each text with its last word exchanged."""
    return [f"{value.rpartition(' ')[0]} {word(number)}." for number, value in enumerate(values)]


def own_suite(scope: str, kind: str, kwargs: dict[str, object], severity: str = "critical") -> Change:
    """An expectation that only the dataset's own suite asks."""
    meta = {"reason": "the dataset's own", "question": "scale"}
    expectation = {"type": kind, "kwargs": kwargs, "severity": severity, "meta": meta}
    return having(suites={scope: [expectation]})


def shifted(column: str, by: int = 1) -> Change:
    """Synthetic rows with the cell of the row before: a join that slipped."""

    def change(dataset: Dataset) -> Dataset:
        made = dataset.rows.filter(pl.col("origin") == "synthetic")[column].to_list()
        return dataset.having(rows=replaced(dataset.rows, "synthetic", column, made[-by:] + made[:-by]))

    return change

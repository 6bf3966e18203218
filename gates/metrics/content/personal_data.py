"""Secrets and personal data in any text of any row, named by their places and never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gates.data.facts import HUMAN_CODE, ORIGIN, ROW_ID, SYNTHETIC_CODE, TURNS
from gates.data.text.personal_data import CARD, READERS, WRONG_CARD, find
from gates.metrics.base.measurement import Estimate, Measured, Measurement, RowCounts
from gates.metrics.base.metric import Metric, Params, Side, Unit
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.data.batch import Batch
    from gates.data.scan.inputs import PassInputs
    from gates.data.scan.result import Scan

SECRETS = "secrets"
# An address that so many human rows name, as that of a mailing list, is published and belongs to no single row.
PUBLIC_FROM = 3
_SCHEMA = {"row": pl.Int64, "origin": pl.String, "column": pl.String, "reader": pl.Int8, "digest": pl.UInt64}


def measure(scan: Scan, scope: Scope, params: Params) -> Measurement:
    """Share of the scope's rows with secrets, or with personal data, counted over every row.

    Of synthetic rows only what human rows contain too is counted: anything else was made up and belongs to no person, as does
    personal data that many human rows contain.
    """
    readers = [number for number, reader in enumerate(READERS) if reader.kind == params["kind"]]
    values = scan.collected(PersonalDataSearch).filter(pl.col("reader").is_in(readers))
    own = values.filter(pl.col("origin") == scope.value)
    if scope is Scope.SYNTHETIC:
        human = values.filter(pl.col("origin") == Scope.HUMAN.value)
        if params["kind"] != SECRETS:
            human = human.filter(pl.col("row").n_unique().over("reader", "digest") < PUBLIC_FROM)
        own = own.join(human, on=["reader", "digest"], how="semi")
    counts = RowCounts(int(scan.index.of(HUMAN_CODE).sum()), int(scan.index.of(SYNTHETIC_CODE).sum()))
    rows = counts.by_origin()[scope.value]
    return Measured(
        Estimate.exact(own["row"].n_unique() / rows if rows else 0.0),
        counts,
        note=_note(scan, scope, own),
        evidence=_evidence(scan, own),
    )


def _note(scan: Scan, scope: Scope, values: pl.DataFrame) -> str:
    if values.is_empty():
        return ""
    kinds = ", ".join(
        f"{READERS[reader].name} in column '{column}' ({rows:,})" for column, reader, rows in _counted(values)
    )
    also = " that human rows contain too" if scope is Scope.SYNTHETIC else ""
    return f"rows with {kinds}{also}, first at {scan.place(int(values['row'].min()))}"  # type: ignore[arg-type]


def _evidence(scan: Scan, values: pl.DataFrame) -> dict[str, object]:
    first = values.select("row", "column", "reader").unique().sort("row", "column", "reader")[: scan.named_rows]
    places = [f"{scan.place(row)} {_what(column, reader)}" for row, column, reader in first.iter_rows()]
    counts = {_what(column, reader): rows for column, reader, rows in _counted(values)}
    distinct = values.select("reader", "digest").n_unique() if values.height else 0
    return {"rows_by_column": counts, "distinct_values": distinct, "first_rows": places}


def _counted(values: pl.DataFrame) -> list[tuple[str, int, int]]:
    """Column, reader and rows, the most first."""
    counts = values.group_by("column", "reader").agg(pl.col("row").n_unique())
    return counts.sort("row", "column", "reader", descending=[True, False, False]).rows()


def _what(column: str, reader: int) -> str:
    return f"{READERS[reader].name} in {column}"


class PersonalDataSearch:
    """A `gates.data.scan.accumulators.Accumulator` of the values in any text of any row, for either kind and every scope."""

    needs_rows = True

    def __init__(self, _inputs: PassInputs) -> None:
        self._parts = [pl.DataFrame(schema=_SCHEMA)]

    def update(self, batch: Batch) -> None:
        self._parts += _values_in(batch.raw)

    def merge(self, other: PersonalDataSearch) -> None:
        self._parts += other._parts

    def value(self) -> pl.DataFrame:
        """Row, origin, column, reader and digest of every value."""
        return _without_order_numbers(pl.concat(self._parts))


def _without_order_numbers(values: pl.DataFrame) -> pl.DataFrame:
    """All but the card numbers of columns in which more numbers of that form have a wrong checksum than a right one.

    One of ten numbers has the right one by chance; people mistype far fewer than half of their cards.
    """
    names = [reader.name for reader in READERS]
    card, wrong = names.index(CARD), names.index(WRONG_CARD)
    counts = values.group_by("column", "origin").agg(
        cards=(pl.col("reader") == card).sum(), wrong=(pl.col("reader") == wrong).sum()
    )
    numbered = counts.filter(pl.col("wrong") > pl.col("cards")).with_columns(reader=pl.lit(card, pl.Int8))
    return values.join(numbered, on=["column", "origin", "reader"], how="anti")


def _values_in(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for column in frame.drop(ROW_ID, ORIGIN, TURNS, strict=False).get_columns():
        for rows, texts in _texts(pl.int_range(frame.height, eager=True), column):
            matches = find(texts)
            if matches.height:
                cell = frame.select(row=ROW_ID, origin=pl.col(ORIGIN).cast(pl.String))[rows.gather(matches["at"])]
                yield cell.with_columns(matches["reader", "digest"], column=pl.lit(column.name)).select(list(_SCHEMA))


def _texts(rows: pl.Series, values: pl.Series) -> Iterator[tuple[pl.Series, pl.Series]]:
    """The texts of a column, also those within lists and structures, with the positions of their rows."""
    kind = values.dtype
    if kind == pl.String:
        yield rows, values
    elif isinstance(kind, pl.Categorical | pl.Enum):
        yield rows, values.cast(pl.String)
    elif isinstance(kind, pl.Struct):
        for field in kind.fields:
            yield from _texts(rows, values.struct.field(field.name))
    elif isinstance(kind, pl.List | pl.Array):
        lists = values.cast(pl.List(kind.inner))
        inner = pl.DataFrame({"rows": rows, "values": lists}).filter(pl.col("values").list.len() > 0).explode("values")
        yield from _texts(inner["rows"], inner["values"])


METRIC = Metric(
    expectation="expect_columns_to_not_contain_personal_data",
    measure=measure,
    side=Side.MAX,
    finding="Texts contain secrets or personal data",
    unit=Unit.SHARE,
    asks="Do any texts contain secrets, or data that identifies a person?",
    why=(
        "A model repeats what it was trained on, addresses and keys included, and a version that was once pushed stays with everybody "
        "who pulled it. A synthetic row with a person's address is that person's data again."
    ),
    source=(
        "prefixes as issuers publish them; entropy limits as in gitleaks; IBAN: ISO 13616, mod 97; cards: ISO/IEC 7812, Luhn; "
        "phones: ITU-T E.164; names and postal addresses are not searched for"
    ),
    fix=(
        "Revoke secrets, replace the values in these rows, and take the old version out of remotes. Where the "
        "data is meant to have them, waive the check or raise the limit in the dataset's own suite."
    ),
    params=(("kind", SECRETS),),
    detail=("kind",),
    languages_together="each row counts, whatever its language, and is named by its place",
    accumulate=lambda _inputs, _params: (PersonalDataSearch,),
    exact="counts rows in which a pattern stands",
    reads="every text of every row, while rows are read, once for all limits",
)

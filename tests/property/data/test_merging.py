"""Every accumulator that checks use merges: how rows are dealt to accumulators, and in which order these merge, changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.data.batch import Batch
from gates.data.duckdb.connection import connect
from gates.data.duckdb.index_table import DuckSortedTable, DuckTable, table_apart
from gates.data.evaluation import EvaluationColumns, ItemTexts
from gates.data.facts import ORIGIN, ROW_ID, FileFacts, Roles
from gates.data.scan.accumulators import Accumulators
from gates.data.scan.holdout import HoldoutIndex
from gates.data.scan.inputs import EvaluationItems, PassInputs, VersionBefore
from gates.metrics.base.full_columns import ColumnReader
from gates.metrics.content.personal_data import PersonalDataSearch
from gates.metrics.copies import text_store
from gates.metrics.copies.evaluation_search import EvaluationSearch
from gates.metrics.copies.text_store import TextTokens
from gates.metrics.fidelity.constraints import KeyAccumulator
from gates.metrics.history.earlier_rows import PromotedHumanRows
from gates.metrics.history.previous_human_rows import BothVersions
from gates.metrics.integrity.generation_depth import ids_and_seeds
from gates.metrics.integrity.keys import declared_keys
from gates.metrics.labels.length_bias import longer_by_of
from gates.metrics.temporal.ordered_rows import OrderedRows
from tests.promotions.promoted_before import promoted

START = datetime(2024, 5, 1)  # noqa: DTZ001  # data without a zone is the common case
LONG = [" ".join(f"w{(number * 31 + at * 7) % 97}" for at in range(25)) for number in range(6)]
ROLES = Roles(
    "preference",
    ("chosen", "rejected"),
    ("chosen", "rejected"),
    bound=("chosen", "rejected", "timestamp", "event", "session", "id"),
    key="id",
    declared_key="id",
    slices=("town",),
    lineage={"seed_id": "seed_id"},
)


EXAM_COLUMNS = EvaluationColumns(("id",), frozenset({"chosen"}), frozenset({"rejected"}))


class Exam:
    """An evaluation set that asks one of the texts."""

    def items(self) -> EvaluationItems:
        return EvaluationItems(pl.Series([LONG[0]]), np.arange(1), np.array(["exam-1"]), (("exam.jsonl", 0),))


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["human", "synthetic", "undeclared"]),
        st.sampled_from([*LONG, "short", "write to ana.bo@mail-office.net", None]),
        st.sampled_from([*LONG, None]),
        st.sampled_from(["exam-1", "other", None]),
        st.integers(0, 4),
    ),
    min_size=1,
    max_size=25,
)


def frame_of(rows: list[tuple]) -> pl.DataFrame:
    names = [ORIGIN, "chosen", "rejected", "seed_id", "number"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names[:4], pl.String) | {"number": pl.Int64}, orient="row")
    return frame.with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias(ROW_ID),
        id=pl.format("h{}", "number"),
        town=pl.when(pl.col("number") > 2).then(pl.lit("A")).otherwise(pl.lit("B")),
        timestamp=pl.lit(START) + pl.col("number") * timedelta(hours=1),
        event=pl.lit("open"),
        session=pl.format("s{}", pl.col("number") % 2),
    ).drop("number")


def in_memory(by) -> DuckSortedTable:
    return table_apart(connect, lambda reader: DuckSortedTable(reader, by))


def beside_rows() -> DuckTable:
    return table_apart(connect, DuckTable)


def inputs_of(frame: pl.DataFrame) -> PassInputs:
    before = pl.DataFrame({"id": ["h1", "h9"], "chosen": [LONG[1], "gone"], "town": ["A", "B"]})
    return PassInputs(
        ROLES, frame.schema, in_memory, beside_rows, before=VersionBefore(promoted=promoted(before)), evaluation=Exam()
    )


def plain(value: object) -> object:
    """A value with nothing that hangs on the order in which rows came."""
    if isinstance(value, pl.DataFrame):
        return sorted(map(repr, value.rows()))
    if isinstance(value, pl.Series | np.ndarray):
        return value.to_list() if isinstance(value, pl.Series) else value.tolist()
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return {name: plain(field) for name, field in vars(value).items()} if hasattr(value, "__dict__") else value


def texts(value: text_store.StoredTexts) -> dict[int, list[int]]:
    tokens = value.take(value.places(value.digest))
    return {int(digest): tokens.between(at, at + 1).hashes.tolist() for at, digest in enumerate(value.digest)}


def matches(value: object) -> list[object]:
    """What was found in evaluation sets, as rows with their items."""
    pairs = sorted(zip(value.rows.tolist(), value.item.tolist(), strict=True))
    return [pairs, value.leaked.tolist(), sorted(value.by_seed.tolist()), value.by_idiom.tolist()]


def items(value: EvaluationItems) -> object:
    texts = value.texts.to_list()
    return [
        sorted(map(repr, zip(value.item.tolist(), texts, strict=True))),
        value.ids.tolist(),
        sorted(texts[at] or "" for at in value.answers),
        value.rejected,
    ]


def in_order(value: object) -> object:
    return sorted(map(repr, plain(value)))  # type: ignore[call-overload]


def both(value: object) -> object:
    return [plain(value.earlier), sorted(value.keys_now.tolist()), sorted(value.digests_now.tolist())]


def keys(index):
    return [row for piece in index.table.columns("row_id", "digest", "origin") for row in pl.DataFrame(piece).rows()]


# How each accumulator is made, and its value without what hangs on the order in which rows came.
KINDS = {
    "column": (ColumnReader("town"), plain),
    "keys of columns": (KeyAccumulator(("id", "town")), keys),
    "declared keys": (declared_keys, keys),
    "ids and seeds": (ids_and_seeds, keys),
    "lengths": (longer_by_of, plain),
    "ordered rows": (OrderedRows, lambda ordered: list(map(plain, ordered.entities()))),
    "personal data": (PersonalDataSearch, plain),
    "evaluation sets": (EvaluationSearch, matches),
    "evaluation items": (lambda _: ItemTexts([FileFacts("exam.jsonl", 25, {}, "", 0)], EXAM_COLUMNS), items),
    "texts": (TextTokens, texts),
    "promoted before": (BothVersions, both),
    "holdout": (lambda inputs: HoldoutIndex(inputs.roles, {**dict(inputs.schema)}), plain),
    "several": (lambda inputs: Accumulators([ColumnReader("town"), PersonalDataSearch], inputs), None),
}


@pytest.mark.parametrize("spills", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12, deadline=None)
@given(rows=ROWS, deal=st.lists(st.integers(0, 2), min_size=25, max_size=25), order=st.permutations(range(3)))
def test_merging_parts_in_any_order_equals_one_pass(kind, spills, rows, deal, order):
    frame = frame_of(rows)
    make, value_of = KINDS[kind]
    inputs = inputs_of(frame)

    def accumulated(part: pl.DataFrame):
        accumulator = make(inputs)
        for piece in part.iter_slices(4):
            accumulator.update(Batch(piece.to_arrow().to_batches()[0]))
        return accumulator

    def result(accumulator):
        if value_of is None:
            return sorted(repr(plain(value)) for value in accumulator.values().values())
        return value_of(accumulator.value())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_store, "tokens_in_memory", lambda: 0 if spills else 1 << 24)
        number = pl.Series(deal[: frame.height])
        parts = [accumulated(frame.filter(number == one)) for one in order]
        # (first + second) + third, and first + (second + third).
        left = parts[0]
        left.merge(parts[1])
        left.merge(parts[2])
        again = [accumulated(frame.filter(number == one)) for one in order]
        again[1].merge(again[2])
        again[0].merge(again[1])
        whole = result(accumulated(frame))

        assert result(left) == whole
        assert result(again[0]) == whole


@settings(max_examples=20, deadline=None)
@given(values=st.lists(st.integers(0, 5), min_size=1, max_size=30), cut=st.integers(0, 30), swap=st.booleans())
def test_promoted_rows_merge_whatever_part_comes_first(values, cut, swap):
    frame = pl.DataFrame({"chosen": [LONG[value] for value in values], "town": "A", ORIGIN: "human"}).with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias(ROW_ID)
    )
    inputs = PassInputs(ROLES, frame.schema, in_memory, beside_rows)

    with promoted(frame.drop(ORIGIN, ROW_ID)).content.rows() as opened:

        def read(part: pl.DataFrame) -> PromotedHumanRows:
            shared = sorted({*inputs.roles.content} & {*opened.source.schema().names})
            rows = PromotedHumanRows(inputs, opened, (), tuple(shared))
            for batch in part.to_arrow().to_batches():
                rows.update(Batch(batch))
            return rows

        halves = [read(frame[:cut]), read(frame[cut:])]
        first, second = reversed(halves) if swap else halves
        first.merge(second)

        assert plain(first.value()) == plain(read(frame).value())

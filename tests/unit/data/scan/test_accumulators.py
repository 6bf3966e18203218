"""What checks need of every row is accumulated while rows are read, and each text is tokenised once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from gates.data import batch as batches
from gates.data.batch import Batch
from gates.data.facts import ORIGIN, ROW_ID, FileFacts, Roles
from gates.data.scan.accumulators import Accumulators
from gates.data.scan.inputs import EvaluationItems, PassInputs
from gates.data.scan.run import ScanRequest, scan
from gates.data.text.tokens import tokenise
from gates.errors import DataError
from gates.metrics.base.evaluate import ask
from gates.metrics.base.needs import accumulates
from gates.metrics.content import personal_data
from gates.metrics.copies import contamination
from gates.verdict import Scope
from tests.tables import MemorySource

if TYPE_CHECKING:
    from gates.data.scan.result import Scan

ROLES = Roles("preference", ("prompt", "chosen", "rejected"), ("chosen", "rejected", "prompt"), prompt="prompt")
BOTH = (contamination.METRIC, personal_data.METRIC)


@dataclass(frozen=True)
class CountingSource(MemorySource):
    """A source that counts how often its rows are read."""

    reads: list[int] = field(default_factory=list)

    def batches(self):
        self.reads.append(1)
        return super().batches()


class Sets:
    """An evaluation set that asks what the third prompt asks."""

    def items(self) -> EvaluationItems:
        texts = pl.Series(["what is the third of these many questions"])
        return EvaluationItems(texts, np.arange(1), np.array([""]), (("exam.jsonl", 0),))


class NoSets:
    """An evaluation set that nobody may open."""

    def items(self) -> EvaluationItems:
        raise DataError("exam.jsonl: cannot be read")


def source() -> CountingSource:
    names = ["first", "second", "third", "fourth"]
    frame = pl.DataFrame({
        "prompt": [f"what is the {name} of these many questions" for name in names],
        "chosen": [f"the {name} is it, ask anna.{name}@mail-office.net" for name in names],
        "rejected": [f"not the {name}" for name in names],
        ORIGIN: ["human", "human", "synthetic", "synthetic"],
    })  # fmt: skip
    return CountingSource(frame, ROLES, (FileFacts("mix.jsonl", 4, {}, "", 0),))


def scanned(rows: MemorySource, evaluation: object = None, metrics: tuple = ()) -> Scan:
    planned = [(metric, {}) for metric in metrics]
    return scan(rows, ScanRequest(evaluation=evaluation, accumulate=lambda inputs: accumulates(planned, inputs)))


def answers(seen: Scan) -> list[object]:
    return [ask(contamination.METRIC, seen, Scope.COMBINED, {}), *personal(seen)]


def personal(seen: Scan) -> list[object]:
    requested = [(scope, kind) for scope in (Scope.HUMAN, Scope.SYNTHETIC) for kind in ("secrets", "personal")]
    return [ask(personal_data.METRIC, seen, scope, {"kind": kind}) for scope, kind in requested]


def test_the_pass_accumulates_what_checks_would_find_by_reading_rows_again():
    once, again = source(), source()
    collected, later = scanned(once, Sets(), BOTH), scanned(again, Sets())

    assert answers(collected) == answers(later)
    assert answers(collected)[0].evidence["first_rows"] == ["mix.jsonl:3 = exam.jsonl:1"]
    assert answers(collected)[2].estimate.value == 1  # both human rows name an address
    assert (len(once.reads), len(again.reads)) == (1, 3)


@pytest.mark.parametrize(
    ("evaluation", "metrics", "read"), [(Sets(), BOTH, 3), (None, BOTH, 1), (NoSets(), BOTH[1:], 1), (Sets(), (), 1)]
)
def test_each_text_is_tokenised_once_and_only_where_somebody_asks(monkeypatch, evaluation, metrics, read):
    columns = []
    monkeypatch.setattr(batches, "tokenise", lambda column: columns.append(column) or tokenise(column))

    scanned(source(), evaluation, metrics)

    assert len(columns) == read
    assert len({tuple(column.to_pylist()) for column in columns}) == read


def test_what_breaks_an_accumulator_is_an_error_of_its_check_alone():
    sound, unread = scanned(source(), Sets(), BOTH), scanned(source(), NoSets(), BOTH)

    assert answers(unread)[0].reason == "exam.jsonl: cannot be read"
    assert personal(unread) == personal(sound)


@pytest.mark.parametrize("where", ["update", "value"])
def test_what_could_not_be_accumulated_in_the_pass_breaks_where_it_is_asked_for(where):
    class Broken:
        needs_rows = True

        def __init__(self, *_of: object) -> None: ...

        def update(self, _batch: Batch) -> float:
            return 1 / (where != "update")

        def merge(self, _other: object) -> None: ...

        def value(self) -> float:
            return 1 / (where != "value")

    seen = scan(source(), ScanRequest(accumulate=lambda _inputs: (Broken, personal_data.PersonalDataSearch)))

    assert personal(seen) == personal(scanned(source()))
    with pytest.raises(ZeroDivisionError):
        seen.collected(Broken)


@pytest.mark.parametrize("where", ["made", "needs_rows", "update", "value"])
def test_accumulator_that_would_end_the_program_has_no_value_and_the_others_have_theirs(where):
    class Ends:
        def __init__(self, *_of: object) -> None:
            self.end("made")

        def end(self, at: str) -> bool:
            if at == where:
                raise SystemExit(0)
            return True

        @property
        def needs_rows(self) -> bool:
            return self.end("needs_rows")

        def update(self, _batch: Batch) -> None:
            self.end("update")

        def merge(self, _other: object) -> None: ...

        def value(self) -> bool:
            return self.end("value")

    inputs = PassInputs(ROLES, {}, source().sorted_table, source().index_table)
    accumulators = Accumulators((Ends, personal_data.PersonalDataSearch), inputs)
    source().fold([accumulators])

    assert list(accumulators.values()) == [personal_data.PersonalDataSearch]


def test_tokens_of_a_batch_are_those_of_its_column():
    rows = pl.DataFrame({ROW_ID: [0, 1], "text": ["One two", None]}).to_arrow().to_batches()[0]

    tokens, expected = Batch(rows).tokens("text"), tokenise(rows.column("text"))

    assert np.array_equal(tokens.hashes, expected.hashes)
    assert np.array_equal(tokens.offsets, expected.offsets)

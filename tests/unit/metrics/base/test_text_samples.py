"""Texts are tokenised once, whatever reads the tokens."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from gates.data.text.tokens import tokenise
from gates.metrics.base import text_samples
from gates.metrics.base.text_samples import TextSamples, main_text, tokens_of
from gates.metrics.copies.near_duplicates import near_matrix
from gates.metrics.fidelity import text_diversity
from tests.scans import text_scan
from tests.tables import with_samples

if TYPE_CHECKING:
    import polars as pl

    from gates.data.arrays import Ints
    from gates.data.facts import Roles
    from gates.data.scan.result import Scan
    from tests.tables import MemorySource

GATES = Path(text_samples.__file__).parents[2]


class RecordingSource:
    """A source that notes which rows are fetched from it."""

    def __init__(self, source: MemorySource) -> None:
        self.source = source
        self.fetched: list[int] = []

    def fold(self, consumers, files=None):
        self.source.fold(consumers, files)

    def take(self, row_ids: Ints) -> pl.DataFrame:
        self.fetched += row_ids.tolist()
        return self.source.take(row_ids)


def texts(seed: int, count: int = 250) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(f"word{number}" for number in rng.integers(0, 300, 40)) for _ in range(count)]


def recorded(scan: Scan) -> tuple[Scan, RecordingSource]:
    source = RecordingSource(scan.source)
    drawn = scan.cached(scan.draw)
    return replace(scan, source=source, draw=lambda _scan: drawn, _memo={}), source


def test_a_reading_is_taken_once_per_sample_however_many_ask_for_its_tokens():
    scan = text_scan(texts(1), texts(2), ["one", "two"] * 125)
    read: list[int] = []

    def reading(roles: Roles, frame: pl.DataFrame) -> pl.Series:
        read.append(frame.height)
        return main_text(roles, frame)

    for rows in (scan.human, scan.synthetic, scan.human.where(np.arange(250) < 10)):
        tokens_of(scan, rows.row_id, reading)

    assert read == [250, 250]


def test_near_copies_and_diversity_read_one_stream_and_fetch_no_row_again(monkeypatch):
    read: list[int] = []
    monkeypatch.setattr(text_samples, "tokenise", lambda column: read.append(len(column)) or tokenise(column))
    scan, source = recorded(text_scan(texts(1), texts(2)))
    rows = scan.human.row_id

    near_matrix(scan)
    stream = scan.cached(TextSamples)
    text_diversity.text_diversity(scan, "distinct_3")

    assert scan.cached(TextSamples) is stream
    # Openings; main texts are kept since the pass, and tokenised for who asks for samples of them.
    assert read == [500]
    assert np.array_equal(tokens_of(scan, rows).hashes, tokenise(scan.human.frame["text"].to_arrow()).hashes)
    assert source.fetched == []


def test_rows_outside_of_the_samples_are_fetched_and_stand_where_they_were_asked_for():
    whole = text_scan(texts(1), texts(2))
    scan, source = recorded(with_samples(whole, human=whole.human.where(np.arange(250) % 2 == 0)))
    everything, positions = [*texts(1), *texts(2)], np.random.default_rng(3).permutation(500)

    tokens = tokens_of(scan, positions)

    expected = tokenise(pa.array([everything[row] for row in positions]))
    assert np.array_equal(tokens.hashes, expected.hashes)
    assert np.array_equal(tokens.offsets, expected.offsets)
    assert sorted(source.fetched) == sorted(whole.human.row_id[1::2].tolist())


def test_only_what_reads_rows_that_no_sample_holds_tokenises_by_itself():
    calling = {
        path.relative_to(GATES).as_posix()
        for path in GATES.rglob("*.py")
        if re.search(r"\btokenise\(", path.read_text())
    }

    assert calling == {
        "data/text/tokens.py",
        "data/batch.py",  # every row, in the one pass
        "data/scan/holdout.py",  # the holdout's rows, counted
        "data/text/marks/markers.py",  # the prompts that an answer begins with
        "data/text/marks/turn_marks.py",  # turns of a conversation but the last, in the one pass
        "metrics/base/text_samples.py",  # the samples
        "metrics/copies/text_store.py",  # the holdout's sample
        "metrics/labels/task.py",  # the holdout's sample
        "metrics/history/text_clusters.py",  # people's texts of the version promoted before
        "metrics/copies/evaluation_texts.py",  # the evaluation sets
    }

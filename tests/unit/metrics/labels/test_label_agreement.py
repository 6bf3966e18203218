"""Synthetic rows are held against the labels of their human twins, and people against each other's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from gates.data.facts import ORIGIN, FileFacts, Roles
from gates.data.scan.run import ScanRequest, scan
from gates.errors import MetricError
from gates.metrics.base.measurement import Limits
from gates.metrics.labels.label_agreement import measure
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import MemorySource, table_scan

TEXT = Roles("text", ("text",), ("text",), label="label", bound=("text", "label"))
ANNOTATIONS = Roles(
    "annotations", ("item", "annotator", "label"), label="label", group="item", identifying=("item", "annotator"),
    bound=("item", "annotator", "label"),
)  # fmt: skip


def verdict(measured):
    return judge(measured, Limits(max_value=0.05), Severity.WARNING)


def scanned(human: pl.DataFrame, synthetic: pl.DataFrame, roles: Roles):
    both = [
        side.with_columns(pl.lit(origin).alias(ORIGIN)) for side, origin in ((human, "human"), (synthetic, "synthetic"))
    ]
    frame = pl.concat(both)
    return scan(MemorySource(frame, roles, (FileFacts("data/mix.jsonl", frame.height, {}, "", 0),)), ScanRequest())


def table(seed: int, wrong: float = 0.0, count: int = 1500) -> pl.DataFrame:
    """Rows on a grid of 400 places, labelled by place but for one in twenty and for a share of `wrong`."""
    rng = np.random.default_rng(seed)
    place = rng.integers(0, 400, count)
    flipped = rng.random(count) < 0.05 + wrong
    return pl.DataFrame(
        {
            "x": place % 20 * 1.0,
            "y": place // 20 + rng.normal(0, 0.01, count),
            "label": np.where((place % 2 == 0) ^ flipped, "even", "odd"),
        }
    )


def of_tables(human: pl.DataFrame, synthetic: pl.DataFrame, label: str | None = "label"):
    return verdict(measure(table_scan(human, synthetic, label=label), Scope.COMBINED, {}))


def texts(wrong: float = 0.0, mutate: bool = False, count: int = 600) -> pl.DataFrame:
    """Texts of 60 words with labels; `mutate` changes the last word of each."""
    rng = np.random.default_rng(1)
    words = [[f"w{word}" for word in rng.integers(0, 5000, 60)] for _ in range(count)]
    label = np.arange(count) % 2 == 0
    flipped = np.arange(count) < wrong * count
    return pl.DataFrame(
        {
            "text": [" ".join([*line[:-1], "other"] if mutate else line) for line in words],
            "label": np.where(label ^ flipped, "good", "bad"),
        }
    )


def people_twice() -> pl.DataFrame:
    """Each text labelled by two people who agree."""
    return pl.concat([texts(), texts()])


def of_texts(human: pl.DataFrame, synthetic: pl.DataFrame):
    return verdict(measure(scanned(human, synthetic, TEXT), Scope.COMBINED, {}))


def test_table_rows_that_differ_no_oftener_than_human_rows_do_pass():
    assert of_tables(table(1), table(2)).outcome is Outcome.PASS


def test_table_rows_with_wrong_labels_fail_though_every_column_matches():
    judgement = of_tables(table(1), table(2, wrong=0.4))

    assert judgement.outcome is Outcome.FAIL
    assert len(judgement.evidence["first_rows"]) == 10


def test_near_texts_with_the_label_of_their_human_twin_pass_and_with_another_fail():
    assert of_texts(people_twice(), texts(mutate=True)).outcome is Outcome.PASS
    assert of_texts(people_twice(), texts(wrong=0.3, mutate=True)).outcome is Outcome.FAIL


def test_equal_short_texts_are_twins_too():
    short = [frame.with_columns(pl.col("text").str.slice(0, 20)) for frame in (people_twice(), texts(wrong=0.3))]

    assert of_texts(*short).evidence["synthetic_rows_with_human_twins"] == 600
    assert of_texts(*short).outcome is Outcome.FAIL


def test_a_machine_that_labels_human_items_otherwise_fails():
    def labels(who: str, wrong: float) -> pl.DataFrame:
        item = pl.Series("item", range(600))
        return pl.DataFrame(
            {"item": item, "annotator": [who] * 600, "label": (item % 2) ^ (item < wrong * 600).cast(pl.Int64)}
        )

    human = pl.concat([labels("ann", 0.0), labels("bob", 0.02)])

    def judged_with(wrong: float):
        return verdict(measure(scanned(human, labels("machine", wrong), ANNOTATIONS), Scope.COMBINED, {}))

    assert (judged_with(0.02).outcome, judged_with(0.4).outcome) == (Outcome.PASS, Outcome.FAIL)


def test_few_twins_are_inconclusive_and_worth_no_warning():
    judgement = of_texts(texts(), texts(mutate=True))

    assert (judgement.outcome, judgement.severity) == (Outcome.INCONCLUSIVE, Severity.INFO)
    assert "100 independent rows of each origin must have a human twin; 0 human rows" in judgement.message


def test_many_copies_of_few_texts_are_few_twins():
    human, copied = people_twice()[:20], texts()[:20]

    assert of_texts(pl.concat([human] * 20), pl.concat([copied] * 20)).outcome is Outcome.INCONCLUSIVE


def test_without_labels_nothing_is_checked_and_with_none_filled_in_it_is_an_error():
    assert 'no label is declared; add: label = "<column>"' in of_tables(table(1), table(2), label=None).message
    empty = table(2).with_columns(label=pl.lit(None, pl.String))
    assert "no synthetic row has a label in column 'label'" in of_tables(table(1), empty).message


def test_a_label_alone_has_no_twins():
    with pytest.raises(MetricError, match="no column but the label can be compared"):
        of_tables(table(1).select("label"), table(2).select("label"))


def test_rows_without_a_label_are_nobodys_twins():
    blank = people_twice().with_columns(label=pl.when(pl.int_range(pl.len()) < 600).then("label"))

    scanned_rows = scanned(blank, texts(mutate=True), replace(TEXT))

    assert measure(scanned_rows, Scope.COMBINED, {}).evidence["human_rows_with_human_twins"] == 0


def repeated(seed: int, start: int, wrong: float, count: int = 1500) -> pl.DataFrame:
    """Each of 300 texts five times, labelled by which text it is but for one in twenty and for a share of `wrong`."""
    rng = np.random.default_rng(seed)
    text = rng.integers(0, 300, count)
    flipped = rng.random(count) < 0.05 + wrong
    texts_written = pl.Series(
        [f"text {start + number} of a kind that many people write down when they are in a hurry" for number in text]
    )
    return pl.DataFrame({"text": texts_written, "label": np.where((text % 2 == 0) ^ flipped, "even", "odd")})


def test_synthetic_rows_that_contradict_each_other_fail_though_no_human_row_says_the_same():
    human, sound, noisy = repeated(1, 0, 0), repeated(2, 300, 0), repeated(3, 300, 0.1)

    assert verdict(measure(scanned(human, sound, TEXT), Scope.COMBINED, {})).outcome is not Outcome.FAIL
    judgement = verdict(measure(scanned(human, noisy, TEXT), Scope.COMBINED, {}))
    assert judgement.outcome is Outcome.FAIL
    assert "among synthetic rows" in judgement.message


@pytest.mark.parametrize(("count", "dose"), [(1500, 0.08), (5000, 0.05)])
def test_smallest_share_of_flipped_labels_among_rows_of_a_table_that_fails(count, dose):
    apart = table(2, dose, count).with_columns(pl.col("x") + 18)

    assert of_tables(table(1, count=count), apart).outcome is Outcome.FAIL
    assert (
        of_tables(table(1, count=count), table(2, 0, count).with_columns(pl.col("x") + 18)).outcome is not Outcome.FAIL
    )

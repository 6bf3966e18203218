"""A short attack of every kind; `make attack` is a long one."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.attack.campaigns import CAMPAIGNS, attack
from tests.attack.documents import documents, read_all
from tests.attack.inputs.readings import difference, rows_of
from tests.attack.worker import DiedError, HungError, Worker, fault, gates
from tests.projects import Called

BUDGET = float(os.environ.get("GATES_ATTACK_BUDGET", "4"))
SEED = int(os.environ.get("GATES_ATTACK_SEED", "1"))


@pytest.mark.slow
def test_nothing_that_is_damaged_changed_or_killed_passes_silently_crashes_or_hangs(tmp_path):
    figures = list(attack(tmp_path, SEED, BUDGET))

    assert [defect for one in figures for defect in one.defects] == []
    assert [one.campaign for one in figures] == [*CAMPAIGNS]
    assert all(one.tries for one in figures)


def test_a_crash_and_a_hang_are_seen_and_the_next_call_is_answered(tmp_path):
    with Worker() as worker:
        with pytest.raises(DiedError, match="SIGSEGV"):
            worker.call(signal.raise_signal, signal.SIGSEGV)
        with pytest.raises(HungError):
            worker.call(time.sleep, 60, wait=0.1)
        called = worker.call(gates, tmp_path, ["check"])

    assert (called.code, fault(called)) == (2, "")


@pytest.mark.parametrize(
    ("called", "defect"),
    [
        (Called(1, "", ""), "exit code 1 without a word"),
        (Called(-11, "", ""), "exit code -11"),
        (Called(3, "", "internal error: x"), "internal error: x"),
        (Called(1, "Traceback (most recent call last):\n", ""), "Traceback (most recent call last):\n"),
    ],
)
def test_what_no_input_may_lead_to_is_a_defect(called, defect):
    assert fault(called) == defect


def test_readings_part_where_a_row_a_column_or_a_value_does():
    rows = rows_of("a.csv", b"a,b\n1,x\n2,\n")

    assert difference([{"a": 1, "b": "x"}, {"a": 2, "b": None}], rows, "a.csv") == ""
    assert difference([{"a": 1, "b": "x"}], rows, "a.csv") == "1 rows, and independently 2"
    assert difference([{"a": 1, "b": "x"}, {"a": 3, "b": None}], rows, "a.csv").startswith("row 2, 'a': 3")
    assert difference([{"a": 1}, {"a": 2}], rows, "a.csv").startswith("row 1: columns ['a']")


def test_sound_documents_are_read_as_independent_readers_read_them(tmp_path):
    assert {name: read_all(tmp_path, [(name, one.sound)]) for name, one in documents().items()} == {
        name: [("read", "")] for name in documents()
    }

"""How much memory a run may take, from what is stated, and from what the machine and its groups of processes have."""

from __future__ import annotations

import os

import pytest

from gates.config import memory
from gates.errors import UsageError


@pytest.mark.parametrize(
    ("text", "size"),
    [("2GB", 2 * 10**9), ("1.5 gib", 3 << 29), ("800000000B", 800_000_000), (" 900mb ", 900 * 10**6)],
)
def test_an_amount_is_a_number_and_a_unit(text, size):
    assert memory.parsed(text, "--memory-limit") == size


@pytest.mark.parametrize("text", ["much", "2", "GB", "-2GB", "2GBs", "2e9B", "1,5GB", ""])
def test_what_is_no_amount_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match=r"--memory-limit='.*' is no amount of memory; expected e\.g\. 2GB"):
        memory.parsed(text, "--memory-limit")


def test_less_than_the_program_itself_takes_is_refused(monkeypatch):
    monkeypatch.setenv(memory.MEMORY_VARIABLE, "100MB")

    with pytest.raises(UsageError, match=r"GATES_MEMORY_LIMIT='100MB' is too little: .* at least 700MB, e\.g\. 2GB"):
        memory.limit()


def test_parts_follow_from_the_limit_and_together_do_not_exceed_it(monkeypatch):
    parts = []
    for size in ("700MB", "1GB", "4GB"):
        monkeypatch.setenv(memory.MEMORY_VARIABLE, size)
        parts.append((memory.for_rows(1_000_000), memory.batch_bytes(), memory.tokens_in_memory()))
        database, batch, _ = parts[-1]
        assert database + memory.PROGRAM + 8 * batch <= max(memory.limit(), memory.LEAST + 8 * batch)

    assert parts == sorted(parts)
    assert parts[0] != parts[1] != parts[2]


def test_the_database_leaves_room_for_what_is_held_of_every_row(monkeypatch):
    monkeypatch.setenv(memory.MEMORY_VARIABLE, "2GB")

    assert memory.for_rows(0) - memory.for_rows(10_000_000) == 10_000_000 * memory.ROW_BYTES


def test_processes_share_what_is_stated_and_the_environment_is_as_before_afterwards(monkeypatch):
    monkeypatch.setenv(memory.MEMORY_VARIABLE, "3GB")

    with memory.limited_to("4GB"):
        assert memory.limit() == 4 * 10**9
        with memory.limited_to(None, processes=2):
            assert memory.limit() == 2 * 10**9
    assert os.environ[memory.MEMORY_VARIABLE] == "3GB"
    with pytest.raises(UsageError, match=r"3000 MB of memory are too little for 5 datasets at once; expected at least"):
        memory.limited_to(None, processes=5).__enter__()


@pytest.mark.parametrize(
    ("line", "file"),
    [("0::/jobs/one", "memory.max"), ("4:memory:/jobs/one", "memory/jobs/memory.limit_in_bytes")],
    ids=["second version", "first version"],
)
def test_a_group_of_processes_or_one_around_it_limits_what_there_is(monkeypatch, tmp_path, line, file):
    monkeypatch.delenv(memory.MEMORY_VARIABLE, raising=False)
    (tmp_path / "own").write_text(f"3:cpu:/\n{line}\n")
    monkeypatch.setattr(memory, "_OWN_GROUPS", tmp_path / "own")
    monkeypatch.setattr(memory, "_GROUPS", tmp_path / "groups")
    limit = tmp_path / "groups" / file
    limit.parent.mkdir(parents=True)
    limit.write_text("max\n")
    whole = memory.available()

    limit.write_text(f"{2_800_000_000}\n")

    assert memory.available() == min(whole, 2_800_000_000)
    assert memory.limit() == 700_000_000

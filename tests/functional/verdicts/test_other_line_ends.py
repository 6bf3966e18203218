"""A clone that git gave other line ends is named as what it is."""

from __future__ import annotations

import pytest

from tests.dvc_repositories import git
from tests.projects import program


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_enforce_says_that_only_line_ends_differ_and_how_to_keep_them(tmp_path, suffix):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    git(one, "init", "-q")
    rows = {"csv": "x,origin\n1,human\n2,synthetic\n", "jsonl": '{"x": 1, "origin": "human"}\n'}[suffix]
    (one / f"a.{suffix}").write_text(rows)
    (one / "gates.toml").write_text(f'[datasets.a]\npath = "a.{suffix}"\ntype = "tabular"\n')
    program(one, "check", "a", "--worktree", "--output", "reports")
    git(one, "add", "a." + suffix, "gates.toml", "reports")
    git(one, "commit", "-q", "-m", "one")
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", "one", "two")
    assert b"\r\n" in (two / f"a.{suffix}").read_bytes()

    called = program(two, "enforce", "a", "--output", "reports")
    (two / f"a.{suffix}").write_bytes(b"\r\n".join([b"", *(two / f"a.{suffix}").read_bytes().split(b"\r\n")]))
    other = program(two, "enforce", "a", "--output", "reports")

    assert called.code == 3
    assert "in its line ends only" in called.err
    assert f"a.{suffix} -text" in called.err
    assert "line ends" not in other.err
    assert other.code == 3

"""Words that shells complete, in the protocol of click for each shell, and in a real bash."""

from __future__ import annotations

import re
import subprocess

import pytest


@pytest.fixture
def completed(tmp_path, gates, monkeypatch):
    (tmp_path / "gates.toml").write_text(
        '[datasets.reviews]\npath = "a.csv"\ntype = "text"\n\n[datasets.ratings]\npath = "b.csv"\ntype = "tabular"\n'
    )

    def words(shell: str, typed: str, word: str) -> str:
        count = len(typed.split())
        monkeypatch.setenv("_GATES_COMPLETE", f"{shell}_complete")
        monkeypatch.setenv("COMP_WORDS", f"{typed} {word}")
        monkeypatch.setenv("COMP_CWORD", word if shell == "fish" else str(count))
        return gates(tmp_path).out

    return words


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("typed", "begun", "whole"),
    [
        ("gates", "en", "enforce"),
        ("gates check", "--exit", "--exit-zero"),
        ("gates check", "rev", "reviews"),
        ("gates promote", "rat", "ratings"),
        ("gates check --format", "sar", "sarif"),
        ("gates check --only", "expect_boiler", "expect_boilerplate_ratio_to_be_less_than"),
        ("gates explain", "expect_boiler", "expect_boilerplate_ratio_to_be_less_than"),
        ("gates list", "miss", "missing"),
    ],
)
def test_word_is_completed_in_the_shell(shell, typed, begun, whole, completed):
    words = re.split(r"[,\s]+", completed(shell, typed, begun))

    assert [word for word in words if word.startswith(begun)] == [whole]


def test_datasets_of_a_broken_configuration_are_no_words_and_no_error(tmp_path, completed):
    (tmp_path / "gates.toml").write_text("[datasets.reviews]\npth = 1\n")

    assert completed("bash", "gates check", "rev").strip() == ""


@pytest.mark.program
def test_bash_takes_the_script(tmp_path):
    script = """
    eval "$(_GATES_COMPLETE=bash_source gates)"
    COMP_WORDS=(gates en) COMP_CWORD=1
    _gates_completion gates
    echo "${COMPREPLY[@]}"
    """
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("enforce\n", "")


@pytest.mark.parametrize(
    ("shell", "word"), [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "complete --no-files")]
)
def test_each_shell_gets_a_script(shell, word, tmp_path, gates, monkeypatch):
    monkeypatch.setenv("_GATES_COMPLETE", f"{shell}_source")

    assert word in gates(tmp_path).out

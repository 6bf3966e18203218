"""The pages of types, checks and questions are what `gates list` makes, and no question stays without a word."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gates.cli.main import COMMANDS as CLI_COMMANDS
from gates.contract.explain import built_in_uses
from gates.contract.questions import COMMANDS, OPEN, QUESTIONS, answered, questions_of
from gates.init.drafts.write import _QUESTIONS
from gates.metrics.catalogue import METRICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.contract.explain import Use

ROOT = Path(__file__).parents[3]
USES = built_in_uses()


def filesystem_error(uses: Sequence[Use]) -> list[str]:
    return [one.question for one in answered(uses) if not one.checks and not one.commands]


@pytest.mark.parametrize(
    ("what", "page"),
    [
        ("types", "docs/reference/data-types.md"),
        ("checks", "docs/reference/checks.md"),
        ("questions", "docs/explanation/questions.md"),
        ("commands", "docs/reference/cli.md"),
    ],
)
def test_page_is_what_the_command_makes(what, page, tmp_path, gates):
    called = gates(tmp_path, "list", what, "--format", "markdown")

    assert (called.code, called.err) == (0, "")
    assert (ROOT / page).read_text(encoding="utf-8") == called.out, "make docs"


def test_page_of_commands_has_every_command_and_option():
    page = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
    commands = {name: importlib.import_module(module).command for name, (module, _) in CLI_COMMANDS.items()}
    options = {
        option for command in commands.values() for one in command.params for option in one.opts if option[0] == "-"
    }

    assert [name for name in commands if f"\n## gates {name}\n" not in page] == []
    assert "\n## gates review plan\n" in page
    assert [option for option in options if f"{option}" not in page] == []


def test_page_of_checks_has_every_metric_and_every_shipped_limit():
    lines = (ROOT / "docs/reference/checks.md").read_text(encoding="utf-8").splitlines()

    assert {f"## {metric.expectation}" for metric in METRICS} <= set(lines)
    assert len([line for line in lines if line.startswith("| ") and "`" in line]) == len(USES)


def test_every_shipped_limit_answers_a_question_that_is_listed():
    answers = {f"{use.owner}: {use.entry.check_id}": questions_of(use) for use in USES}

    assert {place: answer for place, answer in answers.items() if not answer or not set(answer) <= set(QUESTIONS)} == {}
    assert set(_QUESTIONS.values()) <= set(QUESTIONS)


def test_no_question_stays_without_an_answer():
    assert filesystem_error(USES) == []


def test_commands_that_answer_are_commands():
    assert {name for names in COMMANDS.values() for name in names} <= set(CLI_COMMANDS)
    assert set(COMMANDS) <= set(QUESTIONS)


def test_what_nobody_can_know_is_said_of_every_question():
    page = (ROOT / "docs/explanation/questions.md").read_text(encoding="utf-8")

    assert set(OPEN) == set(QUESTIONS)
    assert page.count("Nobody can say from the data: ") == len(QUESTIONS)
    assert {f"- `gates {name}`: {what}" for says in COMMANDS.values() for name, what in says.items()} <= {
        *page.splitlines()
    }


def test_question_that_loses_its_last_check_is_not_answered_any_more():
    of_experts = {"expect_expert_ratio_to_be_between", "expect_crowd_to_label_as_experts"}
    fewer = [use for use in USES if use.entry.type not in of_experts]

    assert filesystem_error(fewer) == ["expert knowledge"]


def test_questions_are_listed_for_people_and_programs(tmp_path, gates):
    shown = gates(tmp_path, "list", "questions").out
    read = json.loads(gates(tmp_path, "list", "questions", "--format", "json").out)

    rare = "rare events: Does what is rare survive?\n  gates advise\n  expect_tail_mass_to_be_between\n  expect_first_version_to_be_covered\n"
    assert rare in shown
    balance = "balance: Do the kinds, classes and groups stand in the right proportion?\n"
    assert f"{balance}  expect_population_shares_to_match\n  expect_human_ratio_to_be_between\n" in shown
    assert [one["question"] for one in read] == list(QUESTIONS)

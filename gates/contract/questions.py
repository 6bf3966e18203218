"""What people ask about human and synthetic data, and which checks and commands answer it.

A check says which question it answers by `meta.question` of its entry in a suite: one of them, or a list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.contract.explain import explanation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gates.contract.explain import Use

# By the words that suites use, in the order in which they come up when a dataset is made.
QUESTIONS: Mapping[str, str] = {
    "unique human value": "What do human rows have that synthetic rows do not?",
    "good enough for a task": "Are synthetic rows good enough for what they are meant for?",
    "right patterns": "Do synthetic rows follow the patterns of human rows?",
    "both types together": "Are both kinds there, each row's origin known?",
    "validating mixed sources": "Does data from several sources still make one dataset?",
    "weighting": "How much should rows of either kind, and of each group of people, count?",
    "hardest to synthesise": "What do generators get wrong most?",
    "expert knowledge": "Do enough rows rest on people who know the field?",
    "cultural context": "Is every group of people heard in its own voice?",
    "where human data is mandatory": "Are there enough human rows where no generator may stand in?",
    "diversity and representativeness": "Are rows as varied as people are, and of all people?",
    "scale": "Are there enough rows to learn and to judge from?",
    "rare events": "Does what is rare survive?",
    "balance": "Do the kinds, classes and groups stand in the right proportion?",
    "bias not amplified": "Do synthetic rows make human biases stronger?",
    "integration without noise": "Do rows of both kinds fit together, without broken rows or formats?",
    "human evaluation where nothing else can judge": "Can human judgements be relied on where no number decides?",
    "pretraining against fine-tuning": "How many human rows does the purpose take?",
    "humanness metrics": "Do texts read as people write, and did people write those that are said to be theirs?",
    "improving generators": "What should be changed in a generator, and did a change help?",
    "deciding which kind to use": "Should the next rows be collected from people or generated?",
    "validating against human behaviour": "Do synthetic rows behave as human rows do, by how human rows differ among themselves?",
    "what must stay human": "Which rows must come from people, or must not be passed on by machines?",
}

# By question, the commands whose answer is more than the outcome of a check.
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "both types together": ("check",),
    "human evaluation where nothing else can judge": ("review",),
    "improving generators": ("diff",),
}


@dataclass(frozen=True)
class AnsweredQuestion:
    """One question with what answers it.

    checks: by expectation type, where it runs: `common human`, `text combined`. commands: names of commands.
    """

    question: str
    asks: str
    checks: Mapping[str, tuple[str, ...]]
    commands: tuple[str, ...]

    def what_checks_ask(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Type, question and places of each check."""
        return [(kind, explanation(kind).asks, places) for kind, places in self.checks.items()]


def questions_of(use: Use) -> tuple[str, ...]:
    """The questions that a suite's entry answers, none where it says none."""
    named = use.entry.meta.get("question", ())
    return tuple(map(str, named)) if isinstance(named, list | tuple) else (str(named),)


def answered(uses: Iterable[Use]) -> list[AnsweredQuestion]:
    """Every question with the checks of these uses that answer it; types in the order of the uses."""
    places_by_type: dict[str, dict[str, dict[str, None]]] = {question: {} for question in QUESTIONS}
    for use in uses:
        place = f"{use.owner} {use.entry.check_id.scope.value}"
        # Dictionaries for their order; a type runs in one place with several limits.
        for question in questions_of(use):
            places_by_type.get(question, {}).setdefault(use.entry.type, {})[place] = None
    return [
        AnsweredQuestion(
            question,
            asks,
            {kind: tuple(places) for kind, places in places_by_type[question].items()},
            COMMANDS.get(question, ()),
        )
        for question, asks in QUESTIONS.items()
    ]

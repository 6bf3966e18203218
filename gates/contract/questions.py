"""What people ask about human and synthetic data, and which checks and commands answer it.

A check says which question it answers by `meta.question` of its entry in a suite: one of them, or a list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.contract.explain import Use, explanation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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
    "no copies": "Are synthetic rows new, and neither copies of human rows nor items of a test?",
    "validating against human behaviour": "Do synthetic rows behave as human rows do, by how human rows differ among themselves?",
    "what must stay human": "Which rows must come from people, or must not be passed on by machines?",
    "next human hour": "Where does the next hour of a person gain most?",
    "version to version": "Does the data get better from version to version, and is nothing lost on the way?",
}

# By question, the commands whose answer is more than the outcome of a check, and what they say.
COMMANDS: Mapping[str, Mapping[str, str]] = {
    "unique human value": {
        "advise": "the share of each group's human rows that nothing synthetic comes near, and what more human rows of it gain"
    },
    "good enough for a task": {
        "advise": "how many human rows a synthetic one of each generator is worth to a model of the label, with its interval"
    },
    "both types together": {"check": "rows by origin and generator stand at the top of every report"},
    "validating mixed sources": {
        "check": "each generator and each language with 300 rows by itself, so that a good one hides no bad one"
    },
    "weighting": {
        "weights": "a weight for each source, above 0 only where a gain on human rows was shown, or human rows weighted to declared shares"
    },
    "hardest to synthesise": {"advise": "what gives synthetic rows away most, in each group and for each generator"},
    "scale": {"advise": "what 100 more rows of either kind gain at the rows that are there"},
    "rare events": {"advise": "what is known of rare groups, and where human rows of them gain most"},
    "human evaluation where nothing else can judge": {
        "review": "so many rows, drawn blind, that accepting or rejecting them bounds the share of bad ones"
    },
    "improving generators": {
        "advise": "which columns of which generator to fix first",
        "diff": "which checks came out differently since another version",
    },
    "deciding which kind to use": {
        "advise": "collect, synthesise, or leave to people: a list by gain for what a row costs, open where intervals overlap"
    },
    "next human hour": {
        "advise": "groups by what 100 human rows of each gain, for what they cost",
        "review": "`plan --judge COLUMN` says how many labels a machine's verdicts spare before anyone labels",
    },
    "version to version": {"diff": "`--all` shows each number over all versions, beside the human baseline"},
}

# By question, what no number answers yet. Whoever needs it has to ask people, or to wait for what comes of the rows.
OPEN: Mapping[str, str] = {
    "unique human value": "what people who are not in the data would add; it shows in no row that is there",
    "good enough for a task": "how another model than those that were tried, or a task without a label, takes the rows",
    "right patterns": "whether the human rows follow the patterns of the world; they are the measure here",
    "both types together": "whether an origin was declared as it is: nothing in a row proves who made it",
    "validating mixed sources": "whether two sources meant the same by a column of one name; whoever made them knows",
    "weighting": "a weight for each row: ratios of densities lowered the loss for one generator of five, and raised it for four",
    "hardest to synthesise": "what a stronger classifier would tell apart, or a person at first sight",
    "expert knowledge": "whether an expert is right; expertise is what the data declares",
    "cultural context": "the voice of groups that the data does not name, and of those that hardly any row is from",
    "where human data is mandatory": "where that is: law, ethics and the cost of a mistake decide it, and you declare it",
    "diversity and representativeness": "of whom the data should be representative, unless you declare the shares",
    "scale": "how many rows are enough beyond twice those that were measured, where no curve is believed",
    "rare events": "what is so rare that no human row has it",
    "balance": "which balance is right for the purpose",
    "bias not amplified": "whether the human rates are fair; what is compared with them is only as fair as they are",
    "integration without noise": "noise that human rows have too: it is the baseline",
    "human evaluation where nothing else can judge": "anything about a single row that nobody reviewed",
    "pretraining against fine-tuning": "a share that is right for every model; the limits are what was found harmless so far",
    "humanness metrics": "who wrote one text; marks and likeness say something of sets, and good imitations have neither",
    "improving generators": "whether a change helps where no human row looks",
    "deciding which kind to use": "gains that the label does not show: trust, consent, other tasks",
    "no copies": "whether an idea was copied: what is compared is words and values",
    "validating against human behaviour": "how people would behave where nobody has looked yet",
    "what must stay human": "whether a person labelled with a machine's help; only who collected the rows can say",
    "next human hour": "whether rows bought in the order advised teach more than as many at random: on two tables no difference was shown",
    "version to version": "what a loss outside of the data cost, such as fewer people who answer",
}


@dataclass(frozen=True)
class AnsweredQuestion:
    """One question with what answers it.

    checks: by expectation type, where it runs: `common human`, `text combined`. commands: names of commands; says: what each
    of them says. open: what none of them can say.
    """

    question: str
    asks: str
    checks: Mapping[str, tuple[str, ...]]
    commands: tuple[str, ...]
    says: Mapping[str, str]
    open: str

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
            tuple(COMMANDS.get(question, {})),
            COMMANDS.get(question, {}),
            OPEN[question],
        )
        for question, asks in QUESTIONS.items()
    ]

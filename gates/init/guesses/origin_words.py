"""The words that people use for human and for synthetic rows: in values, in names of columns, files and folders."""

from __future__ import annotations

import re
from itertools import pairwise

_HUMAN_WORDS = (
    "human|people|person|real|natural|organic|orig|original|expert|crowd|crowd[-_ ]?worker|annotator|gold|golden|authentic|genuine|manual"
    "|handwritten|hand[-_ ]written|ground[-_ ]?truth|observed|collected|actual|(non|not)[-_ ](synthetic|generated|ai|augmented|fake)"
)
_SYNTHETIC_WORDS = "synthetic|synthesi[sz]ed|synth|syn|generated|gen|machine|models?|ai|llms?|fake|simulated|artificial|bots?|template|augmented|aug"
# Families of language models. Those in the second list are words of their own, too: a version has to follow.
_FAMILIES = (
    "gpt|chatgpt|davinci|claude|gemini|llama|mistral|ministral|mixtral|qwen|deepseek|vicuna|wizardlm|wizardcoder|tulu|olmo|stablelm"
    "|internlm|nemotron|bloomz|pythia|starcoder|codellama|tinyllama|baichuan|chatglm|smollm|openhermes|dbrx|exaone|bard|copilot|cohere|codex"
)
_FAMILIES_WITH_VERSION = (
    "gemma|alpaca|phi|t5|bloom|palm|falcon|command|grok|yi|opt|mpt|zephyr|dolly|flan|orca|granite|kimi|glm|nova|solar|o|aya|koala|jamba"
    "|hermes|ernie|hunyuan|minimax"
)
# A name that ends in how many parameters it has: `pythia-12b`, `my-org/tuned-7B-chat`.
_SIZED = r"[a-z][\w.]*([-_][\w.]+)*[-_]\d+(\.\d+)?[bm]([-_.].*)?"
_TABLE_GENERATORS = (
    "(dp|pate|med|time|table|ads|cop)?-?(ct?)?gan|r?tvae|copula|copula-?gan|gaussian[-_ ]?copula|synthpop|(tab)?-?ddpm|tabsyn|realtabformer"
    "|privbayes|bayesian[-_ ]?network|smote|vae|bootstrap|smoothed-bootstrap|sdv|gretel|mostly[-_ ]?ai|ydata|doppelganger"
)

HUMAN = re.compile(
    rf"({_HUMAN_WORDS})s?([-_ ].*)?|(?!.*\b(non|not)\b)(?!(non|not)[-_ ]).*[-_ ](human|real|orig|original)s?",
    re.IGNORECASE,
)
SYNTHETIC = re.compile(
    rf"({_SYNTHETIC_WORDS})([-_ ].*)?|(?!.*\b(non|not)\b)(?!(non|not)[-_ ]).*[-_ ](synthetic|fake|gen|generated|aug|augmented|syn)"
    rf"|([\w.-]+/)?(text-|meta-|open-?|c4ai-|code-?)?(({_FAMILIES})([-_ .\d].*)?|({_FAMILIES_WITH_VERSION})([-_ .]|\d).*)"
    rf"|([\w.-]+/)?{_SIZED}|({_TABLE_GENERATORS})([-_ .\d].*)?",
    re.IGNORECASE,
)
# Names of columns of yes and no whose yes means either.
_BEFORE, _AFTER = r"((is|was|from|by)[-_ ]?)?", r"([-_ ]?(flag|indicator|bool|yn|y/n))?\??"
_DONE = "written|made|generated|created|authored|annotated|labell?ed"
_PEOPLE, _MACHINES = "human|person|people|real|original|authentic|genuine", "ai|llm|machine|model|auto|bot|gpt"
HUMAN_FLAG = re.compile(
    rf"{_BEFORE}(({_PEOPLE})([-_ ]?({_DONE}))?|({_DONE})[-_ ]?by[-_ ]?(an?[-_ ])?({_PEOPLE}))s?{_AFTER}", re.IGNORECASE
)
SYNTHETIC_FLAG = re.compile(
    rf"{_BEFORE}((({_MACHINES})[-_ ]?)?(synthetic|synth|syn|generated|fake|ai|llm|machine|artificial|augmented|simulated|bot|written)"
    rf"|({_DONE})[-_ ]?by[-_ ]?(an?[-_ ])?({_MACHINES}))s?{_AFTER}",
    re.IGNORECASE,
)
# Names of columns that say which program made a row.
_GENERATOR = re.compile(
    r"(generator|model|llm|generating_model|source_model|teacher|teacher_model)([-_ ]?(name|id))?|generated[-_ ]by|made[-_ ]by",
    re.IGNORECASE,
)

_IN_NAMES = {
    "human": re.compile(
        "humans?|people|real|orig|originals?|gold|experts?|crowd|crowdsourced|annotators?|organic|authentic|genuine|groundtruth"
    ),
    "synthetic": re.compile(
        rf"synthetic|synth|syn|generated|gen|fake|artificial|augmented|aug|simulated|ai|llm|{_FAMILIES}|gemma"
        "|(dp|pate|med|time|table|ads|cop|ct|t)?gan|r?tvae|vae|(tab)?ddpm|tabsyn|copula|smote|synthpop"
    ),
}
# With their version, these are no words of their own either.
_VERSIONED = re.compile(rf"(?i)(?<![a-z])({_FAMILIES_WITH_VERSION})[-_ ]?\d")
_ENDINGS = re.compile(r"(\.(csv|tsv|txt|jsonl?|ndjson|parquet|arrow|feather|ipc|gz|zst|dvc))+$", re.IGNORECASE)
_NEGATIONS = {"non", "not", "no"}
_HOLDOUT = {"holdout", "heldout"}
_TEST = {"test", "eval", "val", "valid", "validation"}
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def names_generators(column: str) -> bool:
    """Whether a column is called as those are that say which program made a row."""
    return bool(_GENERATOR.fullmatch(in_words(column)))


def in_words(name: str) -> str:
    """`writtenByHuman` as `written_By_Human`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)


def word_of_origin(name: str) -> tuple[str, str] | None:
    """The origin that the name of a file or folder gives, and the word for it; None where it gives none, or both."""
    # A folder `key=value` gives a column its value.
    words = [] if "=" in name else _words(name)
    words += ["".join(pair) for pair in pairwise(words)]
    named = [(origin, word) for word in words for origin, own in _IN_NAMES.items() if own.fullmatch(word)]
    version = _VERSIONED.search(name)
    if version and "=" not in name:
        named.append(("synthetic", version[1].lower()))
    is_clear = len({origin for origin, _ in named}) == 1 and _NEGATIONS.isdisjoint(words)
    return named[0] if is_clear else None


def is_holdout(name: str) -> bool:
    """Whether a name says that rows were held out."""
    words = _words(name)
    return not _HOLDOUT.isdisjoint([*words, *("".join(pair) for pair in pairwise(words))])


def is_test(name: str) -> bool:
    """Whether a name says that rows are for a test: of human ones, those that no generator has seen."""
    return not _TEST.isdisjoint(_words(name))


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(_ENDINGS.sub("", name))]

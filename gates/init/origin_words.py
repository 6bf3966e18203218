"""The words that people use for human and for synthetic rows: in values, in names of columns, files and folders."""

from __future__ import annotations

import re
from itertools import pairwise

_HUMAN_WORDS = (
    "human|people|person|real|natural|organic|original|expert|crowd|gold|golden|authentic|genuine|manual|handwritten"
    "|hand[-_ ]written|ground[-_ ]truth"
)
_SYNTHETIC_WORDS = (
    "synthetic|synthesi[sz]ed|synth|generated|gen|machine|model|ai|llm|fake|simulated|artificial|bot|template|augmented"
)
# Families of language models. Those in the second line are words of their own, too: a version has to follow.
_FAMILIES = "gpt|chatgpt|davinci|claude|gemini|llama|mistral|mixtral|qwen|deepseek|vicuna|wizardlm|tulu|olmo|stablelm|internlm|nemotron"
_FAMILIES_WITH_VERSION = (
    "gemma|alpaca|phi|t5|bloom|palm|falcon|command|grok|yi|opt|mpt|zephyr|dolly|flan|orca|granite|kimi|glm|nova|solar|o"
)
_TABLE_GENERATORS = "(dp|pate)?-?ct?gan|tvae|copula-?gan|gaussian[-_ ]?copula|synthpop|(tab)?-?ddpm|smote|gan|vae|bootstrap|smoothed-bootstrap"

HUMAN = re.compile(rf"({_HUMAN_WORDS})s?([-_ ].*)?|(?!.*\b(non|not)\b)(?!non[-_ ]).*[-_ ](human|real)s?", re.IGNORECASE)
SYNTHETIC = re.compile(
    rf"({_SYNTHETIC_WORDS})([-_ ].*)?|.*[-_ ](synthetic|fake|gen|generated)"
    rf"|([\w.-]+/)?(text-|meta-|open-?)?(({_FAMILIES})([-_ .\d].*)?|({_FAMILIES_WITH_VERSION})([-_ .]|\d).*)"
    rf"|({_TABLE_GENERATORS})([-_ .\d].*)?",
    re.IGNORECASE,
)
# Names of columns of yes and no whose yes means either.
HUMAN_FLAG = re.compile(
    r"((is|was)[-_ ]?)?(human|real|original|authentic|genuine)([-_ ]?(written|made))?", re.IGNORECASE
)
SYNTHETIC_FLAG = re.compile(
    r"((is|was)[-_ ]?)?((ai|llm|machine|model|auto)[-_ ]?)?"
    r"(synthetic|synth|generated|fake|ai|llm|machine|artificial|augmented|simulated|bot|written)",
    re.IGNORECASE,
)
# Names of columns that say which program made a row.
GENERATOR = re.compile(
    r"(generator|model|llm|generating_model|source_model|teacher|teacher_model)([-_ ]?(name|id))?|generated[-_ ]by|made[-_ ]by",
    re.IGNORECASE,
)

_IN_NAMES = {
    "human": re.compile("humans?|people|real|originals?|gold|experts?|crowd|organic|authentic|genuine"),
    "synthetic": re.compile(
        "synthetic|synth|syn|generated|gen|fake|artificial|augmented|simulated|ai|llm|gpt|chatgpt|claude|llama|gemini|mistral"
        "|qwen|deepseek|ctgan|tvae|copula|copulagan|smote|synthpop"
    ),
}
_HOLDOUT = {"holdout", "heldout"}
_TEST = {"test", "eval", "val", "valid", "validation"}
TRAIN = "train"
# What the Hub takes for names of splits (`datasets`: data_files.py).
_SPLITS = {
    TRAIN: ("train", "training"),
    "test": ("test", "testing", "eval", "evaluation"),
    "validation": ("validation", "valid", "val", "dev"),
}
_SPLIT = re.compile(r"([a-z]+)(?=[-_.]|$)")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def word_of_origin(name: str) -> tuple[str, str] | None:
    """The origin that the name of a file or folder gives, and the word for it; None where it gives none, or both."""
    # A folder `key=value` gives a column its value.
    words = [] if "=" in name else _words(name)
    named = [(origin, word) for word in words for origin, own in _IN_NAMES.items() if own.fullmatch(word)]
    return named[0] if len({origin for origin, _ in named}) == 1 else None


def is_holdout(name: str) -> bool:
    """Whether a name says that rows were held out."""
    words = _words(name)
    return not _HOLDOUT.isdisjoint([*words, *("".join(pair) for pair in pairwise(words))])


def is_test(name: str) -> bool:
    """Whether a name says that rows are for a test: of human ones, those that no generator has seen."""
    return not _TEST.isdisjoint(_words(name))


def split_of(name: str) -> str:
    """The split of a published set that a file or folder is part of: `train`, `test` or `validation`; "" for others."""
    word = _SPLIT.match(name)
    return next((split for split, words in _SPLITS.items() if word and word.group(1) in words), "")


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name.partition(".")[0])]

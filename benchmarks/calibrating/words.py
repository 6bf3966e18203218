"""A law of texts: words of made-up syllables with the frequencies of a language, sentences, topics, habits of writing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]

VOCABULARY = 6000
TOPICS = 12
TOPIC_WORDS = 250
# Of a text's words this share comes from its topic, as in news and answers; the rest are everybody's words.
TOPIC_SHARE = 0.35
# Zipf's exponent: the commonest word is one of fifteen.
EXPONENT = 1.05
_ONSETS = ("b", "br", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "v", "w")
_VOWELS = ("a", "e", "i", "o", "u", "ea", "ou")
_CODAS = ("", "", "n", "r", "s", "t", "l", "m")


@dataclass(frozen=True)
class Language:
    """Words in order of frequency with their shares, and by topic the words that belong to it."""

    words: Words
    shares: npt.NDArray[np.float64]
    topics: Ints


@cache
def language(seed: int = 0) -> Language:
    """A language of its own for each seed; the same in every draw."""
    rng = np.random.default_rng([seed, 7])
    vocabulary: dict[str, None] = {}
    while len(vocabulary) < VOCABULARY:
        syllables = 1 + int(rng.integers(3)) + (len(vocabulary) > 150)
        vocabulary["".join(str(rng.choice(part)) for _ in range(syllables) for part in (_ONSETS, _VOWELS, _CODAS))] = (
            None
        )
    shares = 1 / (np.arange(VOCABULARY) + 3.0) ** EXPONENT
    topics = rng.choice(np.arange(150, VOCABULARY), size=(TOPICS, TOPIC_WORDS), replace=True)
    return Language(np.array(list(vocabulary), dtype=object), shares / shares.sum(), topics.astype(np.int64))


def topics(rows: int, rng: np.random.Generator) -> Ints:
    """A topic per text; some are three times as common as others."""
    weights = np.linspace(3, 1, TOPICS)
    return rng.choice(TOPICS, size=rows, p=weights / weights.sum())


def sentence_counts(rows: int, rng: np.random.Generator, middle: float) -> Ints:
    """Sentences per text: log-normal, as lengths of essays and answers are."""
    return np.maximum(1, np.round(rng.lognormal(np.log(middle), 0.5, rows))).astype(np.int64)


def sentences(topic: Ints, rng: np.random.Generator, lang: Language) -> list[str]:
    """One sentence for each entry of `topic`."""
    lengths = 4 + rng.poisson(9, len(topic))
    of = np.repeat(topic, lengths)
    total = int(lengths.sum())
    common = np.searchsorted(np.cumsum(lang.shares), rng.random(total)).clip(max=VOCABULARY - 1)
    own = lang.topics[of, np.minimum(rng.geometric(0.02, total) - 1, TOPIC_WORDS - 1)]
    words = lang.words[np.where(rng.random(total) < TOPIC_SHARE, own, common)]
    words = np.where(rng.random(total) < 0.06, words + ",", words)
    ends = np.cumsum(lengths)
    marks = rng.choice(np.array([".", ".", ".", ".", "?", "!"], dtype=object), len(topic))
    made = (words[end - length : end] for end, length in zip(ends, lengths, strict=True))
    return [" ".join(part).capitalize().rstrip(",") + mark for part, mark in zip(made, marks, strict=True)]


def joined(parts: list[str], counts: Ints, rng: np.random.Generator) -> list[str]:
    """Texts of so many sentences each; every fourth writer makes paragraphs, every tenth quotes something."""
    paragraphs, quotes = rng.random(len(counts)) < 0.25, rng.random(len(counts)) < 0.1
    breaks = rng.random(len(parts)) < 0.2
    texts, at = [], 0
    for number, count in enumerate(counts):
        own = parts[at : at + count]
        if quotes[number]:
            own = [f'"{own[0]}"', *own[1:]]
        text = own[0]
        for place, sentence in enumerate(own[1:], at + 1):
            text += ("\n\n" if paragraphs[number] and breaks[place] else " ") + sentence
        texts.append(text)
        at += count
    return texts


def texts(topic: Ints, rng: np.random.Generator, middle: float = 7, lang: Language | None = None) -> list[str]:
    """One text for each entry of `topic`, of about `middle` sentences."""
    counts = sentence_counts(len(topic), rng, middle)
    return joined(sentences(np.repeat(topic, counts), rng, lang or language()), counts, rng)

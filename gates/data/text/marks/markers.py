"""Marks of text that no person wrote on purpose: chat boilerplate, loops, blanks, leaked frames, open blocks, cut-off ends, broken encoding, stand-ins, pieces of the prompt."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gates.data.arrays import Flags, Hashes, Mask, find_sorted
from gates.data.text.marks import phrases
from gates.data.text.marks.mojibake import MOJIBAKE
from gates.data.text.mix import mix
from gates.data.text.tokens import TokenStream, ngrams, tokenise
from gates.visible_text import VISIBLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

# A loop: 8 tokens in a row that come back thrice, and such repeats are a tenth of the text. Without the share a thesis
# stated three times in an essay is a loop, and the longer a text the likelier (2.8 % of human essays); with it, none of
# 676 human texts is, and of a looping base model's outputs 97 % still are.
LOOP_TOKENS, LOOP_COUNT, LOOP_SHARE = 8, 3, 0.1
# Generators cut off at a token limit, which is rarely under 100; short texts end as they like.
TRUNCATED_TOKENS = 100
# Titles, labels and answers of a few words end without a full stop, and so do signatures and headings on a last line.
SENTENCE_TOKENS, SENTENCE_CHARACTERS = 20, 40
# An answer that repeats a shorter prompt may simply be right ("yes", "Paris").
COPIED_TOKENS = 8
# No question is its own answer, however short; "Why?" is an answer to "Why?" among people who talk.
QUESTION, QUESTION_TOKENS = r"[?\x{FF1F}\x{061F}]\s*$", 3
# What decoders put before a prompt that they repeat.
ASKED = r"^(?:user|human|question|prompt|instruction|input|q) "
# A start, with room for a greeting, and an end: what the phrases of these places may span.
START_CHARACTERS, END_CHARACTERS = 400, 100
# An answer of fewer words that stands in its prompt may simply be right: a name, a choice, a phrase that was to be found.
EXCERPT_TOKENS = 8
# Four words in a row of an answer stand in its prompt by chance where both speak of one thing; four in five of all such runs
# do so where the answer was cut out, a word changed or the seam of two columns in it.
RUN_TOKENS, RUN_SHARE = 4, 0.8


class Mark(IntFlag):
    """One bit per mark; stored as uint32."""

    EMPTY = 1
    REFUSAL = 2
    SELF_REFERENCE = 4
    PREAMBLE = 8
    LOOP = 16
    COPIED_INPUT = 32
    TRUNCATED = 64
    LEAKED_FRAME = 128
    OPEN_FENCE = 256
    BROKEN_ENCODING = 512
    UNFINISHED = 1024
    ANNOUNCEMENT = 2048
    OFFER = 4096
    EXCERPT = 8192
    CAPITALS = 16384
    STAND_IN = 32768
    BLANK_TO_FILL = 65536
    DECLINED = 131072
    THOUGHTS = 262144


BOILERPLATE = Mark.REFUSAL | Mark.SELF_REFERENCE | Mark.PREAMBLE


DEGENERATE = (
    Mark.EMPTY | Mark.LOOP | Mark.COPIED_INPUT | Mark.TRUNCATED | Mark.LEAKED_FRAME | Mark.OPEN_FENCE
    | Mark.BROKEN_ENCODING | Mark.STAND_IN
)  # fmt: skip


# Texts that have no content which they could repeat: each counts, however often it stands there.
WITHOUT_CONTENT = Mark.EMPTY | Mark.STAND_IN


# What people do as well, now and then: alone it says nothing of a text, only its share says something.
STOCK_PHRASES = Mark.ANNOUNCEMENT | Mark.OFFER | Mark.DECLINED


# What people do as well where a prompt asks for it, where they grow tired, shout, or write a letter to be filled in.
HABITS_OF_TEXTS = Mark.UNFINISHED | Mark.EXCERPT | Mark.CAPITALS | Mark.BLANK_TO_FILL | Mark.THOUGHTS


# What some sets teach on purpose, in every answer or in one of two: of fewer answers it is what the others were freed of.
TAUGHT_BY_SOME = Mark.THOUGHTS


# Acronyms, codes and exclamations are in capitals; a sentence has more letters.
CAPITALS_AT_LEAST = 20


# Of DEGENERATE, what some human sources do as well, so that it proves nothing where there are no human rows beside them.
HUMAN_HABITS = Mark.LOOP | Mark.COPIED_INPUT | Mark.TRUNCATED | Mark.OPEN_FENCE


# A line that opens or closes a block of code; one that does both on one line is neither.
FENCE = r"(?m)^[ \t>]*(?:```|~~~)[^`\n]*$"


# A last line that ends in a letter, a digit or a comma: every script has its own full stops, and all are punctuation.
INSIDE_SENTENCE = r"[\p{L}\p{M}\p{N},،、，]$"  # noqa: RUF001 - commas of other scripts


# Items of lists and tables, fields, sources of quotations, code, addresses and hashtags end in no full stop.
NO_SENTENCE = r"^[ \t>]*(?:[-*+•–—―#|]|\(?\w{1,3}[.):])|^[^.!?]{0,60}:|[=;{}<>|\\]|\S[/@]\S*$|#\w+$"  # noqa: RUF001


def marks(texts: pa.Array | pa.ChunkedArray, stream: TokenStream, prompts: pa.Array | None = None) -> Flags:
    """The marks of each text, a bit set of `Mark`; a null is EMPTY.

    stream: the tokens of the same texts. prompts: what each text answers; without them COPIED_INPUT and EXCERPT stay unset.
    """
    series = _strings(texts)
    columns = _phrase_marks(series)
    columns[Mark.TRUNCATED] &= stream.lengths() >= TRUNCATED_TOKENS
    columns[Mark.UNFINISHED] &= stream.lengths() >= SENTENCE_TOKENS
    columns[Mark.LOOP] = loops(stream)
    columns[Mark.CAPITALS] = _in_capitals(series)
    if prompts is not None:
        columns |= prompt_marks(texts, stream, prompts)
    return as_flags(columns, len(series))


def as_flags(columns: Mapping[Mark, Mask], count: int) -> Flags:
    """Marks of so many texts as one bit set for each."""
    flags = np.zeros(count, np.uint32)
    for mark, mask in columns.items():
        flags |= mask.astype(np.uint32) * np.uint32(mark)
    return flags


def prompt_marks(
    texts: pa.Array | pa.ChunkedArray, stream: TokenStream, prompts: pa.Array | pa.ChunkedArray
) -> dict[Mark, Mask]:
    """What only what was asked shows of a text."""
    is_copied = begins_with_prompt(texts, prompts)
    return {Mark.COPIED_INPUT: is_copied, Mark.EXCERPT: excerpts(stream, tokenise(prompts)) & ~is_copied}


def loops(stream: TokenStream) -> Mask:
    """Whether at least a tenth of a document's 8-grams of tokens occur in it three times or more."""
    grams = ngrams(stream, LOOP_TOKENS)
    keys = _of_documents(grams)
    ordered = np.sort(keys)
    thrice = ordered[: 1 - LOOP_COUNT][ordered[LOOP_COUNT - 1 :] == ordered[: 1 - LOOP_COUNT]]
    _, is_looping = find_sorted(thrice, keys)
    repeated = np.bincount(grams.documents()[is_looping], minlength=len(stream))
    return (repeated > 0) & (repeated >= LOOP_SHARE * grams.lengths())


def begins_with_prompt(texts: pa.Array | pa.ChunkedArray, prompts: pa.Array | pa.ChunkedArray) -> Mask:
    """Whether a text begins with its prompt, as decoders leave it that do not cut the prompt off; short prompts count as questions only.

    White space, punctuation and what stands before an asked prompt ("User:") do not matter.
    """
    plain = pl.all().str.to_lowercase().str.replace_all(r"[\s\p{P}\p{S}]+", " ").str.strip_chars()
    frame = pl.DataFrame({"text": _strings(texts), "prompt": _strings(prompts)}).select(plain)
    text, prompt = pl.col("text").str.replace(ASKED, ""), pl.col("prompt")
    begins = frame.select((prompt != "") & text.str.starts_with(prompt)).to_series().to_numpy(writable=True)
    rows = np.flatnonzero(begins)
    tokens = tokenise(frame["prompt"][rows].to_arrow()).lengths()
    is_question = _strings(prompts)[rows].str.contains(QUESTION).to_numpy() & (tokens >= QUESTION_TOKENS)
    begins[rows] = (tokens >= COPIED_TOKENS) | is_question
    return begins


def mark_names(mark: Mark) -> list[str]:
    """The names of the marks in a set, as in evidence."""
    return [str(single.name).lower() for single in mark]


def _phrase_marks(texts: pl.Series) -> dict[Mark, Mask]:
    lowered = texts.str.to_lowercase().str.replace_all("\u2019", "'", literal=True)
    frame = pl.DataFrame({"text": lowered, "as_written": texts})
    text = pl.col("text")
    start, end = text.str.slice(0, START_CHARACTERS), text.str.slice(-END_CHARACTERS)
    matches = frame.select(
        empty=~text.str.contains(VISIBLE),
        refusal=_matches(start, phrases.REFUSAL_AT_START) | _matches(text, phrases.REFUSAL_ANYWHERE),
        self_reference=_matches(text, phrases.SELF_REFERENCE),
        preamble=_matches(start, phrases.PREAMBLE),
        leaked_frame=_matches(text, phrases.LEAKED_FRAME),
        open_fence=text.str.count_matches(FENCE) % 2 == 1,
        truncated=_matches(end, phrases.DANGLING_END),
        broken_encoding=pl.col("as_written").str.contains(MOJIBAKE),
        unfinished=_is_unfinished(text),
        announcement=_matches(start, phrases.ANNOUNCEMENT),
        offer=_matches(end, phrases.OFFER),
        stand_in=_matches(text, phrases.STAND_IN),
        blank_to_fill=_matches(text, phrases.BLANK_TO_FILL),
        declined=_matches(start, phrases.DECLINED),
        thoughts=_matches(text, phrases.THOUGHTS),
    )
    return {Mark[name.upper()]: matches[name].to_numpy(writable=True) for name in matches.columns}


def _in_capitals(texts: pl.Series) -> Mask:
    """Whether a text has capitals of a sentence's length and no small letter; scripts without capitals have none."""
    capitals = texts.is_not_null() & ~texts.str.contains(r"\p{Ll}")
    counts = pl.Series(np.zeros(len(texts), np.int64)).scatter(
        capitals.arg_true(), texts.filter(capitals).str.count_matches(r"\p{Lu}")
    )
    return (counts >= CAPITALS_AT_LEAST).to_numpy(writable=True)


def _is_unfinished(text: pl.Expr) -> pl.Expr:
    """Whether the last line is long enough for a sentence, may be one, and does not end as one."""
    line = text.str.strip_chars_end().str.slice(-START_CHARACTERS).str.extract(r"([^\n]*)$", 1)
    return (
        (line.str.len_chars() >= SENTENCE_CHARACTERS)
        & line.str.contains(INSIDE_SENTENCE)
        & ~line.str.contains(NO_SENTENCE)
    )


def _matches(text: pl.Expr, patterns: tuple[str, ...]) -> pl.Expr:
    """Whether one of the patterns matches. Word boundaries are ASCII ones: eight times faster on text beyond ASCII."""
    return text.str.contains("|".join(f"(?:{pattern})" for pattern in patterns).replace(r"\b", r"(?-u:\b)"))


def _strings(texts: pa.Array | pa.ChunkedArray) -> pl.Series:
    return pl.Series("text", texts).cast(pl.String).fill_null("")


def excerpts(texts: TokenStream, prompts: TokenStream) -> Mask:
    """Whether a text is a piece of its prompt, which has the same place in `prompts`: most of its runs of four words stand there."""
    runs, of_prompts = (ngrams(stream, RUN_TOKENS) for stream in (texts, prompts))
    shared = np.isin(_of_documents(runs), _of_documents(of_prompts))
    counts = np.bincount(runs.documents()[shared], minlength=len(texts))
    is_piece: Mask = (texts.lengths() >= EXCERPT_TOKENS) & (counts >= RUN_SHARE * runs.lengths())
    return is_piece


def _of_documents(runs: TokenStream) -> Hashes:
    """Hashes of runs that differ from document to document."""
    return mix(runs.hashes ^ mix(runs.documents().astype(np.uint64)))

"""The shapes in which sets of the field hold conversations, and which of them a column has."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import TYPE_CHECKING

import pyarrow as pa

from gates.data.formats.first_values import DECIDING_SHARE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The keys of a message: as chat templates have them (OpenAI, transformers), and as ShareGPT has them.
KEYS = (("role", "content"), ("from", "value"))
# What sets call who speaks, in small letters. Other words stay as they are, and break the rule `messages/roles-alternate`.
# OpenAI's API reference; transformers' chat templates; LLaMA-Factory's data/README.md (ShareGPT, function_call and
# observation); Gemma's and Llama 3's prompt formats (model, ipython); Cohere's API (chatbot); OpenAssistant (prompter).
SPEAKERS: Mapping[str, tuple[str, ...]] = {
    "user": ("human", "prompter"),
    "assistant": ("gpt", "model", "chatbot", "function_call", "tool_call"),
    "tool": ("observation", "function", "function_response", "tool_response", "tool_result", "ipython"),
}
# Words that open a turn of a transcript on a line of its own (Anthropic's helpful-harmless set).
TRANSCRIPT_WORDS = ("Human", "User", "Assistant", "System")
_ANSWERED = "\n\nAssistant:"
TRANSCRIPT = re.compile(rf"(?:^|\n\n)(?:Human|User): ?.*{_ANSWERED}", re.DOTALL)


class Shape(StrEnum):
    """How a column holds conversations: as messages, as pairs of what is asked and answered, or as a transcript."""

    MESSAGES = "lists of messages"
    PAIRS = "lists of pairs"
    TRANSCRIPT = "transcripts"


def shape_of_type(kind: pa.DataType) -> Shape | None:
    """The shape of a column of lists by its type; None for text and whatever else is no conversation."""
    if not is_list(kind):
        return None
    item = kind.value_type
    if pa.types.is_null(item) or (pa.types.is_struct(item) and has_keys(field.name for field in item)):
        return Shape.MESSAGES
    return Shape.PAIRS if is_list(item) and _is_text(item.value_type) else None


def shape_of_texts(values: Iterable[object]) -> Shape | None:
    """The shape that nearly all of these values have, as JSON or as transcripts; None where they are plain texts."""
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    shapes = [_shape_of_text(text) for text in texts]
    return next(
        (shape for shape in Shape if texts and shapes.count(shape) >= DECIDING_SHARE * len(texts)),
        None,
    )


def is_list(kind: pa.DataType) -> bool:
    """Whether values are lists of any length."""
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def has_keys(names: Iterable[str]) -> bool:
    """Whether objects with these keys are messages."""
    own = {*names}
    return any(own.issuperset(keys) for keys in KEYS)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind))


def _shape_of_text(text: str) -> Shape | None:
    if text.lstrip().startswith("["):
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if values and all(isinstance(value, dict) and has_keys(value) for value in values):
            return Shape.MESSAGES
        return Shape.PAIRS if values and all(_is_pair(value) for value in values) else None
    # To look for a few letters takes a hundredth of the time.
    return Shape.TRANSCRIPT if _ANSWERED in text and TRANSCRIPT.search(text) else None


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == len(("asked", "answered"))
        and all(isinstance(one, str) for one in value)
    )

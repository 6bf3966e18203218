"""The data types and the roles that columns play in each; the one list that configuration and engines read."""

from __future__ import annotations

from dataclasses import dataclass

LINEAGE_ROLES = ("generator", "generator_version", "prompt_id", "seed_id", "created_at", "licence")
# Several annotators' votes stand in columns side by side; five are more than any public set has.
VOTES = tuple(f"label_{number}" for number in range(1, 6))
# Who wrote or judged a row is known of people only: a generator has no author, and no annotator's expertise or vote.
PEOPLE_ROLES = ("author", "annotator", "expertise", "translator", *VOTES)
# Which model wrote either response of a pair; people's have none.
RESPONSE_GENERATORS = ("generator_chosen", "generator_rejected")
# Conversations as a list of {role, content}; the engine reads prompt, response and system out of it.
MESSAGES = "messages"


@dataclass(frozen=True)
class DataType:
    """What `gates` knows of one data type before it sees any data.

    summary: what one row is. required_roles: roles without which nothing can be judged. optional_roles: the others
    that `columns` may map.
    named_roles: roles that a column takes by bearing the role's name; the others take a mapping.
    texts: required or optional roles of free text, the main one first. key: the role that identifies a row.
    content: the roles that make up what a row says; empty where every column that has no other part is content.
    identifying: content roles that say which thing a row is about, and are not compared between origins.
    prompt: the role that the main text answers. groups: roles whose rows are not independent; the first that is
    there is the default of `group`. by_day: the role of a time whose days part such a group.
    derived: roles that are read out of `messages` where no column has them.
    """

    name: str
    summary: str
    required_roles: tuple[str, ...]
    optional_roles: tuple[str, ...]
    named_roles: tuple[str, ...]
    texts: tuple[str, ...] = ()
    key: str | None = None
    content: tuple[str, ...] = ()
    identifying: tuple[str, ...] = ()
    prompt: str | None = None
    groups: tuple[str, ...] = ()
    by_day: str | None = None
    derived: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that `columns` may map."""
        return self.required_roles + self.optional_roles


_WRITTEN = ("id", "author", "source", "domain", "language", "locale", "label")
_TEXT_ROLES = ("id", "author", "source", "language", "locale", "label", *LINEAGE_ROLES)
_INSTRUCTION_ROLES = ("input", "system", MESSAGES, "annotator", "expertise", *_WRITTEN, *LINEAGE_ROLES)
_PREFERENCE_ROLES = ("annotator", "expertise", *VOTES, *RESPONSE_GENERATORS, *_WRITTEN, *LINEAGE_ROLES)
_ANNOTATION_ROLES = ("expertise", "rationale", "id", "source", "domain", "language", "locale", *LINEAGE_ROLES)
_SERIES_ROLES = ("unit", "label", *LINEAGE_ROLES)
_TRANSLATION_ROLES = ("translator", "domain", "id", "label", *LINEAGE_ROLES)
_EVENT_ROLES = ("session", "entity", "source", "message", "id", "label", *LINEAGE_ROLES)

_TABLE = (
    DataType(
        name="tabular",
        summary="whatever the table's columns say",
        required_roles=(),
        optional_roles=("key", "label", "group", *LINEAGE_ROLES),
        # A table's own columns may well be called `licence` or `created_at` and mean something else.
        named_roles=("generator", "generator_version"),
        key="key",
    ),
    DataType(
        name="text",
        summary="one text",
        required_roles=("text",),
        optional_roles=_TEXT_ROLES,
        named_roles=("text", *_TEXT_ROLES),
        texts=("text",),
        key="id",
        content=("text",),
    ),
    DataType(
        name="instruction",
        summary="a prompt and the response to it",
        required_roles=("prompt", "response"),
        optional_roles=_INSTRUCTION_ROLES,
        named_roles=("prompt", "response", *_INSTRUCTION_ROLES),
        texts=("response", "prompt", "input"),
        key="id",
        content=("prompt", "response", "input", "system"),
        prompt="prompt",
        # Answers to one prompt are alike, whoever gives them.
        groups=("prompt",),
        derived=("prompt", "response", "system"),
    ),
    DataType(
        name="preference",
        summary="two responses to one prompt, one of which was preferred",
        required_roles=("prompt", "chosen", "rejected"),
        optional_roles=_PREFERENCE_ROLES,
        named_roles=("prompt", "chosen", "rejected", *_PREFERENCE_ROLES),
        # What is learned from is `chosen`; a rejected response may be bad on purpose.
        texts=("chosen", "rejected", "prompt"),
        key="id",
        content=("prompt", "chosen", "rejected"),
        prompt="prompt",
        groups=("prompt",),
    ),
    DataType(
        name="annotations",
        summary="one annotator's label of one item",
        required_roles=("item", "annotator", "label"),
        optional_roles=_ANNOTATION_ROLES,
        named_roles=("item", "annotator", "label", *_ANNOTATION_ROLES),
        key="id",
        content=("item", "annotator", "label", "rationale"),
        identifying=("item", "annotator"),
        # Labels of one item are about the same thing.
        groups=("item",),
    ),
    DataType(
        name="timeseries",
        summary="one reading of one entity at one time",
        required_roles=("entity", "timestamp", "value"),
        optional_roles=_SERIES_ROLES,
        named_roles=("entity", "timestamp", "value", *_SERIES_ROLES),
        content=("entity", "timestamp", "value", "unit"),
        identifying=("entity", "timestamp"),
        # Halves of clean series cut within a day differ by a KS distance of .106: a block is an entity's day.
        groups=("entity",),
        by_day="timestamp",
    ),
    DataType(
        name="translation",
        summary="a text and its translation",
        required_roles=("source", "target", "source_language", "target_language"),
        optional_roles=_TRANSLATION_ROLES,
        named_roles=("source", "target", "source_language", "target_language", *_TRANSLATION_ROLES),
        texts=("target", "source"),
        key="id",
        content=("source", "target", "source_language", "target_language"),
        prompt="source",
        # Translations of one sentence are alike.
        groups=("source",),
    ),
    DataType(
        name="events",
        summary="one event at one time",
        required_roles=("timestamp", "event"),
        optional_roles=_EVENT_ROLES,
        named_roles=("timestamp", "event", *_EVENT_ROLES),
        key="id",
        content=("timestamp", "event", "session", "entity", "source", "message"),
        identifying=("timestamp", "session", "entity"),
        # What happens in one session follows from what happened in it before.
        groups=("session", "entity"),
    ),
)

DATA_TYPES: tuple[str, ...] = tuple(data_type.name for data_type in _TABLE)


def data_type(name: str) -> DataType:
    """The data type of this name. Raises KeyError when there is none."""
    return {entry.name: entry for entry in _TABLE}[name]

"""The data types and the roles that columns play in each; the one list that configuration and engines read."""

from __future__ import annotations

from dataclasses import dataclass

LINEAGE_ROLES = ("generator", "generator_version", "prompt_id", "seed_id", "created_at", "licence")


@dataclass(frozen=True)
class DataType:
    """What `gates` knows of one data type before it sees any data.

    required_roles: roles without which nothing can be judged. optional_roles: the others that `columns` may map.
    named_roles: roles that a column takes by bearing the role's name; the others take a mapping.
    texts: required or optional roles of free text, the main one first. key: the role that identifies a row.
    content: the roles that make up what a row says; empty where every column that has no other part is content.
    """

    name: str
    required_roles: tuple[str, ...]
    optional_roles: tuple[str, ...]
    named_roles: tuple[str, ...]
    texts: tuple[str, ...] = ()
    key: str | None = None
    content: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that `columns` may map."""
        return self.required_roles + self.optional_roles


_TEXT_ROLES = ("id", "author", "source", "language", "locale", "label", *LINEAGE_ROLES)

_TABLE = (
    DataType(
        name="tabular",
        required_roles=(),
        optional_roles=("key", "label", "group", *LINEAGE_ROLES),
        # A table's own columns may well be called `licence` or `created_at` and mean something else.
        named_roles=("generator", "generator_version"),
        key="key",
    ),
    DataType(
        name="text",
        required_roles=("text",),
        optional_roles=_TEXT_ROLES,
        named_roles=("text", *_TEXT_ROLES),
        texts=("text",),
        key="id",
        content=("text",),
    ),
)

DATA_TYPES: tuple[str, ...] = tuple(data_type.name for data_type in _TABLE)


def data_type(name: str) -> DataType:
    """The data type of this name. Raises KeyError when there is none."""
    return {entry.name: entry for entry in _TABLE}[name]

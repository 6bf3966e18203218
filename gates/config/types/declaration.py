"""What a data type declares: the roles of its columns, how they are recognised, and what every row keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from gates.config.roles import CONTEXT_ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping


class ValueKind(StrEnum):
    """What the values of a column are, where a name alone does not show it."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    # A word, a number or a date: whatever names a thing.
    SINGLE_VALUE = "single value"
    MESSAGES = "messages"
    # Answers to one prompt, each with its score.
    SCORED = "scored answers"


@dataclass(frozen=True)
class ColumnNames:
    """What public sets call the column of a role, in small letters, the most usual name first; and the kind of its values.

    Words that several types use (`text`, `question`, `answer`) stand for none.
    """

    kind: ValueKind
    names: tuple[str, ...]


@dataclass(frozen=True)
class DeclaredRule:
    """A row rule by the name that `gates.rows.schemas.declared` has for it, and the arguments of its check."""

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)


RowRules = tuple[str | DeclaredRule, ...]

# The longest books have some 10 million characters; a longer row is many files glued together. There is no lower
# bound beyond not-blank, because short answers are legitimate.
LONGEST_TEXT = 10_000_000
# Of a text that a row may go without.
OPTIONAL_TEXT: RowRules = ("text", "valid-unicode", "no-nul", DeclaredRule("length", {"max_value": LONGEST_TEXT}))
# Of a required text. not-blank counts nulls, so that a missing text is reported once.
TEXT: RowRules = ("not-blank", *OPTIONAL_TEXT)
# Of a text that a model is taught to write.
TAUGHT_TEXT: RowRules = (*TEXT, "not-missing-word", "no-leaked-frame", "no-markup")


@dataclass(frozen=True)
class DataType:
    """What `gates` knows of one data type before it sees any data.

    summary: what one row is. required_roles: roles without which nothing can be judged. optional_roles: the others
    that `columns` may map, the context roles of every type (`CONTEXT_ROLES`) among them.
    named_roles: roles that a column takes by having the role's name; the others take a mapping.
    texts: required or optional roles of free text, the main one first. key: the role that identifies a row.
    content: the roles of a row's content; empty where every column that has no other part is content.
    identifying: content roles that say which thing a row is about, and are not compared between origins.
    prompt: the role that the main text answers. groups: roles whose rows are not independent; the first that
    has a column is the default of `group`. by_day: the role of a time whose days part such a group.
    derived: roles that are read out of `messages` where no column has them.
    conversations: roles of lists of messages, of which every turn of the assistant is judged.
    recognised_by: by role, the names by which `gates init` knows the type; none for a type that it does not guess.
    rules: by role, what every row keeps; of an optional role where there is a column for it.
    float_rules: what every content column of fractions keeps, where columns have no roles.
    about, example: the section of the page of data types, in Markdown; the example is a gates.toml and rows in JSON.
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
    conversations: tuple[str, ...] = ()
    recognised_by: Mapping[str, ColumnNames] = field(default_factory=dict, hash=False)
    rules: Mapping[str, RowRules] = field(default_factory=dict, hash=False)
    float_rules: RowRules = field(default=(), hash=False)
    about: str = ""
    example: str = ""

    def __post_init__(self) -> None:
        """Every type has the context roles; types whose columns have roles take them by name, too."""
        context = tuple(role for role in CONTEXT_ROLES if role not in self.roles)
        object.__setattr__(self, "optional_roles", (*self.optional_roles, *context))
        if self.content:
            object.__setattr__(self, "named_roles", (*self.named_roles, *context))

    def has_rule(self, column: str, rule: str) -> bool:
        """Whether a row rule is this type's: of a role, or of any column of fractions where columns have no roles.

        rule: as in its id: `text` and `number` ask for a `type`, `has-value` is called `not-blank`, and rules that look at
        another column end in its name.
        """
        declared = self.rules.get(column, self.float_rules)
        names = {one if isinstance(one, str) else one.name for one in declared}
        names |= {"present", "type", "not-null", "not-blank"} if column in self.rules else set()
        return any(rule == name or rule.startswith(f"{name}-") for name in names)

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that `columns` may map."""
        return self.required_roles + self.optional_roles

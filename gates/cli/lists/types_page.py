"""The data types as a page of the documentation, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.config.roles import LINEAGE_ROLES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gates.config.types.declaration import DataType

_INTRODUCTION = """\
# Data types

A dataset's `type` says what one row is. It brings roles for columns, row rules and three suites along, for human rows,
synthetic rows and both together. `gates list types` prints the roles, `gates list checks` the suites, and `gates init`
guesses the type from what the columns are called. Where none fits, [add one](../how-to/add-a-data-type.md).

A column plays a role by having its name; any other name is mapped: `columns = { response = "output" }`. Without its
required roles nothing of a dataset is judged; optional ones switch on checks that need them. Every type but `tabular`
also takes the roles of lineage by name: `generator`, `generator_version`, `prompt_id`, `seed_id`, `created_at` and
`licence`.

Each type has a main text or columns that are compared between the origins, and a default `group`, because rows of one
group are not independent: they stay together in folds and halves. `group = "…"` in `gates.toml` replaces it.

Row rules apply to every row. Each has a limit in the type's suites, with its reason, and failing rows are kept in
quarantine. Every required column has to be there (`present`), and texts are text (`type`) in valid Unicode without U+FFFD,
which stands where a decoder lost bytes (`valid-unicode`), without NUL characters (`no-nul`) and of at most 10 million
characters (`length`). The tables below name the others. What looks across rows (repeated labels, order in time,
duplicates) is a check of a suite, not a row rule."""
# Named once, in the introduction.
COMMON_RULES = ("present", "type", "valid-unicode", "no-nul", "length")


def types_page(kinds: Mapping[str, DataType], built_in: Collection[str]) -> list[str]:
    """The lines of the page: each type with its roles; a built-in one with an example and its row rules as well."""
    lines = [_INTRODUCTION]
    for name, kind in kinds.items():
        lines += ["", f"## {name}", "", kind.about.strip() or f"A row: {kind.summary}.", "", *_roles(kind)]
        lines += ["", kind.example.strip()] if kind.example else []
        named = f"| taken by a column of that name | {_words(kind.named_roles)} |"
        lines += ["", *_row_rules(kind)] if name in built_in else [named]
    return lines


def _roles(kind: DataType) -> list[str]:
    named = [role for role in LINEAGE_ROLES if role in kind.named_roles]
    # The introduction says that a type takes all of them by name.
    optional = [role for role in kind.optional_roles if len(named) < len(LINEAGE_ROLES) or role not in named]
    return [
        "| | roles |",
        "|---|---|",
        f"| required | {_words(kind.required_roles)} |",
        f"| optional | {_words(optional)} |",
    ]


def _row_rules(kind: DataType) -> list[str]:
    if not kind.rules:
        return [
            "Row rules: `<column>/finite`, a finite number, for every column of floats, and those of the dataset's own schema."
        ]
    from gates.rows.schemas.declared import declared_schema
    from gates.rows.validation import rules

    own = [
        rule for rule in rules(declared_schema(kind, kind.roles, {})) if rule.id.rpartition("/")[2] not in COMMON_RULES
    ]
    return [
        "| row rule | what is expected |",
        "|---|---|",
        *(f"| `{rule.id}` | {rule.description.replace('|', 'or')} |" for rule in own),
    ]


def _words(roles: Collection[str]) -> str:
    return ", ".join(f"`{role}`" for role in roles) or "none"

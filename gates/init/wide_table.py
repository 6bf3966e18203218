"""Recognises tables of rows that nothing can be compared of as they are, and says how to rewrite them.

Rows that hold texts of both origins side by side become a row of each; lists become texts and counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gates.config.data_types import data_type
from gates.config.dataset import specs_of
from gates.data.sql import identifier, literal, select
from gates.init.guesses.origin_words import names_generators, word_of_origin

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gates.init.find import FoundData

_NESTED = re.compile(r"\[\]$|^(STRUCT|MAP|BLOB)")
# One text, or several, as HC3 has the answers of people and of a model to a question.
_TEXTS = re.compile(r"VARCHAR(\[\])?")
_KEY = re.compile(r"(?i)(row_?)?(id|index|key|uuid|guid)")
# Of columns, not of files: `machine_text` beside `human_text`, as M4 has them.
_MACHINE = re.compile(r"(?i)(^|[^a-z])(machine|bot)([^a-z]|$)")
# What texts are about, by the names that types know it by, and that question-and-answer sets give it.
_PROMPTS = (*data_type("instruction").recognised_by["prompt"].names, "question", "query")


def wide_columns(types: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Columns of texts by the origin that their names give; nothing where not both origins have some.

    types: SQL type by column.
    """
    by_origin: dict[str, tuple[str, ...]] = {}
    for name, kind in types.items():
        origin = _origin_of(name)
        if origin and _TEXTS.fullmatch(kind):
            by_origin[origin] = (*by_origin.get(origin, ()), name)
    return by_origin if len(by_origin) > 1 else {}


def _origin_of(column: str) -> str:
    if names_generators(column):
        return ""
    word = word_of_origin(column)
    return word[0] if word else "synthetic" if _MACHINE.search(column) else ""


def part_command(data: FoundData, types: Mapping[str, str]) -> str:
    """What is wrong with rows of both origins, and a command that parts them; "" where rows are none.

    types: SQL type by column.
    """
    columns = wide_columns(types)
    if not columns:
        return ""
    named = "; ".join(f"{origin}: {', '.join(names)}" for origin, names in sorted(columns.items()))
    target = f"{data.name}_by_origin.parquet"
    return (
        f"a row holds texts of both origins ({named}), and is expected to be of one; this makes a row of each:\n\n"
        f"python - <<'END'\nfrom duckdb import sql\nsql({_query(data, types, columns, target)!r})\nEND\n\nthen `gates init {target}`"
    )


def _query(data: FoundData, types: Mapping[str, str], columns: Mapping[str, tuple[str, ...]], target: str) -> str:
    # What made the synthetic text of a row is nothing that its human text has.
    maker = next(filter(names_generators, types), None)
    every = [maker, *(name for names in columns.values() for name in names)]
    prompt = next((name for name in types if name.casefold() in _PROMPTS), None)
    text = "response" if prompt else "text"
    key = next((name for name in types if _KEY.fullmatch(name)), None)
    # Rows of one question share its key, so that it is no key of theirs.
    renamed = {prompt: "prompt", key: "prompt_id"}
    kept = [
        f"{identifier(name)} AS {renamed[name]}" if name in renamed else identifier(name)
        for name in types
        if name not in every
    ]
    sources = ", ".join(literal(spec) for spec in specs_of(data.path))
    parts = []
    for origin, names in sorted(columns.items()):
        for name in names:
            value = f"unnest({identifier(name)})" if types[name].endswith("]") else identifier(name)
            named = identifier(maker) if maker else literal(name)
            generator = named if origin == "synthetic" else "NULL"
            expressions = (*kept, f"{value} AS {text}", f"{literal(origin)} AS origin", f"{generator} AS generator")
            parts.append(select(", ".join(expressions), f"{_reader(data)}([{sources}])"))
    return f"COPY ({' UNION ALL BY NAME '.join(parts)}) TO {literal(target)}"


def unfold_command(data: FoundData, types: Mapping[str, str], taken: Collection[str | None]) -> str:
    """What is wrong with rows of lists and objects alone, and a command that makes texts of them; "" for other rows.

    types: SQL type by column. taken: columns that play a part, as keys do.
    """
    nested = {name: kind for name, kind in types.items() if _NESTED.search(kind)}
    if not nested or any(name not in nested and name not in taken for name in types):
        return ""
    target = f"{data.name}_unfolded.parquet"
    expressions = []
    for name, kind in nested.items():
        value = identifier(name)
        is_flat = kind.endswith("[]") and not _NESTED.search(kind.removesuffix("[]"))
        text = f"array_to_string({value}, ' ')" if is_flat else f"CAST(to_json({value}) AS VARCHAR)"
        expressions += [f"{text} AS {value}"] if kind != "BLOB" else []
        expressions += [f"len({value}) AS {identifier(f'{name}_count')}"] if kind.endswith("[]") else []
    left_out = f"* EXCLUDE ({', '.join(map(identifier, nested))})"
    sources = ", ".join(
        literal(spec) for specs in (data.path, *data.partitions.values()) if specs for spec in specs_of(specs)
    )
    options = ", union_by_name = true, filename = true" if data.partitions else ""
    query = f"COPY ({select(', '.join((left_out, *expressions)), f'{_reader(data)}([{sources}]{options})')}) TO {literal(target)}"
    return (
        f"nothing of a row would be compared: {', '.join(nested)} hold{'s' if len(nested) == 1 else ''} lists, objects or bytes; this "
        f"makes texts and counts of them:\n\npython - <<'END'\nfrom duckdb import sql\nsql({query!r})\nEND\n\nthen `gates init {target}`, and with type = \"tabular\" in gates.toml once more: counts that belong together become a rule"
    )


def _reader(data: FoundData) -> str:
    """DuckDB's function for the files."""
    name = specs_of(data.path or next(iter(data.partitions.values())))[0].lower()
    if ".parquet" in name or name.endswith(".pq"):
        return "read_parquet"
    return "read_csv" if ".csv" in name or ".tsv" in name else "read_json"

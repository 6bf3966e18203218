"""What a new gates.toml should say about data that no configuration describes yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gates.config.data_types import data_type
from gates.config.dataset import DatasetConfig, Origins
from gates.data.conversations.shapes import shape_of_texts
from gates.data.duckdb.dataset import VIEWS, LocalDataset, open_dataset
from gates.data.formats.first_values import SAMPLED_VALUES
from gates.data.sql import identifier, select
from gates.errors import GatesError, UsageError, first_few
from gates.init.config_text import table_text, toml_string
from gates.init.guesses.context_guess import context_of
from gates.init.guesses.few_values import few_values
from gates.init.guesses.origin_guess import OriginColumn, find_origin, one_sided
from gates.init.guesses.origin_words import HUMAN, SYNTHETIC, names_generators
from gates.init.guesses.roles_guess import Guess, NewRows, generator_of, group_of, is_human, key_of, label_of
from gates.init.guesses.texts import TEXT, question_and_answer, text_column
from gates.init.guesses.type_guess import TYPE_BY_SHAPE, recognise
from gates.init.proposal import Proposal
from gates.init.wide_table import part_command, unfold_command
from gates.verdict import Scope
from gates.versions.dataset.snapshots import work_tree_files
from gates.versions.repository import open_repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gates.data.facts import FileFacts
    from gates.init.find import FoundData

# A name that no column has: while the origin is unknown, every row is read as one.
_NO_COLUMN = "\x00"
_BOTH = (Scope.HUMAN, Scope.SYNTHETIC)
_NAMED_COLUMNS = 10
_NAMED_FILES = 5
_CHOICES = 5


def propose(root: Path, data: FoundData) -> Proposal:
    """Read the columns and propose type, origin and what columns are for.

    Raises UsageError where no column says who made a row, with a configuration in which a person can choose, and where
    files have nothing else in common; DataError for files that cannot be read.
    """
    partitions = data.partitions or {Scope.HUMAN.value: data.path or ()}
    config = DatasetConfig(data.name, root, 0, "tabular", partitions=partitions, origin=_NO_COLUMN, source="gates init")
    with _opened(config) as opened:
        every = NewRows(opened.connection, identifier(VIEWS[Scope.COMBINED]), _types(opened))
        values = {} if data.partitions else few_values(every)
        origin = find_origin(values)
        _check_one_table(opened.files, origin, data)
        rows = opened.row_counts() if origin is None else dict(origin.rows)
        content = {name: kind for name, kind in every.types.items() if origin is None or name != origin.name}
        proposal = _typed(Proposal(data, "tabular", origin, rows), replace(every, types=content))
        taken = (*proposal.columns.values(), proposal.label, proposal.group)
        kind = data_type(proposal.type)
        optional = {*kind.named_roles} - {*kind.required_roles, *proposal.columns}
        proposal = replace(proposal, by_name=tuple(name for name in content if name in optional))
        if kind.content:
            loose = tuple(name for name in content if name not in (*taken, *kind.named_roles))
            proposal = replace(proposal, loose=loose)
        if proposal.type == "tabular" and (nested := unfold_command(data, content, taken)):
            raise UsageError(f"{data.where()}: {nested}")
        if origin is None and not data.partitions:
            if both := part_command(data, every.types):
                raise UsageError(f"{data.where()}: {both}")
            side = one_sided(values)
            choices = _choices(values, opened.files, is_one_sided=bool(side))
            text = table_text(replace(proposal, choices=tuple(choices)))
            wrong = f"{data.where()}: {side or _no_origin(every)}"
            raise UsageError(f"{wrong}; or put this into gates.toml and choose:\n\n{text}")
    return proposal


def _typed(proposal: Proposal, rows: NewRows) -> Proposal:
    """With the type, and the parts that columns play in it. rows: without the column of the origin."""
    recognised = recognise({**rows.types, **_conversations(rows)})
    if recognised:
        parts = replace(proposal, type=recognised.type, columns=recognised.mapping, guess=recognised.guess)
        return _with_context(_with_id(_with_generator(parts, rows), rows), rows)
    answered = question_and_answer(rows)
    if answered:
        shown = f"columns '{answered['prompt']}', '{answered['response']}' read as a question and its answer"
        mapped = {role: column for role, column in answered.items() if role != column}
        parts = replace(proposal, type="instruction", columns=mapped, guess=shown)
        return _with_context(_with_id(_with_generator(parts, rows), rows), rows)
    text = text_column(rows)
    if text:
        mapped = {TEXT: text} if text != TEXT else {}
        why = {TEXT: "it reads as free text"}
        parts = replace(proposal, type="text", columns=mapped, guess=f"column '{text}' reads as free text", why=why)
        parts = _with_id(_with_generator(_with_label(parts, rows), rows), rows)
        return _with_context(_with_group(parts, rows), rows)
    key = key_of(rows, _human(proposal))
    if key:
        proposal = replace(proposal, columns={"key": key.column}, why={"key": key.why})
    parts = replace(_with_group(proposal, rows), guess="no single column is clearly free text")
    return _with_context(_with_generator(_with_label(parts, rows), rows), rows)


def _with_id(proposal: Proposal, rows: NewRows) -> Proposal:
    """With the id of each row, where the type has such a role and no column is called so."""
    kind = data_type(proposal.type)
    if kind.key is None or kind.key in rows.types:
        return proposal
    free = {name: type_ for name, type_ in rows.types.items() if name not in (*proposal.columns.values(), *kind.roles)}
    key = key_of(replace(rows, types=free), _human(proposal))
    return _bound(proposal, {kind.key: key} if key else {})


def _with_group(proposal: Proposal, rows: NewRows) -> Proposal:
    kind = data_type(proposal.type)
    group = group_of(rows, proposal.columns.get(kind.key or ""))
    return replace(proposal, group=group.column, why={**proposal.why, "group": group.why}) if group else proposal


def _with_context(proposal: Proposal, rows: NewRows) -> Proposal:
    taken = (*proposal.columns.values(), proposal.label, proposal.group)
    return _bound(proposal, context_of(rows, data_type(proposal.type), taken, _human(proposal)))


def _bound(proposal: Proposal, guesses: Mapping[str, Guess]) -> Proposal:
    columns = {role: guess.column for role, guess in guesses.items()}
    why = {role: guess.why for role, guess in guesses.items()}
    return replace(proposal, columns={**proposal.columns, **columns}, why={**proposal.why, **why})


def _with_label(proposal: Proposal, rows: NewRows) -> Proposal:
    label = label_of(rows)
    if label is None or label.column in (*proposal.columns.values(), proposal.group):
        return proposal
    return replace(proposal, label=label.column, why={**proposal.why, "label": label.why})


def _human(proposal: Proposal) -> str:
    """SQL that is true of human rows."""
    origin = proposal.origin
    words = Origins(origin.human, origin.synthetic) if origin else Origins()
    return is_human(origin.name if origin else None, words)


def _with_generator(proposal: Proposal, rows: NewRows) -> Proposal:
    """With the role of a generator, which the column of the origin may have too."""
    origin, role = proposal.origin, "generator"
    if origin and names_generators(origin.name):
        guess: Guess | None = Guess(origin.name, "it names generators")
    else:
        guess = generator_of(rows, _human(proposal))
    is_free = guess is not None and guess.column not in (role, *proposal.columns.values())
    return _bound(proposal, {role: guess} if guess and is_free else {})


def _opened(config: DatasetConfig) -> LocalDataset:
    """The opened dataset. Messages name the path alone: there is no line of a configuration to name yet."""
    try:
        files = work_tree_files(open_repository(config.root), config).dataset
        return open_dataset(config, data_type(config.type), files=files)
    except GatesError as error:
        raise type(error)(str(error).replace(f"{config.place()}: ", "")) from error


def _types(opened: LocalDataset) -> dict[str, str]:
    """SQL type by column, without the engine's own columns."""
    described = opened.connection.execute(f"DESCRIBE {identifier(VIEWS[Scope.COMBINED])}").fetchall()
    return {str(row[0]): str(row[1]) for row in described if not str(row[0]).startswith("_gates_")}


def _no_origin(rows: NewRows) -> str:
    return (
        f"no column says who made a row, with values such as 'human' and 'synthetic' (columns: {first_few(rows.types, _NAMED_COLUMNS)}); add one, or name "
        "the rows of each origin (`gates init --human PATH --synthetic PATH`)"
    )


def _choices(
    values: Mapping[str, Mapping[str, int]], files: Sequence[FileFacts], *, is_one_sided: bool
) -> Iterator[str]:
    """Lines of gates.toml of which one says who made a row: columns of few values, and the files."""
    for name, rows in sorted(values.items(), key=lambda entry: (len(entry[1]), entry[0]))[:_CHOICES]:
        if len(rows) > 1:
            listed = ", ".join(f"{toml_string(value)} in {count:,} rows" for value, count in [*rows.items()][:_CHOICES])
            human, synthetic = (
                ", ".join(toml_string(value) for value in rows if words.fullmatch(value)) or '"…"'
                for words in (HUMAN, SYNTHETIC)
            )
            yield f"origin = {toml_string(name)}  # {listed}"
            yield f"origins = {{ human = [{human}], synthetic = [{synthetic}] }}  # with that origin: sort its values in"
    if len(files) == len(_BOTH):
        for one, other in (files, [*reversed(files)]):
            yield f"partitions = {{ human = {toml_string(one.path)}, synthetic = {toml_string(other.path)} }}  # in place of path"
    if not is_one_sided:
        human = toml_string(files[0].path if len(files) == 1 else "…")
        yield f'partitions = {{ human = {human} }}  # in place of path, with purpose = "evaluation", where every row is human'


def _check_one_table(files: Sequence[FileFacts], origin: OriginColumn | None, data: FoundData) -> None:
    """Raises UsageError where the files of a folder fall apart into such as share no column but the origin."""
    if data.path is None or origin is None:
        return
    # Each entry: columns that are linked by files that share some, and the first file among those.
    tables: list[tuple[set[str], FileFacts]] = []
    for file in (file for file in files if file.rows):
        columns = {*file.columns} - {origin.name}
        linked = [table for table in tables if table[0] & columns]
        first = linked[0][1] if linked else file
        tables = [table for table in tables if table not in linked]
        tables.append((columns.union(*(table[0] for table in linked)), first))
    if len(tables) > 1:
        shown = sorted((file.path, ", ".join(list(file.columns)[:_NAMED_COLUMNS])) for _, file in tables)
        listed = "; ".join(f"{path} has {columns}" for path, columns in shown[:_NAMED_FILES])
        more = f"; and {len(shown) - _NAMED_FILES} more" if len(shown) > _NAMED_FILES else ""
        raise UsageError(
            f"{data.where()}: its files share no column but '{origin.name}', so they are not one dataset ({listed}{more}); "
            "name one of them: `gates init PATH`"
        )


def _conversations(rows: NewRows) -> dict[str, str]:
    """What columns of text hold instead: messages or pairs as JSON, or transcripts."""
    shapes = {}
    for name in (name for name, kind in rows.types.items() if kind == "VARCHAR"):
        value = identifier(name)
        query = select(value, rows.view, f"WHERE {value} IS NOT NULL LIMIT {SAMPLED_VALUES}")
        shapes[name] = shape_of_texts(text for (text,) in rows.connection.execute(query).fetchall())
    return {name: TYPE_BY_SHAPE[shape] for name, shape in shapes.items() if shape}

"""The shares that people of each level are expected to have, from the file that `population` names."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.config.sources.schema_files import text_digest
from gates.errors import UsageError, did_you_mean
from gates.regular_files import content_of, is_file
from gates.visible_text import has_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gates.config.dataset import DatasetConfig

COLUMNS = ("dimension", "level", "share", "source")
# Tables of official statistics are rounded to whole per cents; more than that missing is a level forgotten.
_SUM_TOLERANCE = 0.015


@dataclass(frozen=True)
class Population:
    """Declared shares by dimension (a column of the opened dataset) and level, sum 1 in each dimension.

    sha256: of the file's text, whatever its line ends.
    """

    shares: Mapping[str, Mapping[str, float]]
    sha256: str


def read_population(dataset: DatasetConfig) -> Population | None:
    """The declared shares of a dataset, scaled to sum 1; None where it declares none.

    Raises UsageError naming file and line of what is wrong: no such file, another header, no share, shares that do not
    sum to 1, a level twice, a row without its source.
    """
    if dataset.population is None:
        return None
    path = dataset.root / dataset.population
    text = _text_of(path, dataset)
    roles = {column: role for role, column in dataset.columns.items()}
    stated: dict[str, dict[str, float]] = {}
    for line, row in _rows(text, dataset.population):
        dimension, level = roles.get(row["dimension"], row["dimension"]), row["level"]
        levels = stated.setdefault(dimension, {})
        if level in levels:
            raise UsageError(f"{dataset.population}:{line}: {dimension}={level} stands there twice; keep one share")
        levels[level] = _share(row["share"], f"{dataset.population}:{line}")
    shares = {dimension: _scaled(levels, dimension, dataset.population) for dimension, levels in stated.items()}
    return Population(shares, text_digest(text.encode()))


def _text_of(path: Path, dataset: DatasetConfig) -> str:
    if not is_file(path, str(dataset.population)):
        near = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        hint = f" ({did_you_mean(path.name, near)})" if near else ""
        raise UsageError(
            f"{dataset.place('population')}: no file of population shares {dataset.population}{hint}; "
            f"it is a CSV with the columns {', '.join(COLUMNS)}, and lies in git beside the configuration"
        )
    try:
        return content_of(path, str(dataset.population)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{dataset.population}: not UTF-8; save the file as UTF-8") from error


def _rows(text: str, name: str) -> list[tuple[int, dict[str, str]]]:
    """The rows with their lines, every cell without the blanks around it."""
    reader = csv.DictReader(io.StringIO(text), strict=True, skipinitialspace=True)
    try:
        header = [column.strip() for column in reader.fieldnames or ()]
        if sorted(header) != sorted(COLUMNS):
            raise UsageError(f"{name}:1: the header is '{','.join(header)}', expected '{','.join(COLUMNS)}'")
        reader.fieldnames = header
        rows = [(reader.line_num, _row(row, f"{name}:{reader.line_num}")) for row in reader]
    except csv.Error as error:
        raise UsageError(f"{name}:{reader.line_num}: not valid CSV: {error}") from error
    if not rows:
        raise UsageError(f"{name}: has no shares below its header")
    return rows


def _row(row: dict[str | None, str | list[str] | None], where: str) -> dict[str, str]:
    cells = {str(key): value.strip() for key, value in row.items() if isinstance(value, str)}
    if len(cells) != len(COLUMNS) or None in row:
        raise UsageError(f"{where}: expected {len(COLUMNS)} cells: {', '.join(COLUMNS)}")
    empty = next((column for column in COLUMNS if not _says_something(column, cells[column])), None)
    if empty:
        why = "; say where the share comes from, so that others can check it" if empty == "source" else ""
        raise UsageError(f"{where}: {empty} is empty{why}")
    return cells


def _says_something(column: str, cell: str) -> bool:
    return has_words(cell) if column == "source" else bool(cell)


def _share(text: str, where: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise UsageError(f"{where}: share is '{text}', expected a number between 0 and 1, such as 0.25")
    return share


def _scaled(levels: Mapping[str, float], dimension: str, name: str) -> dict[str, float]:
    total = math.fsum(levels.values())
    if abs(total - 1) > _SUM_TOLERANCE:
        raise UsageError(
            f"{name}: the shares of '{dimension}' sum to {total:.4g}, expected 1; add a level for everybody else"
        )
    return {level: share / total for level, share in levels.items()}

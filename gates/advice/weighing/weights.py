"""A weight for every row of a dataset, and the file that it stands in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from gates import __version__
from gates.atomic_files import unfinished
from gates.config.digests import digest
from gates.config.removals import FOLDER
from gates.errors import GatesError, wrong_form
from gates.verdicts.store import inside_project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gates.data.arrays import Floats

FILE_NAME = "weights.parquet"
SCHEMA_VERSION = 1
_META = b"gates"
_COLUMNS = ("digest", "file", "row", "origin", "source", "weight")


class WeightsError(GatesError):
    """A file of weights says nothing about this data: exit 3."""


@dataclass(frozen=True)
class Bound:
    """What names the data: all rows, whatever their order, and the bytes of all files, as a verdict names them."""

    rows_sha256: str
    manifest_sha256: str


@dataclass(frozen=True)
class RowWeights:
    """A weight for each row, in the order of the dataset.

    frame: digest of what the row says, file, row counted from 1, origin, source and weight. about: what the weights come
    from, as plain values. stated: the digest in the file that they were read from, "" where they were made now.
    """

    dataset: str
    method: str
    seed: int
    bound: Bound
    frame: pl.DataFrame
    about: dict[str, Any]
    stated: str = ""

    @property
    def weights(self) -> Floats:
        """Of each row."""
        return self.frame["weight"].to_numpy()

    @property
    def digest(self) -> str:
        """sha256 of all that the weights say, and of what they are said about."""
        return self.stated or digest({**self.head(), "rows": _rows(self.frame)})

    def head(self) -> dict[str, Any]:
        """What the file says of itself."""
        return {
            "schema_version": SCHEMA_VERSION,
            "gates_version": __version__,
            "dataset": self.dataset,
            "method": self.method,
            "seed": self.seed,
            "rows_sha256": self.bound.rows_sha256,
            "manifest_sha256": self.bound.manifest_sha256,
            "about": self.about,
        }


def weights_path(root: Path, dataset: str) -> Path:
    """Where the weights of a dataset lie. root: the folder of the configuration.

    Raises UsageError where a link, which a commit may bring along, leads it out of the project.
    """
    return inside_project(root / FOLDER / dataset / FILE_NAME, root)


def write_weights(path: Path, weights: RowWeights) -> None:
    """Write the file, whole or not at all; the same weights as the same bytes."""
    table = weights.frame.select(_COLUMNS).to_arrow().cast(_schema())
    head = json.dumps({**weights.head(), "digest": weights.digest}, sort_keys=True)
    with unfinished(path) as temporary:
        pq.write_table(table.replace_schema_metadata({_META: head.encode()}), temporary, compression="zstd")
        temporary.chmod(0o644)


def parse_weights(content: bytes, shown: str) -> RowWeights:
    """The weights in a file. shown: how messages name it. Raises WeightsError where they were edited, or are none."""
    try:
        table = pq.read_table(pa.BufferReader(content))
        head = json.loads(table.schema.metadata[_META])
        if head["schema_version"] != SCHEMA_VERSION:
            raise WeightsError(f"{shown}: has schema version {head['schema_version']!r}, expected {SCHEMA_VERSION}")
        frame = pl.DataFrame(table).select(_COLUMNS)
        bound = Bound(head["rows_sha256"], head["manifest_sha256"])
        weights = RowWeights(head["dataset"], head["method"], head["seed"], bound, frame, head["about"], head["digest"])
        is_same = digest({**_of_file(head), "rows": _rows(frame)}) == head["digest"]
    except (pa.ArrowException, KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise WeightsError(f"{shown}: is no file of weights ({wrong_form(error)})") from error
    if not is_same:
        raise WeightsError(f"{shown}: was edited: its digest is not that of what it says; weigh again")
    return weights


def _of_file(head: dict[str, Any]) -> dict[str, Any]:
    """What the file says of itself, in whatever version of gates it was written."""
    return {name: value for name, value in head.items() if name != "digest"}


def _rows(frame: pl.DataFrame) -> dict[str, Sequence[object]]:
    """Every column: who reads the file finds a row by what it says, or by its file and place."""
    rows = frame.select(_COLUMNS).sort(_COLUMNS)
    return {name: rows[name].to_list() for name in rows.columns}


def _schema() -> pa.Schema:
    text = pa.string()
    return pa.schema(
        [
            ("digest", text),
            ("file", text),
            ("row", pa.int64()),
            ("origin", text),
            ("source", text),
            ("weight", pa.float64()),
        ]
    )


def effective_rows(weights: Floats) -> float:
    """How many rows of equal weight these are worth: (sum w)^2 / sum w^2; 0 without weight.

    Kish, Survey Sampling, 1965, section 11.7.
    """
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def health_of(weights: RowWeights) -> pl.DataFrame:
    """A row for each source with any weight, the human rows one of them: what its weights are worth, and how far they reach.

    effective_ratio: effective rows over rows, in [0, 1]; largest: the largest weight over the mean of the source.
    """
    rows = []
    for (source,), own in weights.frame.sort("source").group_by("source", maintain_order=True):
        values = own["weight"].drop_nulls().drop_nans().to_numpy()
        if not len(values) or not np.any(values):
            continue
        effective = effective_rows(values) / len(values)
        rows.append(
            {
                "source": str(source),
                "rows": len(values),
                "effective_ratio": effective,
                "design_effect": 1 / effective,
                "largest": float(values.max() / values.mean()),
                "smallest": float(values.min()),
                "missing": own.height - len(values),
            }
        )
    return pl.DataFrame(rows)

"""The rows of a dataset at a commit, and what names them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.data.duckdb.dataset import open_dataset
from gates.metrics.review.accepted import RowNames

if TYPE_CHECKING:
    from gates.config.data_types import DataType
    from gates.config.dataset import DatasetConfig
    from gates.versions.dataset.snapshots import VersionFiles


@dataclass(frozen=True)
class DatasetFiles:
    """A dataset at a commit, ready to be opened."""

    config: DatasetConfig
    data_type: DataType
    files: VersionFiles


def rows_sha256(data: DatasetFiles) -> str:
    """What names all rows that a commit has of a dataset, as plans of reviews name them."""
    names = RowNames()
    with open_dataset(data.config, data.data_type, files=data.files.dataset) as opened:
        opened.fold([names])
    return names.value()[0]

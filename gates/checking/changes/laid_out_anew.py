"""Whether files that are gone were laid out anew: each of their rows stands in the files of now, as often as before."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.errors import DataError, UsageError
from gates.versions.dataset.snapshots import files_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from gates.config.dataset import DatasetConfig
    from gates.data.duckdb.dataset import LocalDataset
    from gates.versions.repository import Repository
    from gates.versions.version import Version


@dataclass(frozen=True)
class DatasetAt:
    """A dataset at a version. dataset: as that version configures it, its root in the work tree."""

    repository: Repository
    version: Version
    dataset: DatasetConfig


@dataclass(frozen=True)
class LaidOut:
    """A `LayoutOfRows`: all rows of both versions are read."""

    before: DatasetAt
    now: DatasetAt

    def has_all_rows(self) -> bool:
        """Whether no row of the version before is gone, whoever made it; columns may have been added.

        False where the columns of both have other types. Raises DataError for rows that cannot be read.
        """
        import polars as pl

        from gates.data.facts import ROW_ID

        try:
            with _opened(self.before) as old, _opened(self.now) as new:
                kinds = dict(zip(old.schema().names, old.schema().types, strict=True))
                of_now = dict(zip(new.schema().names, new.schema().types, strict=True))
                columns = sorted({*kinds} - {ROW_ID})
                if any(of_now.get(name) != kinds[name] for name in columns):
                    return False
                pairs = _counts(old, columns).join(_counts(new, columns), on="row", how="left", suffix="_now")
        except (UsageError, OSError) as error:
            raise DataError(str(error)) from error
        return pairs.select((pl.col("count_now").fill_null(0) >= pl.col("count")).all()).item()  # type: ignore[no-any-return]


def _counts(opened: LocalDataset, columns: Sequence[str]) -> pl.DataFrame:
    """How many rows have each content, by its hash."""
    import polars as pl

    nothing = pl.Series("row", [], dtype=pl.UInt64)
    hashes = [pl.DataFrame(batch.select(columns)).hash_rows().alias("row") for batch in opened.batches()]
    return pl.concat([nothing, *hashes]).value_counts()


@contextmanager
def _opened(at: DatasetAt) -> Iterator[LocalDataset]:
    from gates.contract.plugins.registry import data_type_of
    from gates.data.duckdb.dataset import open_dataset

    kind = data_type_of(at.dataset)
    with (
        files_at(at.repository, at.dataset, at.version) as files,
        open_dataset(at.dataset, kind, files=files.dataset) as opened,
    ):
        yield opened

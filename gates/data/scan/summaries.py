"""What is known of a file's rows, kept from one run to the next by all that it was computed from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import polars as pl
import pyarrow as pa

from gates.config.digests import digest, program_inputs
from gates.data.scan.index import COLUMN_TYPES, FileIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import numpy.typing as npt

    from gates.config.dataset import DatasetConfig
    from gates.config.row_rules import RowRule
    from gates.data.facts import FileFacts, Roles
    from gates.data.values.readings import Readings

# Counts up when what is kept of a file, or how it is written down, changes.
FORMAT = 2
_ABOUT = b"gates"
# Left out where they are the hashes of the content: without a declared group, and where a row is all content.
_AS_DIGEST = ("group", "whole")


class SummaryStore(Protocol):
    """Bytes by key; an entry may vanish at any time, but what is there is what was put."""

    def get_bytes(self, key: str) -> bytes | None:
        """What was put under a key, or None."""

    def put_bytes(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Keep contents under their keys."""


def hash_probe() -> str:
    """What polars makes of one row: it hashes otherwise on some processors."""
    return str(pl.DataFrame({"number": [0.5], "text": ["é"]}).hash_rows()[0])


@dataclass(frozen=True)
class RowReading:
    """How rows are read and checked: beside a file's bytes, all that its summary depends on.

    schema: the columns of all files together, with the types that each file's values take there.
    sources: digests of the files that the dataset's own schema was made from. readings: what columns read as.
    """

    dataset: DatasetConfig
    roles: Roles
    schema: pa.Schema
    rules: Iterable[RowRule]
    sources: Mapping[str, str]
    readings: Readings

    def digest(self) -> str:
        """sha256 of all of it, and of what computes."""
        # The folder may be on a shared disk.
        return digest({
            "format": FORMAT,
            "hashes": [hash_probe()],
            "program": program_inputs(),
            "type": self.dataset.type,
            "origin": [self.dataset.origin, self.dataset.origins.human, self.dataset.origins.synthetic],
            "renamed": sorted(self.dataset.columns.items()),
            "roles": asdict(self.roles),
            "columns": [[field.name, str(field.type)] for field in self.schema],
            "readings": self.readings.digestible(),
            "rules": sorted([rule.id, rule.description] for rule in self.rules),
            "sources": sorted(self.sources.items()),
        })  # fmt: skip


@dataclass(frozen=True)
class Summaries:
    """Summaries of files in a store, under a digest of how their rows were read."""

    store: SummaryStore
    reading: str

    def recall(self, files: Iterable[FileFacts]) -> Iterator[tuple[int, FileIndex]]:
        """What is known of the files, with their numbers: read one by one, because together they may not fit in memory."""
        for number, file in enumerate(files):
            content = self.store.get_bytes(self._key(file.sha256, file.path, file.origin))
            if content is not None:
                yield number, _read(content)

    def keep(self, indexes: Iterable[tuple[FileFacts, FileIndex]]) -> None:
        """Keep what became known of files."""
        self.store.put_bytes(entry for file, index in indexes for entry in self._entries(file, index))

    def of_md5(self, path: str, md5: str | None, origin: str | None) -> FileIndex | None:
        """What is known of a file whose bytes are not here, by the md5 that git or DVC has of it; None where nothing is."""
        sha256 = self.store.get_bytes(self._key(f"md5:{md5}", path, origin)) if md5 else None
        content = self.store.get_bytes(self._key(sha256.decode(), path, origin)) if sha256 else None
        return None if content is None else _read(content)

    def _entries(self, file: FileFacts, index: FileIndex) -> Iterator[tuple[str, bytes]]:
        yield self._key(file.sha256, file.path, file.origin), _written(index)
        yield self._key(f"md5:{file.md5}", file.path, file.origin), file.sha256.encode()

    def _key(self, name: str, path: str, origin: str | None) -> str:
        # Folders on the path give keys and origins; types and rows of a file follow from its bytes.
        return digest([self.reading, name, path, origin])


def _written(index: FileIndex) -> bytes:
    """The arrays as an Arrow stream without row ids; one value stands for an array of equal ones."""
    columns = dict(index.columns)
    for name in _AS_DIGEST:
        if np.array_equal(columns[name], columns["digest"]):
            del columns[name]
    same = {name: array[0] for name, array in columns.items() if len(array) and (array == array[0]).all()}
    about = {
        "rows": len(index),
        "names": index.names,
        "values": index.values,
        "same": {name: int(value) for name, value in same.items()},
    }
    kept = {name: pa.array(array) for name, array in columns.items() if name not in same}
    schema = pa.schema([(name, array.type) for name, array in kept.items()], {_ABOUT: json.dumps(about)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as stream:
        stream.write_batch(pa.record_batch(list(kept.values()), schema=schema))
    return bytes(sink.getvalue())


def _read(content: bytes) -> FileIndex:
    with pa.ipc.open_stream(content) as stream:
        batch = stream.read_next_batch()
    about = json.loads(batch.schema.metadata[_ABOUT])
    columns = dict(_columns(batch, about["same"], about["rows"]))
    for name in _AS_DIGEST:
        columns.setdefault(name, columns["digest"])
    return FileIndex(columns, tuple(about["names"]), tuple(about["values"]))


def _columns(
    batch: pa.RecordBatch, same: Mapping[str, int], rows: int
) -> Iterator[tuple[str, npt.NDArray[np.generic]]]:
    for name, kind in COLUMN_TYPES.items():
        if name in same:
            yield name, np.full(rows, same[name], dtype=kind)
        elif name in batch.schema.names:
            yield name, batch.column(name).to_numpy()

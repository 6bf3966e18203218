"""What goes between driver and workers: a task to them, and answers back in pieces."""

from __future__ import annotations

import pickle
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from gates.config.digests import program_inputs
from gates.data.scan.summaries import hash_probe
from gates.errors import DataError, GatesError, foreign_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

# Spark bounds cells and Connect bounds messages, these at 128 MB unless somebody says otherwise.
_PIECE_BYTES = 16 << 20


def packed(task: object, own: str) -> bytes:
    """A task with the code of modules whose names begin with `own`. Raises GatesError for what cannot be sent."""
    from pyspark import cloudpickle

    for name in [name for name in sys.modules if name.startswith(own)]:
        cloudpickle.register_pickle_by_value(sys.modules[name])
    try:
        return bytes(cloudpickle.dumps(task))
    except Exception as error:
        raise GatesError(
            f"cannot be sent to Spark's workers: {foreign_text(error)}; leave out --engine spark"
        ) from error


def versions_here() -> dict[str, str]:
    """What has to be the same on driver and workers: code, versions of all on which values depend, and how polars hashes."""
    program: Any = program_inputs()
    return {
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "gates": " ".join(map(str, program["gates"])),
        **program["libraries"],
        "polars' hashes": hash_probe(),
    }


def pieces_of_answer(task: bytes, versions: Mapping[str, str], number: int, part: object) -> Iterator[pa.RecordBatch]:
    """On a worker: what a packed task answers for a part of this number, packed, in bounded rows.

    What it raises is packed in its place, and raised on the driver. versions: the driver's.
    """
    answer = _answer(task, versions, part)
    starts = range(0, len(answer), _PIECE_BYTES)
    for piece, start in enumerate(starts):
        row = {
            "part": pa.array([number]),
            "piece": pa.array([piece]),
            "pieces": pa.array([len(starts)]),
            "answer": pa.array([answer[start : start + _PIECE_BYTES]], pa.binary()),
        }
        yield pa.record_batch(row)


def whole_answers(rows: Iterable[Any], folder: Path) -> Iterator[tuple[int, Callable[[], Any]]]:
    """On the driver: the number of each part whose pieces are all there, and what unpacks its answer or raises it.

    Pieces lie in the folder until then, and wait there for the turn of their part: Spark Connect gives them in any order.
    """
    missing: dict[int, int] = {}
    for row in rows:
        path = folder / str(row.part)
        with path.open("r+b" if row.part in missing else "wb") as stream:
            stream.seek(row.piece * _PIECE_BYTES)
            stream.write(row.answer)
        missing[row.part] = missing.get(row.part, row.pieces) - 1
        if not missing[row.part]:
            del missing[row.part]
            yield row.part, partial(_unpacked, path)


def _answer(task: bytes, versions: Mapping[str, str], part: object) -> bytes:
    from pyspark import cloudpickle

    try:
        _refuse_other(versions)
        return bytes(cloudpickle.dumps(pickle.loads(task).answer(part)))  # noqa: S301  # the driver of this run made it
    except Exception as error:  # noqa: BLE001  # the driver raises it again
        return _packed_error(error)


def _packed_error(error: Exception) -> bytes:
    try:
        raised = pickle.dumps(error)
        pickle.loads(raised)  # noqa: S301  # made in the line before
    except Exception:  # noqa: BLE001  # code of others may raise what no other process can make
        return pickle.dumps(DataError(f"a Spark worker stopped: {foreign_text(error)}"))
    return raised


def _unpacked(path: Path) -> Any:
    with path.open("rb") as stream:
        value = pickle.load(stream)  # noqa: S301  # workers run what the driver sent them
    path.unlink()
    if isinstance(value, Exception):
        raise value
    return value


def _refuse_other(versions: Mapping[str, str]) -> None:
    here = versions_here()
    for name, wanted in versions.items():
        if here.get(name) != wanted:
            raise GatesError(
                f"a Spark worker has {name} {here.get(name)}, the driver {wanted}; install the same on both"
            )

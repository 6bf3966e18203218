"""Writes frames to files of a folder, a frame of each generator to one of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

from gates.api.hugging_face import as_stream, is_of_hugging_face
from gates.checking.engine import LOCAL, Engine
from gates.data.formats.frames import refuse_columns_twice, write_frame
from gates.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("rows", "human", "synthetic", "holdout")
GENERATOR = "generator"
# Of a generator's name, what its file is called by: no sign that means something in a path or a pattern.
_NO_WORD = re.compile(r"[^\w-]+")
# A file's name has at most 255 bytes, and a letter up to four.
_LONGEST_NAME = 40


def stage_frames(given: Mapping[str, object], folder: Path) -> dict[str, dict[str, str]]:
    """Write each part's frames; by part, the paths below the folder with what messages call the frames.

    Raises UsageError for what is no frame, and DataError for columns without a plain form.
    """
    return {part: dict(_staged_part(value, folder, part)) for part, value in given.items()}


def engine_of(given: Mapping[str, object]) -> Engine:
    """Spark where a frame is Spark's, with its session."""
    frames: list[Any] = [frame for value in given.values() for frame in _frames(value).values()]
    sessions = [frame.sparkSession for frame in frames if _is_of_spark(frame)]
    return Engine("spark", session=sessions[0]) if sessions else LOCAL


def _frames(value: object) -> Mapping[object, object]:
    return value if _is_by_generator(value) else {None: value}


def _is_by_generator(value: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(value, Mapping) and not is_of_hugging_face(value)


def _staged_part(value: object, folder: Path, part: str) -> Iterator[tuple[str, str]]:
    if not _is_by_generator(value):
        yield _staged(value, folder, part, part), part
        return
    if part != "synthetic" or not value:
        expected = "a frame by the name of each generator" if part == "synthetic" else "one frame"
        raise UsageError(f"gates.check: {part} is {'an empty' if not value else 'a'} dict; expected {expected}")
    for number, (generator, frame) in enumerate(value.items(), 1):
        if not isinstance(generator, str) or not generator.strip():
            raise UsageError(f"gates.check: {part} has the key {generator!r}; expected the name of a generator")
        shown = f"{part}[{generator!r}]"
        name = f"{part}-{number}-{_NO_WORD.sub('-', generator)[:_LONGEST_NAME]}"
        yield _staged(frame, folder, name, shown, generator), shown


def _staged(frame: Any, folder: Path, name: str, shown: str, generator: str | None = None) -> str:
    """Write a frame; its path below the folder. generator: the value of a column to add."""
    constants = {} if generator is None else {GENERATOR: generator}
    if _is_of_spark(frame):
        from gates.contract.plugins.early_exit import OWN
        from gates.data.spark.frames import write_spark_frame

        refuse_columns_twice(frame.columns, constants, shown)
        write_spark_frame(frame, folder, name, OWN, constants)
        return name
    if is_of_hugging_face(frame):
        frame = as_stream(frame, shown)
    if not hasattr(frame, "__arrow_c_stream__"):
        raise UsageError(
            f"gates.check: {shown} is a {type(frame).__name__}; expected a frame of pandas, polars, pyarrow, Spark, datasets or "
            "whatever else has __arrow_c_stream__"
        )
    write_frame(frame, folder / f"{name}.parquet", shown, constants)
    return f"{name}.parquet"


def _is_of_spark(frame: object) -> bool:
    return type(frame).__module__.startswith("pyspark.sql.") and hasattr(frame, "mapInArrow")

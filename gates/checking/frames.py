"""Frames judged as a dataset: written to a private folder with a configuration of their own, and judged as files are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gates.checking.check_dataset import Options, judge
from gates.checking.engine import LOCAL, Engine
from gates.checking.resolve import resolve
from gates.config.load import read_config
from gates.data.formats.frames import write_frame
from gates.errors import UsageError
from gates.private_folder import PrivateFolder
from gates.verdict import IN_MEMORY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gates.verdict import Verdict

# How messages name the configuration, and the dataset.
_CONFIG, _NAME = "gates.check", "frame"
# Keys of a dataset that name files, of which a frame has none.
_OF_FILES = {"path", "partitions", "reference", "evaluation", "schema", "population", "waivers"}
_PARTS = ("rows", "human", "synthetic", "holdout")


def judge_frames(frames: Mapping[str, object], keys: Mapping[str, object], only: Sequence[str]) -> Verdict:
    """The verdict on frames, which are written to files that are judged and removed before it is returned.

    frames: by part, which is `rows`, or `human` and `synthetic`, and `holdout`. keys: those of a dataset in gates.toml.
    Raises UsageError for parts and keys that make no dataset, and what judging files raises.
    """
    refused = sorted(_OF_FILES & set(keys))
    if refused:
        raise UsageError(f"gates.check: '{refused[0]}' names files, and a frame has none; write the rows to a file")
    given = {part: frames[part] for part in _PARTS if frames.get(part) is not None}
    if ("rows" in given) == bool({"human", "synthetic"} & set(given)):
        raise UsageError("gates.check: give a frame of all rows, or human= and synthetic=")
    with PrivateFolder("frame-") as folder:
        paths = {part: _staged(frame, folder.path, part) for part, frame in given.items()}
        config = folder.path / _CONFIG
        config.write_text(_config_text(paths, keys), encoding="utf-8")
        dataset = read_config(config).dataset(_NAME)
        today = datetime.now(tz=UTC).date()
        verdict = judge(resolve(dataset, today), Options(tuple(only), engine=_engine(given.values()))).verdict
    return replace(verdict, data={**verdict.data, IN_MEMORY: True})


def _staged(frame: object, folder: Path, part: str) -> str:
    """Write a frame; its path below the folder."""
    if _is_of_spark(frame):
        from gates.contract.plugins.early_exit import OWN
        from gates.data.spark.frames import write_spark_frame

        write_spark_frame(frame, folder, part, OWN)
        return part
    if not hasattr(frame, "__arrow_c_stream__"):
        raise UsageError(
            f"gates.check: {part} is a {type(frame).__name__}; expected a frame of pandas, polars, pyarrow, Spark or "
            "whatever else has __arrow_c_stream__"
        )
    write_frame(frame, folder / f"{part}.parquet", part)
    return f"{part}.parquet"


def _is_of_spark(frame: object) -> bool:
    return type(frame).__module__.startswith("pyspark.sql.") and hasattr(frame, "mapInArrow")


def _engine(frames: Any) -> Engine:
    """Spark where a frame is Spark's, with its session."""
    sessions = [frame.sparkSession for frame in frames if _is_of_spark(frame)]
    return Engine("spark", session=sessions[0]) if sessions else LOCAL


def _config_text(paths: Mapping[str, str], keys: Mapping[str, object]) -> str:
    table: dict[str, object] = {"type": "tabular", **keys}
    if "rows" in paths:
        table["path"] = paths["rows"]
    else:
        table["partitions"] = {origin: paths[origin] for origin in ("human", "synthetic") if origin in paths}
    if "holdout" in paths:
        table["holdout"] = paths["holdout"]
    lines = [f"{_toml(key)} = {_toml(value)}" for key, value in table.items() if value is not None]
    return "\n".join([f"[datasets.{_NAME}]", *lines, ""])


def _toml(value: object) -> str:
    """A value as TOML, whose strings, numbers, truth values and arrays are written as those of JSON."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(str(key))} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if not isinstance(value, str | bool | int | float):
        raise UsageError(f"gates.check: {type(value).__name__} is no value of a dataset's table in gates.toml")
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

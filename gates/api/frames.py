"""Frames judged as a dataset: written to a private folder with a configuration of their own, and judged as files are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from gates.api.frame_files import PARTS, engine_of, stage_frames
from gates.api.frame_words import CALL, as_call, declared_in_call, refuse_missing_origin, type_by_names
from gates.checking.check_dataset import Options, judge
from gates.checking.resolve import resolve
from gates.config.load import read_config
from gates.errors import GatesError, UsageError
from gates.private_folder import PrivateFolder
from gates.verdict import IN_MEMORY, JUDGED_AS, TYPE_GUESSED, Verdict

# How the configuration's messages name the dataset.
_NAME = "frame"
# Keys of a dataset that name files, of which a frame has none.
_OF_FILES = {"path", "partitions", "reference", "evaluation", "schema", "population", "waivers"}


def judge_frames(frames: Mapping[str, object], keys: Mapping[str, object], only: Sequence[str]) -> Verdict:
    """The verdict on frames, which are written to files that are judged and removed before it is returned.

    frames: by part, which is `rows`, or `human` and `synthetic`, and `holdout`; of `synthetic` also a frame by the name of
    each generator. keys: those of a dataset in gates.toml. Raises UsageError for parts and keys that make no dataset, and
    what judging files raises.
    """
    refused = sorted(_OF_FILES & set(keys))
    if refused:
        raise UsageError(f"{CALL}: '{refused[0]}' names files, and a frame has none; write the rows to a file")
    given = {part: frames[part] for part in PARTS if frames.get(part) is not None}
    _refuse_parts(given, keys)
    with PrivateFolder("frame-") as folder:
        paths = stage_frames(given, folder.path)
        shown = {path: name for part in paths.values() for path, name in part.items()}
        if "rows" in paths and "origin" not in keys:
            refuse_missing_origin(folder.path / next(iter(paths["rows"])), folder.path)
        is_guessed = keys.get("type") is None
        if is_guessed:
            of_type = [next(iter(paths[part])) for part in ("rows", "human", "synthetic") if part in paths]
            columns = keys.get("columns")
            mapped = columns if isinstance(columns, Mapping) else ()
            keys = {**keys, "type": type_by_names([folder.path / path for path in of_type], folder.path, mapped)}
        config = folder.path / CALL
        config.write_text(_config_text(paths, keys), encoding="utf-8")
        try:
            dataset = read_config(config).dataset(_NAME)
            options = Options(tuple(only), engine=engine_of(given))
            verdict = judge(resolve(dataset, datetime.now(tz=UTC).date()), options).verdict
        except GatesError as error:
            raise type(error)(as_call(str(error), shown)) from error
    checks = [replace(check, message=declared_in_call(check.message)) for check in verdict.checks]
    return replace(
        verdict,
        checks=checks,
        data={**verdict.data, IN_MEMORY: True, JUDGED_AS: dataset.type, TYPE_GUESSED: is_guessed},
    )


def _refuse_parts(given: Mapping[str, object], keys: Mapping[str, object]) -> None:
    """Raises UsageError for parts that make no dataset."""
    if ("rows" in given) == bool({"human", "synthetic"} & set(given)):
        raise UsageError(f"{CALL}: give a frame of all rows, or human= and synthetic=")
    if "rows" in given:
        return
    if "human" not in given:
        raise UsageError(f"{CALL}: there are no human rows to compare with; add human=")
    if "synthetic" not in given and keys.get("purpose") != "evaluation":
        raise UsageError(
            f'{CALL}: there are no synthetic rows to judge; add synthetic=, or purpose="evaluation", which may have human rows '
            "alone"
        )


def _config_text(paths: Mapping[str, Mapping[str, str]], keys: Mapping[str, object]) -> str:
    table = dict(keys)
    listed = {part: [*files] for part, files in paths.items()}
    if "rows" in listed:
        table["path"] = listed["rows"]
    else:
        table["partitions"] = {origin: listed[origin] for origin in ("human", "synthetic") if origin in listed}
    if "holdout" in listed:
        table["holdout"] = listed["holdout"]
    lines = [f"{_toml(key)} = {_toml(value)}" for key, value in table.items() if value is not None]
    return "\n".join([f"[datasets.{_NAME}]", *lines, ""])


def _toml(value: object) -> str:
    """A value as TOML, whose strings, numbers, truth values and arrays are written as those of JSON."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(str(key))} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if not isinstance(value, str | bool | int | float):
        raise UsageError(f"{CALL}: {type(value).__name__} is no value of a dataset's table in gates.toml")
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

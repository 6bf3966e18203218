"""`gates.check`: what a program asks that judges a dataset itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from gates.api.verdict import CheckVerdict
from gates.checking.check_or_recall import CheckTerms, DatasetCheck
from gates.checking.check_version import VersionRequest, version_requested
from gates.config.load import config_path
from gates.errors import UsageError
from gates.run_state import no_progress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gates.data.formats.frames import Frame


class FrameKeys(TypedDict, total=False):
    """What `check` takes beside a frame: other frames, and keys of a dataset in gates.toml."""

    human: Frame
    synthetic: Frame | Mapping[str, Frame]
    holdout: Frame
    type: str
    label: str
    origin: str
    origins: Mapping[str, Sequence[str]]
    columns: Mapping[str, str]
    group: str
    slices: Sequence[str]
    purpose: str
    licence: str
    critical_domains: Mapping[str, Mapping[str, float]]
    synthetic_role: str
    inconclusive: str


def check(
    dataset: str | Frame | None = None,
    *more: Frame,
    config: Path | str | None = None,
    rev: str | None = None,
    only: Sequence[str] = (),
    **frame_keys: Unpack[FrameKeys],
) -> CheckVerdict:
    """The verdict on a dataset of gates.toml, the same that `gates check` prints, or on frames in memory.

    Nothing is printed, and no report or file of failing rows is written; the cache below .gates is used and filled.

    dataset: may be left out where there is only one. config: gates.toml or its folder (default: the nearest above the current folder). rev: judge what a commit has, instead
    of the work tree. only: ask these checks only, as `gates check --only` takes them.

    A frame (pandas, polars, pyarrow, Spark, whatever has `__arrow_c_stream__`) is judged by the built-in checks of its type, without a
    gates.toml. frame_keys: `human`, `synthetic` and `holdout`, frames too, of `synthetic` also
    a dict with a frame of each generator by its name; `type`, else the one whose required roles all have columns of their
    names, else `tabular`; `label`, `origin` and the other keys of a dataset in gates.toml. Rules of the rows at hand, which
    `gates init` drafts for files, are not among the checks. Such a verdict has a digest, and is never stored or promoted.
    Raises GatesError where there is nothing to judge, or no way to; bad data never raises.
    """
    if more:
        raise UsageError("gates.check: which rows are whose? Name the frames, as in gates.check(human=…, synthetic=…)")
    if frame_keys or not isinstance(dataset, str | None):
        if isinstance(dataset, str) or config is not None or rev is not None:
            raise UsageError("gates.check: give a dataset of gates.toml, or frames with their keys, and not both")
        return _of_frames(dataset, only, frame_keys)
    path = config_path(None if config is None else Path(config))
    terms = CheckTerms(datetime.now(tz=UTC).date(), quarantine=None, only=tuple(only))
    with version_requested(path, VersionRequest(rev)) as at:
        names = [*at.config.datasets] if dataset is None else [dataset]
        if len(names) != 1:
            raise UsageError(f"{path.name} has {len(names)} datasets: name one ({', '.join(names)})")
        question = DatasetCheck(at, at.config.dataset(names[0]), terms)
        answered = question.recall() or question.answer(no_progress)
    return CheckVerdict.of(answered.verdict)


def _of_frames(rows: object, only: Sequence[str], keys: Mapping[str, object]) -> CheckVerdict:
    from gates.api.frames import judge_frames

    frames = {"rows": rows, **{part: keys.get(part) for part in ("human", "synthetic", "holdout")}}
    verdict = judge_frames(frames, {key: value for key, value in keys.items() if key not in frames}, only)
    return CheckVerdict.of(verdict)

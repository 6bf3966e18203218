"""`gates.check`: what a program asks that judges a dataset itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gates.checking.check_or_recall import CheckTerms, DatasetCheck
from gates.checking.check_version import VersionRequest, version_requested
from gates.config.load import config_path
from gates.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.verdict import Verdict


def check(
    dataset: str | None = None,
    *,
    config: Path | str | None = None,
    rev: str | None = None,
    only: Sequence[str] = (),
) -> Verdict:
    """The verdict on a dataset of gates.toml, the same that `gates check` prints.

    Nothing is printed, and no report or file of failing rows is written; the cache below .gates is used and filled.

    dataset: may be left out where there is only one. config: gates.toml or its folder (default: the nearest above the current folder). rev: judge what a commit has, instead
    of the work tree. only: ask these checks only, as `gates check --only` takes them.
    Raises GatesError where there is nothing to judge, or no way to; bad data never raises.
    """
    path = config_path(None if config is None else Path(config))
    terms = CheckTerms(datetime.now(tz=UTC).date(), quarantine=None, only=tuple(only))
    with version_requested(path, VersionRequest(rev)) as at:
        names = [*at.config.datasets] if dataset is None else [dataset]
        if len(names) != 1:
            raise UsageError(f"{path.name} has {len(names)} datasets: name one ({', '.join(names)})")
        question = DatasetCheck(at, at.config.dataset(names[0]), terms)
        answered = question.recall() or question.answer(lambda _step, _done, _total: None)
    return answered.verdict

"""Several datasets judged at once, each in a process of its own that stays for the next."""

from __future__ import annotations

import atexit
import multiprocessing
import os
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from gates.checking.check_or_recall import CheckTerms, DatasetCheck
from gates.checking.check_version import CheckedDataset, Compares, version_requested
from gates.cli.garbage import collect_rarely
from gates.cli.streams_at_exit import flush_and_close
from gates.config.memory import limited_to
from gates.errors import DataError, GatesError
from gates.run_state import no_progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    Key = TypeVar("Key")


@dataclass(frozen=True)
class CheckTask:
    """One dataset for another process. compares: resolved versions, which do not move when a branch does."""

    config: Path
    compares: Compares
    dataset: str
    terms: CheckTerms


def answered_in_parallel(
    tasks: Mapping[Key, CheckTask], jobs: int
) -> Iterator[tuple[Key, CheckedDataset | GatesError]]:
    """Answers as they come, by the tasks' keys; what stood in the way of one is given in its place.

    jobs: number of processes.
    """
    # Forking a process that has threads, as DuckDB and polars start them, can stand still for ever.
    context, processes = multiprocessing.get_context("spawn"), min(jobs, len(tasks))
    with limited_to(None, processes), ProcessPoolExecutor(processes, mp_context=context, initializer=_begin) as pool:
        keys: dict[Future[CheckedDataset], Key] = {pool.submit(_answer, task): key for key, task in tasks.items()}
        try:
            for future in as_completed(keys):
                yield keys[future], _result(future)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _result(future: Future[CheckedDataset]) -> CheckedDataset | GatesError:
    try:
        return future.result()
    except GatesError as error:
        return error
    except BrokenProcessPool:
        return DataError(
            "no verdict: a process that judged this dataset, or one beside it, died: memory ran out, or a library or code of the "
            "repository ended it; with --jobs 1 the message names the dataset and what was being done"
        )


def _answer(task: CheckTask) -> CheckedDataset:
    """Runs in the other process."""
    with version_requested(task.config, task.compares) as at:
        question = DatasetCheck(at, at.config.dataset(task.dataset), task.terms)
        return question.recall() or question.answer(no_progress)


def _begin() -> None:
    """What libraries and schemas print goes to stderr: stdout is the report's, and another process writes that."""
    collect_rarely()
    os.dup2(2, 1)
    atexit.register(flush_and_close)

"""The verdict on one dataset: recalled where it was judged before, else reached now, and remembered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gates.checking.check_version import CheckedDataset, JudgedVersion, judge_at
from gates.checking.engine import LOCAL, Engine
from gates.run_state import Progress, doing

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from gates.checking.cache.folder import Cache
    from gates.checking.verdict_cache import Memory
    from gates.checking.version_inputs import Compared
    from gates.config.dataset import DatasetConfig
    from gates.config.deadline import Deadline
    from gates.verdict import Scope


@dataclass(frozen=True)
class CheckTerms:
    """On which terms a call has each dataset judged. only, scopes: the part of the plan; all of it where both are empty.

    quarantine: the folder for failing rows, None for nowhere. is_remembering: answer from memory, and remember. engine: what
    reads the rows.
    """

    today: date
    quarantine: Path | None
    only: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    is_remembering: bool = True
    engine: Engine = LOCAL

    @property
    def is_partial(self) -> bool:
        """Whether only some of the planned checks are run."""
        return bool(self.only or self.scopes)


@dataclass
class DatasetCheck:
    """One dataset at one version; `recall` is cheap, `answer` is not. Raises what `compared` raises when it is made.

    clock: when to stop looking, as in `compared`; then nothing is recalled.
    """

    at: JudgedVersion
    dataset: DatasetConfig
    terms: CheckTerms
    clock: Deadline | None = None
    seen: Compared = field(init=False)
    _cache: Cache = field(init=False)
    _memory: Memory | None = field(init=False)

    def __post_init__(self) -> None:
        """Look at names and hashes, which both ways to an answer need."""
        # Takes YAML and more, which a hook in which no dataset changed never asks for.
        from gates.checking.cache.folder import cache_of
        from gates.checking.verdict_cache import Memory
        from gates.checking.version_inputs import compared

        self._cache = cache_of(self.at.repository, self.at.home)
        self.seen = compared(self.at, self.dataset, self._cache, self.clock)
        is_whole = not (self.terms.is_partial or self.seen.is_left or self.seen.is_commit_left)
        is_remembering = self.terms.is_remembering and is_whole
        self._memory = (
            Memory(self.at, self.dataset, self.terms.today, self._cache, self.seen) if is_remembering else None
        )

    def recall(self) -> CheckedDataset | None:
        """The verdict that judging anew would give, or None when that is not known. Raises DataError for damaged objects."""
        return self._memory.recall(self.terms.quarantine, self.clock) if self._memory else None

    def answer(self, progress: Progress) -> CheckedDataset:
        """The verdict reached anew. Raises what `judge_at` raises, and DataError for files that changed."""
        from gates.checking.check_dataset import Options
        from gates.checking.verdict_cache import refuse_other_bytes

        options = Options(self.terms.only, self.terms.scopes, self.terms.quarantine, progress, engine=self.terms.engine)
        seen = self.seen
        options = replace(options, kept_files=seen.kept_files, promoted=seen.promoted, commit=seen.commit)
        cache = self._cache if self.terms.is_remembering else None
        with doing(f"judging dataset '{self.dataset.name}'"):
            answered = judge_at(self.at, self.dataset, options, self.terms.today, cache=cache)
        refuse_other_bytes(answered.verdict, seen)
        if self._memory:
            self._memory.keep(answered)
        return answered

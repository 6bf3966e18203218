"""A verdict with the line that sets each check, and how much its outcome counts: what reports for CI stand on.

Also what other versions recorded, which a page shows beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from gates.config.installed.plugins import PluginKind, Plugins
from gates.verdict import Answer, CheckResult, Outcome, Severity, Verdict
from gates.verdicts.reports.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gates.config.dataset import DatasetConfig
    from gates.metrics.base.metric import Metric

_WORDS = {
    Outcome.PASS: "passed",
    Outcome.FAIL: "failed",
    Outcome.ERROR: "error",
    Outcome.INCONCLUSIVE: "inconclusive",
    Outcome.NOT_CONFIGURED: "not configured",
}


class Weight(StrEnum):
    """What a finding does to the verdict: it alone makes it bad or unjudged, makes it warn, or does nothing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Place:
    """A line, counted from 1, of a file; the path is below the repository's root, with forward slashes."""

    path: str
    line: int


@dataclass(frozen=True)
class Located:
    """A verdict and the lines of its checks.

    table: the dataset's table in the configuration. suites: the lines of the dataset's own suites by check id.
    is_strict: warnings make the verdict bad. id: how the call names the dataset, where its name alone could be another's.
    plugins: those of the dataset's configuration. failing_rows: how many rows fail row rules, and the file that has them, where it
    is there. versions: what the versions before recorded, and this one, where a report shows them.
    """

    verdict: Verdict
    table: Place
    suites: Mapping[str, Place] = field(default_factory=dict)
    inconclusive_blocks: bool = True
    is_strict: bool = False
    id: str = ""
    plugins: Plugins = field(default_factory=Plugins, repr=False, compare=False)
    failing_rows: str = ""
    versions: Sequence[PageVersion] = ()

    @property
    def metrics(self) -> Mapping[str, Metric] | None:
        """All metrics by expectation where a plugin's is among the verdict's checks; only then is any plugin imported."""
        own = self.plugins.names(PluginKind.METRIC)
        if not any(check.id.type in own for check in self.verdict.checks):
            return None
        from gates.contract.plugins.registry import metrics_of

        return metrics_of(self.plugins)

    @property
    def name(self) -> str:
        """The dataset's name, unmistakable among all that were judged together."""
        return self.id or self.verdict.dataset

    def place(self, check: CheckResult) -> Place:
        """The line of the dataset's own suite that has the check, else the dataset's table: shipped suites are not in the repository."""
        return self.suites.get(str(check.id), self.table)

    def weight(self, check: CheckResult) -> Weight | None:
        """How much a check counts, as `conclude` adds checks up; None where it passed."""
        if check.outcome is Outcome.PASS:
            return None
        if check.outcome is Outcome.NOT_CONFIGURED or self.is_waived(check):
            return Weight.NOTE
        if check.outcome is Outcome.ERROR:
            return Weight.ERROR
        if check.severity is Severity.INFO:
            return Weight.NOTE
        blocks = check.outcome is Outcome.FAIL or self.inconclusive_blocks
        is_bad = self.is_strict or (check.severity is Severity.CRITICAL and blocks)
        return Weight.ERROR if is_bad else Weight.WARNING

    def is_waived(self, check: CheckResult) -> bool:
        """Whether a waiver is in force for the check."""
        return str(check.id) in self.verdict.waived_ids

    def message(self, check: CheckResult) -> str:
        """One line: outcome and message, and why it does not count as it looks."""
        text = f"{_WORDS[check.outcome]}: {check.message}"
        if check.outcome is Outcome.INCONCLUSIVE and check.severity is Severity.CRITICAL:
            text += ' (inconclusive = "block")' if self.inconclusive_blocks else ' (inconclusive = "warn")'
        for waiver in self.verdict.waived:
            if waiver["check"] == str(check.id):
                text = f"waived until {waiver['expires']} by {waiver['owner']}: {waiver['reason']}; {text}"
        return printable(text)


def unplaced(verdict: Verdict) -> Located:
    """A verdict whose lines are unknown, at the first line of gates.toml."""
    return Located(verdict, Place("gates.toml", 1))


def of_one(document: Callable[[Sequence[Located]], str]) -> Callable[[Verdict], str]:
    """Makes the text of a single verdict, placed nowhere, of what makes one of several."""
    return lambda verdict: document([unplaced(verdict)])


@dataclass(frozen=True)
class Unjudged:
    """A dataset of which there is no verdict, and why."""

    name: str
    why: str


def locate(
    verdict: Verdict, dataset: DatasetConfig, lines: Mapping[str, tuple[str, int]], *, folder: str = ""
) -> Located:
    """The verdict with the places of its checks.

    lines: as `Contract.own_lines`. folder: the way from the repository's root to the configuration's folder.
    """
    prefix = f"{folder}/" if folder else ""
    return Located(
        verdict,
        Place(f"{prefix}{dataset.source}", dataset.line),
        {check: Place(f"{prefix}{path}", line) for check, (path, line) in lines.items()},
        inconclusive_blocks=dataset.inconclusive == "block",
        plugins=dataset.plugins,
    )


def folder_in_repository(root: Path) -> str:
    """The way from the git repository's root to a folder in it; "" at the root, and outside of any repository."""
    whole = root.resolve()
    for folder in (whole, *whole.parents):
        if (folder / ".git").exists():
            return "" if folder == whole else whole.relative_to(folder).as_posix()
    return ""


@dataclass(frozen=True)
class PageVersion:
    """The verdict that one version recorded. name: a short commit. date: its day. tags: of git. checks: by id."""

    name: str
    date: str
    answer: Answer
    rows: Mapping[str, int]
    checks: Mapping[str, CheckResult]
    tags: tuple[str, ...] = field(default=())

"""Where verdicts lie: in a folder that the caller names, else in the git-ignored `.gates/` beside gates.toml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.atomic_files import replace_text
from gates.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from gates.verdict import Verdict

FOLDER = ".gates"


@dataclass(frozen=True)
class VerdictStore:
    """The verdicts of one configuration. root: the folder of gates.toml. output: the folder the caller named, if any."""

    root: Path
    output: Path | None = None

    @property
    def quarantine(self) -> Path:
        """The folder for failing rows, which may hold personal data and therefore never leaves `.gates/`."""
        return self.root / FOLDER / "quarantine"

    def path(self, dataset: str) -> Path:
        """Where a dataset's verdict lies."""
        return (self.output or self.root / FOLDER / "verdicts") / f"{dataset}.json"

    def mark(self, dataset: str, digest: str | None) -> None:
        """Write `<dataset>.passed` with the digest of the verdict that passed, or remove it."""
        path = self.path(dataset).with_suffix(".passed")
        if digest is None:
            path.unlink(missing_ok=True)
        else:
            replace_text(path, digest + "\n")

    def prepare(self) -> None:
        """Make `.gates/`, which git ignores from its first moment.

        Raises UsageError where a link, which a commit may bring along, would lead rows and reports out of the project.
        """
        own = self.root / FOLDER
        for folder in (own, self.quarantine, own / "verdicts"):
            if folder.is_symlink():
                raise UsageError(
                    f"{folder.relative_to(self.root)}: a symbolic link, through which failing rows would leave the "
                    "project; remove it"
                )
        if self.output and leads_out(self.output, self.root):
            raise UsageError(
                f"{self.output}: a symbolic link leads it out of the project; remove the link, or name the folder itself"
            )
        ignore = self.root / FOLDER / ".gitignore"
        if not ignore.exists():
            replace_text(ignore, "*\n")

    def write_on_demand(self, dataset: str, ending: str, text: str | None) -> None:
        """Write a report beside the verdict, whole or not at all; without a text, remove the one of a run before."""
        path = self.path(dataset).with_name(f"{dataset}.{ending}")
        if text is None:
            path.unlink(missing_ok=True)
        else:
            replace_text(path, text)

    def write(self, verdict: Verdict) -> Path:
        """Write a verdict, each file whole or not at all; a named folder gets Markdown and what DVC shows beside it."""
        # Most calls of a hook write nothing.
        from gates.verdicts.reports.formats.json import as_json

        path = self.path(verdict.dataset)
        if self.output:
            from gates.verdicts.reports.formats.markdown import markdown
            from gates.verdicts.reports.metrics import metrics
            from gates.verdicts.reports.plots import plots

            replace_text(path.with_name(f"{verdict.dataset}.md"), markdown(verdict))
            replace_text(path.with_name(f"{verdict.dataset}.metrics.json"), metrics(verdict))
            replace_text(path.with_name(f"{verdict.dataset}.plots.json"), plots(verdict))
        replace_text(path, as_json(verdict))
        return path


def inside_project(path: Path, root: Path) -> Path:
    """The path. root: the folder of the configuration.

    Raises UsageError where a link, which a commit may bring along, leads it out of the project.
    """
    if leads_out(path, root):
        raise UsageError(
            f"{path.relative_to(root).as_posix()}: a symbolic link leads it out of the project; remove the link"
        )
    return path


def leads_out(path: Path, root: Path) -> bool:
    """Whether a path that is written as one below the root lies elsewhere."""
    return path.absolute().is_relative_to(root) and not path.resolve().is_relative_to(root.resolve())

"""The promoted versions of a dataset: which commits they are, and where their verdicts lie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.diff.history import Promotion
from gates.promotion.git.history import PromotionTag, TagHistory, tag_history
from gates.promotion.statements.paths import folder_of_config, paths_of, promotions_folder
from gates.promotion.statements.tags import parse_version
from gates.versions.dvc.artifacts import is_artifact_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gates.config.dataset import DatasetConfig
    from gates.versions.repository import Repository

_VERDICT = ".verdict.json"
# What stands for more than itself in a pathspec with `glob` (gitglossary(7)).
_WILD = re.compile(r"([\\*?\[])")


@dataclass(frozen=True)
class Promotions:
    """The promotions of one dataset. folder: from git's top to the folder with a folder for each dataset's promotions.

    by_commit: what the tags of a commit say.
    """

    dataset: str
    folder: str
    by_commit: Mapping[str, Promotion]

    @property
    def pathspec(self) -> str:
        """Fits the verdict of every promoted version."""
        own = _WILD.sub(r"\\\1", promotions_folder(self.folder, self.dataset))
        return f":(top,glob){own}/v*{_VERDICT}"

    def verdict_of(self, commit: str) -> str | None:
        """Where the verdict of the version lies that a commit is, None where it is none."""
        promotion = self.by_commit.get(commit)
        version = parse_version(promotion.version) if promotion else None
        return paths_of(self.folder, self.dataset, version).verdict if version else None

    def verdicts(self, names: Iterable[str]) -> list[str]:
        """The verdicts of promoted versions among files, newest version first."""
        return promoted_verdicts(promotions_folder(self.folder, self.dataset), names)


def promoted_verdicts(folder: str, names: Iterable[str]) -> list[str]:
    """The verdicts of promoted versions among files, newest version first. folder: that of the dataset's promotions."""
    start = f"{folder}/"
    stems = {
        name[len(start) : -len(_VERDICT)]: name for name in names if name.startswith(start) and name.endswith(_VERDICT)
    }
    versions = sorted((version for stem in stems if (version := parse_version(stem))), reverse=True)
    return [stems[str(version)] for version in versions]


def promotions_of(repository: Repository, config: DatasetConfig) -> Promotions:
    """The promotions that tags name. A dataset whose name no tag can carry has none."""
    folder = folder_of_config(repository, config.root)
    if not is_artifact_name(config.name):
        return Promotions(config.name, folder, {})
    history = tag_history(repository, config.name, folder)
    standing = history.standing()
    by_commit = {
        tag.commit: Promotion(str(version), _stages(history, tag), version not in standing)
        for version, tag in history.made.items()
    }
    return Promotions(config.name, folder, by_commit)


def _stages(history: TagHistory, tag: PromotionTag) -> tuple[str, ...]:
    """The stages on which the version of a tag is the one that counts: no other came on them since."""
    events = history.events_of(tag.commit)
    last = {(one.name.stage, one.commit): one for one in history.stages}
    came_on = [one for one in last.values() if not one.name.is_revocation]
    return tuple(
        stage
        for stage, event in events.items()
        if event == max((one for one in came_on if one.name.stage == stage), key=lambda one: one.number)
    )

"""Refuses a version of somebody else whose own configuration or code would have a say: it is not run, nor believed."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from gates.checking.targets import config_names
from gates.checking.weakening.dataset import has_other_rules
from gates.config.dataset import SCHEMAS, SUITES
from gates.config.removals import FOLDER as PROMOTIONS
from gates.errors import DataError, GatesError
from gates.verdicts.store import FOLDER
from gates.versions.configuration import config_at
from gates.versions.dvc.yaml import mapping_of, mappings_in
from gates.versions.repository import DVC_DIR
from gates.versions.trees import POINTER_SUFFIX, Tree, tree_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gates.checking.weakening.difference import Change
    from gates.config.load import Config

# Beside a configuration: what was promoted last decides what must not get lost.
_FOLDERS = (SUITES, SCHEMAS, PROMOTIONS)
# What says to git and DVC which files there are, where they come from and what programs run on them.
_MACHINERY = frozenset({".dvcignore", ".gitattributes", ".gitmodules", ".lfsconfig", "dvc.yaml"})


def refuse_foreign_rules(change: Change) -> None:
    """Raises DataError naming all that a version has otherwise than its base and that is more than data.

    Configurations, suites, schemas, plugins, records; folders of DVC and of gates, with remotes and caches in them;
    pointers that name a source of their own.
    """
    before, now = tree_at(change.repository, change.base), tree_at(change.repository, change.judged)
    blobs, other = before.listing.blobs, now.listing.blobs
    changed = sorted(name for name in {*blobs, *other} if blobs.get(name) != other.get(name))
    problems = [*filter(_is_machinery, changed), *_sources(now, changed), *_rules(change, changed)]
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise DataError(
            f"{change.judged} has more than other data, compared with {change.base}, and is not trusted to judge itself:\n"
            f"{listed}\n"
            "somebody who is trusted has to look at it, and push it to a branch of this repository"
        )


def _is_machinery(name: str) -> bool:
    # Some disks take `.DVC` for `.dvc`.
    parts = name.casefold().split("/")
    return bool({DVC_DIR, FOLDER} & set(parts)) or parts[-1] in _MACHINERY


def _sources(tree: Tree, names: list[str]) -> Iterator[str]:
    """Pointers by which DVC would fetch from another repository, address or remote than those of the base."""
    pointers = [name for name in names if name.endswith(POINTER_SUFFIX) and name in tree.listing.blobs]
    for name, content in tree.read(pointers).items():
        try:
            document = mapping_of(content, name)
        except GatesError as error:
            yield str(error)
            continue
        if "deps" in document or any("remote" in out for out in mappings_in(document, "outs")):
            yield f"{name} names a source of its own"


def _rules(change: Change, changed: list[str]) -> Iterator[str]:
    repository = change.repository
    before, now = set(config_names(repository, change.base)), set(config_names(repository, change.judged))
    yield from sorted(before ^ now)
    for name in sorted(before & now):
        folder = name.removesuffix(name.rpartition("/")[2])
        yield from (path for path in changed if path.startswith(tuple(f"{folder}{inner}/" for inner in _FOLDERS)))
        with ExitStack() as stack:
            old = stack.enter_context(config_at(repository, repository.top / name, change.base))
            try:
                new = stack.enter_context(config_at(repository, repository.top / name, change.judged))
            except GatesError as error:
                yield f"{name} cannot be read: {error}"
                continue
            if _named(old) != _named(new):
                yield f"{name} names other datasets, stages or plugins"
                continue
            for dataset in old.datasets.values():
                if has_other_rules(change, dataset, new.datasets[dataset.name]):
                    yield f"{name}: dataset '{dataset.name}' has other rules"


def _named(config: Config) -> list[object]:
    stages = [replace(stage, line=0) for stage in config.stages.values()]
    return [sorted(config.datasets), stages, [(one.kind, one.name, one.spec) for one in config.plugins.declared]]

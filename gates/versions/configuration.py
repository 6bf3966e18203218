"""The configuration, the suites and the schemas as a version has them, laid out as files."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gates.config.load import Config, read_config
from gates.config.removals import FOLDER, is_removal
from gates.config.reviews import is_review
from gates.errors import DataError, UsageError
from gates.private_folder import PrivateFolder
from gates.versions.git.printed import leads_out
from gates.versions.path_patterns import is_below
from gates.versions.trees import POINTER_SUFFIX, Tree, tree_at
from gates.versions.version import Version, VersionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gates.versions.repository import Repository

# What a contract is made of, beside the Python that a schema may import from anywhere in the repository.
_FOLDERS = ("expectations", "schemas")
# A table such as [datasets."reviews-*"], whose datasets are named after what lies in the data's folder.
PATTERN_TABLE = re.compile(rb"^\s*\[[^\]#]*\*", re.MULTILINE)


@contextmanager
def config_at(repository: Repository, path: Path, version: Version) -> Iterator[Config]:
    """The configuration at a path as a version has it, with its suites and schemas beside it while this lasts.

    Of the work tree it is the file itself. Of another version its datasets' root is a temporary folder, in which there
    is no data. Raises UsageError where the version has no such file, and what `read_config` raises.
    """
    if version.kind is VersionKind.WORKTREE:
        yield read_config(path)
        return
    # A link in place of the file is for the version to refuse; the one here may lead elsewhere.
    name = repository.relative(path.parent.resolve() / path.name)
    if name is None:
        raise UsageError(f"{path} lies outside of the repository {repository.top}: only the work tree can be judged")
    tree = tree_at(repository, version)
    if within := next((path for path in tree.listing.unread if is_below(name, path)), None):
        raise DataError(tree.listing.unread[within])
    if name not in tree.listing.blobs:
        raise UsageError(f"{name} is not in {version}; `git add {name}`, or give --worktree")
    with PrivateFolder("contract-") as temporary:
        # Resolved, as links on the way to it would make its files look like strangers to the schema's loader.
        root = temporary.path.resolve()
        _lay_out(tree, name, root)
        config = read_config(root / path.name)
        _lay_out_populations(tree, name, config)
        yield config


def _lay_out(tree: Tree, name: str, root: Path) -> None:
    """Write what the contract can stand on, with names relative to the configuration's folder."""
    folder = name.rpartition("/")[0]
    for path, why in tree.listing.unread.items():
        shown = path[len(folder) + 1 :] if folder else path
        if _is_in(path, folder) and any(is_below(one, shown) or is_below(shown, one) for one in (*_FOLDERS, FOLDER)):
            raise DataError(why)
    inside = {path: path[len(folder) + 1 :] if folder else path for path in tree.listing.blobs if _is_in(path, folder)}
    wanted = [path for path, shown in inside.items() if path == name or _is_of_contract(shown)]
    _refuse_links(tree, wanted)
    for path, content in tree.read(wanted).items():
        _write(root, inside[path], content)
    if PATTERN_TABLE.search((root / inside[name]).read_bytes()):
        # Few configurations have patterns, and pointers take YAML.
        from gates.versions.dvc.pointers import pointers_in

        # The names are all that is asked for; the data itself is opened where it lies.
        pointed = [f"{path}{POINTER_SUFFIX}" for path in pointers_in(tree).by_path if _is_in(path, folder)]
        for path in (*inside.values(), *(path[len(folder) + 1 :] if folder else path for path in pointed)):
            if not (root / path).exists():
                _write(root, path, b"")


def _lay_out_populations(tree: Tree, name: str, config: Config) -> None:
    """Write the files of population shares that the datasets name; one that git does not have is missed where it is read."""
    folder = PurePosixPath(name).parent
    named = {dataset.population for dataset in config.datasets.values() if dataset.population}
    inside = {(folder / path).as_posix(): path for path in named}
    wanted = [path for path in inside if path in tree.listing.blobs]
    _refuse_links(tree, wanted)
    for path, content in tree.read(wanted).items():
        _write(config.path.parent, inside[path], content)


def _refuse_links(tree: Tree, paths: Iterable[str]) -> None:
    for path in paths:
        if path in tree.listing.links:
            raise DataError(f"{path}: a symbolic link in git, which is not followed; commit the file itself")


def _is_of_contract(shown: str) -> bool:
    is_record = is_removal(shown) or is_review(shown)
    return is_record or shown.endswith(".py") or any(is_below(shown, folder) for folder in _FOLDERS)


def _is_in(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _write(root: Path, name: str, content: bytes) -> None:
    """Write one file below a folder, in which there are no links. Raises DataError for a name that leads out of it."""
    path = root / name
    # A pointer names paths, too, and whoever wrote it need not have used DVC.
    if leads_out(name) or not path.is_relative_to(root):
        raise DataError(f"{name!r}: leads out of the repository; restore the file that names it from git")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise DataError(f"{name!r}: cannot be laid out: {error.strerror}; rename it, or look who made it") from error

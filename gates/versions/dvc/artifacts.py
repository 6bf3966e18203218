"""The entry in dvc.yaml by which `dvc artifacts get` finds a promoted dataset."""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING

from gates.config.addresses import is_address
from gates.versions.dvc.yaml import mapping_in, mapping_of, text_in
from gates.versions.trees import PIPELINE, tree_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gates.config.dataset import DatasetConfig
    from gates.versions.repository import Repository
    from gates.versions.version import Version

# What GTO and DVC take as the name of an artifact (gto 1.10, gto/constants.py).
ARTIFACT_NAME = r"[a-zA-Z0-9](?:[a-zA-Z0-9\-/_]*[a-zA-Z0-9])?"
_PATTERN = frozenset("*?[")
# DVC fills such a path in from its parameters.
_TEMPLATE = "${"


def artifacts_text(datasets: Iterable[DatasetConfig]) -> list[str]:
    """The lines of `artifacts:` for dvc.yaml, and a comment for each dataset that cannot be one.

    DVC takes no empty table, so that there may be comments only.
    """
    comments: list[str] = []
    entries: list[str] = []
    for dataset in datasets:
        path = _literal_path(dataset)
        name = json.dumps(dataset.name)
        if not is_artifact_name(dataset.name):
            comments.append(
                f"# {name} is no name for an artifact of DVC: letters of a to z, digits, '-', '_' and '/' only"
            )
        elif path is None:
            comments.append(
                f"# {name} has no single path, which an artifact of DVC is: `dvc get` fetches one path at a time"
            )
        else:
            entries += [f"  {yaml_scalar(dataset.name)}:", f"    path: {yaml_scalar(path)}", "    type: dataset"]
    return [*comments, *(["artifacts:", *entries] if entries else [])]


def missing_artifact(repository: Repository, dataset: DatasetConfig, folder: str, version: Version) -> str | None:
    """What dvc.yaml of a version lacks for `dvc artifacts get`, with the lines to add; None where it has them.

    folder: that of gates.toml in the repository, "" at the top.
    """
    path = _literal_path(dataset)
    if path is None:
        return (
            f"{dataset.name} has no single path, which an artifact of DVC needs: `dvc artifacts get` cannot fetch it, "
            "`dvc get REPOSITORY PATH --rev TAG` can"
        )
    place = posixpath.join(folder, PIPELINE)
    tree = tree_at(repository, version)
    content = tree.read([place])[place] if place in tree.listing.blobs else b""
    current = _artifact_path(content, place, dataset.name)
    if current is not None and (_TEMPLATE in current or posixpath.normpath(current) == posixpath.normpath(path)):
        return None
    what = (
        "has no artifact of this name"
        if current is None
        else f"has this artifact at {current}, and the data is at {path}"
    )
    lines = "\n".join(artifacts_text([dataset]))
    return (
        f"{dataset.name}: {place} {what}, so that `dvc artifacts get` does not find the promoted data; it needs, committed "
        f"before the promotion:\n{lines}"
    )


def is_artifact_name(name: str) -> bool:
    """Whether GTO takes this as the name of an artifact, or of a stage."""
    return re.fullmatch(ARTIFACT_NAME, name) is not None


def yaml_scalar(text: str) -> str:
    """A YAML scalar: plain where that is safe, else in double quotes, whose escapes are those of JSON."""
    is_plain = text.replace("/", "").replace("_", "").replace("-", "").replace(".", "").isalnum() and text.isascii()
    return text if is_plain and text[0].isalpha() else json.dumps(text)


def _literal_path(dataset: DatasetConfig) -> str | None:
    path = dataset.path
    return path if isinstance(path, str) and not is_address(path) and not _PATTERN & set(path) else None


def _artifact_path(content: bytes, place: str, name: str) -> str | None:
    """The path of an artifact in a dvc.yaml; None where it has none."""
    return text_in(mapping_in(mapping_in(mapping_of(content, place), "artifacts"), name), "path")

"""The record of what people said of rows: `promotions/<dataset>/review.json`, as far as it is part of a contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gates.config.removals import FOLDER
from gates.regular_files import content_of, is_file

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "review.json"


def review_path(root: Path, dataset: str) -> Path:
    """Where the record of a dataset lies. root: the folder of the configuration."""
    return root / FOLDER / dataset / FILE_NAME


def is_review(name: str) -> bool:
    """Whether a path below the configuration's folder is that of a record."""
    return name.startswith(f"{FOLDER}/") and name.endswith(f"/{FILE_NAME}")


def read_review(root: Path, dataset: str) -> bytes | None:
    """The bytes of the record, None where there is none or nobody reviewed a row yet: a plan alone changes no verdict."""
    path = review_path(root, dataset)
    shown = path.relative_to(root).as_posix()
    content = content_of(path, shown) if is_file(path, shown) else None
    return content if content is not None and has_reviews(content) else None


def has_reviews(content: bytes) -> bool:
    """Whether a record has what somebody wrote; what is no record is for whoever reads it to refuse."""
    try:
        return bool(json.loads(content)["reviews"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return True

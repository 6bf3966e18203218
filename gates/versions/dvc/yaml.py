"""Reads the YAML that DVC writes, quickly and without giving words a meaning that DVC does not give them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gates.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONFLICT = b"<<<<<<< "
_LONGEST_NUMBER = 18
# What `dvc add` writes, one key a line, with keys and values that are words to every reader of YAML. To import a parser of all
# of YAML takes longer than all else that is done with a pointer.
_PLAIN_LINE = re.compile(rb"([- ]) ([a-z_][a-z0-9_]*): ([A-Za-z0-9_][A-Za-z0-9_./-]*)")


def mapping_of(content: bytes, name: str) -> Mapping[str, object]:
    """The mapping that a file holds, empty for an empty file. Raises DataError naming file and line."""
    plain = plain_outs(content)
    if plain is not None:
        return {"outs": plain}
    import yaml

    from gates.versions.dvc.yaml_loader import LOADER

    try:
        document = yaml.load(content, Loader=LOADER)  # noqa: S506  # a base loader constructs nothing but strings
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        if _CONFLICT in content:
            raise DataError(
                f"{name}: holds the markers of a merge conflict; resolve it, then `dvc checkout`"
            ) from error
        what = getattr(error, "problem", None) or str(error).split("\n")[0]
        raise DataError(f"{where}: not valid YAML: {what}") from error
    if document in (None, ""):
        return {}
    if not isinstance(document, dict):
        raise DataError(f"{name}: not a file of DVC: expected a mapping, found a {type(document).__name__}")
    return document


def plain_outs(content: bytes) -> list[dict[str, str]] | None:
    """The outs of a file that is as `dvc add` writes it and has nothing else; None for any other, which is for a parser of YAML."""
    head, _, body = content.partition(b"\n")
    if head != b"outs:" or not body.endswith(b"\n"):
        return None
    outs: list[dict[str, str]] = []
    for line in body.split(b"\n")[:-1]:
        pair = _PLAIN_LINE.fullmatch(line)
        if pair is None:
            return None
        begins, key, value = pair[1] == b"-", pair[2].decode(), pair[3].decode()
        if begins:
            outs.append({})
        if not outs or key in outs[-1]:
            return None
        outs[-1][key] = value
    return outs


def mapping_in(document: Mapping[str, object], key: str) -> Mapping[str, object]:
    """The mapping below a key, empty where there is none."""
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def mappings_in(document: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    """The mappings in the list below a key, empty where there is none."""
    entries = document.get(key)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def text_in(document: Mapping[str, object], key: str) -> str | None:
    """The text below a key; None where there is none, or YAML's null."""
    value = document.get(key)
    return value if isinstance(value, str) and value not in {"", "null", "~"} else None


def number_in(document: Mapping[str, object], key: str) -> int | None:
    """The number below a key, or None. Raises DataError for one that counts nothing on this earth."""
    text = text_in(document, key)
    if text and len(text) > _LONGEST_NUMBER:
        raise DataError(f"{key}: a number of {len(text):,} digits, which DVC does not write; restore the file from git")
    return int(text) if text and text.isdecimal() else None

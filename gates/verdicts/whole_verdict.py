"""A verdict out of bytes that anybody may have written: all of it is there, in its form, before anything is done with it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from gates.verdict import Verdict
from gates.verdicts.decode import RepositoryPath, Sha256, Text, decode
from gates.verdicts.from_json import verdict_of
from gates.verdicts.recorded import VerdictError, parse_verdict


def whole_verdict(content: bytes, shown: str) -> Verdict:
    """The verdict in a document; with all that records of promotions say of it, in its form. shown: how messages name it.

    Raises VerdictError for every other document: whoever can write the repository can write any.
    """
    parse_verdict(content, shown)

    def fail(what: str) -> VerdictError:
        return VerdictError(f"{shown}: {what}; restore the file as it was committed, or check again")

    try:
        document = json.loads(content)
        decode(_VerdictForm, document, fail)
        return verdict_of(document)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        what = f"it has no {error}" if isinstance(error, KeyError) else str(error).split("\n")[0]
        raise VerdictError(f"{shown}: is no verdict of gates ({what})") from error


@dataclass(frozen=True)
class _WaiverForm:
    check: Text
    reason: Text
    owner: Text
    expires: Text


@dataclass(frozen=True)
class _ContractForm:
    is_open: ClassVar = True
    sha256: Sha256
    gates: Text
    purpose: Text | None
    schema: Text | None
    libraries: Mapping[Text, Text]
    schema_sources: Mapping[RepositoryPath, Sha256]


@dataclass(frozen=True)
class _FileForm:
    is_open: ClassVar = True
    path: Text
    sha256: Sha256
    rows: int
    size: int


@dataclass(frozen=True)
class _DataForm:
    is_open: ClassVar = True
    manifest_sha256: Sha256
    files: tuple[_FileForm, ...]


@dataclass(frozen=True)
class _RowsForm:
    is_open: ClassVar = True
    human: int
    synthetic: int
    undeclared: int


@dataclass(frozen=True)
class _VerdictForm:
    is_open: ClassVar = True
    contract: _ContractForm
    loosened: tuple[Text, ...]
    waived: tuple[_WaiverForm, ...]
    rows: _RowsForm
    data: _DataForm

"""Addresses of data that lies elsewhere, such as `s3://bucket/rows.parquet`, by their text alone."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

# Two letters at least: `C:` is a drive.
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://.+")
_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/(.+)")
# Of a signed link: of Amazon and Google, of Azure (`sig`), and what services call a key of their own.
_SECRET = re.compile(
    r"(?i)(x-(amz|goog)-)?(signature|credential|security-token)|sig|(access_?|api_?)?(key|token)|auth.*|pass.*|secret.*"
)


def is_address(spec: str) -> bool:
    return _ADDRESS.match(spec) is not None


def protocol_of(address: str) -> str:
    """`s3` of `s3://bucket/key`, in small letters."""
    return address.partition("://")[0].lower()


def address_in(path: str) -> str | None:
    """The address that was taken for a path and lost a slash, as `s3:/bucket/key`; None for any other path."""
    parts = _PARTS.fullmatch(path)
    return f"{parts.group(1)}://{parts.group(2)}" if parts else None


def address_problem(spec: str) -> str:
    """What is wrong with a path as an address; "" where nothing is, and for a path that is none.

    Whoever reads a configuration reads what stands there, and so do git, verdicts and reports: no secret may.
    """
    if "::" in spec and "://" in spec:
        return "chains addresses with '::', expected one address"
    if not is_address(spec):
        return ""
    parts = urlsplit(spec)
    if parts.username is not None and parts.password is not None:
        return "has a password in it; credentials come from the environment: take it out, and change the password"
    if any(_SECRET.fullmatch(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return "is a signed link; credentials come from the environment: give the address without what follows '?'"
    return ""

"""Secrets and personal data in columns of texts: a fast search for candidates, and a close look at those only."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

import polars as pl

from gates.data.text.identifiers import addresses, cards, emails, ibans, phones, wrong_cards
from gates.data.text.secrets import access_keys, assigned_secrets, private_keys, web_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Kind = Literal["secrets", "personal", "look-alike"]

CARD, WRONG_CARD = "card number", "number like a card's"
_CARD_CANDIDATE = r"[0-9](?:[ -]?[0-9]){13}"


@dataclass(frozen=True)
class Reader:
    """What one sort of data is called, whether it is a secret, personal or neither, and how it is read.

    candidate: the pattern of cells worth reading. read: the normalised values in a text.
    """

    name: str
    kind: Kind
    candidate: str
    read: Callable[[str], Iterator[str]]


READERS = (
    Reader("access key", "secrets", r"AKIA|ASIA|gh[pousr]_|github_pat_|sk-|[sr]k_live_|xox[abprs]-|AIza", access_keys),
    Reader("private key", "secrets", r"PRIVATE KEY", private_keys),
    Reader("web token", "secrets", r"eyJ[A-Za-z0-9_-]+\.eyJ", web_tokens),
    Reader(
        "assigned secret",
        "secrets",
        r"(?i:key|secret|token|passwd|password|credential)[\w-]{0,20}[\"']?\s{0,3}(?:=|:)",
        assigned_secrets,
    ),
    Reader("e-mail address", "personal", r"[A-Za-z0-9]@[A-Za-z0-9]", emails),
    Reader("phone number", "personal", r"\+[1-9][0-9 ./()-]{7}|\([2-9][0-9]{2}\) ?[2-9][0-9]{2}-", phones),
    Reader("IBAN", "personal", r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11}", ibans),
    Reader(CARD, "personal", _CARD_CANDIDATE, cards),
    Reader(WRONG_CARD, "look-alike", _CARD_CANDIDATE, wrong_cards),
    Reader(
        "IP address",
        "personal",
        r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]|[23][0-9A-Fa-f]{3}:[0-9A-Fa-f]{0,4}:",
        addresses,
    ),
)
_ANY = "|".join(f"(?:{reader.candidate})" for reader in READERS)


def find(texts: pl.Series) -> pl.DataFrame:
    """Where values stand in a column of strings, one row a value, in the order of its cells; nulls have nothing.

    at: the cell's position. reader: position in READERS. digest: 64-bit hash of the normalised value.
    """
    hit = texts.str.contains(_ANY).fill_null(value=False)
    values = [
        (position, number, _digest(value))
        for position, text in zip(hit.arg_true().to_list(), texts.filter(hit).to_list(), strict=True)
        for number, reader in enumerate(READERS)
        for value in reader.read(text)
    ]
    return pl.DataFrame(values, {"at": pl.Int64, "reader": pl.Int8, "digest": pl.UInt64}, orient="row")


def _digest(value: str) -> int:
    return int.from_bytes(blake2b(value.encode(), digest_size=8).digest(), "big")

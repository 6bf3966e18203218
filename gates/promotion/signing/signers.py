"""Who may sign a promotion: public Ed25519 keys read from a PEM file, an SSH public key or an allowed-signers file.

PGP keys sign nothing but tags, and are named by their fingerprints.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from gates.errors import UsageError
from gates.promotion.errors import KeyFileError
from gates.promotion.signing.signing_keys import ed25519_library, read_key_file

if TYPE_CHECKING:
    from pathlib import Path

KEY_TYPE = "ssh-ed25519"
# What an entry that is limited to namespaces has to name, as `git` is what it names for commits and tags.
NAMESPACE = "origin-gates"
_KEY_BYTES = 32
_PGP_FINGERPRINT = re.compile("[0-9A-F]{40}|[0-9A-F]{64}")

# Spelled out: a principal may be called ssh-admin.
_KEY_KIND = r"(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp\d+|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256))(?:-cert-v01)?(?:@openssh\.com)?"
# Text without spaces, where quotes hold spaces together.
_WORD = r'(?:[^\s"]|"[^"]*")+'
# The first word that is a kind of key is the entry's: a comment behind the key may have any words and quotes in it.
_ENTRY = re.compile(
    rf"\s*(?:(?P<principal>{_WORD})\s+(?:(?P<options>{_WORD})\s+)??)??(?P<kind>{_KEY_KIND})(?:\s+(?P<key>\S+)(?P<comment>.*))?\s*"
)
_OPTION = re.compile(r'(?:[^,"]|"[^"]*")+')
_QUOTED = re.compile(r'"[^"]*"')
_TIME = re.compile(r"([0-9]{8}(?:[0-9]{4}(?:[0-9]{2})?)?)Z?")
# A time without a zone is that of whoever reads it. The same file has to mean the same everywhere: such a key is
# valid only when every clock on Earth, from UTC-12 to UTC+14, agrees. What is added to such a time by option:
_STRICTEST = {"valid_after": timedelta(hours=12), "valid_before": timedelta(hours=-14)}

_EXPECTED = "expected a PEM public key, a line 'ssh-ed25519 AAAA…' or an allowed-signers file with lines 'name ssh-ed25519 AAAA…'"


@dataclass(frozen=True)
class Signer:
    """One key that may sign, and whose it is.

    key: its 32 bytes; shown: where it was read; namespaces: what the key is limited to, () for nothing.
    """

    principal: str
    key: bytes
    shown: str
    valid_after: datetime | None = None
    valid_before: datetime | None = None
    namespaces: tuple[str, ...] = ()

    @property
    def key_id(self) -> str:
        """The key's fingerprint, as `ssh-keygen -l` prints it."""
        return fingerprint(self.key)

    def refusal(self, at: datetime) -> str:
        """Why this key says nothing about a statement made at this moment; "" where it does."""
        if self.valid_after and at < self.valid_after:
            return f"it is valid after {self.valid_after:%Y-%m-%d %H:%M} UTC, and the statement is from {at:%Y-%m-%d %H:%M} UTC"
        if self.valid_before and at > self.valid_before:
            return f"it is valid before {self.valid_before:%Y-%m-%d %H:%M} UTC, and the statement is from {at:%Y-%m-%d %H:%M} UTC"
        if self.namespaces and not _is_listed(NAMESPACE, self.namespaces):
            return f'it is limited to namespaces="{",".join(self.namespaces)}"; add {NAMESPACE} to them'
        return ""


def fingerprint(key: bytes) -> str:
    """`SHA256:` and the digest of a public Ed25519 key, as `ssh-keygen -l` prints it. key: its 32 bytes."""
    digest = hashlib.sha256(_wire(KEY_TYPE.encode()) + _wire(key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def pgp_fingerprint(text: str) -> str:
    """A PGP key's fingerprint as gpg reports it, of one as people write it. Raises UsageError for anything shorter."""
    digits = "".join(text.split()).removeprefix("0x").upper()
    if not _PGP_FINGERPRINT.fullmatch(digits):
        raise UsageError(
            f"'{text}' is no fingerprint of a PGP key: expected all 40 or 64 hexadecimal digits, as `gpg --fingerprint` prints "
            "them; keys for any shorter one are made in minutes"
        )
    return digits


def read_signers(path: Path) -> tuple[Signer, ...]:
    """The Ed25519 keys in a file, at least one.

    A PEM public key, lines `ssh-ed25519 AAAA… comment`, or ssh-keygen's allowed-signers format with the options
    namespaces, valid-after and valid-before. Keys of other types cannot sign a statement and are passed over. Raises
    KeyFileError, naming file and line, for everything else: an entry that is misread may let the wrong person sign.
    """
    content = read_key_file(path)
    if content.lstrip().startswith(b"-----BEGIN"):
        return (_from_pem(content, str(path)),)
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise KeyFileError(f"{path}: is no file of keys: it is not text; {_EXPECTED}") from error
    signers = [
        signer
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.lstrip().startswith("#") and (signer := _from_line(line, f"{path}:{number}"))
    ]
    if not signers:
        raise KeyFileError(f"{path}: names no Ed25519 key; {_EXPECTED}")
    return tuple(signers)


def _from_pem(content: bytes, shown: str) -> Signer:
    if b"PRIVATE KEY-----" in content.lstrip().split(b"\n", 1)[0]:
        raise KeyFileError(
            f"{shown}: is a private key: signatures are verified with the public one, which may be shown; give that, as a rule the "
            "same name with .pub"
        )
    library = ed25519_library()
    try:
        public = library.serialization.load_pem_public_key(content)
    except (ValueError, library.exceptions.UnsupportedAlgorithm) as error:
        raise KeyFileError(f"{shown}: is no PEM public key that can be read; {_EXPECTED}") from error
    if not isinstance(public, library.ed25519.Ed25519PublicKey):
        raise KeyFileError(
            f"{shown}: is not an Ed25519 key, the only kind that signs statements; give the public one of the key that signed"
        )
    key = public.public_bytes_raw()
    return Signer(fingerprint(key), key, shown)


def _from_line(line: str, shown: str) -> Signer | None:
    entry = _ENTRY.fullmatch(line)
    if entry is None and line.count('"') % 2:
        raise KeyFileError(f"{shown}: has a quote that nothing closes; close it, or leave it out")
    if entry is None:
        raise KeyFileError(f"{shown}: is no entry of an allowed-signers file: it has no key type; {_EXPECTED}")
    limits = _options(entry["options"] or "", shown)
    if entry["kind"] != KEY_TYPE:
        return None
    key = _key(entry["key"] or "", shown)
    comment = " ".join((entry["comment"] or "").split())
    principal = comment if entry["principal"] is None else entry["principal"]
    return Signer(principal.strip('"') or fingerprint(key), key, shown, **limits)


def _options(text: str, shown: str) -> dict[str, Any]:
    """What the options of an entry limit its key to, by field of `Signer`."""
    limits: dict[str, Any] = {}
    for option in _OPTION.findall(text):
        name, _, quoted = option.partition("=")
        value, key = quoted.strip('"'), name.lower().replace("-", "_")
        if key in limits:
            raise KeyFileError(f"{shown}: has the option '{name}' twice; keep one")
        if quoted and not _QUOTED.fullmatch(quoted):
            raise KeyFileError(
                f"{shown}: the value of '{name}' stands without quotes, which ssh refuses; expected {name}=\"{value}\""
            )
        if key == "cert_authority":
            raise KeyFileError(f"{shown}: cert-authority: gates reads no certificates; name the keys themselves")
        if key != "namespaces" and key not in _STRICTEST:
            raise KeyFileError(
                f"{shown}: gates does not know the option '{name}' and cannot tell what it limits; expected namespaces, "
                "valid-after or valid-before"
            )
        limits[key] = _time(value, _STRICTEST[key], shown) if key in _STRICTEST else tuple(value.split(","))
    return limits


def _time(text: str, local: timedelta, shown: str) -> datetime:
    """local: what is added to a time without a zone, so that it is that time at the strictest place."""
    match = _TIME.fullmatch(text)
    try:
        digits = match[1] if match else ""
        at = datetime.strptime(digits.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return at if text.endswith("Z") else at + local
    except (ValueError, OverflowError) as error:
        raise KeyFileError(f"{shown}: '{text}' is no time; expected YYYYMMDD[HHMM[SS]], with Z for UTC") from error


def _key(text: str, shown: str) -> bytes:
    try:
        wire = base64.b64decode(text, validate=True)
    except ValueError:
        wire = b""
    key = wire[-_KEY_BYTES:]
    if wire != _wire(KEY_TYPE.encode()) + _wire(key) or len(key) != _KEY_BYTES:
        raise KeyFileError(f"{shown}: its ssh-ed25519 key is damaged; copy the line of the .pub file again")
    return key


def _wire(part: bytes) -> bytes:
    """A string in SSH's binary form (RFC 4251, section 5)."""
    return len(part).to_bytes(4, "big") + part


def _is_listed(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a pattern list of ssh names it: `*` and `?` stand for anything, and `!` before a pattern that fits refuses."""
    # Only `*` and `?` are special to ssh; fnmatch's brackets are not.
    escaped = [pattern.replace("[", "[[]") for pattern in patterns]
    is_refused = any(pattern.startswith("!") and fnmatchcase(name, pattern[1:]) for pattern in escaped)
    return not is_refused and any(fnmatchcase(name, pattern) for pattern in escaped)

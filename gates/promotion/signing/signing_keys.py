"""Private Ed25519 keys, read from files as openssl and ssh-keygen write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING

from gates.errors import DataError
from gates.promotion.errors import KeyFileError

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_SSH_HEADER = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_HOW_TO_MAKE = "make one with `ssh-keygen -t ed25519 -N '' -f KEYFILE`"


@dataclass(frozen=True)
class SigningKey:
    """A private key and the 32 bytes of its public one. shown: its file."""

    private: Ed25519PrivateKey = field(repr=False)
    public: bytes
    shown: str


def ed25519_library() -> SimpleNamespace:
    """Modules of `cryptography`, which are imported only where somebody signs or verifies. Raises DataError without it."""
    try:
        from cryptography import exceptions
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise DataError(
            f"signatures need the package 'cryptography', which cannot be imported ({error}); "
            "install `gates` with its extra [sign], as `pip install '.[sign]'` in a clone of it"
        ) from error
    return SimpleNamespace(ed25519=ed25519, exceptions=exceptions, serialization=serialization)


def read_key_file(path: Path) -> bytes:
    """The bytes of a file of keys. Raises KeyFileError where there is none that can be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise KeyFileError(f"{path}: there is no such key file") from None
    except OSError as error:
        raise KeyFileError(f"{path}: cannot be read: {error.strerror}") from error


def read_signing_key(path: Path) -> SigningKey:
    """The private Ed25519 key in a file, PEM (PKCS#8) or OpenSSH's own format, without a passphrase.

    Raises KeyFileError for every other file, and DataError where `cryptography` is missing.
    """
    content = read_key_file(path)
    first_line = content.lstrip().split(b"\n", 1)[0]
    if first_line.startswith((b"ssh-", b"ecdsa-", b"sk-", b"-----BEGIN PUBLIC KEY")):
        raise KeyFileError(f"{path}: is a public key; sign with the private one, as a rule the same name without .pub")
    library = ed25519_library()
    is_ssh = first_line.startswith(_SSH_HEADER)
    load = library.serialization.load_ssh_private_key if is_ssh else library.serialization.load_pem_private_key
    try:
        private = load(content, password=None)
    except TypeError as error:
        raise KeyFileError(
            f"{path}: has a passphrase, which gates cannot ask for; sign with a key that has none and is kept by the "
            f"system that signs: {_HOW_TO_MAKE}"
        ) from error
    except (ValueError, library.exceptions.UnsupportedAlgorithm) as error:
        raise KeyFileError(
            f"{path}: is no private key that can be read; expected an Ed25519 key in PEM (PKCS#8) or OpenSSH form: "
            f"{_HOW_TO_MAKE}"
        ) from error
    if not isinstance(private, library.ed25519.Ed25519PrivateKey):
        raise KeyFileError(f"{path}: is not an Ed25519 key, the only kind that signs statements: {_HOW_TO_MAKE}")
    return SigningKey(private, private.public_key().public_bytes_raw(), str(path))

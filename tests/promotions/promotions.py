"""Statements to change, and keys made for the occasion."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gates.promotion.signing.signers import Signer
from gates.promotion.signing.signing_keys import SigningKey, read_signing_key
from gates.promotion.statements.statement import BaseVersion, StatedContract, StatedVerdict, StatedWaiver, Statement
from gates.promotion.statements.tags import ReleaseVersion
from gates.verdict import Answer

if TYPE_CHECKING:
    from pathlib import Path

needs_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not on PATH")

PROMOTED_AT = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)


def statement() -> Statement:
    """A promotion in which every field says something."""
    return Statement(
        dataset="reviews",
        manifest_sha256="a" * 64,
        version=ReleaseVersion(1, 2, 0),
        purpose="finetune",
        commit="b" * 40,
        pointers={"data/reviews.dvc": "c" * 32 + ".dir"},
        verdict=StatedVerdict(
            "promotions/reviews/v1.2.0.verdict.json",
            "d" * 64,
            "e" * 64,
            Answer.WARN,
            datetime(2026, 2, 28, tzinfo=UTC),
        ),
        contract=StatedContract("f" * 64, {"gates.toml": "0" * 64, "expectations/überprüft.yaml": "1" * 64}),
        gates="0.4.0",
        libraries={"polars": "2.1.0"},
        base=BaseVersion(ReleaseVersion(1, 1, 9), "2" * 64),
        waived=(StatedWaiver("human/copies", "known", "ada", "2026-09-01"),),
        loosened=("human/length max_value 10 -> 12 (short answers)",),
        not_asked=("combined/expect_coverage",),
        inconclusive=("synthetic/expect_tails/score",),
        promoted_at=PROMOTED_AT,
    )


def new_key(folder: Path, name: str = "key") -> SigningKey:
    """A new Ed25519 key in PEM form, `<name>.pem`, beside its public one, `<name>.pub.pem`, and its `.pub` line."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key()
    (folder / f"{name}.pem").write_bytes(pem)
    (folder / f"{name}.pub.pem").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (folder / f"{name}.pub").write_bytes(public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) + b"\n")
    return read_signing_key(folder / f"{name}.pem")


def signer(key: SigningKey, principal: str = "ada@example.com", **limits: object) -> Signer:
    """The entry that lets this key sign."""
    return Signer(principal, key.public, "allowed_signers:1", **limits)


def ssh_key(folder: Path, *, kind: str = "ed25519", passphrase: str = "") -> Path:
    """A new private key as ssh-keygen writes it; `.pub` lies beside it."""
    path = folder / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "ada@example.com", "-f", path], check=True)
    return path

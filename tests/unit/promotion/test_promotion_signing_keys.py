"""Private keys are taken as openssl and ssh-keygen write them; every other file is named with what to do."""

from __future__ import annotations

import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from gates.promotion.errors import KeyFileError
from gates.promotion.signing.envelope import sign, verify
from gates.promotion.signing.signers import read_signers
from gates.promotion.signing.signing_keys import read_signing_key
from tests.promotions.promotions import PROMOTED_AT, needs_ssh_keygen, new_key, ssh_key


def test_a_pem_key_is_read_without_showing_it(tmp_path):
    key = new_key(tmp_path)

    assert key.public == key.private.public_key().public_bytes_raw()
    assert key.shown == str(tmp_path / "key.pem")
    assert "private" not in repr(key)


@needs_ssh_keygen
def test_a_key_made_by_ssh_keygen_signs_and_its_public_line_verifies(tmp_path):
    path = ssh_key(tmp_path)

    envelope = sign(b"said", read_signing_key(path))

    (signer,) = read_signers(path.with_suffix(".pub"))
    assert verify(envelope, b"said", [signer], at=PROMOTED_AT, shown="e") == signer
    assert signer.principal == "ada@example.com"
    printed = subprocess.run(["ssh-keygen", "-l", "-f", path], capture_output=True, text=True, check=True).stdout
    assert printed.split()[1] == signer.key_id


@needs_ssh_keygen
def test_an_ssh_key_with_a_passphrase_is_named(tmp_path):
    path = ssh_key(tmp_path, passphrase="secret words")

    with pytest.raises(KeyFileError) as error:
        read_signing_key(path)

    assert str(error.value).startswith(
        f"{path}: has a passphrase, which gates cannot ask for; sign with a key that has none"
    )
    assert error.value.exit_code == 2


def test_a_pem_key_with_a_passphrase_is_named(tmp_path):
    key = new_key(tmp_path)
    path = tmp_path / "locked.pem"
    path.write_bytes(key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))

    with pytest.raises(KeyFileError, match="has a passphrase"):
        read_signing_key(path)


@pytest.mark.parametrize("format_", [PrivateFormat.PKCS8, PrivateFormat.OpenSSH])
def test_a_key_of_another_kind_is_named(tmp_path, format_):
    path = tmp_path / "ecdsa"
    path.write_bytes(generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, format_, NoEncryption()))

    with pytest.raises(KeyFileError, match="is not an Ed25519 key, the only kind that signs statements"):
        read_signing_key(path)


@pytest.mark.parametrize("name", ["key.pub", "key.pub.pem"])
def test_a_public_key_is_not_taken_for_a_private_one(tmp_path, name):
    new_key(tmp_path)

    with pytest.raises(KeyFileError, match="is a public key; sign with the private one"):
        read_signing_key(tmp_path / name)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"key",
        b"\xff\x00",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
    ],
)
def test_a_file_without_a_key_is_named(tmp_path, content):
    path = tmp_path / "key"
    path.write_bytes(content)

    with pytest.raises(KeyFileError) as error:
        read_signing_key(path)

    assert str(error.value).startswith(f"{path}: is no private key that can be read; expected an Ed25519 key in PEM")
    assert "ssh-keygen -t ed25519" in str(error.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(KeyFileError, match="there is no such key file"):
        read_signing_key(tmp_path / "key")
    with pytest.raises(KeyFileError, match="cannot be read: Is a directory"):
        read_signing_key(tmp_path)

"""Who may sign is read as ssh reads it, and an entry that could mean something else is refused."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from gates.promotion.errors import KeyFileError
from gates.promotion.signing.signers import Signer, fingerprint, read_signers
from tests.promotions.promotions import needs_ssh_keygen, new_key, ssh_key

if TYPE_CHECKING:
    from pathlib import Path

RSA = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ=="


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def key(folder):
    return new_key(folder)


@pytest.fixture(scope="module")
def line(folder, key):
    return (folder / "key.pub").read_text().strip()


@pytest.fixture
def listed(tmp_path):
    def write(*lines: str) -> object:
        path = tmp_path / "allowed_signers"
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write


def test_a_public_pem_key_is_one_signer_with_its_fingerprint_as_name(folder, key):
    path = folder / "key.pub.pem"

    assert read_signers(path) == (Signer(fingerprint(key.public), key.public, str(path)),)


def test_the_lines_of_a_file_are_its_signers(listed, key, line):
    path = listed(
        "# who may sign",
        "",
        line,
        f"{line} ada's laptop",
        f"ada@example.com {line} it's \"quoted",
        f"  ada@example.com,*@example.org\t{line}",
        f'"ada lovelace" {line}',
        f"ssh-admin {line}",
    )

    names = [
        fingerprint(key.public),
        "ada's laptop",
        "ada@example.com",
        "ada@example.com,*@example.org",
        "ada lovelace",
        "ssh-admin",
    ]
    assert read_signers(path) == tuple(Signer(name, key.public, f"{path}:{at}") for at, name in enumerate(names, 3))


def test_the_limits_of_a_key_are_read(listed, key, line):
    path = listed(f'ada namespaces="git,origin-gates",valid-after="20260101Z",VALID-BEFORE="20270630235959Z" {line}')

    assert read_signers(path) == (
        Signer(
            "ada",
            key.public,
            f"{path}:1",
            valid_after=datetime(2026, 1, 1, tzinfo=UTC),
            valid_before=datetime(2027, 6, 30, 23, 59, 59, tzinfo=UTC),
            namespaces=("git", "origin-gates"),
        ),
    )


def test_a_time_without_a_zone_is_the_strictest_there_is(listed, line):
    (signer,) = read_signers(listed(f'ada valid-after="202601010600",valid-before="20260102" {line}'))

    assert signer.valid_after == datetime(2026, 1, 1, 18, tzinfo=UTC)
    assert signer.valid_before == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_an_empty_list_of_namespaces_allows_none(listed, line):
    (signer,) = read_signers(listed(f'ada namespaces="" {line}'))

    assert "it is limited to namespaces" in signer.refusal(datetime(2026, 1, 1, tzinfo=UTC))


def test_keys_of_other_types_are_passed_over(listed, key, line):
    path = listed(f"bob {RSA}", RSA, f'eve namespaces="git" {RSA}', f"ada {line}")

    assert [signer.principal for signer in read_signers(path)] == ["ada"]


@needs_ssh_keygen
def test_ssh_keygen_honours_the_same_limits(listed, tmp_path):
    private = ssh_key(tmp_path)
    line = private.with_suffix(".pub").read_text().strip()
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", private, "-n", "origin-gates"]
    signature = subprocess.run(command, input=b"said", capture_output=True, check=True).stdout
    (tmp_path / "said.sig").write_bytes(signature)
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def counts_for_ssh(path: Path) -> bool:
        time = f"-Overify-time={at:%Y%m%d%H%M%S}"
        command = ["ssh-keygen", "-Y", "verify", time, "-f", path, "-I", "ada", "-n", "origin-gates", "-s"]
        # ssh reads a time without a zone as that of the machine; far from the limits that makes no difference.
        return (
            subprocess.run(
                [*command, tmp_path / "said.sig"], input=b"said", capture_output=True, check=False
            ).returncode
            == 0
        )

    expected = {
        "": True,
        'namespaces="origin-gates"': True,
        'namespaces="git,origin-*"': True,
        'namespaces="git"': False,
        'namespaces="!origin-gates,*"': False,
        'namespaces=""': False,
        'namespaces="[o]rigin-gates"': False,
        'valid-after="20260101"': True,
        'valid-after="20260401"': False,
        'valid-before="202604010000",namespaces="origin-gate?"': True,
        'valid-before="20260101"': False,
    }
    for options, counts in expected.items():
        path = listed(f"ada {options} {line}")
        (signer,) = read_signers(path)
        assert (signer.refusal(at) == "", counts_for_ssh(path)) == (counts, counts), options


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("ada cert-authority {line}", ":1: cert-authority: gates reads no certificates; name the keys themselves"),
        ("ada no-touch-required {line}", ":1: gates does not know the option 'no-touch-required' and cannot tell"),
        ('ada valid-before="2026" {line}', ":1: '2026' is no time; expected YYYYMMDD[HHMM[SS]], with Z for UTC"),
        ('ada valid-before="2026010112" {line}', ":1: '2026010112' is no time"),
        ('ada valid-before="20261301" {line}', ":1: '20261301' is no time"),
        ('ada valid-before="00010101" {line}', ":1: '00010101' is no time"),
        ('ada namespaces="git",namespaces="file" {line}', ":1: has the option 'namespaces' twice"),
        (
            "ada namespaces=git {line}",
            ":1: the value of 'namespaces' stands without quotes, which ssh refuses; expected namesp",
        ),
        ('ada namespaces="git {line}', ":1: has a quote that nothing closes"),
        ("ada", ":1: is no entry of an allowed-signers file: it has no key type"),
        ("ada lovelace knows", ":1: is no entry of an allowed-signers file: it has no key type"),
        ("ada ssh-ed25519", ":1: its ssh-ed25519 key is damaged"),
        ("ada ssh-ed25519 AAAA", ":1: its ssh-ed25519 key is damaged"),
        ("ada ssh-ed25519 ÄÖÜ", ":1: its ssh-ed25519 key is damaged"),
        ("ada " + RSA.replace("ssh-rsa", "ssh-ed25519"), ":1: its ssh-ed25519 key is damaged"),
        (RSA, ": names no Ed25519 key; expected a PEM public key"),
        ("", ": names no Ed25519 key"),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_file_and_line(listed, line, entry, words):
    path = listed(entry.format(line=line))

    with pytest.raises(KeyFileError) as error:
        read_signers(path)

    assert str(error.value).startswith(f"{path}{words}")


def test_a_damaged_key_is_refused(listed, line):
    kind, text = line.split()

    for damaged in (text[:-4], text + "AAAA", text[:10] + "*" + text[11:]):
        with pytest.raises(KeyFileError, match="its ssh-ed25519 key is damaged"):
            read_signers(listed(f"ada {kind} {damaged}"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", ": is no file of keys: it is not text"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", ": is no PEM public key that can be read"),
        (b"\n-----BEGIN OPENSSH PRIVATE KEY-----\n", ": is a private key: signatures are verified with the public one"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path, content, words):
    path = tmp_path / "key"
    path.write_bytes(content)

    with pytest.raises(KeyFileError) as error:
        read_signers(path)

    assert str(error.value).startswith(f"{path}{words}")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(KeyFileError, match="there is no such key file"):
        read_signers(tmp_path / "allowed_signers")

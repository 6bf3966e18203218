"""docs/how-to/promote.md, "Sign": with keys and files of signers as ssh makes them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.dvc_repositories import git
from tests.promotions.forgeries import PROD, VERSION, date_of, words_of
from tests.promotions.promotions import needs_ssh_keygen

if TYPE_CHECKING:
    from pathlib import Path


def new_key(folder: Path, name: str) -> tuple[Path, Path]:
    """A private key, and a file of allowed signers that has its public one."""
    key = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    signers = folder / f"{name}.signers"
    signers.write_text(f"me@example.org {key.with_name(f'{name}.pub').read_text()}")
    return key, signers


@needs_ssh_keygen
def test_what_one_key_signed_holds_for_who_trusts_it_and_for_nobody_else(gates, done, tmp_path) -> None:
    key, signers = new_key(tmp_path, "key")
    _, others = new_key(tmp_path, "other")
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key)), ("tag.gpgSign", "true")):
        git(done, "config", name, value)

    assert gates(done, "check", "first", "--quiet").code == 0
    called = gates(done, "promote", "first", "--stage", "staging", "--version", "v1.1.0", "--sign", "--key", str(key))

    assert called.code == 0, called.err
    assert "  file promotions/first/v1.1.0.dsse.json\n" in called.out
    verified = gates(done, "verify", "first@v1.1.0", "--allowed-signers", str(signers))
    assert (verified.code, "signature, signature of the tag" in verified.out) == (0, True), verified.out
    refused = gates(done, "verify", "first@v1.1.0", "--allowed-signers", str(others))
    assert refused.code == 1
    envelope = done / "promotions/first/v1.1.0.dsse.json"
    envelope.write_text(envelope.read_text().replace('"', "'", 1))
    edited = gates(done, "verify", "first@v1.1.0", "--allowed-signers", str(signers))
    assert (edited.code, "promotions/first/v1.1.0.dsse.json was edited or is gone" in edited.out) == (1, True)
    unsigned = gates(done, "verify", "first@v1.0.0", "--allowed-signers", str(signers))
    assert (unsigned.code, "signature: the statement is not signed" in unsigned.out) == (1, True)


def sign_with_ssh(root: Path, tag: str, key: Path) -> None:
    """The tag as it is, signed by git."""
    made = ("tag", "-f", "-s", "-m", words_of(root, tag), tag, f"{tag}^{{}}")
    git(root, "-c", "gpg.format=ssh", "-c", f"user.signingKey={key}", *made, GIT_COMMITTER_DATE=date_of(root, tag))


@needs_ssh_keygen
def test_a_signed_version_says_nothing_of_who_put_it_on_a_stage(gates, done, tmp_path) -> None:
    key, signers = new_key(tmp_path, "key")
    signers_option, only_key = ("--allowed-signers", str(signers)), ("--key", f"{key}.pub")
    assert gates(done, "check", "first", "--quiet").code == 0
    called = gates(done, "promote", "first", "--stage", "staging", "--version", "v1.1.0", "--sign", "--key", str(key))
    assert called.code == 0, called.err
    stage = "first#staging#3"

    unsigned = gates(done, "verify", stage, *signers_option)
    unseen = gates(done, "verify", stage, *only_key)
    version = gates(done, "verify", "first@v1.1.0", *signers_option)
    git(done, "tag", "-a", "-m", "no more", "first@v1.1.0!", "first@v1.1.0^{}")
    taken_back = gates(done, "verify", "first@v1.1.0!", *signers_option)

    words = "  signature of the tag: git did not sign it: "
    assert f"{stage}: FAILED\n{words}nothing says who made the tag\n" in unsigned.out
    assert f"{words}nothing says who made the tag\n" in taken_back.out
    assert (unsigned.code, unseen.code, version.code) == (1, 0, 0), unseen.out + version.out
    why = "a key file signs statements and no tags; sign tags with git and name their keys with --allowed-signers"
    assert (
        f"{stage}: verified: 2 parts (order, conditions)\n  signature of the tag: not looked at: {why}\n" in unseen.out
    )
    assert f"{words}the envelope has to say who made the version\n" in version.out
    git(done, "tag", "-d", "first@v1.1.0!")
    sign_with_ssh(done, stage, key)
    signed = gates(done, "verify", stage, *signers_option)
    assert (signed.code, f"{stage}: verified: 3 parts (order, conditions, signature of the tag)" in signed.out) == (
        0,
        True,
    )


@needs_ssh_keygen
def test_a_version_may_rest_on_its_signed_tag(gates, done, tmp_path) -> None:
    key, signers = new_key(tmp_path, "key")
    _, others = new_key(tmp_path, "other")
    sign_with_ssh(done, VERSION, key)

    verified = gates(done, "verify", VERSION, "--allowed-signers", str(signers))
    refused = gates(done, "verify", VERSION, "--allowed-signers", str(others))
    on_stage = gates(done, "verify", PROD, "--allowed-signers", str(signers))
    by_file = gates(done, "verify", VERSION, "--key", f"{key}.pub")

    assert (verified.code, refused.code, on_stage.code, by_file.code) == (0, 1, 1, 1), verified.out
    assert "  signature: the statement is not signed, the tag that names it is\n" in verified.out
    assert f"{VERSION}: verified" in on_stage.out
    assert "  signature: the statement is not signed\n" in by_file.out

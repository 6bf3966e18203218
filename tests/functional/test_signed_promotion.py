"""docs/how-to/promote.md, "Sign": with keys and files of signers as ssh makes them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.dvc_repositories import git
from tests.promotions import needs_ssh_keygen

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
    held = gates(done, "verify", "first@v1.1.0", "--allowed-signers", str(signers))
    assert (held.code, "signature, signature of the tag" in held.out) == (0, True), held.out
    refused = gates(done, "verify", "first@v1.1.0", "--allowed-signers", str(others))
    assert refused.code == 1
    envelope = done / "promotions/first/v1.1.0.dsse.json"
    envelope.write_text(envelope.read_text().replace('"', "'", 1))
    edited = gates(done, "verify", "first@v1.1.0", "--allowed-signers", str(signers))
    assert (edited.code, "promotions/first/v1.1.0.dsse.json was edited or is gone" in edited.out) == (1, True)
    unsigned = gates(done, "verify", "first@v1.0.0", "--allowed-signers", str(signers))
    assert (unsigned.code, "signature: the statement is not signed" in unsigned.out) == (1, True)

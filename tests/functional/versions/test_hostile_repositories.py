"""What somebody can put into a repository by hand, past git's own checks, leads nowhere and ends in a sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from gates.promotion.signing.signing_keys import ed25519_library
from gates.promotion.verification.findings import FindingState, looked_at
from tests.dvc_repositories import ENVIRONMENT, commit, git, write
from tests.functional.promotion.test_signed_promotion import new_key
from tests.promotions.forgeries import PROD, STAGING, VERSION, date_of, nothing, remake, retag, words_of
from tests.promotions.promotions import needs_ssh_keygen

if TYPE_CHECKING:
    from pathlib import Path

# Of a key that signs nothing here.
ED25519_LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
# What lies beside a folder in which `gates` lays something out.
BESIDE = "gates_was_led_out"
PATTERN = '\n[datasets."more-*"]\npath = "data/*.csv"\n'


def git_output(root: Path, *arguments: str, content: bytes) -> str:
    """What git prints when it is given this to read."""
    done = subprocess.run(
        ["git", *arguments], cwd=root, env=ENVIRONMENT, input=content, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def with_entry(
    root: Path, tree: str, name: bytes, *, kind: bytes = b"40000", content: bytes = b"raise SystemExit\n"
) -> str:
    """A tree with one more entry under any name: a folder with a Python file in it, or what the kind says."""
    blob = git_output(root, "hash-object", "-w", "--stdin", content=content)
    inner = git_output(root, "mktree", content=f"100644 blob {blob}\t{BESIDE}.py\n".encode())
    named = inner if kind == b"40000" else blob
    own = subprocess.run(["git", "cat-file", "tree", tree], cwd=root, capture_output=True, check=True).stdout
    entry = kind + b" " + name + b"\0" + bytes.fromhex(named)
    return git_output(root, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", content=own + entry)


def commit_of(root: Path, tree: str, parent: str, date: str) -> str:
    """A commit of a tree that git would make none of."""
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    return git(root, "commit-tree", tree, "-p", parent, "-m", "a change", **dates)


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """The only temporary folder there is, to see what is left there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


NAMES = [b"..", b".", b".git", b".GIT", b"../..", b"/absolute", b"inner/../../.."]


@pytest.mark.parametrize("name", NAMES)
def test_a_path_that_leads_out_of_the_folder_is_laid_out_nowhere_by_check(gates, ready, outside, name: bytes) -> None:
    tree = with_entry(ready, git(ready, "rev-parse", "HEAD^{tree}"), name)
    made = commit_of(ready, tree, git(ready, "rev-parse", "HEAD"), "@1700000000 +0000")

    called = gates(ready, "check", "first", "--rev", made)

    assert called.code == 3, (called.out, called.err)
    assert f"{name.decode()}/{BESIDE}.py" in called.err
    assert "git makes no such path, so it was put there by hand" in called.err
    assert left_in(outside) == []
    assert list(ready.parent.rglob(f"{BESIDE}*")) == []


def test_a_path_that_git_itself_lets_into_a_tree_is_laid_out_nowhere_by_verify(gates, done, outside) -> None:
    # As somebody would do it: nothing of this needs more than git's own commands, and a clone takes it.
    blob = git_output(done, "hash-object", "-w", "--stdin", content=b"raise SystemExit\n")
    inner = git_output(done, "mktree", content=f"100644 blob {blob}\t{BESIDE}.py\n".encode())
    listed = git(done, "ls-tree", f"{VERSION}^{{}}")
    tree = git_output(done, "mktree", content=f"{listed}\n040000 tree {inner}\t..\n".encode())
    made = commit_of(done, tree, git(done, "rev-parse", f"{VERSION}^{{}}^"), date_of(done, VERSION))
    for tag in (VERSION, STAGING, PROD):
        retag(done, tag, words_of(done, tag), target=made)
    clone = done.parent / "clone"
    git(done, "clone", "-q", "--no-local", ".", str(clone))

    for root in (done, clone):
        called = gates(root, "verify")
        assert called.code != 0
        assert f"first@v1.0.0: could not be verified\n  statement: first@v1.0.0: points to {made[:7]}" in called.out
        assert f"'../{BESIDE}.py' in {made}: git makes no such path" in called.out
        assert left_in(outside) == []
    assert list(done.parent.rglob(f"{BESIDE}*")) == []


def test_head_with_a_path_that_leads_out_is_a_sentence_of_every_command(gates, done, outside) -> None:
    tree = with_entry(done, git(done, "rev-parse", "HEAD^{tree}"), b"..")
    git(done, "update-ref", "HEAD", commit_of(done, tree, git(done, "rev-parse", "HEAD"), "@1700000000 +0000"))

    for arguments in (("verify",), ("verify", VERSION), ("check", "first", "--rev", "HEAD")):
        called = gates(done, *arguments)
        assert called.code in {1, 3}, (arguments, called.out, called.err)
        assert "git makes no such path" in called.out + called.err, arguments
    assert left_in(outside) == []


def test_a_link_in_place_of_a_folder_is_not_followed(gates, ready, outside) -> None:
    place = ready.parent / "elsewhere"
    place.mkdir()
    tree = with_entry(
        ready, git(ready, "rev-parse", "HEAD^{tree}"), b"expectations", kind=b"120000", content=str(place).encode()
    )
    made = commit_of(ready, tree, git(ready, "rev-parse", "HEAD"), "@1700000000 +0000")

    called = gates(ready, "check", "first", "--rev", made)

    assert (called.code, "expectations: a symbolic link in git, which is not followed" in called.err) == (3, True)
    assert (list(place.iterdir()), left_in(outside)) == ([], [])


def test_a_file_and_a_folder_of_one_name_are_a_sentence(gates, ready, outside) -> None:
    tree = with_entry(ready, git(ready, "rev-parse", "HEAD^{tree}"), b"x.py")
    made = commit_of(
        ready, with_entry(ready, tree, b"x.py", kind=b"100644"), git(ready, "rev-parse", "HEAD"), "@1700000000 +0000"
    )

    called = gates(ready, "check", "first", "--rev", made)

    assert (called.code, "cannot be laid out" in called.err) == (3, True), called.err
    assert left_in(outside) == []


@pytest.mark.parametrize(
    "word", ["wdir: {0}\nouts:\n- path: out", "wdir: ../../..\nouts:\n- path: out", "outs:\n- path: .git/out"]
)
def test_a_pointer_that_names_a_path_outside_makes_no_file_there(gates, ready, outside, word: str) -> None:
    place = ready.parent / "elsewhere"
    place.mkdir()
    md5 = "0" * 32
    write(ready, "hostile.dvc", f"{word.format(place)}\n  md5: {md5}\n  size: 1\n  hash: md5\n")
    write(ready, "gates.toml", (ready / "gates.toml").read_text() + PATTERN)
    commit(ready, "a pointer by hand")

    called = gates(ready, "check", "first", "--rev", "HEAD")

    assert called.code in {0, 3}, called.err
    assert (list(place.iterdir()), left_in(outside)) == ([], [])


NEXT_LINES = ["\u2028", "\u2029", "\u0085"]


@pytest.mark.parametrize("end", NEXT_LINES)
@pytest.mark.parametrize("is_annotated", [True, False])
def test_a_tag_whose_name_has_a_line_end_of_another_kind_is_no_promotion(
    gates, done, end: str, *, is_annotated
) -> None:
    words = ("-a", "-m", "words") if is_annotated else ()
    git(done, "tag", *words, f"a{end}first@v1.0.7", "HEAD")
    git(done, "push", "-q", "--tags", "origin", "main")

    verified = gates(done, "verify")
    assert (verified.code, "v1.0.7" in verified.out) == (0, False), verified.out
    called = gates(done, "promote", "first", "--stage", "staging", "--version", "v1.0.0", "--push", "--if-new")
    assert (called.code, "v1.0.7" in called.out + called.err) == (0, False), called.err
    shown = gates(done, "diff", "--all", "first")
    assert shown.code == 0, shown.err


@pytest.mark.parametrize(
    "tag", ["first@v9.0.0+x", "first@v1.0.0-rc1", "first#prod", "first@v1.0.0#7", "first@deprecated"]
)
def test_a_tag_that_gto_follows_and_gates_never_makes_is_found(gates, done, tag: str) -> None:
    git(done, "tag", "-a", "-m", "words", tag, "HEAD")

    called = gates(done, "verify")

    assert called.code == 1
    assert f"{tag}: FAILED\n  tag: GTO and DVC take it for a promotion, and gates makes no tag" in called.out


def test_a_counter_that_is_too_high_to_go_on_from_is_refused_and_leaves_no_trace(gates, done) -> None:
    git(done, "tag", "first#x#999999999999999", "HEAD")
    before = git(done, "show-ref")

    for words in (("--stage", "prod"), ("--stage", "prod", "--revoke", "--reason", "wrong")):
        called = gates(done, "promote", "first", "--version", "v1.0.0", *words)
        assert called.code in {1, 2}, called.err
    assert "the number 999999999999999, which somebody made by hand" in called.err
    assert (git(done, "show-ref"), git(done, "status", "--porcelain")) == (before, "")


LONG = "x" * 300


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        (lambda predicate: predicate["contract"]["files"].update({LONG: "0" * 64}), nothing),
        (nothing, lambda judged: judged["contract"]["schema_sources"].update({LONG: "0" * 64})),
        (nothing, lambda judged: judged["data"]["files"][0].update(path=LONG)),
    ],
)
def test_a_name_that_no_file_can_have_is_a_finding_among_others(gates, done, statement, verdict) -> None:
    remake(done, statement, verdict)

    called = gates(done, "verify")

    assert called.code == 1, called.err
    assert "first@v1.0.0: FAILED" in called.out
    assert "first#prod#2" in called.out


@needs_ssh_keygen
def test_a_signature_that_nothing_here_can_verify_is_not_looked_at_rather_than_wrong(gates, done, tmp_path) -> None:
    key, signers = new_key(tmp_path, "key")
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key))):
        git(done, "config", name, value)
    words = words_of(done, PROD)
    git(done, "tag", "-f", "-s", "-m", words, PROD, f"{PROD}^{{}}", GIT_COMMITTER_DATE=date_of(done, PROD))
    part = "first#prod#2: "

    verified = gates(done, "verify", PROD, "--allowed-signers", str(signers))
    assert f"{part}verified" in verified.out, verified.out
    for program in ("no-such-program", "/nowhere/program"):
        git(done, "config", "gpg.ssh.program", program)
        called = gates(done, "verify", PROD, "--allowed-signers", str(signers))
        assert f"{part}could not be verified\n  signature of the tag: " in called.out, called.out


def new_pgp_key(name: str) -> str:
    """The fingerprint of a key made for the occasion."""
    make = ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", f"{name} <{name}@example.org>", "ed25519", "sign"]  # fmt: skip
    subprocess.run(make, check=True, capture_output=True)
    listed = subprocess.run(["gpg", "--with-colons", "-k", name], check=True, capture_output=True, text=True).stdout
    return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:"))


def sign_with_pgp(root: Path, fingerprint: str) -> None:
    """The last stage's tag, signed by this key alone."""
    words = words_of(root, PROD).partition("-----BEGIN")[0]
    git(
        root, "-c", f"user.signingKey={fingerprint}", "tag", "-f", "-s", "-m", words, PROD,
        f"{PROD}^{{}}", GNUPGHOME=os.environ["GNUPGHOME"], GIT_COMMITTER_DATE=date_of(root, PROD),
    )  # fmt: skip


@pytest.fixture
def keyring(monkeypatch):
    """A keyring of PGP keys for this process and the programs that it starts."""
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not on PATH")
    # Short, as the sockets of gpg's agent lie there.
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        monkeypatch.setenv("GNUPGHOME", home)
        yield
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True, capture_output=True)


def test_a_signature_by_a_pgp_key_that_nobody_here_has_is_unknown_and_a_changed_tag_is_wrong(
    gates, done, tmp_path, monkeypatch, keyring
) -> None:
    del keyring
    named = new_pgp_key("ada")
    arguments = ("verify", PROD, "--pgp-key", named)
    sign_with_pgp(done, named)
    verified = gates(done, *arguments)
    assert "first#prod#2: verified: 3 parts (order, conditions, signature of the tag)" in verified.out, verified.out
    good = git(done, "rev-parse", PROD)
    content = subprocess.run(["git", "cat-file", "tag", good], cwd=done, capture_output=True, check=True).stdout
    changed = git_output(
        done, "hash-object", "-t", "tag", "-w", "--stdin", content=content.replace(b"first v1", b"First v1", 1)
    )
    git(done, "update-ref", f"refs/tags/{PROD}", changed)
    wrong = gates(done, *arguments)
    assert "first#prod#2: FAILED\n  signature of the tag: gpg: Signature made" in wrong.out, wrong.out
    git(done, "update-ref", f"refs/tags/{PROD}", good)
    (tmp_path / "empty").mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(tmp_path / "empty"))
    called = gates(done, *arguments)
    assert "first#prod#2: could not be verified\n  signature of the tag: gpg: " in called.out, called.out
    assert "Can't check signature: No public key" in called.out


def test_a_signature_of_a_key_that_nobody_named_does_not_count_whatever_the_keyring_has(
    gates, done, tmp_path, keyring
) -> None:
    del keyring
    signers = tmp_path / "signers"
    signers.write_text(f"me@example.org {ED25519_LINE}\n")
    named, other = new_pgp_key("ada"), new_pgp_key("bob")
    spaced = " ".join([named[:4], named[4:20], named[20:]]).lower()
    by_file, by_key = ("--allowed-signers", str(signers)), ("--pgp-key", spaced)
    part = "first#prod#2: FAILED\n  signature of the tag: "

    def verify_output(*arguments: str) -> str:
        return gates(done, "verify", PROD, *arguments).out

    assert f"{part}git did not sign it: nothing says who made the tag" in verify_output(*by_key)
    sign_with_pgp(done, other)
    assert f"{part}signed with PGP, and {signers} names SSH keys only; give --pgp-key" in verify_output(*by_file)
    assert f"{part}signed with PGP by {other}, which no --pgp-key names" in verify_output(*by_file, *by_key)
    sign_with_pgp(done, named)
    assert "first#prod#2: verified" in verify_output(*by_key)
    assert "first#prod#2: verified" in verify_output(*by_file, *by_key)
    refused = gates(done, "verify", PROD, "--pgp-key", named[-16:])
    assert (refused.code, "expected all 40 or 64 hexadecimal digits" in refused.err) == (2, True)


@needs_ssh_keygen
def test_an_ssh_key_is_not_named_by_a_pgp_key(gates, done, tmp_path) -> None:
    key, signers = new_key(tmp_path, "key")
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key))):
        git(done, "config", name, value)
    git(
        done,
        "tag",
        "-f",
        "-s",
        "-m",
        words_of(done, PROD),
        PROD,
        f"{PROD}^{{}}",
        GIT_COMMITTER_DATE=date_of(done, PROD),
    )

    refused = gates(done, "verify", PROD, "--pgp-key", "A" * 40)
    verified = gates(done, "verify", PROD, "--pgp-key", "A" * 40, "--allowed-signers", str(signers))

    assert "signature of the tag: signed with SSH, and no SSH key was named; give --allowed-signers" in refused.out
    assert "first#prod#2: verified" in verified.out, verified.out


def test_without_the_library_a_signature_could_not_be_looked_at(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)

    finding = looked_at("first@v1.0.0", "signature", lambda: str(ed25519_library()))

    assert (finding.state, "signatures need the package 'cryptography'" in finding.words) == (
        FindingState.UNKNOWN,
        True,
    )

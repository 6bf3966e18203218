"""Whether who promoted signed it: the envelope beside the statement, and git's signature on the tag."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.promotion.signing.envelope import verify
from gates.promotion.statements.statement import sha256
from gates.promotion.statements.tag_message import signature_at
from gates.promotion.verification.findings import Finding, State, looked_at
from gates.versions.version import git_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gates.promotion.git.history import Tag
    from gates.promotion.git.promoted_version import Promoted
    from gates.promotion.signing.signers import Signer
    from gates.versions.git import Git
    from gates.versions.repository import Repository

# What git writes where the program that verifies is not there (run-command.c) or too old (gpg-interface.c), and gpg where
# it has no such key or cannot check one of its kind (doc/DETAILS): that says nothing of the signature.
_NOT_VERIFIED = re.compile(
    rb"^(?:(?:error|fatal): (?:cannot (?:run|exec) |ssh-keygen -Y .* is needed)|\[GNUPG:\] (?:NO_PUBKEY|ERRSIG) )",
    re.MULTILINE,
)
_BAD = re.compile(rb"^\[GNUPG:\] BADSIG ", re.MULTILINE)
# The key that signed and the one that it is a subkey of (doc/DETAILS of GnuPG).
_VALID = re.compile(rb"^\[GNUPG:\] VALIDSIG (?P<key>[0-9A-F]+) .*\b(?P<primary>[0-9A-F]{40,64})$", re.MULTILINE)
# How git tells by whose program a signature was made (gpg-interface.c); what is none of these is PGP's.
_SSH, _X509 = "-----BEGIN SSH", "-----BEGIN SIGNED MESSAGE"


_OF_TAG = "signature of the tag"


@dataclass(frozen=True)
class Trusted:
    """Whose signatures count.

    allowed_signers: the file that git takes SSH keys from, too. pgp_keys: fingerprints, of keys or of their primary keys,
    whose signatures on tags count. is_required: a version has to be signed, its statement or its tag.
    """

    signers: tuple[Signer, ...] = ()
    allowed_signers: Path | None = None
    pgp_keys: frozenset[str] = frozenset()
    is_required: bool = False

    @property
    def names_tag_keys(self) -> bool:
        """Whether keys were named with which git signs tags; then a tag on which all else hangs has to be signed."""
        return bool(self.allowed_signers or self.pgp_keys)


def verify_version_signatures(repository: Repository, found: Promoted, trusted: Trusted) -> Iterator[Finding]:
    """Findings on a version's envelope and tag: who is trusted signed one of them, and nobody else signed either.

    One will do: an envelope signs the statement, and a tag its sha256.
    """
    name = str(found.tag.name)
    tag = _of_tag(repository, found.tag, trusted)
    envelope = _of_envelope(found, trusted, tag[0] if tag else None)
    yield envelope
    signed = tag or _unsigned_version(envelope.state, trusted)
    if signed:
        yield Finding(name, _OF_TAG, *signed)


def verify_event_signature(repository: Repository, tag: Tag, trusted: Trusted) -> Iterator[Finding]:
    """A finding on git's signature of an event's tag, beside which nothing says who made the event."""
    # That it is no annotated tag is found where its message is read.
    signed = (_of_tag(repository, tag, trusted) or _unsigned_event(trusted)) if tag.is_annotated else None
    if signed:
        yield Finding(str(tag.name), _OF_TAG, *signed)


def _of_envelope(found: Promoted, trusted: Trusted, tag: State | None) -> Finding:
    """Whether the envelope is the one that the tag names, and a signer that is trusted signed the statement.

    tag: how the signature of the tag ended, None where it has none.
    """
    name, part = str(found.tag.name), "signature"
    bound = verify_envelope_bytes(found)
    if bound.state is State.WRONG:
        return bound
    if found.envelope is None:
        # Where nobody here can verify the tag's signature, that one is unknown.
        rests = tag in (State.HOLDS, State.UNKNOWN)
        state = State.WRONG if trusted.is_required and not rests else State.NOT_LOOKED_AT
        return Finding(name, part, state, f"the statement is not signed{', the tag that names it is' if rests else ''}")
    if not trusted.signers:
        words = "signed, and nobody said by whom it has to be; give --key or --allowed-signers"
        return Finding(name, part, State.NOT_LOOKED_AT, words)
    envelope = found.envelope

    def step() -> None:
        verify(envelope, found.content, trusted.signers, at=found.statement.promoted_at, shown=found.where.envelope)

    return looked_at(name, part, step)


def verify_envelope_bytes(found: Promoted) -> Finding:
    """Whether the envelope is the one that the tag names; who signed it is not asked."""
    named = found.message.envelope_sha256
    there = sha256(found.envelope) if found.envelope is not None else None
    what = "is gone" if there is None else "was added" if named is None else "is another one than the tag names"
    state, words = (State.HOLDS, "") if named == there else (State.WRONG, f"{found.where.envelope} {what}")
    return Finding(str(found.tag.name), "signature", state, words)


def _of_tag(repository: Repository, tag: Tag, trusted: Trusted) -> tuple[State, str] | None:
    """How git's own signature on a tag ended; unknown where nothing here can verify it, None where there is none.

    A key that nobody named does not count, whatever keyring or agent of the user's knows it.
    """
    git = git_of(repository, str(tag.name))
    text = git.run("cat-file", "tag", tag.object_id).decode(errors="replace")
    start = signature_at(text)
    if start is None:
        return None
    if not trusted.names_tag_keys:
        return State.NOT_LOOKED_AT, "signed by git; give --allowed-signers or --pgp-key, or `git verify-tag`"
    return _by_nobody_named(text[start:], trusted) or _signed(git, tag, text[start:], trusted)


def _unsigned_version(envelope: State, trusted: Trusted) -> tuple[State, str] | None:
    """What an unsigned tag says against a version; None where its envelope alone has to say who made it."""
    if not trusted.names_tag_keys:
        return None
    if envelope in (State.HOLDS, State.UNKNOWN):
        return State.NOT_LOOKED_AT, "git did not sign it: the envelope has to say who made the version"
    return State.WRONG, "git did not sign it, and no key that was named signed the statement"


def _unsigned_event(trusted: Trusted) -> tuple[State, str] | None:
    if trusted.names_tag_keys:
        return State.WRONG, "git did not sign it: nothing says who made the tag"
    words = "not looked at: a key file signs statements and no tags; sign tags with git and name their keys with --allowed-signers"
    return (State.NOT_LOOKED_AT, words) if trusted.signers else None


def _by_nobody_named(signature: str, trusted: Trusted) -> tuple[State, str] | None:
    """What is wrong with a signature of a kind of which no key was named; None where one was."""
    if signature.startswith(_X509):
        return State.WRONG, "signed with X.509, and no such key can be named here; sign with SSH or PGP"
    if signature.startswith(_SSH):
        words = "signed with SSH, and no SSH key was named; give --allowed-signers"
        return None if trusted.allowed_signers else (State.WRONG, words)
    words = f"signed with PGP, and {trusted.allowed_signers} names SSH keys only; give --pgp-key FINGERPRINT"
    return None if trusted.pgp_keys else (State.WRONG, words)


def _signed(git: Git, tag: Tag, signature: str, trusted: Trusted) -> tuple[State, str]:
    file = trusted.allowed_signers
    given = ("-c", f"gpg.ssh.allowedSignersFile={file.resolve()}") if file else ()
    done = git.outcome(*given, "verify-tag", tag.object_id)
    status = git.outcome(*given, "verify-tag", "--raw", tag.object_id).stderr
    if not done.returncode:
        # Git gives ssh-keygen the file, and gpg no list of keys.
        return (State.HOLDS, "") if signature.startswith(_SSH) else _by_named_key(status, trusted)
    is_unknown = _NOT_VERIFIED.search(status) and not _BAD.search(status)
    lines = done.stderr.decode(errors="replace").strip().split("\n")
    return State.UNKNOWN if is_unknown else State.WRONG, "; ".join(map(str.strip, lines))


def _by_named_key(status: bytes, trusted: Trusted) -> tuple[State, str]:
    """Whether the key of a PGP signature that verifies is one that was named."""
    # Of several signatures, gpg reports as valid also one of a key that was revoked.
    found = [{word.decode() for word in match.groups()} for match in _VALID.finditer(status)]
    if len(found) == 1 and found[0] & trusted.pgp_keys:
        return State.HOLDS, ""
    words = ", ".join(sorted({key for keys in found for key in keys})) or "a key that gpg does not name"
    return State.WRONG, f"signed with PGP by {words}, which no --pgp-key names"

"""Whether who promoted signed it: the envelope beside the statement, and git's signature on the tag."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.promotion.signing.envelope import verify
from gates.promotion.statements.statement import sha256
from gates.promotion.statements.tag_message import signature_at
from gates.promotion.verification.findings import Finding, FindingState, looked_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gates.promotion.git.history import PromotionTag
    from gates.promotion.git.promoted_version import PromotedVersion
    from gates.promotion.signing.signers import Signer
    from gates.versions.git.commands import Git

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
class TrustedKeys:
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


def verify_version_signatures(promoted: PromotedVersion, trusted: TrustedKeys) -> Iterator[Finding]:
    """Findings on a version's envelope and tag: who is trusted signed one of them, and nobody else signed either.

    One will do: an envelope signs the statement, and a tag its sha256.
    """
    tag = _of_tag(promoted.git, promoted.tag, trusted)
    envelope = _of_envelope(promoted, trusted, tag[0] if tag else None)
    yield envelope
    signed = tag
    if tag is None and trusted.names_tag_keys:
        signed = FindingState.WRONG, "git did not sign it, and no key that was named signed the statement"
        if envelope.state in (FindingState.VERIFIED, FindingState.UNKNOWN):
            signed = FindingState.NOT_LOOKED_AT, "git did not sign it: the envelope has to say who made the version"
    if signed:
        yield Finding(promoted.name, _OF_TAG, *signed)


def verify_event_signature(git: Git, tag: PromotionTag, trusted: TrustedKeys) -> Iterator[Finding]:
    """A finding on git's signature of an event's tag, beside which nothing says who made the event."""
    if not tag.is_annotated:
        # That it is none is found where its message is read.
        return
    signed = _of_tag(git, tag, trusted)
    if signed is None and trusted.names_tag_keys:
        signed = FindingState.WRONG, "git did not sign it: nothing says who made the tag"
    elif signed is None and trusted.signers:
        words = "not looked at: a key file signs statements and no tags; sign tags with git and name their keys with --allowed-signers"
        signed = FindingState.NOT_LOOKED_AT, words
    if signed:
        yield Finding(str(tag.name), _OF_TAG, *signed)


def _of_envelope(promoted: PromotedVersion, trusted: TrustedKeys, tag: FindingState | None) -> Finding:
    """Whether the envelope is the one that the tag names, and a signer that is trusted signed the statement.

    tag: how the signature of the tag ended, None where it has none.
    """
    name, part, envelope = promoted.name, "signature", promoted.envelope
    bound = verify_envelope_bytes(promoted)
    if bound.state is FindingState.WRONG:
        return bound
    if envelope is None:
        # Where nobody here can verify the tag's signature, that one is unknown.
        rests = tag in (FindingState.VERIFIED, FindingState.UNKNOWN)
        state = FindingState.WRONG if trusted.is_required and not rests else FindingState.NOT_LOOKED_AT
        return Finding(name, part, state, f"the statement is not signed{', the tag that names it is' if rests else ''}")
    if not trusted.signers:
        words = "signed; by whom it has to be is not configured: give --key or --allowed-signers"
        return Finding(name, part, FindingState.NOT_LOOKED_AT, words)
    at, shown = promoted.statement.promoted_at, promoted.paths.envelope

    def step() -> None:
        verify(envelope, promoted.content, trusted.signers, at=at, shown=shown)

    return looked_at(name, part, step)


def verify_envelope_bytes(promoted: PromotedVersion) -> Finding:
    """Whether the envelope is the one that the tag names; its signatures are not looked at."""
    named = promoted.message.envelope_sha256
    actual = sha256(promoted.envelope) if promoted.envelope is not None else None
    if named == actual:
        return Finding(promoted.name, "signature", FindingState.VERIFIED)
    what = "is gone" if actual is None else "was added" if named is None else "is another one than the tag names"
    return Finding(promoted.name, "signature", FindingState.WRONG, f"{promoted.paths.envelope} {what}")


def _of_tag(git: Git, tag: PromotionTag, trusted: TrustedKeys) -> tuple[FindingState, str] | None:
    """How git's own signature on a tag ended; unknown where nothing here can verify it, None where there is none.

    A key that nobody named does not count, whatever keyring or agent of the user's knows it.
    """
    text = git.run("cat-file", "tag", tag.object_id).decode(errors="replace")
    start = signature_at(text)
    if start is None:
        return None
    if not trusted.names_tag_keys:
        return FindingState.NOT_LOOKED_AT, "signed by git; give --allowed-signers or --pgp-key, or `git verify-tag`"
    return _by_nobody_named(text[start:], trusted) or _signed(git, tag, text[start:], trusted)


def _by_nobody_named(signature: str, trusted: TrustedKeys) -> tuple[FindingState, str] | None:
    """What is wrong with a signature of a kind of which no key was named; None where one was."""
    if signature.startswith(_X509):
        return FindingState.WRONG, "signed with X.509, and no such key can be named here; sign with SSH or PGP"
    if signature.startswith(_SSH):
        words = "signed with SSH, and no SSH key was named; give --allowed-signers"
        return None if trusted.allowed_signers else (FindingState.WRONG, words)
    words = f"signed with PGP, and {trusted.allowed_signers} names SSH keys only; give --pgp-key FINGERPRINT"
    return None if trusted.pgp_keys else (FindingState.WRONG, words)


def _signed(git: Git, tag: PromotionTag, signature: str, trusted: TrustedKeys) -> tuple[FindingState, str]:
    file = trusted.allowed_signers
    setting = ("-c", f"gpg.ssh.allowedSignersFile={file.resolve()}") if file else ()
    ended = git.outcome(*setting, "verify-tag", tag.object_id)
    status = git.outcome(*setting, "verify-tag", "--raw", tag.object_id).stderr
    if not ended.returncode:
        # Git gives ssh-keygen the file, and gpg no list of keys.
        return (FindingState.VERIFIED, "") if signature.startswith(_SSH) else _by_named_key(status, trusted)
    is_unknown = _NOT_VERIFIED.search(status) and not _BAD.search(status)
    lines = ended.stderr.decode(errors="replace").strip().split("\n")
    return FindingState.UNKNOWN if is_unknown else FindingState.WRONG, "; ".join(map(str.strip, lines))


def _by_named_key(status: bytes, trusted: TrustedKeys) -> tuple[FindingState, str]:
    """Whether the key of a PGP signature that verifies is one that was named."""
    # Of several signatures, gpg reports as valid also one of a key that was revoked.
    valid = [{word.decode() for word in match.groups()} for match in _VALID.finditer(status)]
    if len(valid) == 1 and valid[0] & trusted.pgp_keys:
        return FindingState.VERIFIED, ""
    words = ", ".join(sorted({key for keys in valid for key in keys})) or "a key that gpg does not name"
    return FindingState.WRONG, f"signed with PGP by {words}, which no --pgp-key names"

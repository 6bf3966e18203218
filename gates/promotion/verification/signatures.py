"""Whether who promoted signed it: the envelope beside the statement, and git's signature on the tag."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.promotion.envelope import verify
from gates.promotion.statement import sha256
from gates.promotion.tag_message import signature_at
from gates.promotion.verification.findings import Finding, State, looked_at
from gates.versions.version import git_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gates.promotion.history import Tag
    from gates.promotion.promoted import Promoted
    from gates.promotion.signers import Signer
    from gates.versions.repository import Repository

# What git writes where the program that verifies is not there (run-command.c) or too old (gpg-interface.c), and gpg where
# it has no such key or cannot check one of its kind (doc/DETAILS): that says nothing of the signature.
_NOT_VERIFIED = re.compile(
    rb"^(?:(?:error|fatal): (?:cannot (?:run|exec) |ssh-keygen -Y .* is needed)|\[GNUPG:\] (?:NO_PUBKEY|ERRSIG) )",
    re.MULTILINE,
)
_BAD = re.compile(rb"^\[GNUPG:\] BADSIG ", re.MULTILINE)


@dataclass(frozen=True)
class Trusted:
    """Whose signatures count. allowed_signers: the file that git takes them from, too."""

    signers: tuple[Signer, ...] = ()
    allowed_signers: Path | None = None
    is_required: bool = False


def verify_envelope(found: Promoted, trusted: Trusted) -> Finding:
    """Whether the envelope is the one that the tag names, and a signer that is trusted signed the statement."""
    tag, part = str(found.tag.name), "signature"
    bound = verify_envelope_bytes(found)
    if bound.state is State.WRONG:
        return bound
    if found.envelope is None:
        state = State.WRONG if trusted.is_required else State.NOT_LOOKED_AT
        return Finding(tag, part, state, "the statement is not signed")
    if not trusted.signers:
        words = "signed, and nobody said by whom it has to be; give --key or --allowed-signers"
        return Finding(tag, part, State.NOT_LOOKED_AT, words)
    envelope = found.envelope

    def step() -> None:
        verify(envelope, found.content, trusted.signers, at=found.statement.promoted_at, shown=found.where.envelope)

    return looked_at(tag, part, step)


def verify_envelope_bytes(found: Promoted) -> Finding:
    """Whether the envelope is the one that the tag names; who signed it is not asked."""
    named = found.message.envelope_sha256
    there = sha256(found.envelope) if found.envelope is not None else None
    what = "is gone" if there is None else "was added" if named is None else "is another one than the tag names"
    state, words = (State.HOLDS, "") if named == there else (State.WRONG, f"{found.where.envelope} {what}")
    return Finding(str(found.tag.name), "signature", state, words)


def verify_tag_signature(repository: Repository, tag: Tag, trusted: Trusted) -> Iterator[Finding]:
    """A finding on git's own signature, where the tag bears one; unknown where nothing here can verify it."""
    git = git_of(repository, str(tag.name))
    # That it is no annotated tag is found where its message is read.
    if not tag.is_annotated:
        return
    name, part = str(tag.name), "signature of the tag"
    if signature_at(git.run("cat-file", "tag", tag.object_id).decode(errors="replace")) is None:
        if trusted.allowed_signers:
            yield Finding(name, part, State.NOT_LOOKED_AT, "git did not sign it: nothing says who made the tag")
        return
    if not trusted.allowed_signers:
        yield Finding(name, part, State.NOT_LOOKED_AT, "signed by git; give --allowed-signers, or `git verify-tag`")
        return
    given = ("-c", f"gpg.ssh.allowedSignersFile={trusted.allowed_signers.resolve()}")
    done = git.outcome(*given, "verify-tag", tag.object_id)
    if not done.returncode:
        yield Finding(name, part, State.HOLDS)
        return
    status = git.outcome(*given, "verify-tag", "--raw", tag.object_id).stderr
    is_unknown = _NOT_VERIFIED.search(status) and not _BAD.search(status)
    lines = done.stderr.decode(errors="replace").strip().split("\n")
    yield Finding(name, part, State.UNKNOWN if is_unknown else State.WRONG, "; ".join(map(str.strip, lines)))

"""Signs a statement and verifies who signed it: DSSE envelopes with Ed25519 signatures.

https://github.com/secure-systems-lab/dsse, protocol.md and envelope.md, version 1.0.2.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from gates.promotion.errors import EnvelopeError, PromotionError
from gates.promotion.signing.signers import Signer, fingerprint
from gates.promotion.signing.signing_keys import SigningKey, ed25519_library
from gates.promotion.statements.forms import RESTORE, no_json, wrong_record
from gates.verdicts.decode import TextForm, decode, parse_json

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def _base64(text: str) -> bytes | None:
    """In the standard or the URL-safe alphabet: DSSE's verifiers accept both."""
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True) or None
    except ValueError:
        return None


_PayloadType = Annotated[str, TextForm({PAYLOAD_TYPE: PAYLOAD_TYPE}.get, f"'{PAYLOAD_TYPE}'")]
_Base64 = Annotated[bytes, TextForm(_base64, "a text in base64")]


@dataclass(frozen=True)
class _Signature:
    # Fields that DSSE does not name are passed over: they are not signed.
    is_open: ClassVar = True
    sig: _Base64
    keyid: object = ""


@dataclass(frozen=True)
class _Envelope:
    is_open: ClassVar = True
    payload: _Base64
    payloadType: _PayloadType  # noqa: N815  # DSSE's name
    signatures: tuple[_Signature, ...]


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed: the type is among them, so that no signature passes for one of another kind."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sign(statement: bytes, key: SigningKey) -> bytes:
    """The envelope's file. The same statement and key give the same bytes: Ed25519 uses no random numbers."""
    signature = key.private.sign(pre_authentication_encoding(PAYLOAD_TYPE, statement))
    document = {
        "payload": base64.b64encode(statement).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": fingerprint(key.public), "sig": base64.b64encode(signature).decode()}],
    }
    return (json.dumps(document, sort_keys=True, indent=2) + "\n").encode()


def verify(envelope: bytes, statement: bytes, signers: Sequence[Signer], *, at: datetime, shown: str) -> Signer:
    """The first of `signers` whose signature on this statement is valid.

    at: when the statement was made, for keys with a time limit; shown: how messages name the envelope. Key ids only help
    to say what is wrong: DSSE does not authenticate them. Raises EnvelopeError where no signature is valid or the envelope
    is about something else, and DataError where `cryptography` is missing.
    """
    try:
        content = parse_json(envelope, no_json(f"{shown}: is no DSSE envelope: it is not JSON"))
        document = decode(_Envelope, content, wrong_record(shown))
    except PromotionError as error:
        raise EnvelopeError(str(error)) from error
    if not document.signatures:
        raise EnvelopeError(f"{shown}: has no signature in it; {RESTORE}")
    if document.payload != statement:
        raise EnvelopeError(
            f"{shown}: was made for another statement: its payload is not the statement's file, byte for byte; "
            f"one of the two was changed after signing; {RESTORE}"
        )
    signed = pre_authentication_encoding(PAYLOAD_TYPE, document.payload)
    refusals = []
    for signature in document.signatures:
        own = [signer for signer in signers if _is_valid(signer.key, signature.sig, signed)]
        for signer in own:
            why = signer.refusal(at)
            if not why:
                return signer
            refusals.append(f"the key of {signer.principal} ({signer.shown}) signed it, but {why}")
        if not own:
            refusals.append(_unknown(str(signature.keyid), signers))
    raise EnvelopeError(f"{shown}: no signature counts: {'; '.join(refusals)}")


def _is_valid(key: bytes, signature: bytes, signed: bytes) -> bool:
    library = ed25519_library()
    try:
        library.ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except library.exceptions.InvalidSignature:
        return False
    return True


def _unknown(key_id: str, signers: Sequence[Signer]) -> str:
    owner = next((signer for signer in signers if signer.key_id == key_id), None)
    if owner is not None:
        return f"the one by the key of {owner.principal} ({owner.shown}) is not valid; it was not made with that key on these bytes"
    named = f"the key {key_id}" if key_id else "a key without an id"
    # A key of nobody in particular is called by its fingerprint alone.
    owners = (f"{one.principal} ({one.key_id})" if one.principal != one.key_id else one.key_id for one in signers)
    names = ", ".join(owners) or "nobody"
    return f"it is signed with {named}, which is none of those that may sign: {names}; give its public key too, if you trust whose it is"

"""Signs a statement and verifies who signed it: DSSE envelopes with Ed25519 signatures.

https://github.com/secure-systems-lab/dsse, protocol.md and envelope.md, version 1.0.2.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from gates.promotion.errors import EnvelopeError, PromotionError
from gates.promotion.signing.signers import fingerprint
from gates.promotion.signing.signing_keys import ed25519_library
from gates.promotion.statements.json_fields import as_fields

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gates.promotion.signing.signers import Signer
    from gates.promotion.signing.signing_keys import SigningKey
    from gates.promotion.statements.json_fields import Fields

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_RESTORE = "restore the file as it was committed"


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
    """The first of `signers` whose signature on this statement holds.

    at: when the statement was made, for keys with a time limit; shown: how messages name the envelope. Key ids only help
    to say what is wrong: DSSE does not authenticate them. Raises EnvelopeError where no signature holds or the envelope
    is about something else, and DataError where `cryptography` is missing.
    """
    try:
        document = as_fields(json.loads(envelope.decode("utf-8")), "", shown)
        payload, signatures = _read(document)
    except (ValueError, RecursionError) as error:
        raise EnvelopeError(
            f"{shown}: is no DSSE envelope: it is not JSON ({str(error).split(chr(10))[0]}); {_RESTORE}"
        ) from error
    except EnvelopeError:
        raise
    except PromotionError as error:
        raise EnvelopeError(str(error)) from error
    if payload != statement:
        raise EnvelopeError(
            f"{shown}: was made for another statement: its payload is not the statement's file, byte for byte; "
            f"one of the two was changed after signing; {_RESTORE}"
        )
    signed = pre_authentication_encoding(PAYLOAD_TYPE, payload)
    refusals = []
    for key_id, signature in signatures:
        own = [signer for signer in signers if _holds(signer.key, signature, signed)]
        for signer in own:
            why = signer.refusal(at)
            if not why:
                return signer
            refusals.append(f"the key of {signer.principal} ({signer.shown}) signed it, but {why}")
        if not own:
            refusals.append(_unknown(key_id, signers))
    raise EnvelopeError(f"{shown}: no signature counts: {'; '.join(refusals)}")


def _read(document: Fields) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Payload, and key id with signature. Fields that DSSE does not name are passed over: they are not signed."""
    for name in ("payload", "payloadType", "signatures"):
        if name not in document.values:
            raise EnvelopeError(f"{document.shown}: is no DSSE envelope: it has no field '{name}'; {_RESTORE}")
    if document.text("payloadType") != PAYLOAD_TYPE:
        raise document.refuse("payloadType", f"'{PAYLOAD_TYPE}'")
    signatures = document.inners("signatures")
    if not signatures:
        raise EnvelopeError(f"{document.shown}: has no signature in it; {_RESTORE}")
    return _decoded(document, "payload"), [
        (str(signature.values.get("keyid", "")), _decoded(signature, "sig")) for signature in signatures
    ]


def _decoded(fields: Fields, name: str) -> bytes:
    """The bytes of a base64 text, in the standard or the URL-safe alphabet: DSSE's verifiers accept both."""
    text = fields.text(name) if name in fields.values else ""
    try:
        decoded = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except ValueError:
        decoded = b""
    if not decoded:
        raise EnvelopeError(f"{fields.shown}: its field '{name}' is not base64; {_RESTORE}")
    return decoded


def _holds(key: bytes, signature: bytes, signed: bytes) -> bool:
    library = ed25519_library()
    try:
        library.ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except library.exceptions.InvalidSignature:
        return False
    return True


def _unknown(key_id: str, signers: Sequence[Signer]) -> str:
    owner = next((signer for signer in signers if signer.key_id == key_id), None)
    if owner is not None:
        return f"the one by the key of {owner.principal} ({owner.shown}) does not hold; it was not made with that key on these bytes"
    named = f"the key {key_id}" if key_id else "a key without an id"
    known = ", ".join(map(_named, signers)) or "nobody"
    return f"it is signed with {named}, which is none of those that may sign: {known}; give its public key too, if you trust whose it is"


def _named(signer: Signer) -> str:
    """Who may sign, with the fingerprint; a key of nobody in particular is called by that alone."""
    return signer.principal if signer.principal == signer.key_id else f"{signer.principal} ({signer.key_id})"

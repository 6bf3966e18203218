"""An envelope shows who signed which statement, and nothing that was changed passes."""

from __future__ import annotations

import base64
import json
import sys
from datetime import timedelta

import pytest

from gates.errors import DataError
from gates.promotion.errors import EnvelopeError
from gates.promotion.signing.envelope import pre_authentication_encoding, sign, verify
from gates.promotion.signing.signers import Signer, fingerprint
from tests.promotions.promotions import PROMOTED_AT, new_key, signer, statement

STATEMENT = statement().to_bytes()
SHOWN = "promotions/reviews/v1.2.0.dsse.json"


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return new_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def other_key(tmp_path_factory):
    return new_key(tmp_path_factory.mktemp("keys"), "other")


def refusal(envelope: bytes, *signers: Signer, content: bytes = STATEMENT) -> str:
    with pytest.raises(EnvelopeError) as error:
        verify(envelope, content, signers, at=PROMOTED_AT, shown=SHOWN)
    assert str(error.value).startswith(f"{SHOWN}: ")
    return str(error.value)


def changed(envelope: bytes, **values: object) -> bytes:
    return json.dumps({**json.loads(envelope), **values}).encode()


def test_what_is_signed_is_the_encoding_of_the_published_vector():
    encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")

    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pre_authentication_encoding("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


def test_the_signer_of_a_statement_is_found(key, other_key):
    envelope = sign(STATEMENT, key)

    signatory = verify(envelope, STATEMENT, [signer(other_key, "bob"), signer(key)], at=PROMOTED_AT, shown=SHOWN)
    assert signatory == signer(key)


def test_the_envelope_is_one_of_dsse(key):
    document = json.loads(sign(STATEMENT, key))

    (signature,) = document.pop("signatures")
    assert document == {
        "payload": base64.b64encode(STATEMENT).decode(),
        "payloadType": "application/vnd.in-toto+json",
    }
    assert signature["keyid"] == fingerprint(key.public)
    signed = pre_authentication_encoding("application/vnd.in-toto+json", STATEMENT)
    key.private.public_key().verify(base64.b64decode(signature["sig"]), signed)
    assert sign(STATEMENT, key) == sign(STATEMENT, key)


def test_url_safe_base64_and_a_missing_or_foreign_key_id_are_dsse_too(key, other_key):
    document = json.loads(sign(STATEMENT, key))
    raw = base64.b64decode(document["signatures"][0]["sig"])
    url_safe = {"payload": base64.urlsafe_b64encode(STATEMENT).decode(), "sig": base64.urlsafe_b64encode(raw).decode()}
    for extra in ({}, {"keyid": "cosign:1"}, {"keyid": fingerprint(other_key.public)}, {"keyid": None}):
        envelope = changed(
            sign(STATEMENT, key), payload=url_safe["payload"], signatures=[{"sig": url_safe["sig"], **extra}]
        )
        assert verify(
            envelope, STATEMENT, [signer(other_key, "bob"), signer(key)], at=PROMOTED_AT, shown=SHOWN
        ) == signer(key)


def test_one_signature_that_counts_is_enough(key, other_key):
    both = json.loads(sign(STATEMENT, other_key))["signatures"] + json.loads(sign(STATEMENT, key))["signatures"]
    envelope = changed(sign(STATEMENT, key), signatures=both)

    assert verify(envelope, STATEMENT, [signer(key)], at=PROMOTED_AT, shown=SHOWN) == signer(key)


def test_a_statement_changed_after_signing_is_named(key):
    edited = STATEMENT.replace(b"finetune", b"pretrain")

    message = refusal(sign(STATEMENT, key), signer(key), content=edited)

    assert "was made for another statement: its payload is not the statement's file, byte for byte" in message


def test_a_payload_changed_together_with_its_statement_is_not_what_was_signed(key):
    edited = STATEMENT.replace(b"finetune", b"pretrain")
    envelope = changed(sign(STATEMENT, key), payload=base64.b64encode(edited).decode())

    message = refusal(envelope, signer(key), content=edited)

    assert "the one by the key of ada@example.com (allowed_signers:1) is not valid" in message


@pytest.mark.parametrize("at", range(0, 64, 7))
def test_no_bit_of_a_signature_can_change(key, at):
    document = json.loads(sign(STATEMENT, key))
    raw = bytearray(base64.b64decode(document["signatures"][0]["sig"]))
    raw[at] ^= 1
    document["signatures"][0]["sig"] = base64.b64encode(raw).decode()

    assert "is not valid" in refusal(json.dumps(document).encode(), signer(key))


def test_a_signature_of_the_wrong_length_does_not_hold(key):
    document = json.loads(sign(STATEMENT, key))
    document["signatures"][0]["sig"] = "AAAA"

    assert "is not valid" in refusal(json.dumps(document).encode(), signer(key))


def test_the_wrong_key_is_named_with_those_that_may_sign(key, other_key):
    message = refusal(sign(STATEMENT, other_key), signer(key))

    assert (
        f"it is signed with the key {fingerprint(other_key.public)}, which is none of those that may sign: " in message
    )
    assert f"ada@example.com ({fingerprint(key.public)})" in message
    assert "may sign: nobody" in refusal(sign(STATEMENT, key))


def test_a_key_cannot_borrow_the_id_of_another(key, other_key):
    document = json.loads(sign(STATEMENT, other_key))
    document["signatures"][0]["keyid"] = fingerprint(key.public)

    assert "the key of ada@example.com (allowed_signers:1) is not valid" in refusal(
        json.dumps(document).encode(), signer(key)
    )


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"valid_after": PROMOTED_AT + timedelta(seconds=1)}, "signed it, but it is valid after 2026-03-01 12:30 UTC"),
        (
            {"valid_before": PROMOTED_AT - timedelta(days=1)},
            "it is valid before 2026-02-28 12:30 UTC, and the statement",
        ),
        ({"namespaces": ("git", "file")}, 'it is limited to namespaces="git,file"; add origin-gates to them'),
        ({"namespaces": ("*", "!origin-*")}, "it is limited to namespaces"),
        ({"namespaces": ("",)}, "it is limited to namespaces"),
        ({"namespaces": ("[o]rigin-gates",)}, "it is limited to namespaces"),
    ],
)
def test_a_limited_key_counts_within_its_limits_only(key, limits, words):
    message = refusal(sign(STATEMENT, key), signer(key, **limits))

    assert "the key of ada@example.com (allowed_signers:1) signed it, but " in message
    assert words in message


def test_a_key_counts_at_both_ends_of_its_limits(key):
    limited = signer(key, valid_after=PROMOTED_AT, valid_before=PROMOTED_AT, namespaces=("git", "origin-*"))

    assert verify(sign(STATEMENT, key), STATEMENT, [limited], at=PROMOTED_AT, shown=SHOWN) == limited


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"payload": "not base64!"}, "as 'payload', expected a text in base64"),
        ({"payload": "YQ"}, "as 'payload', expected a text in base64"),
        ({"payload": 1}, "has 1 as 'payload'"),
        ({"payloadType": "application/json"}, "as 'payloadType', expected 'application/vnd.in-toto+json'"),
        ({"signatures": []}, "has no signature in it"),
        ({"signatures": {}}, "has an object as 'signatures', expected an array"),
        ({"signatures": ["x"]}, "has 'x' as 'signatures[0]', expected a JSON object"),
        ({"signatures": [{"keyid": "x"}]}, "has no field 'signatures[0].sig'"),
        ({"signatures": [{"sig": "é"}]}, "as 'signatures[0].sig', expected a text in base64"),
    ],
)
def test_a_broken_envelope_is_named(key, values, words):
    assert words in refusal(changed(sign(STATEMENT, key), **values), signer(key))


@pytest.mark.parametrize(
    ("envelope", "words"),
    [
        (b"", "is no DSSE envelope: it is not JSON"),
        (b"\xff\xfe", "is no DSSE envelope: it is not JSON"),
        (b"[" * 100_000, "is no DSSE envelope: it is not JSON"),
        (b"[]", "has an array, expected a JSON object"),
        (b"{}", "has no field 'payload'"),
    ],
)
def test_bytes_that_are_no_envelope_are_named(key, envelope, words):
    assert words in refusal(envelope, signer(key))


def test_a_missing_library_is_named_with_what_installs_it(key, monkeypatch):
    envelope = sign(STATEMENT, key)
    # None there makes Python refuse the import, as on a machine without the package.
    monkeypatch.setitem(sys.modules, "cryptography", None)

    with pytest.raises(DataError) as error:
        verify(envelope, STATEMENT, [signer(key)], at=PROMOTED_AT, shown=SHOWN)

    assert str(error.value).startswith("signatures need the package 'cryptography', which cannot be imported")
    assert str(error.value).endswith("extra [sign], as `pip install '.[sign]'` in a clone of it")

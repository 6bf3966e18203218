"""Secrets in texts: keys and tokens by the prefixes that their issuers give them, and assignments of random words."""

from __future__ import annotations

import base64
import json
import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_AWS = re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])")
_GITHUB = re.compile(r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})(?!\w)")
_SK = re.compile(r"(?<![\w-])(?:sk-[A-Za-z0-9_-]{20,255}|[sr]k_live_[A-Za-z0-9]{16,255})(?![\w-])")
_SLACK = re.compile(r"(?<![\w-])xox[abprs]-[A-Za-z0-9-]{10,255}(?![\w-])")
_GOOGLE = re.compile(r"(?<![\w-])AIza[A-Za-z0-9_-]{35}(?![\w-])")
# A header alone is a text about keys; 40 letters of base64 soon after it are a key.
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,300}?([A-Za-z0-9+/]{40})"
)
_JWT = re.compile(r"(?<![\w-])(eyJ[A-Za-z0-9_-]{10,2000})\.eyJ[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{20,2000}")
_ASSIGNED = re.compile(
    r"(?:(?:api|access|auth|private|client|account|signing|encryption)[_-]?key|secret|token|passwd|password|credential)"
    r"[\w-]{0,20}[\"']?\s{0,3}(?:=>|:=|=|:)\s{0,3}[\"']?([A-Za-z0-9+/_-]{16,128}={0,2})(?![\w(\[.])",
    re.IGNORECASE,
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"example|your|placeholder|changeme|dummy|xxxx|1234567", re.IGNORECASE)
# Names in code: words with a number at their end, or words in lower case put together by strokes.
_NAME = re.compile(r"[A-Za-z_/+-]+\d{0,4}=*|[a-z0-9]{1,12}(?:[_/-][a-z]{2,12}|[_/-]\d{1,4}){2,}")
# Bits per character of 16 random letters and digits lie above 3.5 (gitleaks' limit for generic keys) ...
_BITS = 3.5
# ... and those of hexadecimal digits, of which there are only 16, above 3.
_HEX_BITS = 3.0
_HEX = re.compile(r"[0-9a-fA-F]+")


def access_keys(text: str) -> Iterator[str]:
    """Keys with an issuer's prefix: AWS, GitHub, Google, Slack, Stripe, and the `sk-` of model providers."""
    for pattern in (_AWS, _GITHUB, _SK, _SLACK, _GOOGLE):
        for match in pattern.finditer(text):
            # Slack's keys are mostly digits, of which words have none.
            if _is_random(match[0]) and any(letter.isdigit() for letter in match[0]):
                yield match[0]


def private_keys(text: str) -> Iterator[str]:
    """Private keys in PEM or OpenPGP armour, by the first 40 letters of the key."""
    for match in _PRIVATE_KEY.finditer(text):
        if _is_random(match[1]):
            yield match[1]


def web_tokens(text: str) -> Iterator[str]:
    """JSON web tokens whose header can be read (RFC 7519)."""
    for match in _JWT.finditer(text):
        if _has_algorithm(match[1]):
            yield match[0]


def assigned_secrets(text: str) -> Iterator[str]:
    """Random words that something named key, secret, token or password is set to; shorter ones than 16 letters are left out."""
    for match in _ASSIGNED.finditer(text):
        value = match[1]
        if not _UUID.fullmatch(value) and not _NAME.fullmatch(value) and _is_random(value):
            yield value


def entropy(word: str) -> float:
    """Shannon entropy of a word's letters, in bits per letter."""
    return -sum(count / len(word) * math.log2(count / len(word)) for count in Counter(word).values())


def _is_random(word: str) -> bool:
    least = _HEX_BITS if _HEX.fullmatch(word) or _AWS.fullmatch(word) else _BITS
    return entropy(word) >= least and not _PLACEHOLDER.search(word)


def _has_algorithm(header: str) -> bool:
    try:
        fields = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (ValueError, RecursionError):  # neither base64 nor JSON
        return False
    return isinstance(fields, dict) and "alg" in fields

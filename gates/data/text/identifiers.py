"""Identifiers of persons in texts: addresses, telephone and account numbers, with what distinguishes them from look-alikes.

Each reader takes a text and yields the normalised identifiers in it. Where in doubt, it yields nothing: order numbers,
versions, dates, times and hashes outnumber identifiers in most data by far.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# RFC 2606 and RFC 6761 reserve these for documentation and tests.
_RESERVED = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost|local)$")
# "logo@2x.png" is a file.
_FILE_ENDINGS = frozenset({"bmp", "css", "gif", "html", "jpeg", "jpg", "js", "json", "pdf", "png", "svg", "webp"})
# Addresses of machines.
_MACHINE_NAMES = frozenset({"git", "noreply", "no-reply", "donotreply"})
_EMAIL = re.compile(
    r"(?<![\w.%+@/-])[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}@((?:[A-Za-z0-9-]{1,63}\.){1,8}([A-Za-z]{2,24}))(?![\w@-])"
)
_URL_BEFORE = re.compile(r"://[^\s/@]*$")

# ITU-T E.164: the zones with codes of one, two and three digits.
_COUNTRY = re.compile(
    r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|(?:2[1-69]|3[578]|42|5[09]|6[7-9]|8[058]|9[679])\d"
)
_PHONE = re.compile(
    r"(?<![\w+.,-])\+[1-9]\d{0,14}(?:[ ./-]?\(\d{1,5}\)[ ./-]?\d{1,12})?(?:[ ./-]\d{1,12}){0,6}(?![\w+]|[.,:/-]\d)"
)
_AMERICAN_PHONE = re.compile(r"(?<![\w.-])\([2-9]\d{2}\) ?[2-9]\d{2}-\d{4}(?![\w-])")
# With fewer digits a number with a plus sign is more often a difference; E.164 ends at 15.
_PHONE_DIGITS = range(10, 16)
# North America and Russia have numbers of ten digits after the code, without exception.
_FIXED_LENGTH = 11

_IBAN = re.compile(r"(?<![\w-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
# SWIFT IBAN registry.
_IBAN_LENGTHS = {
    15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC",
    33: "RU",
}  # fmt: skip
_IBAN_LENGTH = {country: length for length, countries in _IBAN_LENGTHS.items() for country in countries.split()}

# Cards are written in one block or grouped as they are embossed; 13 digits are an article's EAN more often than a card.
_CARD = re.compile(
    r"(?<![\w.,+-])(?:\d{14,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5})(?![\w-]|[.,]\d)"
)
# ISO/IEC 7812 issuers with the lengths that they give out.
_ISSUER = re.compile(
    r"4(?:\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d{2}|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|6(?:011|4[4-9]\d|5\d{2})\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}"
)

_IPV4 = re.compile(r"(?<![\w.+-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:]|\.\d)")
_VERSION_BEFORE = re.compile(r"(?:\w/|\b(?:v|ver|version|release|build|section|chapter)[ .:]*)$", re.IGNORECASE)
# Of the last numbers of a version most are small; of four random bytes all are below this in 2 % of addresses.
_SMALL_BYTE = 100
_GLOBAL_UNICAST = IPv6Network("2000::/3")


def emails(text: str) -> Iterator[str]:
    """E-mail addresses at domains that can exist, in lower case."""
    for match in _EMAIL.finditer(text):
        address, domain, ending = match[0].lower(), match[1].lower(), match[2].lower()
        is_no_person = (
            address.partition("@")[0] in _MACHINE_NAMES or ending in _FILE_ENDINGS or _RESERVED.search(domain)
        )
        if not is_no_person and not _URL_BEFORE.search(text[max(0, match.start() - 80) : match.start()]):
            yield address


def phones(text: str) -> Iterator[str]:
    """Telephone numbers with a country's code, or in the American form with brackets, as their digits."""
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0].replace("(0)", ""))
        if _is_phone(match[0], digits):
            yield digits
    for match in _AMERICAN_PHONE.finditer(text):
        digits = "1" + re.sub(r"\D", "", match[0])
        if not _is_fictional(digits):
            yield digits


def ibans(text: str) -> Iterator[str]:
    """International bank account numbers of the length of their country whose checksum is right (ISO 13616)."""
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTH.get(match[0][:2], 0)
        for end in _ends(match[0], length):
            following = text[match.start() + end : match.start() + end + 1]
            number = match[0][:end].replace(" ", "")
            if not following.isalnum() and has_iban_checksum(number):
                yield number


def cards(text: str) -> Iterator[str]:
    """Numbers of payment cards: issuer, length and checksum are right."""
    return (number for number in _issued(text) if has_luhn_checksum(number))


def wrong_cards(text: str) -> Iterator[str]:
    """Numbers that would be payment cards but for their checksum: nine of ten order numbers of that form."""
    return (number for number in _issued(text) if not has_luhn_checksum(number))


def addresses(text: str) -> Iterator[str]:
    """Public IP addresses, of version 4 and 6."""
    for match in _IPV4.finditer(text):
        parts = match[0].split(".")
        if any(int(part) > 255 or str(int(part)) != part for part in parts):  # noqa: PLR2004  a byte's largest value
            continue
        version = _VERSION_BEFORE.search(text[max(0, match.start() - 12) : match.start()])
        if not version and max(map(int, parts)) >= _SMALL_BYTE and _is_public_host(IPv4Address(match[0])):
            yield match[0]
    for match in _IPV6.finditer(text):
        address = _ipv6(match[0])
        if address is not None and address.is_global and address in _GLOBAL_UNICAST:
            yield str(address)


def has_iban_checksum(number: str) -> bool:
    """True when the rearranged number, letters as 10 to 35, leaves 1 modulo 97 (ISO 7064)."""
    return int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97 == 1


def has_luhn_checksum(number: str) -> bool:
    """True when the sum of digits, every second from the right doubled and cast out of nines, ends in 0."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(map(int, number[::-2])) + sum(doubled)) % 10 == 0


def _issued(text: str) -> Iterator[str]:
    for match in _CARD.finditer(text):
        number = re.sub(r"\D", "", match[0])
        if _ISSUER.fullmatch(number) and len(set(number)) > 1:
            yield number


def _is_phone(written: str, digits: str) -> bool:
    country = _COUNTRY.match(digits)
    if country is None or len(digits) not in _PHONE_DIGITS:
        return False
    if digits[0] in "17" and (len(digits) != _FIXED_LENGTH or _is_fictional(digits)):
        return False
    # "+48.85772345" is a number with a fraction or a coordinate, "+20 000 000 000" a rounded one.
    return not re.fullmatch(r"\+\d+\.\d+", written) and not digits.endswith("000000")


def _is_fictional(digits: str) -> bool:
    """True of 555-0100 to 555-0199, which North America keeps for fiction."""
    return re.fullmatch(r"1\d{3}55501\d{2}", digits) is not None


def _ends(written: str, length: int) -> Iterator[int]:
    """Where the `length`-th letter or digit ends, if there are as many."""
    seen = [at for at, letter in enumerate(written, 1) if letter != " "]
    if 0 < length <= len(seen):
        yield seen[length - 1]


def _is_public_host(address: IPv4Address) -> bool:
    """Whether the address is public and not that of a group, as 239.255.255.250 is, to which devices announce themselves."""
    return address.is_global and not address.is_multicast


def _ipv6(written: str) -> IPv6Address | None:
    try:
        return IPv6Address(written)
    except ValueError:  # times and hardware addresses have colons too
        return None

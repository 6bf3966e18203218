"""Secrets and personal data are found by form and checksum; look-alikes are left alone, and no value is ever shown."""

from __future__ import annotations

import base64
import json
import string
from dataclasses import asdict

import numpy as np
import polars as pl
import pytest

from gates.data.text.identifiers import has_iban_checksum, has_luhn_checksum
from gates.data.text.personal_data import READERS, find
from gates.metrics.base.measurement import Limits
from gates.metrics.content import personal_data
from gates.metrics.limits.judge import judge
from gates.verdict import Outcome, Scope, Severity
from tests.tables import table_scan


def random_word(length: int, seed: int = 0, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(np.random.default_rng(seed).choice(list(letters), length))


def encoded(fields: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


# Put together here, so that no scanner of this repository takes them for keys.
AWS = "AKIA" + random_word(16, letters=string.ascii_uppercase + "234567")
GITHUB = "ghp" + "_" + random_word(36)
SK = "sk" + "-" + random_word(48)
SLACK = "xox" + "b-" + random_word(12, letters=string.digits) + "-" + random_word(24)
PRIVATE = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + random_word(64) + "\n"
JWT = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded({'sub': '1234567890'})}.{random_word(43)}"

PRESENT = [
    *((f"export KEY={AWS}", "access key"), (f"use {GITHUB}.", "access key"), (f"'{SK}'", "access key")),
    *((SLACK, "access key"), (PRIVATE, "private key"), (f"Authorization: Bearer {JWT}", "web token")),
    (f'api_key = "{random_word(32, 1)}"', "assigned secret"),
    (f"DB_PASSWORD={random_word(20, 2)}", "assigned secret"),
    (f"client_secret: {random_word(32, 3, '0123456789abcdef')}", "assigned secret"),
    *(("write to Ada.Lovelace+math@analytical.co.uk, please", "e-mail address"), ("<ada@gmail.com>", "e-mail address")),
    *(("call +44 20 7946 0958 now", "phone number"), ("+49 (0)30 901820 12", "phone number")),
    *(("+14155552671", "phone number"), ("(212) 736-5000", "phone number"), ("+33 6 12 34 56 78", "phone number")),
    *(("GB82 WEST 1234 5698 7654 32", "IBAN"), ("pay DE89370400440532013000 BY Friday", "IBAN")),
    *(("FR14 2004 1010 0505 0001 3M02 606", "IBAN"), ("NO93 8601 1117 947", "IBAN")),
    *(("4111111111111111", "card number"), ("4111 1111 1111 1111.", "card number")),
    *(("5555-5555-5555-4444", "card number"), ("3782 822463 10005", "card number")),
    *(("from 142.250.185.78:443", "IP address"), ("2a00:1450:4001:81b::200e", "IP address")),
]
LOOK_ALIKES = [
    "550e8400-e29b-41d4-a716-446655440000",
    "token=550e8400-e29b-41d4-a716-446655440000",
    "d41d8cd98f00b204e9800998ecf8427e",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "AB12CD34EF5601234567890ABCDEF012",
    "ISBN 978-3-16-148410-0",
    "ISBN 9783161484100",
    "EAN 4006381333931",
    "order 4111111111111112",
    "order 2024-11-22-000123456789",
    "1732284873123456",
    "GB82 WEST 1234 5698 7654 33",
    "version 115.0.5790.110",
    "Chrome/115.0.5790.170",
    "v1.22.133.4",
    "1.2.3.4",
    "section 3.1.4.1",
    "192.168.178.1 and 10.0.0.255",
    "203.0.113.7",
    "announced to 239.255.255.250:1900",
    "300.300.300.300",
    "12:34:56",
    "00:1A:2B:3C:4D:5E",
    "2001:db8::1",
    "std::vector<int>",
    "3.14159265358979",
    "+48.8577123456",
    "+20 000 000 000",
    "x = +1234567",
    "+1 415 555 0123",
    "2024-11-22T13:34:33+01:00",
    "me@example.com",
    "ada@mail.test",
    "logo@2x.png",
    "git@github.com:a/b.git",
    "https://user:word@server.org/x",
    "@ada@mastodon.social",
    "AKIAIOSFODNN7" + "EXAMPLE",
    "api_key = your_api_key_goes_here_1",
    "token = getAuthenticationToken2",
    "password: correct horse battery staple",
    "secret = hashlib.sha256(value)",
    "access_key=xxxxxxxxxxxxxxxxxxxx",
    "sk-learn-contributors-guide-to-models",
    "-----BEGIN RSA PRIVATE " + "KEY----- is the header of such a file",
    "eyJhbGciOiJI.eyJ and so on",
]


def named(text: str) -> list[str]:
    readers = (READERS[number] for number in find(pl.Series([text]))["reader"])
    return [reader.name for reader in readers if reader.kind != "look-alike"]


@pytest.mark.parametrize(("text", "name"), PRESENT)
def test_what_is_there_is_found_once(text, name):
    assert named(text) == [name]


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_look_alike_is_left_alone(text):
    assert named(text) == []


def test_published_checksums_hold_and_each_changed_digit_breaks_them():
    assert has_iban_checksum("GB82WEST12345698765432")
    assert has_luhn_checksum("4111111111111111")
    assert has_luhn_checksum("79927398713")
    card = "4111111111111111"
    changed = [card[:at] + str((int(card[at]) + 1) % 10) + card[at + 1 :] for at in range(len(card))]
    assert not any(map(has_luhn_checksum, changed))


def test_writing_does_not_change_what_is_the_same():
    same = pl.Series(["4111 1111 1111 1111", "4111111111111111"])

    first, second = find(same)["digest"]

    assert first == second


def judged(human: pl.DataFrame, synthetic: pl.DataFrame, kind: str = "personal", scope: Scope = Scope.HUMAN):
    measured = personal_data.measure(table_scan(human, synthetic), scope, {"kind": kind})
    return judge(measured, Limits(max_value=0), Severity.CRITICAL)


def rows(*texts: str | None) -> pl.DataFrame:
    return pl.DataFrame({"number": range(len(texts)), "text": pl.Series(texts, dtype=pl.String)})


CLEAN = rows("one", "two", None)


def test_clean_rows_pass_and_few_rows_do_too_because_every_row_is_counted():
    for scope in (Scope.HUMAN, Scope.SYNTHETIC):
        judgement = judged(CLEAN, rows("three"), scope=scope)
        assert (judgement.outcome, judgement.message) == (Outcome.PASS, "0, limit 0")


def test_one_address_fails_with_its_place_and_without_itself():
    judgement = judged(rows("one", "I am ada@gmail.com and ada@gmail.com", None), CLEAN)

    assert judgement.outcome is Outcome.FAIL
    assert "rows with e-mail address in column 'text' (1), first at data/mix.parquet:2" in judgement.message
    assert judgement.evidence == {
        "rows_by_column": {"e-mail address in text": 1},
        "distinct_values": 1,
        "first_rows": ["data/mix.parquet:2 e-mail address in text"],
    }
    assert "ada" not in json.dumps(asdict(judgement.measurement))


def test_each_kind_sees_its_own_only():
    human = rows(AWS, "4111111111111111")

    assert judged(human, CLEAN, "secrets").evidence["rows_by_column"] == {"access key in text": 1}
    assert judged(human, CLEAN, "personal").evidence["rows_by_column"] == {"card number in text": 1}


def test_synthetic_rows_leak_only_what_people_wrote():
    made_up, memorised = rows("bob@gmail.com"), rows("bob@gmail.com", "Ada@Gmail.com")
    human = rows("ada@gmail.com", "nothing")

    assert judged(human, made_up, scope=Scope.SYNTHETIC).outcome is Outcome.PASS
    judgement = judged(human, memorised, scope=Scope.SYNTHETIC)
    assert (judgement.outcome, judgement.evidence["first_rows"]) == (
        Outcome.FAIL,
        ["data/mix.parquet:4 e-mail address in text"],
    )


def test_address_that_three_human_rows_name_is_published_and_a_key_is_not():
    human, synthetic = rows(*["ask list@debian.org"] * 3, f"{AWS}", f"{AWS}", f"{AWS}"), rows("list@debian.org", AWS)

    assert judged(human, synthetic, "personal", Scope.SYNTHETIC).outcome is Outcome.PASS
    assert judged(human[1:], synthetic, "personal", Scope.SYNTHETIC).outcome is Outcome.FAIL
    assert judged(human, synthetic, "secrets", Scope.SYNTHETIC).outcome is Outcome.FAIL


def test_share_of_rows_is_set_against_the_limit():
    human = rows("ada@gmail.com", *["nothing"] * 49)
    measured = personal_data.measure(table_scan(human, CLEAN), Scope.HUMAN, {"kind": "personal"})

    assert judge(measured, Limits(max_value=0.05), Severity.WARNING).outcome is Outcome.PASS
    assert judge(measured, Limits(max_value=0.01), Severity.WARNING).outcome is Outcome.FAIL


def test_lists_structures_and_categories_are_read_too():
    human = pl.DataFrame(
        {
            "turns": [[{"role": "user", "content": "hello"}, {"role": "user", "content": "ada@gmail.com"}], []],
            "tags": [[], ["x", "eve@gmail.com"]],
            "town": pl.Series(["Rome", "+33 6 12 34 56 78"], dtype=pl.Categorical),
        }
    )

    assert judged(human, human[:0]).evidence["rows_by_column"] == {
        "e-mail address in tags": 1,
        "e-mail address in turns": 1,
        "phone number in town": 1,
    }


def test_column_of_order_numbers_holds_no_cards_and_a_column_of_cards_does():
    orders = rows(*(str(4_000_000_000_000_000 + 7_919 * number) for number in range(300)))
    cards = orders.filter(pl.col("text").map_elements(has_luhn_checksum, return_dtype=pl.Boolean))

    assert cards.height > 20
    assert judged(orders, CLEAN).outcome is Outcome.PASS
    assert judged(cards, CLEAN).evidence["rows_by_column"] == {"card number in text": cards.height}


def test_columns_without_texts_hold_nothing():
    numbers = pl.DataFrame({"number": [4111111111111111, None], "share": [0.5, float("nan")]})

    assert judged(numbers, numbers).outcome is Outcome.PASS


def test_order_of_rows_does_not_matter():
    human = rows("ada@gmail.com", "x", "4111111111111111")

    first, second = (judged(frame, CLEAN).measurement for frame in (human, human.reverse()))

    assert first.estimate == second.estimate
    assert first.evidence["rows_by_column"] == second.evidence["rows_by_column"]

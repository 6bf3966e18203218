"""A statement says one thing in one way, and a file that is none is named as that."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import jsonschema
import pytest

import gates
from gates.promotion.errors import PromotionError
from gates.promotion.statements.statement import PREDICATE_TYPE, parse_statement, sha256
from tests.promotions.promotions import statement

SCHEMA = json.loads(
    (Path(gates.__file__).parent / "promotion" / "statements" / "promotion.schema.json").read_text(encoding="utf-8")
)


def document() -> dict:
    return json.loads(statement().to_bytes())


def written(changed: dict) -> bytes:
    return (json.dumps(changed, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


def put(changed: dict, place: str, value: object) -> dict:
    *outer, last = place.split(".")
    inner = changed
    for name in outer:
        inner = inner[int(name) if name.isdigit() else name]
    inner[int(last) if last.isdigit() else last] = value
    return changed


def test_a_statement_is_read_back_as_it_was_written():
    assert parse_statement(statement().to_bytes(), "v1.2.0.json") == statement()


def test_a_first_promotion_with_nothing_to_concede_is_read_back():
    first = replace(
        statement(),
        base=None,
        purpose=None,
        pointers={},
        waived=(),
        loosened=(),
        not_asked=(),
        inconclusive=(),
        verdict=replace(statement().verdict, written_at=None),
    )

    assert parse_statement(first.to_bytes(), "v1.2.0.json") == first


def test_the_file_is_canonical_json():
    content = statement().to_bytes()

    assert content == written(json.loads(content))
    assert "überprüft".encode() in content
    assert sha256(content) == hashlib.sha256(content).hexdigest()


def test_neither_the_order_of_names_nor_the_time_zone_changes_the_bytes():
    promoted = statement()
    other = replace(
        promoted,
        contract=replace(promoted.contract, files=dict(reversed(promoted.contract.files.items()))),
        promoted_at=promoted.promoted_at.astimezone(timezone(timedelta(hours=5))).replace(microsecond=7),
    )

    assert other.to_bytes() == promoted.to_bytes()


def test_the_statement_is_one_by_the_published_definition():
    from google.protobuf import json_format
    from in_toto_attestation.v1 import statement_pb2
    from in_toto_attestation.v1.statement import Statement

    # The published schema is the protobuf definition; parsing refuses fields that it does not have.
    message = json_format.Parse(statement().to_bytes().decode(), statement_pb2.Statement())

    Statement.copy_from_pb(message).validate()
    assert message.type == "https://in-toto.io/Statement/v1"
    assert message.predicate_type == PREDICATE_TYPE
    assert [(subject.name, dict(subject.digest)) for subject in message.subject] == [("reviews", {"sha256": "a" * 64})]
    assert message.predicate["version"] == "v1.2.0"
    assert json_format.MessageToDict(message)["predicate"] == document()["predicate"]


def test_the_predicate_fits_its_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    jsonschema.validate(document()["predicate"], SCHEMA)
    assert SCHEMA["$id"] == PREDICATE_TYPE


WRONG = [
    ("dataset", "", "'predicate.dataset', expected a text that is not empty"),
    ("version", "1.2.0", '"1.2.0"|a version such as v1.2.0'),
    ("version", 1, "has 1 as 'predicate.version'"),
    ("purpose", 3, "has 3 as 'predicate.purpose'"),
    ("commit", "main", "the full id of a git object, 40 or 64 hexadecimal digits"),
    ("pointers", {"../x.dvc": "c" * 32}, "has '../x.dvc' in 'predicate.pointers', expected a path inside"),
    ("pointers", {"x.dvc": "C" * 32}, "'predicate.pointers.x.dvc', expected 32 hexadecimal digits"),
    ("pointers", ["x.dvc"], "has an array as 'predicate.pointers', expected a JSON object"),
    ("verdict.outcome", "fail", "'predicate.verdict.outcome', expected pass or warn: nothing else is promoted"),
    ("verdict.path", "/etc/passwd", "'predicate.verdict.path', expected a path inside the repository"),
    ("verdict.path", "a//b", "a path inside the repository"),
    ("verdict.path", "a/../b", "a path inside the repository"),
    ("verdict.digest", "e" * 63, "64 hexadecimal digits in lower case"),
    ("verdict.digest", "e" * 64 + "\n", "64 hexadecimal digits in lower case"),
    ("verdict.written_at", "yesterday", "a moment in UTC such as"),
    ("verdict.extra", 1, "a field 'predicate.verdict.extra' that gates does not know"),
    ("contract.files", {"gates.toml": None}, "has null as 'predicate.contract.files.gates.toml'"),
    ("contract", None, "has null as 'predicate.contract', expected a JSON object"),
    ("libraries", {"polars": 2}, "has 2 as 'predicate.libraries.polars'"),
    ("base", {"version": "v1.0.0"}, "has no field 'predicate.base.statement_sha256'"),
    ("base", False, "has false as 'predicate.base'"),
    ("waived", [{"check": "human/x"}], "has no field 'predicate.waived[0].reason'"),
    ("waived.0.check", "x", "has \"x\"|'predicate.waived[0].check', expected the id of a check"),
    ("loosened", "none", "'predicate.loosened', expected an array"),
    ("not_asked", ["nobody/x"], "'predicate.not_asked[0]', expected the id of a check"),
    ("inconclusive", [1], "has 1 as 'predicate.inconclusive[0]'"),
    ("promoted_at", "2026-03-01T12:30:05+01:00", "a moment in UTC such as"),
    ("promoted_at", "2026-3-1T12:30:05Z", "a moment in UTC such as"),
    ("signed_by", "ada", "a field 'predicate.signed_by' that gates does not know"),
]


@pytest.mark.parametrize(("place", "value", "words"), WRONG)
def test_a_field_that_is_wrong_is_named_by_the_reader_and_refused_by_the_schema(place, value, words):
    changed = put(document(), f"predicate.{place}", value)

    with pytest.raises(PromotionError) as error:
        parse_statement(written(changed), "promotions/reviews/v1.2.0.json")

    message = str(error.value)
    assert message.startswith("promotions/reviews/v1.2.0.json: has ")
    missing = [word for word in words.replace('"', "'").split("|") if word not in message.replace('"', "'")]
    assert missing == [], message
    # A Python expression's `$` lets a line feed pass; the reader does not.
    is_line_feed = isinstance(value, str) and value.endswith("\n")
    assert jsonschema.Draft202012Validator(SCHEMA).is_valid(changed["predicate"]) is is_line_feed


def test_every_field_is_needed():
    for name in document()["predicate"]:
        changed = document()
        del changed["predicate"][name]

        with pytest.raises(PromotionError, match=f"has no field 'predicate.{name}'"):
            parse_statement(written(changed), "v1.json")


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        ("_type", "https://in-toto.io/Statement/v0.1", "'_type' is 'https://in-toto.io/Statement/v0.1', expected"),
        ("predicateType", "https://slsa.dev/provenance/v1", "is no promotion statement of this gates: 'predicateType'"),
        ("subject", [], "has 0 subjects, expected one: the dataset"),
        ("subject.0.name", "chat", "expected the dataset of the predicate, 'reviews'"),
        ("subject.0.digest", {"md5": "0" * 32}, "has no field 'subject[0].digest.sha256'"),
        ("subject.0.digest.sha256", "A" * 64, "'subject[0].digest.sha256', expected 64 hexadecimal digits"),
        ("predicate", None, "has null as 'predicate', expected a JSON object"),
        ("more", 1, "has a field 'more' that gates does not know"),
    ],
)
def test_what_is_no_statement_of_a_promotion_is_named(place, value, words):
    with pytest.raises(PromotionError) as error:
        parse_statement(written(put(document(), place, value)), "v1.json")

    assert words in str(error.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no promotion statement, it is not JSON"),
        (b"\xff", "is no promotion statement, it is not JSON"),
        (b"[" * 100_000, "is no promotion statement, it is not JSON"),
        (b"9" * 5_000, "is no promotion statement, it is not JSON"),
        (b"[]", "has an array, expected a JSON object"),
        (b"{}", "'_type' is nothing, expected 'https://in-toto.io/Statement/v1'"),
    ],
)
def test_bytes_that_are_no_json_object_are_no_statement(content, words):
    with pytest.raises(PromotionError) as error:
        parse_statement(content, "v1.json")

    assert str(error.value).startswith("v1.json: ")
    assert words in str(error.value)
    assert error.value.exit_code == 3


@pytest.mark.parametrize(
    "edited",
    [
        lambda content: content[:-1],
        lambda content: content + b"\n",
        lambda content: json.dumps(json.loads(content)).encode(),
        lambda content: content.replace("ü".encode(), b"\\u00fc"),
        lambda content: content.replace(b'"gates": "0.4.0"', b'"gates": "0.3.0",\n    "gates": "0.4.0"'),
        lambda content: content.replace(b"\n", b"\r\n"),
    ],
    ids=["no line feed", "two line feeds", "compact", "escaped", "a name twice", "carriage returns"],
)
def test_the_same_words_in_other_bytes_are_refused(edited):
    with pytest.raises(PromotionError, match=r"v1\.json: was edited: it is not written as gates writes statements"):
        parse_statement(edited(statement().to_bytes()), "v1.json")


def test_a_name_that_is_not_utf8_is_refused_where_it_is_written_and_where_it_is_read():
    promoted = replace(statement(), pointers={"data/\udcff.dvc": "c" * 32})
    with pytest.raises(PromotionError, match=r"reviews v1.2.0: a name is not UTF-8, near '.*udcff.*'; rename the file"):
        promoted.to_bytes()

    with pytest.raises(PromotionError, match="a name is not UTF-8"):
        parse_statement(statement().to_bytes().replace(b'"ada"', b'"\\udcff"'), "v1.json")


def test_a_moment_before_the_year_1000_has_four_digits_too():
    promoted = replace(statement(), promoted_at=datetime(1, 1, 1, tzinfo=UTC))

    assert parse_statement(promoted.to_bytes(), "v1.json") == promoted

"""What a tag says is read by git's own trailers, survives a signature, and is refused when it is not what gates writes."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from gates.promotion.errors import PromotionError
from gates.promotion.statements.tag_message import PreviousTag, TagMessage, parse_message
from gates.promotion.statements.tags import ReleaseVersion

MESSAGE = TagMessage(
    subject="Promote reviews v1.2.0 to prod",
    statement_sha256="a" * 64,
    version=ReleaseVersion(1, 2, 0),
    follows=PreviousTag("reviews#prod#2", "b" * 40),
    stage="prod",
    conditions=("after staging: reviews#staging#1", "max_age 7d: judged 2 days ago"),
    configuration="d" * 40,
)
FIRST = TagMessage("Promote reviews v1.0.0", "a" * 64, ReleaseVersion(1, 0, 0))
REVOKED = replace(
    MESSAGE,
    subject="Take reviews v1.2.0 off prod",
    reason="rows of Ω were scraped: see #12",
    conditions=(),
    configuration=None,
)


@pytest.mark.parametrize("message", [MESSAGE, FIRST, REVOKED, replace(MESSAGE, envelope_sha256="c" * 64)])
def test_a_message_is_read_back(message):
    assert parse_message(message.to_text(), "reviews#prod#3") == message


def test_git_reads_the_trailers(tmp_path):
    read = subprocess.run(
        ["git", "interpret-trailers", "--parse"], input=MESSAGE.to_text(), capture_output=True, text=True, check=True
    )

    assert read.stdout.splitlines() == [
        "Statement-SHA256: " + "a" * 64,
        "Version: v1.2.0",
        "Stage: prod",
        "Follows: reviews#prod#2 " + "b" * 40,
        "Conditions: after staging: reviews#staging#1",
        "Conditions: max_age 7d: judged 2 days ago",
        "Configuration: " + "d" * 40,
    ]


def test_a_message_comes_back_from_a_real_tag(tmp_path):
    def git(*arguments: str, content: str = "") -> str:
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        command = ["git", *identity, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, input=content, capture_output=True, encoding="utf-8", check=True
        ).stdout

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "first")
    git("tag", "--annotate", "--file=-", "--cleanup=verbatim", "reviews#prod#3", content=REVOKED.to_text())

    contents = git("for-each-ref", "--format=%(contents)", "refs/tags/reviews#prod#3")
    assert parse_message(contents, "reviews#prod#3") == REVOKED


@pytest.mark.parametrize("kind", ["PGP SIGNATURE", "PGP MESSAGE", "SSH SIGNATURE", "SIGNED MESSAGE"])
def test_a_signature_is_no_part_of_the_message(kind):
    signed = f"{MESSAGE.to_text()}-----BEGIN {kind}-----\nU1NIU0lH\n-----END {kind}-----\n"

    assert parse_message(signed, "reviews#prod#3") == MESSAGE


@pytest.mark.parametrize("end", ["", " ", "\r", " for you"])
def test_what_stands_behind_a_signature_is_never_read(end):
    # Git takes whatever begins so for a signature's first line, and verifies what stands before it.
    forged = REVOKED.to_text().replace("v1.2.0", "v6.6.6")
    signed = f"{MESSAGE.to_text()}-----BEGIN PGP SIGNATURE-----{end}\nU1NI\n-----END PGP SIGNATURE-----\n\n{forged}"

    assert parse_message(signed, "reviews#prod#3") == MESSAGE


def test_other_trailers_and_a_body_may_stand_there():
    text = (
        MESSAGE.to_text().replace("\n\n", "\n\nBecause Ω: asked.\nVersion: v9.9.9\n\n")
        + "Reviewed-by: Bob <bob@example.com>\n"
    )

    assert parse_message(text, "reviews#prod#3") == MESSAGE


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Version: v1.2.0\n", "", "has no trailer 'Version'"),
        ("Version: v1.2.0", "Version: 1.2", "has '1.2' as 'Version', expected a version such as v1.2.0"),
        ("Version: v1.2.0", "Version: v1.2.0\nVersion: v1.3.0", "has 2 trailers 'Version'"),
        ("Stage: prod", "Stage: prod\nStage: test", "has 2 trailers 'Stage'"),
        ("a" * 64, "a" * 63, "as 'Statement-SHA256', expected 64 hexadecimal digits"),
        ("d" * 40, "main", "has 'main' as 'Configuration', expected the full id of a git object"),
        ("b" * 40, "HEAD", "has 'HEAD' as 'Follows', expected the full id of a git object"),
        ("reviews#prod#2 ", "", f"follows '{'b' * 40}', expected a tag's name and its object id, or 'none'"),
        ("Version:", "and then\nVersion:", "has no trailer 'Follows'"),
        ("\n\n", "\n", "has no trailer 'Follows'"),
    ],
)
def test_a_message_that_gates_did_not_write_is_named(old, new, words):
    with pytest.raises(PromotionError) as error:
        parse_message(MESSAGE.to_text().replace(old, new, 1), "reviews#prod#3")

    assert str(error.value).startswith("reviews#prod#3: the tag's message ")
    assert words in str(error.value)
    assert "fetch the tag again from a clone that you trust" in str(error.value)


@pytest.mark.parametrize(
    "message",
    [
        replace(MESSAGE, subject=""),
        replace(MESSAGE, subject="two\nlines"),
        replace(MESSAGE, conditions=("fine\nVersion: v9.0.0",)),
        replace(MESSAGE, reason=" spaces "),
        replace(MESSAGE, reason=""),
        replace(MESSAGE, stage="prod\r"),
    ],
)
def test_a_part_that_would_be_read_as_something_else_is_not_written(message):
    with pytest.raises(PromotionError, match="expected one line of text without spaces at its ends"):
        message.to_text()

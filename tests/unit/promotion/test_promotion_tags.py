"""Tags are what GTO reads: whatever gates writes, gto takes for the same event, and nothing that gto follows is missed."""

from __future__ import annotations

import re

import pytest
from gto.constants import check_string_is_valid
from gto.tag import Action, parse_name
from hypothesis import example, given
from hypothesis import strategies as st

from gates.errors import UsageError
from gates.promotion.statements.tags import (
    ReleaseVersion,
    TagName,
    is_gto_tag,
    next_number,
    parse_tag,
    parse_version,
    refuse_untaggable,
)
from gates.versions.dvc.artifacts import is_artifact_name

NAMES = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9_-]{0,6}[a-zA-Z0-9])?", fullmatch=True)
FOLDERS = st.just("") | st.from_regex(r"[a-z0-9_.-]{1,5}(/[a-z0-9_.-]{1,5})?", fullmatch=True)
VERSIONS = st.builds(ReleaseVersion, *[st.integers(0, 10**15 - 1)] * 3)
VERSION_TAGS = st.builds(TagName, NAMES, FOLDERS, version=VERSIONS, is_revocation=st.booleans())
STAGE_TAGS = st.builds(
    TagName, NAMES, FOLDERS, stage=NAMES, number=st.integers(1, 10**15 - 1), is_revocation=st.booleans()
)
# What tags are made of, so that nearly valid names are tried.
NEARLY = st.text(alphabet="ab1\u0663/-_.=:@#!v09+\n é", max_size=14) | st.builds(
    "{}{}{}".format,
    st.sampled_from(["reviews", "sub=reviews", "a/b", "-x", "reviews\n", "a:b", "=a"]),
    st.sampled_from(
        ["@v1.2.0", "@v01.2.0", "@v1.2", "@v1.2.0-rc.1", "#prod", "#prod#3", "@deprecated", "@latest", "@v1.\u0662.0"]
    ),
    st.sampled_from(["", "!", "#1", "!#4", "#0", "#03", "#", "!!", "\n"]),
)


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (TagName("reviews", version=ReleaseVersion(1, 2, 0)), "reviews@v1.2.0"),
        (TagName("reviews", version=ReleaseVersion(1, 2, 0), is_revocation=True), "reviews@v1.2.0!"),
        (TagName("reviews", stage="prod", number=3), "reviews#prod#3"),
        (TagName("reviews", stage="prod", number=4, is_revocation=True), "reviews#prod!#4"),
        (TagName("reviews", "corpora/en", version=ReleaseVersion(0, 0, 1)), "corpora/en=reviews@v0.0.1"),
    ],
)
def test_a_tag_is_written_and_read_as_gto_writes_it(tag, text):
    assert str(tag) == text
    assert parse_tag(text) == tag


@given(VERSION_TAGS | STAGE_TAGS)
def test_gto_reads_the_same_event_from_every_tag_of_gates(tag):
    assert parse_tag(str(tag)) == tag
    read = parse_name(str(tag))

    assert read.pop("name") == (f"{tag.folder}:{tag.dataset}" if tag.folder else tag.dataset)
    if tag.version:
        action = Action.DEREGISTER if tag.is_revocation else Action.REGISTER
        assert read == {"action": action, "version": str(tag.version)}
    else:
        action = Action.UNASSIGN if tag.is_revocation else Action.ASSIGN
        assert read == {"action": action, "stage": tag.stage, "counter": tag.number}


@given(NEARLY)
@example("reviews@v1.2.0-rc.1+build.5")
@example("reviews#prod#0")
@example("reviews@created")
def test_what_gto_reads_is_known_to_be_read(name):
    # A tag's name holds no line feed; gto's expressions let one pass at the end.
    reads = bool(parse_name(name, raise_on_fail=False)) and not name.endswith("\n")

    assert is_gto_tag(name) is reads
    if parse_tag(name) is not None:
        assert reads
        assert str(parse_tag(name)) == name


@given(NAMES | NEARLY)
@example("a//b")
@example("")
def test_a_name_is_valid_when_gto_says_so(name):
    assert is_artifact_name(name) is (check_string_is_valid(name) and not name.endswith("\n"))


@pytest.mark.parametrize(
    "name",
    ["reviews@v1.2", "reviews@1.2.0", "reviews@v1.2.0-rc1", "reviews@v1.02.0", "reviews#prod", "reviews#prod#03",
     "reviews#prod#0", "reviews@v1.2.0#1", "v1.2.0", "release-1", "reviews@v1.2.0\n", "reviews@deprecated"],
)  # fmt: skip
def test_a_tag_that_gates_does_not_write_is_not_its_own(name):
    assert parse_tag(name) is None


def test_versions_are_ordered_by_their_numbers():
    texts = ["v0.9.10", "v0.10.0", "v1.0.0", "v1.0.2", "v1.0.10"]

    assert [str(version) for version in sorted(map(parse_version, reversed(texts)))] == texts
    assert parse_version("v1.0.9").next_patch() == parse_version("v1.0.10")


@pytest.mark.parametrize(
    "text",
    ["", "1.0.0", "v1.0", "v1.0.0.0", "v1.0.0-rc", "v01.0.0", "v1.0.0\n", "v\u0661.0.0", "v" + "9" * 5000 + ".0.0"],
)
def test_nothing_else_is_a_version(text):
    assert parse_version(text) is None


def test_the_next_number_counts_all_stages_of_the_dataset_and_no_other():
    names = [
        "reviews@v1.0.0",
        "reviews#staging#1",
        "reviews#prod#2",
        "reviews#prod!#3",
        "chat#prod#9",
        "sub=reviews#prod#8",
    ]

    assert next_number(names, "reviews", "") == 4
    assert next_number(names, "reviews", "sub") == 9
    assert next_number(names, "other", "") == 1
    assert next_number([*names, "reviews#prod", "reviews@v1.0.1#7", "reviews#prod#" + "9" * 5000], "reviews", "") == 8


@pytest.mark.parametrize(
    ("dataset", "folder", "stage", "words"),
    [
        ("my reviews", "", None, "dataset 'my reviews': no tag can carry this name"),
        ("a//b", "", None, "dataset 'a//b'"),
        ("überprüft", "", None, "rename the dataset"),
        ("reviews", "", "prod!", "stage 'prod!': no tag can carry this name"),
        ("reviews", "my data", None, "dataset 'reviews': no tag can carry the name of its folder 'my data'"),
        ("reviews", ".hidden", None, "rename the folder"),
        ("reviews", "a/../b", None, "rename the folder"),
        ("reviews", "a.lock/b", None, "rename the folder"),
        ("reviews", "-a", None, "rename the folder"),
    ],
)
def test_a_name_that_no_tag_can_carry_is_refused(dataset, folder, stage, words):
    with pytest.raises(UsageError, match=re.escape(words)):
        refuse_untaggable(dataset, folder, stage)


def test_git_takes_the_names_that_are_not_refused():
    import subprocess

    for dataset, folder, stage in [("reviews", "", "prod"), ("a/b-c_d", "x.y/z", "pre-prod"), ("0", "a.b", "1")]:
        refuse_untaggable(dataset, folder, stage)
        for tag in (
            TagName(dataset, folder, version=ReleaseVersion(1, 0, 0), is_revocation=True),
            TagName(dataset, folder, stage=stage, number=1),
        ):
            subprocess.run(["git", "check-ref-format", f"refs/tags/{tag}"], check=True)


def test_a_number_that_could_not_be_read_again_is_refused_before_anything_is_made():
    highest = 10**15 - 1
    assert parse_tag(str(TagName("reviews", stage="prod", number=highest))) is not None
    with pytest.raises(UsageError, match="no stage tag comes after one with the number 999999999999999"):
        TagName("reviews", stage="prod", number=next_number([f"reviews#x#{highest}"], "reviews", ""))
    assert ReleaseVersion(1, 0, highest - 1).next_patch() == ReleaseVersion(1, 0, highest)
    with pytest.raises(UsageError, match=r"no version comes after v1\.0\.999999999999999 by itself"):
        ReleaseVersion(1, 0, highest).next_patch()

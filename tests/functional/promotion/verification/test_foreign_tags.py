"""Tags that GTO makes for models are no promotions; those of what was ever a dataset are, whoever made them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dvc_repositories import commit, git, write
from tests.promotions.forgeries import PROD, STAGING, VERSION, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

GTO = Path(sys.executable).parent / "gto"


def gto(root: Path, *arguments: str) -> None:
    done = subprocess.run([GTO, *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout


def register(root: Path, name: str, commit: str = "HEAD") -> None:
    """A version as `gto register` makes it, which takes seconds to start."""
    artifact, _, version = name.partition("@")
    git(root, "tag", "-a", "-m", f"Registering artifact {artifact} version {version}", name, commit)


@pytest.fixture
def with_model(done: Path) -> Path:
    """A repository with promotions, and versions of a model on a stage."""
    register(done, "model@v1.0.0")
    git(done, "tag", "-a", "-m", "Assigning stage prod to artifact model version v1.0.0", "model#prod#1", "HEAD")
    return done


def test_what_gto_registers_is_listed_and_no_failure(gates, done: Path) -> None:
    gto(done, "register", "model", "--version", "v1.0.0")
    gto(done, "assign", "model", "--version", "v1.0.0", "--stage", "prod")

    called = gates(done, "verify")

    assert (called.code, called.err) == (
        0,
        "not gates' tags: model@v1.0.0, model#prod#1: no dataset ever had the name\n",
    )
    assert "model" not in called.out


def test_a_model_asked_for_by_its_name_does_not_hold(gates, with_model: Path) -> None:
    called = gates(with_model, "verify", "model@v1.0.0")

    assert (called.code, called.out.startswith("model@v1.0.0: FAILED")) == (1, True)


def test_what_gto_registers_does_not_keep_a_dataset_from_being_promoted(gates, with_model: Path) -> None:
    assert "purpose" in (with_model / "gates.toml").read_text()
    assert gates(with_model, "check", "first", "--quiet").code == 0

    called = gates(with_model, "promote", "first", "--stage", "staging", "--version", "v1.1.0")

    assert called.code == 0, called.err


def test_where_gto_alone_made_tags_nothing_was_promoted(gates, ready: Path) -> None:
    register(ready, "model@v0.0.1")

    called = gates(ready, "verify")

    assert (called.code, "not gates' tags: model@v0.0.1: " in called.err, "nothing was promoted" in called.err) == (
        2, True, True,
    )  # fmt: skip


def renamed(root: Path) -> None:
    """The dataset has another name, and neither its promotions nor their tags are left."""
    text = (root / "gates.toml").read_text()
    write(root, "gates.toml", text.replace("[datasets.first]", "[datasets.other]"))
    git(root, "rm", "-q", "-r", "promotions")
    commit(root, "another name")
    git(root, "tag", "-d", VERSION, STAGING, PROD)
    register(root, VERSION)


def of_a_dataset_that_was_never_promoted(root: Path) -> None:
    register(root, "second@v0.0.1")


def of_a_commit_that_had_the_dataset(root: Path) -> None:
    """It was never promoted, and is gone since."""
    before = git(root, "rev-parse", "HEAD")
    text = (root / "gates.toml").read_text()
    write(root, "gates.toml", text.replace("[datasets.second]", "[datasets.other]"))
    commit(root, "another name")
    register(root, "second@v0.0.1", before)


def with_the_words_of_a_promotion(root: Path) -> None:
    git(root, "tag", "-a", "-m", words_of(root, VERSION), "model@v0.0.1", "HEAD~1")


def of_a_configuration_that_nobody_can_read(root: Path) -> None:
    before = (root / "gates.toml").read_text()
    write(root, "gates.toml", before + "\n[")
    commit(root, "unreadable")
    register(root, "model@v0.0.1")
    write(root, "gates.toml", before)
    commit(root, "readable")


@pytest.mark.parametrize(
    ("forge", "tag"),
    [
        (renamed, VERSION),
        (of_a_dataset_that_was_never_promoted, "second@v0.0.1"),
        (of_a_commit_that_had_the_dataset, "second@v0.0.1"),
        (with_the_words_of_a_promotion, "model@v0.0.1"),
        (of_a_configuration_that_nobody_can_read, "model@v0.0.1"),
    ],
)
def test_a_tag_of_what_was_ever_a_dataset_does_not_hold(
    gates, done: Path, forge: Callable[[Path], None], tag: str
) -> None:
    forge(done)

    called = gates(done, "verify")

    assert (called.code, f"{tag}: FAILED" in called.out, "not gates' tags" in called.err) == (1, True, False), (
        called.out + called.err
    )

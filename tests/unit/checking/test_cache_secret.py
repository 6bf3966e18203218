"""Only entries that this user wrote count, whatever a checkout brings along."""

from __future__ import annotations

import hashlib
import os
import stat

import pytest

from gates.checking.cache.folder import Cache, cache_of
from gates.checking.cache.secret import VARIABLE, cache_secret
from gates.versions.repository import Repository


@pytest.fixture(autouse=True)
def user(tmp_path, monkeypatch):
    """The folder of a user who has no secret yet."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "user"))
    return tmp_path / "user"


def secret_file(user):
    (path,) = (one for one in user.rglob("*") if one.is_file())
    return path


def test_the_secret_is_made_once_and_is_the_users_alone(user):
    first = cache_secret()

    assert cache_secret() == first
    assert len(first) == 32
    assert secret_file(user).name == "cache.key"
    assert stat.S_IMODE(secret_file(user).stat().st_mode) == 0o600


@pytest.mark.parametrize("harm", ["others may read it", "cut short", "a link", "a pipe"])
def test_a_secret_that_others_may_have_is_replaced(user, tmp_path, harm):
    first = cache_secret()
    path = secret_file(user)
    if harm == "others may read it":
        path.chmod(0o644)
    elif harm == "cut short":
        path.write_bytes(first[:7])
    else:
        path.replace(tmp_path / "elsewhere")
        path.symlink_to(tmp_path / "elsewhere") if harm == "a link" else os.mkfifo(path)

    second = cache_secret()

    assert len(second) == 32
    assert second != first
    assert second == cache_secret()


def test_a_secret_that_lies_in_the_repository_is_none(user):
    assert cache_secret(user.parent) is None
    assert cache_secret(user.parent / "repository") is not None


def test_where_no_secret_can_be_kept_nothing_is_cached(user, tmp_path):
    user.write_text("a file where the folder would be")
    cache = Cache(tmp_path / "cache")

    cache.put("key", {"outcome": "pass"})

    assert cache.secret is None
    assert cache.get("key") is None
    assert not cache.folder.exists()


def test_a_secret_in_the_environment_counts_on_every_machine(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "a secret of the repository")
    Cache(tmp_path / "cache").put("key", {"outcome": "pass"})

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    assert Cache(tmp_path / "cache").get("key") == {"outcome": "pass"}
    for other in ("", "\u200b", "another"):
        monkeypatch.setenv(VARIABLE, other)
        assert Cache(tmp_path / "cache").get("key") is None


def test_an_entry_that_somebody_else_wrote_is_not_there(tmp_path):
    theirs = Cache(tmp_path / "cache", secret=b"theirs")
    theirs.put("key", {"outcome": "pass"})
    theirs.for_summaries().put_bytes([("file", b"rows")])
    own = Cache(tmp_path / "cache")

    assert own.get("key") is None
    assert own.for_summaries().get_bytes("file") is None
    own.put("key", {"outcome": "fail"})
    assert own.get("key") == {"outcome": "fail"}


def test_an_entry_with_the_checksum_of_its_content_is_not_there(tmp_path):
    cache = Cache(tmp_path / "cache")
    content = b'{"outcome": "pass"}'
    for mark in (hashlib.sha256(b"3 key " + content).hexdigest().encode(), b"", b"0" * 64):
        cache.folder.mkdir(exist_ok=True)
        cache._path("key").write_bytes(mark + b"\n" + content)
        assert cache.get("key") is None


@pytest.mark.parametrize("harm", ["a pipe", "a link", "a folder", "no end"])
def test_what_is_no_plain_file_is_no_entry(tmp_path, harm):
    cache = Cache(tmp_path / "cache")
    cache.put("key", {"outcome": "pass"})
    path = cache._path("key")
    path.replace(tmp_path / "elsewhere")
    if harm == "a pipe":
        os.mkfifo(path)
    elif harm == "a link":
        path.symlink_to(tmp_path / "elsewhere")
    elif harm == "a folder":
        path.mkdir()
    else:
        with path.open("wb") as stream:
            stream.truncate(1 << 40)

    assert cache.get("key") is None
    cache.put("key", {"outcome": "pass"})


@pytest.mark.parametrize("link", [".gates", ".gates/cache", ".gates/cache/scans"])
def test_a_folder_that_a_link_leads_to_is_left_alone(tmp_path, link):
    root = tmp_path / "project"
    (root / link).parent.mkdir(parents=True)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/one.json").write_text("{}")
    (root / link).symlink_to(tmp_path / "precious")

    cache = cache_of(Repository(root), root)
    cache.put("key", {"outcome": "pass"})

    assert cache.get("key") is None
    assert [path.name for path in (tmp_path / "precious").iterdir()] == ["one.json"]

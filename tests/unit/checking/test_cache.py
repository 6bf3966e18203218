"""The cache forgets rather than errs: whatever happens to its folder, an entry is what was written, or is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from datetime import date

import pytest

from gates.checking.cache.folder import Cache, cache_of
from gates.checking.cache.hashes import RememberedHashes
from gates.config.digests import contract_key
from gates.config.load import read_config
from gates.config.sources.schema_files import LIBRARIES
from gates.versions.repository import Repository

DAY = date(2030, 1, 1)
WRITER = """
import sys
from pathlib import Path
from gates.checking.cache.folder import Cache
cache = Cache(Path(sys.argv[1]), size_at_most=3000)
for number in range(60):
    key = str(number % 5)
    cache.put(key, {"text": sys.argv[2] * 300})
    entry = cache.get(key)
    assert entry is None or len(set(entry["text"])) == 1 and len(entry["text"]) == 300, entry
"""


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def only_file(cache):
    (path,) = cache.folder.iterdir()
    return path


def test_entry_is_what_was_put(cache):
    cache.put("a key", {"verdict": {"outcome": "pass"}})

    assert cache.get("a key") == {"verdict": {"outcome": "pass"}}
    assert cache.get("another key") is None


def test_truncated_entry_is_not_there(cache):
    cache.put("key", {"verdict": "é" * 20})
    whole = only_file(cache).read_bytes()

    for length in range(len(whole)):
        only_file(cache).write_bytes(whole[:length])
        assert cache.get("key") is None


def test_changed_entry_is_not_there(cache):
    cache.put("key", {"outcome": "fail"})
    path = only_file(cache)
    path.write_bytes(path.read_bytes().replace(b"fail", b"pass"))

    assert cache.get("key") is None


def test_entry_under_the_name_of_another_is_not_there(cache):
    cache.put("one", {"outcome": "pass"})
    one = only_file(cache)
    cache.put("other", {"outcome": "fail"})
    (other,) = set(cache.folder.iterdir()) - {one}
    one.replace(other)

    assert cache.get("other") is None


def test_oldest_entries_go_first(tmp_path):
    cache = Cache(tmp_path, size_at_most=1000)
    for number, key in enumerate("abc"):
        cache.put(key, {"text": "x" * 200})
        path = cache._path(key)
        os.utime(path, (number, number))
    cache.get("a")

    cache.put("d", {"text": "x" * 200})

    assert [key for key in "abcd" if cache.get(key)] == ["a", "c", "d"]


def test_what_a_killed_process_left_is_removed_after_an_hour(cache):
    cache.put("key", {})
    old, new = cache.folder / "tmp1.unfinished", cache.folder / "tmp2.unfinished"
    for path, age in ((old, 7200), (new, 10)):
        path.write_text("half")
        os.utime(path, (time.time() - age,) * 2)

    cache.put("key", {})

    assert (old.exists(), new.exists()) == (False, True)


def test_folder_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")

    cache.put("key", {})

    assert cache.get("key") is None


def test_bytes_are_what_was_put(cache):
    cache.put_bytes([("a", b"\0\n\xff"), ("b", b"")])

    assert [cache.get_bytes(key) for key in "abc"] == [b"\0\n\xff", b"", None]


def test_bytes_beyond_the_bound_do_not_push_out_each_other(tmp_path):
    cache = Cache(tmp_path, size_at_most=1000)

    cache.put_bytes((key, b"x" * 250) for key in "abcdef")

    assert [key for key in "abcdef" if cache.get_bytes(key)] == ["a", "b", "c"]


def test_what_is_known_of_files_pushes_out_no_verdict(tmp_path):
    cache = Cache(tmp_path, size_at_most=1000)
    cache.put("verdict", {"outcome": "pass"})

    cache.for_summaries().put_bytes([("file", b"x" * 5000)])
    cache.put("other", {})

    assert cache.get("verdict") == {"outcome": "pass"}
    assert cache.for_summaries().get_bytes("file") == b"x" * 5000


@pytest.mark.program
def test_writers_at_the_same_time_leave_whole_entries(tmp_path):
    folder = tmp_path / "cache"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), letter], stderr=subprocess.PIPE, text=True)
        for letter in "abcd"
    ]

    assert [writer.communicate()[1] for writer in writers] == [""] * 4
    entries = [entry for key in "01234" if (entry := Cache(folder).get(key))]
    assert entries
    assert {len(set(entry["text"])) for entry in entries} == {1}
    assert not list(folder.glob("*.unfinished"))


@pytest.mark.program
def test_killed_writer_leaves_whole_entries(tmp_path):
    folder = tmp_path / "cache"
    for letter, wait in zip("abcd", (0, 0.003, 0.01, 0.03), strict=True):
        shutil.rmtree(folder, ignore_errors=True)
        writer = subprocess.Popen([sys.executable, "-c", WRITER.replace("60", "10**9"), str(folder), letter])
        while not list(folder.glob("*.json")):
            assert writer.poll() is None, "it ends when it is killed"
            time.sleep(0.001)
        time.sleep(wait)
        writer.kill()
        writer.wait()

        entries = [entry["text"] for key in "01234" if (entry := Cache(folder).get(key))]
        assert entries
        assert set(entries) == {letter * 300}


def test_the_cache_lies_with_dvc_where_there_is_dvc(tmp_path):
    (tmp_path / "part/.dvc").mkdir(parents=True)
    (tmp_path / "part/deep").mkdir()
    repository = Repository(tmp_path.resolve())

    assert cache_of(repository, tmp_path / "part/deep").folder == tmp_path / "part/.dvc/tmp/gates"
    assert cache_of(repository, tmp_path / "part").folder == tmp_path / "part/.dvc/tmp/gates"
    assert cache_of(repository, tmp_path).folder == tmp_path / ".gates/cache"


def hashed(cache, path):
    hashes = RememberedHashes(cache, "here")
    digests = hashes(path, is_legacy=False)
    hashes.save()
    return digests


def remembered(cache):
    return list(cache.get("hashes of here") or {})


def test_hash_of_an_old_file_is_remembered(cache, tmp_path, monkeypatch):
    path = tmp_path / "rows.csv"
    path.write_text("one")
    monkeypatch.setattr(time, "time_ns", lambda: path.stat().st_ctime_ns + 3_000_000_000)

    first = hashed(cache, path)

    assert remembered(cache) == [str(path)]
    assert hashed(cache, path) == first == ("f97c5d29941bfb1b2fdab0874906ab82", 3)


def test_hash_of_a_file_touched_just_now_is_not(cache, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("one")
    os.utime(path, (1, 1))

    hashed(cache, path)

    assert remembered(cache) == []


def test_content_changed_behind_an_old_time_is_seen(cache, tmp_path, monkeypatch):
    path = tmp_path / "rows.csv"
    path.write_text("one")
    about = path.stat()
    monkeypatch.setattr(time, "time_ns", lambda: about.st_ctime_ns + 3_000_000_000)
    first = hashed(cache, path)
    time.sleep(0.02)
    path.write_text("two")
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))

    assert hashed(cache, path) != first


CONFIG = """\
[datasets.first]
type = "tabular"
path = "data"
waivers = [{ check = "human/a", reason = "r", owner = "o", expires = 2030-06-01 }]

[datasets.other]
type = "text"
path = "elsewhere"
"""


@pytest.fixture
def project(tmp_path):
    for name, text in {
        "gates.toml": CONFIG,
        "expectations/first/human.json": "{}\n",
        "expectations/other/human.json": "{}\n",
        "schemas/first.py": "First = 1\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def key(project, day=DAY):
    return contract_key(read_config(project / "gates.toml").dataset("first"), day)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gates.toml", CONFIG.replace('"data"', '"data/"')),
        ("gates.toml", CONFIG.replace('"r"', '"another reason"')),
        ("expectations/first/human.json", '{"name": ""}\n'),
        ("expectations/first/synthetic.json", "{}\n"),
        ("expectations/first/stray.txt", "{}\n"),
        ("schemas/first.py", "First = 2\n"),
        ("schemas/pandera.py", ""),
        ("helper.py", ""),
    ],
)
def test_key_differs_when_what_the_contract_is_made_of_differs(project, name, text):
    before = key(project)
    (project / name).write_text(text)

    assert key(project) != before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gates.toml", "# about\n\n" + CONFIG),
        ("gates.toml", CONFIG.replace("elsewhere", "data2")),
        ("expectations/first/human.json", "{}\r\n"),
        ("expectations/other/human.json", '{"name": ""}\n'),
    ],
)
def test_key_stays_when_something_else_differs(project, name, text):
    before = key(project)
    (project / name).write_bytes(text.encode())

    assert key(project) == before


def test_key_differs_once_a_waiver_has_expired(project):
    assert key(project, date(2030, 6, 1)) == key(project)
    assert key(project, date(2030, 6, 2)) != key(project)


def test_key_names_all_libraries(project):
    assert set(key(project)["libraries"]) == set(LIBRARIES)

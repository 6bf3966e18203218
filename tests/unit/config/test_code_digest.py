"""Which changes of installed code make a remembered verdict one of other code."""

from __future__ import annotations

import os
import shutil

import pytest

from gates.config.digests import code_digest


@pytest.fixture
def package(tmp_path):
    root = tmp_path / "gates"
    (root / "rows").mkdir(parents=True)
    (root / "a.py").write_text("one = 1\ntwo = 2\n")
    (root / "b.py").write_text("three = 3\n")
    (root / "rows" / "c.py").write_text("")
    return root


def edit(root):
    (root / "a.py").write_text("one = 1\ntwo = 3\n")


def edit_behind_old_times(root):
    before = (root / "a.py").stat()
    edit(root)
    os.utime(root / "a.py", ns=(before.st_atime_ns, before.st_mtime_ns))


def move_a_line_to_the_next_file(root):
    (root / "a.py").write_text("one = 1\n")
    (root / "b.py").write_text("two = 2\nthree = 3\n")


def rename(root):
    (root / "b.py").rename(root / "d.py")


def move_to_another_folder(root):
    (root / "b.py").rename(root / "rows" / "b.py")


def swap(root):
    (root / "a.py").rename(root / "x")
    (root / "b.py").rename(root / "a.py")
    (root / "x").rename(root / "b.py")


def add_an_empty_module(root):
    (root / "e.py").touch()


def remove(root):
    (root / "rows" / "c.py").unlink()


@pytest.mark.parametrize(
    "change",
    [
        edit, edit_behind_old_times, move_a_line_to_the_next_file, rename, move_to_another_folder, swap,
        add_an_empty_module, remove,
    ],
)  # fmt: skip
def test_every_change_of_a_module_is_other_code(change, package):
    before = code_digest(package)
    change(package)

    assert code_digest(package) != before


def test_the_same_code_installed_elsewhere_and_later_is_the_same(package, tmp_path):
    before = code_digest(package)
    copied = tmp_path / "elsewhere" / "gates"
    shutil.copytree(package, copied, copy_function=shutil.copy)
    (copied / "__pycache__").mkdir()
    (copied / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"compiled")

    assert code_digest(copied) == before

"""What TOML, JSON and YAML may say and Python's parsers cannot read is named with its file and line."""

from __future__ import annotations

import pytest

from gates.config.load import read_config
from gates.config.removals import read_removals
from gates.contract.suites.positions import parse_suite
from gates.errors import GatesError
from gates.versions.dvc.dvc_pointers import parse_dvc_file

LONG = "9" * 5000


def test_a_number_of_thousands_of_digits_in_a_configuration(tmp_path):
    (tmp_path / "gates.toml").write_text(f'[datasets.d]\npath = "d.csv"\ninconclusive = {LONG}\n')

    with pytest.raises(GatesError, match=r"^gates\.toml:3: not valid TOML: a number of more digits"):
        read_config(tmp_path / "gates.toml")


def test_arrays_within_arrays_in_a_configuration(tmp_path):
    (tmp_path / "gates.toml").write_text("x = " + "[" * 100_000)

    with pytest.raises(GatesError, match=r"^gates\.toml:1: not valid TOML: .*too deep"):
        read_config(tmp_path / "gates.toml")


def test_a_number_of_thousands_of_digits_in_a_removal(tmp_path):
    (tmp_path / "promotions/d/removals").mkdir(parents=True)
    (tmp_path / "promotions/d/removals/a.toml").write_text(f"\nrows = [{LONG}]\n")

    with pytest.raises(GatesError, match=r"^promotions/d/removals/a\.toml:2: not valid TOML: a number"):
        read_removals(tmp_path, "d")


def test_a_number_of_thousands_of_digits_in_a_suite():
    with pytest.raises(GatesError, match=r"^own\.json:2: a number of more digits"):
        parse_suite(b'{"name":\n' + LONG.encode() + b"}", "own.json")


def test_a_number_of_thousands_of_digits_in_a_pointer():
    with pytest.raises(GatesError, match="size: a number of 5,000 digits"):
        parse_dvc_file(f"outs:\n- path: d\n  md5: {'0' * 32}\n  size: {LONG}\n".encode(), "d.dvc")

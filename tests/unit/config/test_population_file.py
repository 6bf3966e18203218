"""The file of population shares is read, or what is wrong with it is said with its line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from gates.config.digests import rules_inputs
from gates.config.load import read_config
from gates.config.population import read_population
from gates.contract.contract import load_contract
from gates.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "dimension,level,share,source\n"
GOOD = HEADER + "lang,en,0.25,census 2020\nlang,de,0.75,census 2020\n"
TODAY = date(2026, 1, 1)


@pytest.fixture
def dataset(tmp_path: Path):
    def write(text: str | None):
        (tmp_path / "gates.toml").write_text(
            '[datasets.r]\npath = "d.csv"\ntype = "text"\ncolumns = { language = "lang" }\npopulation = "refs/p.csv"\n'
        )
        if text is not None:
            (tmp_path / "refs").mkdir(exist_ok=True)
            (tmp_path / "refs/p.csv").write_text(text, encoding="utf-8")
        return read_config(tmp_path / "gates.toml").dataset("r")

    return write


def test_shares_are_read_under_the_names_that_columns_have_once_opened(dataset):
    assert read_population(dataset(GOOD)).shares == {"language": {"en": 0.25, "de": 0.75}}


def test_rounded_shares_are_scaled_to_one(dataset):
    rounded = HEADER + "age,a,0.33,s\nage,b,0.33,s\nage,c,0.33,s\n"
    assert read_population(dataset(rounded)).shares == {"age": dict.fromkeys("abc", pytest.approx(1 / 3))}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "gates.toml:5: dataset 'r': no file of population shares refs/p.csv"),
        ("dimension,level,percent,source\n", "refs/p.csv:1: the header is 'dimension,level,percent,source', expected"),
        (HEADER, "refs/p.csv: has no shares below its header"),
        (HEADER + "lang,en,25 %,census\n", "refs/p.csv:2: share is '25 %', expected a number between 0 and 1"),
        (HEADER + "lang,en,nan,census\n", "refs/p.csv:2: share is 'nan', expected a number between 0 and 1"),
        (HEADER + "lang,en,0.5\n", "refs/p.csv:2: expected 4 cells: dimension, level, share, source"),
        (HEADER + "lang,en,0.5,a,b\n", "refs/p.csv:2: expected 4 cells"),
        (HEADER + "lang,en,1,\n", "refs/p.csv:2: source is empty; say where the share comes from"),
        (HEADER + "lang,en,0.5,s\nlang,en,0.5,s\n", "refs/p.csv:3: language=en stands there twice; keep one share"),
        (HEADER + "lang,en,0.5,s\n", "refs/p.csv: the shares of 'language' sum to 0.5, expected 1"),
    ],
)
def test_a_bad_file_is_named_with_its_line(dataset, text, message):
    with pytest.raises(UsageError) as error:
        load_contract(dataset(text), TODAY)
    assert message in str(error.value)


def test_another_share_is_another_contract(dataset):
    def digests(text):
        config = dataset(text)
        return load_contract(config, TODAY).to_json()["sha256"], rules_inputs(config, TODAY)["population"]

    one, other = digests(GOOD), digests(GOOD.replace("0.25", "0.2").replace("0.75", "0.8"))
    assert one[0] != other[0]
    assert one[1] != other[1]
    assert digests(GOOD.replace("\n", "\r\n")) == one

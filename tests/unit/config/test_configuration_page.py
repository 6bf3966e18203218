"""docs/reference/configuration.md is complete, and its examples are what `gates` reads."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from gates.config.load import read_config
from gates.config.parsing import parse as config_keys
from gates.config.parsing import stages as config_stages
from gates.config.parsing.plugins_table import KEYS
from gates.config.parsing.stages import Stage
from gates.data.files import _CODECS, _FORMATS
from tests.dvc_repositories import write

ROOT = Path(__file__).parents[3]
PAGE, _, STAGES = (ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8").partition("\n## Stages\n")
SUPPORTED = sorted(config_keys._READERS)


@pytest.mark.parametrize("key", SUPPORTED)
def test_every_key_has_a_row_with_type_default_and_meaning(key):
    rows = [line for line in PAGE.splitlines() if line.startswith(f"| `{key}` |")]

    assert len(rows) == 1
    assert len([cell for cell in rows[0].split(" | ") if cell.strip("| ")]) == 3


@pytest.mark.parametrize("key", [key for key in SUPPORTED if key not in ("type", "waivers")])
def test_every_key_has_an_example_that_is_read(key, tmp_path):
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{key}` |"))
    example = next(snippet for snippet in re.findall(r"`([^`]+)`", row) if snippet.startswith(f"{key} = "))
    needed = {"path": 'path = "x.csv"', "type": 'type = "text"'}
    if key in ("path", "partitions"):
        del needed["path"]
    (tmp_path / "gates.toml").write_text("\n".join(["[datasets.a]", *needed.values(), example]))

    assert list(read_config(tmp_path / "gates.toml").datasets) == ["a"]


def test_every_key_of_a_stage_has_a_row_and_an_example_that_is_read(tmp_path):
    rows = {key: line for line in STAGES.splitlines() for key in re.findall(r"^\| `(\w+)` \|", line)}
    examples = [re.findall(rf"`({key} = [^`]+)`", row)[-1] for key, row in rows.items()]
    stages = ["[stages.staging]", "[stages.prod]", *examples]
    (tmp_path / "gates.toml").write_text("\n".join(['[datasets.a]\npath = "x.csv"\ntype = "text"', *stages]))

    assert set(rows) == set(config_stages._READERS)
    assert len(rows) == len(re.findall(r"^\| `\w+` \|", STAGES, re.MULTILINE))
    assert {len(row.split(" | ")) for row in rows.values()} == {3}
    assert set(read_config(tmp_path / "gates.toml").stages) == {"staging", "prod"}


def test_stages_of_the_page_are_what_is_read(tmp_path):
    (block,) = re.findall(r"```toml\n(.*?)```", STAGES, re.DOTALL)
    (tmp_path / "gates.toml").write_text('[datasets.a]\npath = "x.csv"\ntype = "text"\n' + block)

    assert read_config(tmp_path / "gates.toml").stages == {
        "staging": Stage("staging", 4, maximum_age=30),
        "prod": Stage(
            "prod",
            7,
            after="staging",
            purpose="finetune",
            reviewers=2,
            waivers="forbidden",
            loosened="forbidden",
            answered=("expect_contamination_ratio_to_be_less_than",),
        ),
    }


@pytest.mark.parametrize("word", [*config_keys._WAIVER_KEYS, *_FORMATS, *_CODECS])
def test_waiver_keys_and_formats_are_named(word):
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("word", ["tabular", "mirror", "extend", "block", "warn", "rows", "ids", "off", "preference"])
def test_every_word_that_a_key_takes_is_named(word):
    assert f'`"{word}"`' in PAGE


def test_blocks_are_configurations_that_are_read(tmp_path):
    write(tmp_path, "data/de/reviews.csv", "text\n")  # what the name pattern stands for
    first, waiver, *others = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    for other in others:
        (tmp_path / "gates.toml").write_text(first + other)
        assert read_config(tmp_path / "gates.toml").datasets
    (tmp_path / "gates.toml").write_text(first + waiver)

    (dataset,) = read_config(tmp_path / "gates.toml").datasets.values()

    assert dataset.purpose == "finetune"
    assert dataset.columns == {"text": "body", "generator": "model"}
    assert [waiver.owner for waiver in dataset.waivers] == ["ana"]


@pytest.mark.parametrize("key", KEYS)
def test_every_table_of_plugins_has_an_example_that_is_read(key, tmp_path):
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{key}` |"))
    example = next(snippet for snippet in re.findall(r"`([^`]+)`", row) if snippet.startswith(f"{key} = "))
    (tmp_path / "gates.toml").write_text(f'[plugins]\n{example}\n[datasets.a]\npath = "x.csv"\ntype = "text"')

    assert [one.kind.key for one in read_config(tmp_path / "gates.toml").plugins.declared] == [key]


def test_name_with_a_star_stands_for_what_the_page_says(tmp_path):
    (glob,) = (text for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "*" in text)
    assert list(tomllib.loads(glob)["datasets"]) == ["reviews-*"]
    for language in ("en", "de"):
        (tmp_path / "data" / language).mkdir(parents=True)
        (tmp_path / "data" / language / "reviews.csv").touch()
    (tmp_path / "gates.toml").write_text(glob)

    assert list(read_config(tmp_path / "gates.toml").datasets) == ["reviews-de", "reviews-en"]


def test_page_is_linked_from_where_people_start():
    from gates.init.config_text import _HEAD

    assert "(docs/reference/configuration.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "docs/reference/configuration.md" in _HEAD

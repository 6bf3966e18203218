"""What `gates init` proposes as artifacts of DVC."""

from __future__ import annotations

import pytest
import yaml

from gates.config.load import read_config
from gates.versions.dvc.artifacts import artifacts_text


@pytest.mark.parametrize(
    ("table", "expected", "message"),
    [
        ('[datasets.first]\npath = "data/first set"', {"first": {"path": "data/first set", "type": "dataset"}}, ""),
        ('[datasets.first]\npath = "data/*.csv"', None, "has no single path"),
        ('[datasets.first.partitions]\nhuman = "a.csv"\nsynthetic = "b.csv"', None, "has no single path"),
        ('[datasets."_ab"]\npath = "data.csv"', None, '"_ab" is no name for an artifact of DVC'),
        ('[datasets.on]\npath = "data.csv"', {"on": {"path": "data.csv", "type": "dataset"}}, ""),
    ],
)
def test_each_dataset_of_one_path_is_an_artifact_and_others_are_reported(tmp_path, table, expected, message):
    path = tmp_path / "gates.toml"
    path.write_text(f'[defaults]\ntype = "tabular"\n\n{table}\n')

    text = "\n".join(artifacts_text(read_config(path).datasets.values()))

    document = yaml.load(text, Loader=yaml.BaseLoader) or {}
    assert document.get("artifacts") == expected
    assert message in text

"""Distributions that offer plugins, installed into folders, and projects that name plugins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGE = Path(__file__).parent / "plugin_package"
SUITE = '{"name": "own", "expectations": [], "meta": {}}'
SUITES = {f"{scope}.json": SUITE for scope in ("human", "synthetic", "combined")}
METRIC = """\
from gates.metrics.base.measurement import Estimate, Measured
from gates.metrics.base.metric import Metric, Side
{imports}
def measure(scan, scope, params):
    return Measured(Estimate.exact({value}))


METRIC = Metric("{name}", measure, Side.MAX, "Is it?", "It matters.", "nobody", "mend it")
"""
TYPE = """\
import pandera.polars as pa

from gates.config.data_types import DataType
from gates.contract.plugins import TypeContract

OWN = TypeContract(
    DataType("{name}", "one note", ("note",), ("id",), ("note", "id"), texts=("note",), content=("note",)),
    pa.DataFrameSchema({{"note": pa.Column(str, pa.Check.str_length(min_value=3))}}),
)
"""
REPORT = """\
from gates.contract.plugins import Report

SHORT = Report("short", "txt", lambda verdict: f"{verdict.dataset}: {verdict.answer.value}")
"""


def metric(name: str, value: str = "0.0", imports: str = "") -> str:
    """The module of a metric that always measures one value, or what an expression says."""
    return METRIC.format(name=name, value=value, imports=imports)


def pip_install(folder: Path) -> Path:
    """`tests/plugin_package` as pip installs it."""
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(folder), str(PACKAGE)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def distribution(
    folder: Path, name: str, entry_points: Mapping[str, str], files: Mapping[str, str], version: str = "1.0"
) -> Path:
    """A distribution as an installer leaves it. entry_points: lines by group."""
    metadata = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (metadata / "entry_points.txt").write_text(
        "".join(f"[gates.{group}]\n{lines}\n" for group, lines in entry_points.items())
    )
    (metadata / "RECORD").write_text("".join(f"{path},,\n" for path in files))
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def project(
    root: Path, plugins: str = "", dataset: str = 'type = "tabular"', files: Mapping[str, str] | None = None
) -> Path:
    """A dataset `mix`, whose gates.toml has a table of plugins on its first lines."""
    root.mkdir(parents=True, exist_ok=True)
    for path, text in (files or {}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    rows = {
        "note": [f"word {number} and {number * 7 % 83}" for number in range(80)],
        "origin": ["human", "synthetic"] * 40,
    }
    pl.DataFrame(rows).write_parquet(root / "rows.parquet")
    text = f'{plugins}\n[datasets.mix]\npath = "rows.parquet"\npurpose = "finetune"\n{dataset}\n'
    (root / "gates.toml").write_text(text)
    return root

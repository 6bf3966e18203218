"""Datasets as people have them on disk, sound ones of each type and what mutations make of them, and their verdicts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from gates.checking.check_dataset import Options, judge
from gates.checking.resolve import with_schemas
from gates.config.data_types import DATA_TYPES, data_type
from gates.config.load import read_config
from gates.contract.contract import Contract, load_contract
from gates.data.previous_version import KeptFiles
from tests.contract.laws import EXAM, HOLDOUT, ROWS, rows_of, sentence, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gates.config.dataset import DatasetConfig
    from gates.data.previous_version import PromotedBefore
    from gates.verdict import Verdict

NAME = "rows_given"
# Any day: it decides which waivers are in force, and there are none.
TODAY = date(2026, 1, 1)
TEXT_TYPES = tuple(kind for kind in DATA_TYPES if data_type(kind).texts)
_SHARES = {"north": 0.4, "south": 0.35, "east": 0.25}


@dataclass(frozen=True)
class Dataset:
    """Rows and what is declared of them.

    declared: keys of the table in gates.toml. holdout, evaluation, population: written beside where there are any.
    suites: the dataset's own expectations by scope. kept: what became of the files of the version before. removal: the text of the one record of a removal. before: what was
    promoted last. review: writes the record of what people said of the rows.
    """

    kind: str
    rows: pl.DataFrame
    declared: Mapping[str, object]
    holdout: pl.DataFrame | None = None
    evaluation: pl.DataFrame | None = None
    population: Mapping[str, float] = field(default_factory=dict)
    suites: Mapping[str, list[dict[str, object]]] = field(default_factory=dict)
    kept: KeptFiles | None = None
    removal: str = ""
    before: PromotedBefore | None = None
    review: Callable[[DatasetConfig], None] | None = None

    def having(self, **parts: object) -> Dataset:
        """The same dataset with other parts."""
        return replace(self, **parts)  # type: ignore[arg-type]

    def declaring(self, **keys: object) -> Dataset:
        """The same dataset with other keys in gates.toml; None takes a key out."""
        declared = {name: value for name, value in {**self.declared, **keys}.items() if value is not None}
        return replace(self, declared=declared)

    def write(self, root: Path) -> Contract:
        """Its files in a folder, and the contract that they state."""
        self.rows.write_parquet(root / "rows.parquet")
        for name, frame in (("holdout", self.holdout), ("evaluation", self.evaluation)):
            if frame is not None:
                frame.write_parquet(root / f"{name}.parquet")
        if self.population:
            shares = "".join(f"region,{level},{share},census\n" for level, share in self.population.items())
            (root / "population.csv").write_text(f"dimension,level,share,source\n{shares}")
        if self.removal:
            folder = root / "promotions" / NAME / "removals"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "one.toml").write_text(self.removal)
        for scope, expectations in self.suites.items():
            folder = root / "expectations" / NAME
            folder.mkdir(parents=True, exist_ok=True)
            suite = {"name": f"own {scope}", "meta": {}, "expectations": expectations}
            (folder / f"{scope}.json").write_text(json.dumps(suite))
        table = {"type": self.kind, "path": "rows.parquet", **self.declared}
        lines = [f"{key} = {_toml(value)}" for key, value in table.items()]
        (root / "gates.toml").write_text("\n".join([f"[datasets.{NAME}]", *lines, ""]))
        config = read_config(root / "gates.toml").datasets[NAME]
        if self.review:
            self.review(config)
        return load_contract(config, TODAY)

    def verdict(self, root: Path, wanted: Callable[[str], bool] = lambda _: True) -> Verdict:
        """What `gates check` says of it; wanted: the types of expectation to ask."""
        contract = self.write(root)
        types = {entry.type for entries in contract.entries.values() for entry in entries}
        # Which row rules there are, only the opened data tells.
        only = tuple(name for name in sorted(types | {ROW_RULE}) if wanted(name))
        options = Options(only=() if types <= set(only) else only, kept_files=self.kept, promoted=self.before)
        return judge(with_schemas(contract), options).verdict


ROW_RULE = "expect_row_failure_ratio_to_be_less_than"


@cache
def sound(kind: str, rows: int = ROWS) -> Dataset:
    """Rows of one law on both sides, with everything declared that the type can have."""
    both = pl.concat([rows_of(kind, "human", rows, seed=1), rows_of(kind, "synthetic", rows, seed=2)])
    declared: dict[str, Any] = {
        "purpose": "finetune",
        "holdout": "holdout.parquet",
        "label": "label",
        "slices": ["region"],
        "population": "population.csv",
        "columns": {role: role for role in ("prompt_id", "seed_id", "created_at", "licence")},
    }
    described = data_type(kind)
    if described.key:
        declared["columns"] = {described.key: "id", **declared["columns"]}
    else:
        both = both.drop("id")
    if "domain" in both.columns:
        experts = {"expert": 0.3} if "expertise" in both.columns else {}
        declared["critical_domains"] = {"medicine": {"human": 0.4, **experts}}
    evaluation = None
    if described.texts:
        declared["evaluation"] = ["evaluation.parquet"]
        evaluation = pl.DataFrame({"question": [sentence(parts) for parts in words(_generator(4), 40, 24)]})
    elif kind == "tabular":
        declared["evaluation"] = ["evaluation.parquet"]
        evaluation = rows_of(kind, "human", 40, seed=EXAM).drop("origin")
    holdout = rows_of(kind, "human", max(rows // 3, 40), seed=HOLDOUT).drop("origin")
    return Dataset(kind, both, declared, holdout, evaluation, _SHARES, kept=KeptFiles())


def _generator(seed: int):
    import numpy as np

    return np.random.default_rng(seed)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return json.dumps(value)

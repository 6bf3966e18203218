"""What a configuration says about one dataset, once every word of it has been checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from gates.config.installed.plugins import Plugins

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

# Folders beside gates.toml.
SUITES, SCHEMAS = "expectations", "schemas"

PURPOSES = ("pretrain", "finetune", "preference", "evaluation")


@dataclass(frozen=True)
class Waiver:
    """A failing check that somebody answers for until a day; the check still runs and is still shown."""

    check: str
    reason: str
    owner: str
    expires: date
    line: int


# In a list of origins: a row that has no value, or an empty text, in the origin column.
WITHOUT_VALUE = ""


@dataclass(frozen=True)
class Origins:
    """The values of the origin column that stand for either origin; they match exactly or not at all.

    WITHOUT_VALUE stands for rows without one.
    """

    human: tuple[str, ...] = ("human",)
    synthetic: tuple[str, ...] = ("synthetic",)


@dataclass(frozen=True)
class ConfigTable:
    """Where a dataset is configured. root: folder of the configuration file, to which all paths are relative.

    line: where the table starts. key_lines: where its keys stand. source: name of the configuration file, for messages.
    """

    name: str
    root: Path
    line: int
    source: str = field(default="gates.toml", kw_only=True)
    key_lines: Mapping[str, int] = field(default_factory=dict, repr=False, compare=False, kw_only=True)

    def place(self, key: str = "") -> str:
        """`gates.toml:7: dataset 'reviews'`, with the line of the key where the file has it."""
        return f"{self.source}:{self.key_lines.get(key, self.line)}: dataset '{self.name}'"


# A file, a folder, a pattern or an address, or several of them.
Specs = str | tuple[str, ...]


def specs_of(specs: Specs | None) -> tuple[str, ...]:
    """Each of them; none where there is nothing."""
    return (specs,) if isinstance(specs, str) else specs or ()


def shown_specs(specs: Specs | None) -> str:
    """All of them, for messages."""
    return ", ".join(specs_of(specs))


@dataclass(frozen=True)
class DataPaths(ConfigTable):
    """Where a dataset's files lie: what git and DVC are asked for.

    partitions: `human` and `synthetic` with a path each; empty where `path` is given instead.
    reference: human rows outside of the set, which has synthetic ones alone; "" where there are none to compare with.
    """

    path: Specs | None = field(default=None, kw_only=True)
    partitions: Mapping[str, Specs] = field(default_factory=dict, kw_only=True)
    holdout: Specs | None = field(default=None, kw_only=True)
    reference: Specs | None = field(default=None, kw_only=True)
    evaluation: tuple[str, ...] = field(default=(), kw_only=True)

    def partition_paths(self) -> Mapping[str, tuple[str, Specs]]:
        """By origin, the key and the paths of its rows, where paths tell origins; empty where `path` has both."""
        if self.reference is None:
            return {origin: ("partitions", path) for origin, path in self.partitions.items()}
        path = ("path", self.path) if self.path else ("partitions", self.partitions["synthetic"])
        human = {"human": ("reference", self.reference)} if self.reference else {}
        return {**human, "synthetic": path}

    def paths(self) -> tuple[str, ...]:
        """Every path that the dataset names."""
        own = (self.path, *self.partitions.values(), self.reference, self.holdout, self.evaluation)
        return tuple(path for specs in own for path in specs_of(specs) if path)

    def where(self) -> str:
        """The data's paths, or both partitions' paths, as the file has them."""
        partitions = (shown_specs(self.partitions[origin]) for origin in sorted(self.partitions))
        return shown_specs(self.path) or " and ".join(partitions)


@dataclass(frozen=True)
class DataSource(DataPaths):
    """What opening a dataset reads: its files, and which part each column plays. columns: column of the file by role."""

    type: str
    origin: str = field(default="origin", kw_only=True)
    origins: Origins = field(default_factory=Origins, kw_only=True)
    group: str | None = field(default=None, kw_only=True)
    label: str | None = field(default=None, kw_only=True)
    slices: tuple[str, ...] = field(default=(), kw_only=True)
    columns: Mapping[str, str] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How a dataset is judged.

    population: file of the shares that people of each level are expected to have. critical_domains: the least share of
    human and of expert rows by domain. licence: under which the rows may be used, for reports alone.
    cost: of a human and of a synthetic row, for advice alone.
    """

    purpose: str | None = None
    licence: str | None = None
    population: str | None = None
    critical_domains: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    cost: Mapping[str, float] = field(default_factory=dict)
    synthetic_role: Literal["mirror", "extend"] = "mirror"
    inconclusive: Literal["block", "warn"] = "block"
    quarantine: Literal["rows", "ids", "off"] = "rows"
    schema: str | None = None
    extends: bool = True
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True)
class DatasetConfig(DataSource, Policy):
    """One `[datasets.NAME]` table, checked against everything that needs no data.

    plugins: those of the whole configuration. strays: what lies beside it as if it were another dataset's.
    """

    plugins: Plugins = field(default_factory=Plugins, repr=False, compare=False, kw_only=True)
    strays: tuple[Stray, ...] = field(default=(), repr=False, compare=False, kw_only=True)


@dataclass(frozen=True)
class Stray:
    """A folder of suites, or the file of a schema. path: below the configuration. name: the dataset that it would belong to.

    instead: the schema of the dataset that has this name, which says so in gates.toml; "" where no dataset has it.
    """

    path: str
    name: str
    instead: str = ""

    @property
    def is_schema(self) -> bool:
        """Whether it is a schema's file."""
        return self.path.startswith(f"{SCHEMAS}/")

    def fix(self, dataset: str) -> str:
        """What to do where it is this dataset's."""
        if self.is_schema:
            return f'give the dataset schema = "{self.path}:{schema_name(self.name)}"'
        return f"rename it to {SUITES}/{dataset}"


def schema_name(dataset: str) -> str:
    """The Python name of a dataset's schema: `customer-reviews` becomes `CustomerReviews`."""
    words = re.findall(r"[A-Za-z0-9]+", dataset)
    name = "".join(word[0].upper() + word[1:] for word in words)
    return name if name[:1].isalpha() else f"Dataset{name}"

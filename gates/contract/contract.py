"""What one dataset promises: schema, suites, roles, purpose and waivers; its digest names it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from gates import __version__
from gates.config.data_types import DATA_TYPES, DataType
from gates.config.installed.plugins import PluginKind
from gates.config.orphans import refuse_lost_rules
from gates.config.population import Population, read_population
from gates.config.removals import Removal, read_removals
from gates.config.reviews import read_review
from gates.config.sources.schema_files import library_versions, own_schema, text_digest
from gates.contract.plugins.registry import data_type_of, loaded, metrics_of, type_suites
from gates.contract.suites.merge import merge
from gates.contract.suites.read import read_suite
from gates.errors import SuiteError, did_you_mean
from gates.metrics.catalogue import BY_NAME
from gates.regular_files import is_file, is_folder
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from gates.config.dataset import DatasetConfig, Waiver
    from gates.contract.plugins.load import LoadedPlugin
    from gates.contract.suites.suite import Suite, SuiteEntry
    from gates.metrics.base.metric import Metric

HUMAN_RATIO = "expect_human_ratio_to_be_between"
NEVER_WAIVED = ("combined/expect_origins_to_be_declared", "human/expect_table_row_count_to_be_between",
                "synthetic/expect_table_row_count_to_be_between")  # fmt: skip


@dataclass(frozen=True)
class Contract:
    """The merged suites of one dataset, its own schema's file, and the waivers in force.

    schema: `path/to/file.py:Name` of the dataset's own schema, or None. schema_sources: sha256 by file. schema_modules: the file that each name
    means which the schema imports, "" for one that is not the repository's. removals: the records
    of why human rows went. review: the record of what people said of rows, None before they did.
    data_type: roles and columns of the dataset's type; type_plugin: the plugin that brings it along, None for a built-in
    one. metrics: what the suites may put limits on, by expectation; metric_plugins: those of plugins that they do name.
    gates, libraries: the versions that its digest covers; libraries is None for those that are installed.
    """

    dataset: DatasetConfig
    data_type: DataType
    entries: Mapping[Scope, tuple[SuiteEntry, ...]]
    schema: str | None = None
    schema_sources: Mapping[str, str] = field(default_factory=dict)
    schema_modules: Mapping[str, str] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    expired: tuple[Waiver, ...] = ()
    loosened: tuple[str, ...] = ()
    population: Population | None = None
    removals: tuple[Removal, ...] = ()
    review: bytes | None = None
    metrics: Mapping[str, Metric] = field(default_factory=lambda: BY_NAME)
    type_plugin: LoadedPlugin | None = None
    metric_plugins: tuple[LoadedPlugin, ...] = ()
    gates: str = __version__
    libraries: Mapping[str, str] | None = None

    @property
    def plugins(self) -> tuple[LoadedPlugin, ...]:
        """Those that the type and the suites come from."""
        return (*((self.type_plugin,) if self.type_plugin else ()), *self.metric_plugins)

    @property
    def code(self) -> dict[str, str]:
        """What tells the code of others apart that has a say in this: digests by file or package, versions by distribution."""
        installed = {one.distribution.name: one.distribution.version for one in self.plugins if one.distribution}
        packages = {name: sha256 for one in self.plugins for name, sha256 in one.packages.items()}
        return {**self.schema_sources, **self._plugin_sources(), **installed, **packages}

    def _plugin_sources(self) -> dict[str, str]:
        return {path: digest for one in self.plugins for path, digest in one.sources.items()}

    def _of_plugins(self) -> dict[str, object]:
        """Nothing where there are none: most verdicts are of no plugin."""
        if not self.plugins:
            return {}
        modules = {name: path for one in self.plugins for name, path in one.modules.items()}
        return {
            "plugins": [one.to_json() for one in self.plugins],
            "plugin_sources": self._plugin_sources(),
            **({"plugin_modules": modules} if modules else {}),
        }

    def _imports(self) -> dict[str, object]:
        """Nothing where the schema imports nothing, as most do."""
        return {"schema_modules": dict(self.schema_modules)} if self.schema_modules else {}

    @property
    def own_lines(self) -> dict[str, tuple[str, int]]:
        """File and line by check, of those in the dataset's own suites: shipped ones are not in the repository."""
        return {str(entry.check_id): (entry.path, entry.line) for entry in self.own_entries()}

    def all_entries(self) -> Iterator[SuiteEntry]:
        """The entries of all scopes, in the order of the scopes."""
        return (entry for scope in Scope for entry in self.entries[scope])

    def own_entries(self) -> Iterator[SuiteEntry]:
        """The entries of the dataset's own suites."""
        return (entry for entry in self.all_entries() if entry.is_own)

    def fitting_entries(self, scope: Scope) -> tuple[SuiteEntry, ...]:
        """The entries of a scope but those of another purpose; without a purpose the first human ratio stands for the question."""
        purpose, entries = self.dataset.purpose, self.entries[scope]
        if purpose is None:
            first = next((entry for entry in entries if entry.type == HUMAN_RATIO), None)
            return tuple(entry for entry in entries if entry is first or not _purpose_of(entry))
        return tuple(entry for entry in entries if _purpose_of(entry) in (None, purpose))

    def with_sources(self, sources: Mapping[str, str], modules: Mapping[str, str]) -> Contract:
        """The same contract, bound to the files that its schema was made from, and to what the names in them mean."""
        return replace(self, schema_sources=sources, schema_modules=modules)

    def with_versions(self, gates: str, libraries: Mapping[str, str]) -> Contract:
        """The same contract, as if these versions were installed; what suites gates brings along stays as it is here."""
        return replace(self, gates=gates, libraries=libraries)

    def to_json(self) -> dict[str, object]:
        """What the verdict says of the contract: its digest and the digests of its parts."""
        parts = self._parts()
        return {
            "sha256": _sha256(parts),
            "suites_sha256": _sha256(parts["suites"]),
            # What decides how strictly the checks count, so that every report can say it.
            "purpose": self.dataset.purpose,
            "synthetic_role": self.dataset.synthetic_role,
            "inconclusive": self.dataset.inconclusive,
            **self._licence(),
            **self._review(),
            "schema": self.schema,
            "schema_sources": dict(self.schema_sources),
            **self._imports(),
            "gates": self.gates,
            "libraries": parts["libraries"],
            **self._of_plugins(),
        }

    def _licence(self) -> dict[str, object]:
        """Nothing where none is declared, so that contracts without one keep their digests."""
        return {"licence": self.dataset.licence} if self.dataset.licence else {}

    def _review(self) -> dict[str, object]:
        """Nothing where there is none, so that contracts without one keep their digests."""
        return {"review_sha256": text_digest(self.review)} if self.review is not None else {}

    def _parts(self) -> dict[str, object]:
        suites = {
            scope.value: [
                {
                    "type": entry.type,
                    "kwargs": dict(entry.kwargs),
                    "severity": entry.severity.value,
                    "meta": dict(entry.meta),
                }
                for entry in self.entries[scope]
            ]
            for scope in Scope
        }
        dataset = self.dataset
        roles = {
            name: getattr(dataset, name)
            for name in (
                "type", "purpose", "path", "partitions", "origin", "holdout", "reference", "evaluation", "group", "label",
                "slices", "columns", "critical_domains", "synthetic_role", "inconclusive", "extends",
            )
        }  # fmt: skip
        origins = {"human": dataset.origins.human, "synthetic": dataset.origins.synthetic}
        return {
            "suites": suites,
            "roles": {**roles, "origins": origins},
            **self._licence(),
            "population": self.population.sha256 if self.population else None,
            "removals": [removal.sha256 for removal in self.removals],
            **self._review(),
            "schema": self.schema,
            "schema_sources": dict(self.schema_sources),
            **self._imports(),
            "waived": [waiver.check for waiver in self.waivers],
            "gates": self.gates,
            "libraries": dict(library_versions() if self.libraries is None else self.libraries),
            **self._of_plugins(),
        }


def load_contract(dataset: DatasetConfig, today: date) -> Contract:
    """The contract of a dataset as its repository states it on a day; the day decides which waivers are in force.

    Raises SuiteError with file and line for whatever is wrong in a suite or a waiver, UsageError for population shares,
    PluginError for a plugin that does not load, whether or not anything here names it.
    """
    types, metrics = loaded(dataset.plugins, PluginKind.TYPE), metrics_of(dataset.plugins)
    folder = dataset.root / "expectations" / dataset.name
    refuse_lost_rules(dataset)
    _refuse_stray_files(folder)
    entries, loosened = _merged_suites(dataset, folder, metrics)
    _refuse_unwaivable(dataset)
    return Contract(
        dataset=dataset,
        data_type=data_type_of(dataset),
        entries=entries,
        schema=own_schema(dataset),
        waivers=tuple(waiver for waiver in dataset.waivers if waiver.expires >= today),
        expired=tuple(waiver for waiver in dataset.waivers if waiver.expires < today),
        loosened=loosened,
        population=read_population(dataset),
        removals=read_removals(dataset.root, dataset.name),
        review=read_review(dataset.root, dataset.name),
        metrics=metrics,
        type_plugin=types.get(dataset.type),
        metric_plugins=tuple(_named_metrics(dataset, entries)),
    )


def _merged_suites(
    dataset: DatasetConfig, folder: Path, metrics: Mapping[str, Metric]
) -> tuple[dict[Scope, tuple[SuiteEntry, ...]], tuple[str, ...]]:
    """The entries of each scope, shipped ones under those of the dataset's own folder, and what is looser than shipped."""
    entries: dict[Scope, tuple[SuiteEntry, ...]] = {}
    loosened: list[str] = []
    kind = data_type_of(dataset)
    for scope in Scope:
        shipped = []
        for part in ("common", dataset.type):
            suites, name = type_suites(dataset.plugins, part)
            suite = read_suite(suites / f"{scope.value}.json", metrics, shown=f"{name}/{scope.value}.json")
            shipped.append(suite if dataset.extends else _what_always_counts(suite))
        own = folder / f"{scope.value}.json"
        shown = own.relative_to(dataset.root).as_posix()
        own_suite = read_suite(own, metrics, shown=shown) if is_file(own, shown) else None
        merged = merge(shipped, own_suite, partial(_is_rule_of_type, dataset, kind))
        entries[scope] = merged.entries
        loosened += merged.loosened
    if not dataset.extends:
        loosened.append(
            f"built-in suites of '{dataset.type}' are switched off ({dataset.place('extends')}: extends = false)"
        )
    return entries, tuple(loosened)


def _purpose_of(entry: SuiteEntry) -> object:
    """The purpose that a human ratio is about; None for what holds of all."""
    return entry.kwargs.get("purpose") if entry.type == HUMAN_RATIO else None


def _is_rule_of_type(dataset: DatasetConfig, kind: DataType, rule: str) -> bool:
    """Whether the data type has the row rule; of a plugin's, whose schema may be a function, nobody else where there is none."""
    column, _, name = rule.rpartition("/")
    roles = {mapped: role for role, mapped in dataset.columns.items()}
    is_only_schema = dataset.type not in DATA_TYPES and own_schema(dataset) is None
    return is_only_schema or kind.has_rule(roles.get(column, column), name)


def _named_metrics(dataset: DatasetConfig, entries: Mapping[Scope, tuple[SuiteEntry, ...]]) -> list[LoadedPlugin]:
    named = {entry.type for listed in entries.values() for entry in listed}
    return [one for name, one in loaded(dataset.plugins, PluginKind.METRIC).items() if name in named]


def _what_always_counts(suite: Suite) -> Suite:
    """The checks without which nothing else means anything; `extends = false` does not switch them off."""
    return replace(suite, expectations=tuple(one for one in suite.expectations if str(one.check_id) in NEVER_WAIVED))


def _refuse_stray_files(folder: Path) -> None:
    """A misspelt suite would be ignored in silence."""
    names = [f"{scope.value}.json" for scope in Scope]
    for path in sorted(folder.iterdir()) if is_folder(folder, f"expectations/{folder.name}") else ():
        if path.name not in names and not path.name.startswith("."):
            shown = f"expectations/{folder.name}/{path.name}"
            raise SuiteError(f"{shown}:1: no scope is called '{path.stem}' ({did_you_mean(path.name, names)})")


def _refuse_unwaivable(dataset: DatasetConfig) -> None:
    for waiver in dataset.waivers:
        if waiver.check in NEVER_WAIVED:
            raise SuiteError(
                f"{dataset.source}:{waiver.line}: {waiver.check} cannot be waived: without it nothing else means anything"
            )


def _sha256(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()

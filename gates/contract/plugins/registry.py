"""Everything that a configuration may name: what is built in, and its plugins, each name once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.config.data_types import DATA_TYPES, DataType, data_type
from gates.config.installed.plugins import PluginKind, Plugins, built_in_reports
from gates.config.sources.built_in_suites import built_in_suites
from gates.contract.plugins.interface import TypeContract
from gates.contract.plugins.load import LoadedPlugin, load, suites_of
from gates.errors import PluginError, UsageError, did_you_mean
from gates.metrics.base.metric import Metric

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from gates.config.dataset import DatasetConfig

# The folder of the suites that every type has.
_COMMON = "common"


def loaded(plugins: Plugins, kind: PluginKind) -> dict[str, LoadedPlugin]:
    """The plugins of a kind by name, all of them imported: one that is broken is found before anything rests on it.

    Raises PluginError for one that does not load, and for a name that is taken.
    """
    refuse_clashes(plugins)
    return {reference.name: load(reference, plugins) for reference in plugins.of(kind)}


def refuse_clashes(plugins: Plugins) -> None:
    """Raises PluginError naming who takes a name that is taken already. Imports no plugin."""
    for kind in PluginKind:
        references = plugins.of(kind)
        taken = dict.fromkeys(_built_in(kind), "gates itself") if references else {}
        for reference in references:
            if reference.name in taken:
                raise PluginError(
                    f"{reference}: the name is taken by {taken[reference.name]}; rename it, or uninstall one of them"
                )
            taken[reference.name] = reference.place


def _built_in(kind: PluginKind) -> Iterable[str]:
    if kind is PluginKind.TYPE:
        return (*DATA_TYPES, _COMMON)
    if kind is PluginKind.REPORT:
        return built_in_reports()
    from gates.contract.suites.names import SUPPORTED, UNSUPPORTED
    from gates.metrics.catalogue import BY_NAME

    return (*BY_NAME, *SUPPORTED, *UNSUPPORTED)


def metrics_of(plugins: Plugins) -> Mapping[str, Metric]:
    """The metrics by the expectation that puts limits on them. Raises what `loaded` raises."""
    from gates.metrics.catalogue import BY_NAME

    own = loaded(plugins, PluginKind.METRIC)
    return {**BY_NAME, **{name: one.value for name, one in own.items() if isinstance(one.value, Metric)}}


def own_code(plugins: Plugins) -> list[str]:
    """The repository's files that its types and metrics are made from, sorted. Raises what `loaded` raises."""
    own = (*loaded(plugins, PluginKind.TYPE).values(), *loaded(plugins, PluginKind.METRIC).values())
    return sorted({path for one in own for path in one.sources})


def data_types_of(plugins: Plugins) -> dict[str, DataType]:
    """The data types by name, built-in ones first. Raises what `loaded` raises."""
    own = {name: _type_contract(one).data_type for name, one in loaded(plugins, PluginKind.TYPE).items()}
    return {**{name: data_type(name) for name in DATA_TYPES}, **own}


def data_type_of(dataset: DatasetConfig) -> DataType:
    """The dataset's type.

    Raises what `loaded` raises, and UsageError for an unknown type and for `columns` of a role that the type does not have.
    """
    if dataset.type in DATA_TYPES:
        return data_type(dataset.type)
    own = loaded(dataset.plugins, PluginKind.TYPE)
    if dataset.type not in own:
        raise UsageError(
            f"{dataset.place('type')}: type '{dataset.type}' is unknown ({did_you_mean(dataset.type, own)})"
        )
    kind = _type_contract(own[dataset.type]).data_type
    for role in dataset.columns:
        if role not in kind.roles:
            near = did_you_mean(role, kind.roles)
            raise UsageError(
                f"{dataset.place('columns')}: columns: type '{dataset.type}' has no role '{role}' ({near})"
            )
    return kind


def type_suites(plugins: Plugins, name: str) -> tuple[Path, str]:
    """The folder of the suites of a data type, or of `common`, and what messages call it."""
    if name in (*DATA_TYPES, _COMMON):
        return built_in_suites() / name, f"expectations/{name}"
    plugin = loaded(plugins, PluginKind.TYPE)[name]
    folder = suites_of(plugin, plugins.root)
    if folder is None:
        raise PluginError(f"{plugin.reference}: has no suites")
    return folder, f"{plugin.distribution}: {name}" if plugin.distribution else f"expectations/{name}"


def _type_contract(plugin: LoadedPlugin) -> TypeContract:
    if not isinstance(plugin.value, TypeContract):
        raise TypeError(plugin.reference.kind)
    return plugin.value

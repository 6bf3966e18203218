"""The one loader of plugins: what a reference names, imported, and refused where it is not what it claims to be."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gates.config.data_types import MESSAGES, DataType
from gates.config.installed.entry_points import Distribution, distributions
from gates.config.installed.plugins import PluginKind, Plugins, Reference
from gates.config.sources.packages import package_of
from gates.config.sources.schema_files import file_digests
from gates.contract.plugins.errors import OwnCode
from gates.contract.plugins.interface import Report, TypeContract
from gates.contract.plugins.own_files import is_own_file, named_file
from gates.contract.plugins.own_modules import OwnModules, import_failure
from gates.errors import GatesError, PluginError, foreign_code, foreign_text
from gates.metrics.base.metric import Metric
from gates.regular_files import is_file
from gates.verdict import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from types import ModuleType


Offered = TypeContract | Metric | Report

_CLASSES: Mapping[PluginKind, type[Offered]] = {
    PluginKind.TYPE: TypeContract,
    PluginKind.METRIC: Metric,
    PluginKind.REPORT: Report,
}
# Names become parts of check ids, paths and options; an expectation's also a class name and back.
_NAMES = {
    PluginKind.TYPE: re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*"),
    PluginKind.METRIC: re.compile(r"expect(_[a-z][a-z0-9]*)+"),
    PluginKind.REPORT: re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*"),
}
_SUFFIX = re.compile(r"[a-z0-9]+(\.[a-z0-9]+)*")
# Endings of what lies beside a verdict already.
_TAKEN_SUFFIXES = frozenset({"json", "md", "metrics.json", "plots.json", "passed"})
# What can be read out of `messages`.
_READ_OUT = frozenset({"prompt", "response", "system"})


@dataclass(frozen=True)
class LoadedPlugin:
    """A plugin and what its code is: digests of the repository's files, or a distribution with its version.

    code: whose lines messages name where a function of the plugin breaks.
    packages: digest by name of an installed package whose version does not stand for its code, such as an editable one.
    """

    reference: Reference
    value: Offered
    sources: Mapping[str, str]
    distribution: Distribution | None = None
    code: OwnCode | None = None
    packages: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """What a verdict says of it; where a line of gates.toml stands decides nothing."""
        return {
            "kind": self.reference.kind.value,
            "name": self.reference.name,
            "distribution": self.distribution.name if self.distribution else None,
            "version": self.distribution.version if self.distribution else None,
            **({"packages": dict(self.packages)} if self.packages else {}),
        }


def load(reference: Reference, plugins: Plugins) -> LoadedPlugin:
    """The plugin, imported at the first call for these plugins only.

    Raises PluginError naming the distribution, or the line of the configuration, and what is wrong.
    """
    plugin = plugins.loaded.get(reference)
    if not isinstance(plugin, LoadedPlugin):
        plugin = _loaded(reference, plugins.root.resolve())
        plugins.loaded[reference] = plugin
    return plugin


def _loaded(reference: Reference, root: Path) -> LoadedPlugin:
    try:
        if reference.distribution:
            plugin = _of_distribution(reference, root, distributions()[reference.distribution])
        elif reference.is_file:
            plugin = _of_file(reference, root)
        else:
            plugin = _of_module(reference, root)
    except GatesError as error:
        raise PluginError(f"{reference}: {error}") from error
    wrong = _wrong_with(plugin, root)
    if wrong:
        raise PluginError(f"{reference}: {wrong}")
    package = "" if reference.is_file else _module_name(reference).partition(".")[0]
    code = OwnCode(root, package)
    return replace(plugin, value=code.with_error_context(plugin.value), code=code)


def _of_distribution(reference: Reference, root: Path, distribution: Distribution) -> LoadedPlugin:
    package = package_of(_module_name(reference))
    if package is None or distribution.has_written(package.file):
        return LoadedPlugin(reference, _attribute(_imported(reference), reference), {}, distribution)
    # An editable install: the version stays as it is while people edit.
    if not is_own_file(str(package.file), root):
        value = _attribute(_imported(reference), reference)
        return LoadedPlugin(reference, value, {}, distribution, packages={package.name: package.digest()})
    modules = OwnModules(root)
    value = _attribute(_own_module(reference, modules) or _imported(reference), reference)
    modules.seal()
    sources = {**modules.sources, **file_digests(tuple(sorted(_own_suites(value, root))), root)}
    return LoadedPlugin(reference, value, sources, distribution, modules=modules.names)


def _own_suites(value: Offered, root: Path) -> set[Path]:
    folder = value.suites.resolve() if isinstance(value, TypeContract) and value.suites else None
    if folder is None or not folder.is_relative_to(root):
        return set()
    return {
        path for scope in Scope if is_file(path := folder / f"{scope.value}.json", f"{folder.name}/{scope.value}.json")
    }


def _of_file(reference: Reference, root: Path) -> LoadedPlugin:
    path, _ = named_file(reference.spec, root, reference.kind.value)
    modules = OwnModules(root, (path.parent, root))
    value = _attribute(modules.execute(path), reference)
    modules.seal()
    return LoadedPlugin(reference, value, modules.sources, modules=modules.names)


def _of_module(reference: Reference, root: Path) -> LoadedPlugin:
    modules = OwnModules(root, (root,))
    own = _own_module(reference, modules)
    if own is None:
        module = _imported(reference)
        return LoadedPlugin(reference, _attribute(module, reference), {}, _owner(module))
    value = _attribute(own, reference)
    modules.seal()
    return LoadedPlugin(reference, value, modules.sources, modules=modules.names)


def _own_module(reference: Reference, modules: OwnModules) -> ModuleType | None:
    """The module of the repository that a reference names; None where it is none of the repository's."""
    with _importing():
        return modules.load(_module_name(reference))


def _owner(module: ModuleType) -> Distribution:
    """The distribution that a module was installed with. Raises PluginError where none says that it wrote it."""
    file = Path(module.__file__) if module.__file__ else None
    owner = next((one for one in distributions().values() if file and one.has_written(file)), None)
    if owner:
        return owner
    raise PluginError(
        f"'{module.__name__}' is neither in this repository nor in an installed distribution, so that nothing tells one "
        "version of it from another; install it, not as an editable, or name a file below gates.toml"
    )


def _module_name(reference: Reference) -> str:
    return reference.spec.rpartition(":")[0]


def _imported(reference: Reference) -> ModuleType:
    with _importing():
        return importlib.import_module(_module_name(reference))


def _importing() -> AbstractContextManager[None]:
    def failure(error: BaseException) -> PluginError:
        return PluginError(f"{'does not import: ' if isinstance(error, Exception) else ''}{import_failure(error)}")

    return foreign_code(failure)


def _attribute(module: ModuleType, reference: Reference) -> Offered:
    """The object that a reference names, a pandera model as the schema that it stands for."""
    name, kind = reference.spec.rpartition(":")[2], _CLASSES[reference.kind]
    value = getattr(module, name, None)
    if not isinstance(value, kind):
        what = "is not there" if value is None else f"is a {type(value).__name__}"
        raise PluginError(f"'{name}' {what}, expected a {kind.__module__}.{kind.__name__}")
    to_schema = getattr(value.schema, "to_schema", None) if isinstance(value, TypeContract) else None
    if to_schema is None or not isinstance(value, TypeContract):
        return value
    with foreign_code(lambda error: PluginError(f"its schema: {foreign_text(error)}")):
        return replace(value, schema=to_schema())


def _wrong_with(plugin: LoadedPlugin, root: Path) -> str:
    """Why a loaded plugin cannot be what it is called, or ""."""
    reference, value = plugin.reference, plugin.value
    if not _NAMES[reference.kind].fullmatch(reference.name):
        return f"'{reference.name}' is no name for a {reference.kind.value}: lower-case words joined by '_'" + (
            ", the first of them 'expect'" if reference.kind is PluginKind.METRIC else ""
        )
    if isinstance(value, Metric):
        return _called(value.expectation, reference) or _wrong_needs(value)
    if isinstance(value, Report):
        is_taken = value.suffix in _TAKEN_SUFFIXES or not _SUFFIX.fullmatch(value.suffix)
        wrong = (
            f"the suffix '{value.suffix}' is another file's, or none; expected one such as 'html'" if is_taken else ""
        )
        return _called(value.name, reference) or wrong
    return _called(value.data_type.name, reference) or _wrong_roles(value.data_type) or _wrong_suites(plugin, root)


def _called(name: str, reference: Reference) -> str:
    return "" if name == reference.name else f"calls itself '{name}'; one name in both places"


def _wrong_needs(metric: Metric) -> str:
    """What a metric needs of rows is given by functions."""
    needs = {"accumulate": metric.accumulate, "rows": metric.rows}
    wrong = [name for name, need in needs.items() if need is not None and not callable(need)]
    return f"its {wrong[0]} is a {type(needs[wrong[0]]).__name__}, expected a function" if wrong else ""


def _wrong_roles(kind: DataType) -> str:
    used = {*kind.named_roles, *kind.texts, *kind.content, *kind.identifying, *kind.groups, *kind.derived}
    used |= {role for role in (kind.key, kind.prompt, kind.by_day) if role is not None}
    unknown = sorted(used - set(kind.roles))
    if unknown:
        return f"'{unknown[0]}' is among neither its required nor its optional roles"
    if kind.derived and (MESSAGES not in kind.roles or set(kind.derived) - _READ_OUT):
        return f"derived roles are some of {', '.join(sorted(_READ_OUT))}, beside the role '{MESSAGES}'"
    return ""


def _wrong_suites(plugin: LoadedPlugin, root: Path) -> str:
    folder, own = suites_of(plugin, root), root / "expectations" / plugin.reference.name
    if folder is None:
        return "has no suites; give TypeContract the folder of its three"
    if not plugin.distribution and folder.resolve() != own.resolve():
        return f"the suites of a type of this repository lie in expectations/{own.name}, where every version has them"
    missing = [f"{scope.value}.json" for scope in Scope if not (folder / f"{scope.value}.json").is_file()]
    shown = f"expectations/{own.name}" if folder.resolve() == own.resolve() else folder.name
    return f"its suites lack {shown}/{missing[0]}" if missing else ""


def suites_of(plugin: LoadedPlugin, root: Path) -> Path | None:
    """The folder of a type's suites; None for one of a distribution that names none."""
    value = plugin.value
    if isinstance(value, TypeContract) and value.suites is not None:
        return value.suites
    return None if plugin.distribution else root / "expectations" / plugin.reference.name

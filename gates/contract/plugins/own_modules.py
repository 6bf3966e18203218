"""Code of a repository, compiled from the very bytes that are digested, and apart from what the program has imported.

Each load has modules of its own: what `import` means in them is decided here, so that two loads, or two repositories,
never see each other's, and no bytecode, extension or `sitecustomize` runs in a file's place. `sys.path` and the importers
of the program stay as they are.
"""

from __future__ import annotations

import builtins
import itertools
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec, module_from_spec, resolve_name, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

from gates.config.module_files import PACKAGE, module_places
from gates.config.sources.schema_files import text_digest
from gates.contract.plugins.early_exit import OWN, refuse_early_exits
from gates.contract.plugins.own_files import is_own_file, place_in
from gates.errors import PluginError, SuiteError, foreign_text
from gates.regular_files import content_of
from gates.run_state import doing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import CodeType, ModuleType

# Of these names a repository's own files are never meant: `schemas/json.py` is the schema of a dataset called json, and
# what a schema needs is pandera, whatever lies beside it.
_NEVER_OWN = frozenset({*sys.stdlib_module_names, "gates", "pandera", "polars"})
_loads = itertools.count(1)
# Those that run a module just now.
_loading: list[OwnModules] = []


def _refuse_undigested(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: code of a repository's file that nobody digested, as `runpy.run_path` has it, does not run."""
    if event == "exec" and _loading:
        _loading[-1].refuse_undigested(str(getattr(arguments[0], "co_filename", "")))


sys.addaudithook(_refuse_undigested)


class _DigestedLoader(SourceFileLoader):
    """Runs bytes that were read before, and never bytecode."""

    def __init__(self, name: str, file: Path, content: bytes) -> None:
        super().__init__(name, str(file))
        self._content = content

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self._content, self.get_filename(fullname))


class OwnModules:
    """The modules of one load. root: resolved. folders: where top-level modules are looked for, before anything installed.

    sources: sha256 by path below root of every file that ran. names: the path below root that each imported name means, ""
    where it is no module of the repository.
    """

    def __init__(self, root: Path, folders: Sequence[Path] = ()) -> None:
        self.root, self.folders = root, tuple(dict.fromkeys(folders))
        self.sources: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self._modules: dict[str, ModuleType] = {}
        # pandera, dataclasses and pickle look modules up in sys.modules: there, names begin like no other's. No dot ends
        # the beginning: whoever imports `a.b` imports `a`.
        self._prefix = f"{OWN}{next(_loads)}_"
        self._builtins = {**vars(builtins), "__import__": self._import}
        self._is_sealed = False
        refuse_early_exits()

    def execute(self, path: Path) -> ModuleType:
        """The module of a file. Raises SuiteError naming file and line."""
        try:
            return self._run(path.stem, path)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise SuiteError(f"{place_in(error, path, self.root)}: {import_failure(error)}") from error

    def seal(self) -> None:
        """From now on, no file runs that has not run yet: no contract would know of it."""
        self._is_sealed = True

    def refuse_undigested(self, file: str) -> None:
        """Raises PluginError where code of this file is about to run, and the file is the repository's and was not digested."""
        path = Path(file)
        if path.suffix and path.is_file() and is_own_file(str(path.resolve()), self.root):
            shown = path.resolve().relative_to(self.root).as_posix()
            if shown not in self.sources:
                raise PluginError(f"runs {shown} past `import`, so that verdicts would not depend on it; import it")

    def load(self, name: str) -> ModuleType | None:
        """The repository's module of a dotted name; None where the outermost package is not the repository's.

        Raises what the module raises, and PluginError for another file once this is sealed.
        """
        parent, _, last = name.rpartition(".")
        if name.partition(".")[0] in _NEVER_OWN:
            return None
        if name in self._modules:
            return self._modules[name]
        package = self.load(parent) if parent else None
        if parent and package is None:
            return None
        places = module_places(last, getattr(package, "__path__", ()) if package else self.folders)
        if not places and package is None:
            places = self._elsewhere(last)
            if not places:
                self.names[name] = ""
                return None
        if not places:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        module = self._run(name, *places)
        self.names[name] = places[0].resolve().relative_to(self.root).as_posix()
        if package is not None:
            setattr(package, last, module)
        return module

    def _elsewhere(self, name: str) -> list[Path]:
        """Where a top-level module lies that is installed from this repository, or that is but a folder of modules."""
        try:
            spec = find_spec(name)
        except (ImportError, ValueError):
            spec = None
        if spec is not None and spec.origin and is_own_file(spec.origin, self.root):
            return [Path(spec.origin)]
        if spec is not None and (spec.origin or not spec.submodule_search_locations):
            return []
        beside = [] if spec is None else [Path(place) for place in spec.submodule_search_locations or ()]
        folders = [folder / name for folder in self.folders] + beside
        return [folder for folder in folders if folder.is_dir() and is_own_file(str(folder / PACKAGE), self.root)]

    def _run(self, name: str, *places: Path) -> ModuleType:
        """A new module of a file, or of folders without an `__init__.py`. Raises what it raises."""
        path, real = places[0], places[0].resolve()
        content = b"" if path.is_dir() else self._content(path, real)
        file = path / PACKAGE if path.is_dir() else path
        locations = (
            [str(place if place.is_dir() else place.parent) for place in places] if file.name == PACKAGE else None
        )
        loader = _DigestedLoader(f"{self._prefix}{name}", file, content)
        spec = spec_from_file_location(loader.name, file, loader=loader, submodule_search_locations=locations)
        if spec is None:
            raise PluginError(f"Python cannot import {path.name}")
        module = module_from_spec(spec)
        vars(module)["__builtins__"] = self._builtins
        self._modules[name] = sys.modules[loader.name] = module
        _loading.append(self)
        try:
            with doing(f"running code of {path.name}"):
                loader.exec_module(module)
        except BaseException:
            del self._modules[name], sys.modules[loader.name]
            raise
        finally:
            _loading.pop()
        return module

    def _content(self, path: Path, real: Path) -> bytes:
        """The bytes that will run, digested. Raises PluginError for what may not run."""
        if path.suffix != ".py" or not real.is_relative_to(self.root):
            raise PluginError(f"imports {path.name}, which is no Python file of the repository")
        shown = real.relative_to(self.root).as_posix()
        if self._is_sealed:
            raise PluginError(
                f"imports {shown} only once it is used; import it where its module begins, so that verdicts depend on it"
            )
        content = content_of(path, shown)
        self.sources[shown] = text_digest(content)
        return content

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002 (the names of `__import__`)
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """What `import` means in these modules."""
        if level:
            name = resolve_name("." * level + name, str((globals or {}).get("__package__") or ""))
        # pickle asks for a class's module by its name in sys.modules.
        name = name.removeprefix(self._prefix)
        module = self.load(name)
        if module is None:
            return builtins.__import__(name, globals, locals, fromlist or (), 0)
        if not fromlist:
            return self._modules[name.partition(".")[0]]
        wanted: Iterable[str] = getattr(module, "__all__", ()) if "*" in fromlist else fromlist
        for attribute in wanted:
            if not hasattr(module, attribute) and module_places(attribute, getattr(module, "__path__", ())):
                self.load(f"{name}.{attribute}")
        return module


def import_failure(error: BaseException) -> str:
    """What a module raised while it was imported."""
    if isinstance(error, Exception):
        return foreign_text(error)
    return f"ends the program while it is imported ({type(error).__name__})"

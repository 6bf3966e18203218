"""The code of installed packages whose version does not stand for it, such as editable ones, found without importing it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gates.config.sources.schema_files import text_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

# What decides: modules, and the suites of a data type, which lie beside them.
_DECIDING = (".py", ".json")


@dataclass(frozen=True)
class Package:
    """A package or a module that stands alone. file: the module's, or the `__init__.py` of the package."""

    name: str
    file: Path

    def digest(self) -> str:
        """sha256 of its modules and suites, by content: an installer gives files new times."""
        if self.file.name != "__init__.py":
            return text_digest(self.file.read_bytes())
        folder = self.file.parent
        files = sorted(path for path in folder.rglob("*") if path.suffix in _DECIDING and path.is_file())
        digests = [[path.relative_to(folder).as_posix(), text_digest(path.read_bytes())] for path in files]
        return hashlib.sha256(json.dumps(digests).encode()).hexdigest()


def package_of(module: str) -> Package | None:
    """The outermost package of a module that has code, where an import would find it; None where there is none.

    Runs nothing of it: what encloses it are namespaces, folders without code that several distributions share.
    """
    # Nothing else that recalls a verdict needs it.
    import importlib.util

    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[:count])
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            return None
        if spec is None:
            return None
        if spec.has_location and spec.origin:
            return Package(name, Path(spec.origin))
    return None


def are_packages_unchanged(recorded: Mapping[str, str], root: Path) -> bool:
    """Whether these packages have these digests still, and lie outside of the repository, whose files are listed one by one."""
    for name, sha256 in recorded.items():
        package = package_of(name)
        if package is None or package.file.resolve().is_relative_to(root.resolve()) or package.digest() != sha256:
            return False
    return True

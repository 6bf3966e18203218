"""Where a dataset's history is kept: the repository of git, and the DVC folders in it."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from pathlib import Path

from gates.errors import DataError
from gates.versions.git.commands import Git, git_at

DVC_DIR = ".dvc"


@dataclass(frozen=True)
class Repository:
    """top: git's top folder; without git the folder of `.dvc`; without either the folder that was asked about.

    All paths inside are relative to it and have slashes.
    """

    top: Path
    git: Git | None = None

    def relative(self, path: Path) -> str | None:
        """A path as the repository has it, or None for one outside of it."""
        name = Path(os.path.relpath(path, self.top)).as_posix()
        return None if name == ".." or name.startswith("../") or posixpath.isabs(name) else name

    def dvc_root(self, path: str) -> str | None:
        """The folder, `.` or below, whose `.dvc` is responsible for a path; None where DVC is not in use.

        `dvc init --subdir` makes several in one git repository; the nearest counts.
        """
        folder = posixpath.dirname(path)
        while True:
            if (self.top / folder / DVC_DIR).is_dir():
                return folder or "."
            if not folder:
                return None
            folder = posixpath.dirname(folder)

    def cache_folders(self, root: str) -> tuple[Path, ...]:
        """Where the objects of a DVC folder may lie on this machine.

        First where its configuration says, then where the main work tree has them, when this one is linked to it:
        objects are named by content and verified, so that it does not matter whose they are.
        """
        own = cache_folder(self.top / root / DVC_DIR)
        if self.git is None:
            return (own,)
        main = self.git.main_top()
        return (own,) if main == self.top else (own, cache_folder(main / root / DVC_DIR))


def open_repository(start: Path) -> Repository:
    """The repository that a folder lies in."""
    folder = start.resolve()
    git = git_at(folder)
    if git:
        return Repository(git.top, git)
    with_dvc = (candidate for candidate in (folder, *folder.parents) if (candidate / DVC_DIR).is_dir())
    return Repository(next(with_dvc, folder))


def cache_folder(dvc_dir: Path) -> Path:
    """What `dvc cache dir` prints: `cache.dir` of the system, the user, the repository, `config.local`, the last counts.

    Relative paths start at the folder of the file they stand in. Raises DataError for a file that cannot be parsed.
    """
    folder = dvc_dir / "cache"
    for file in (*_outer_files(), dvc_dir / "config", dvc_dir / "config.local"):
        if file.is_file():
            value = _cache_dir(file)
            folder = file.parent / Path(value).expanduser() if value else folder
    return Path(os.path.normpath(folder))


def _outer_files() -> tuple[Path, Path]:
    # DVC depends on it; its folders differ from system to system, and so must be found as DVC finds them.
    import platformdirs

    system = os.environ.get("DVC_SYSTEM_CONFIG_DIR") or platformdirs.site_config_dir("dvc", "iterative")
    user = os.environ.get("DVC_GLOBAL_CONFIG_DIR") or platformdirs.user_config_dir("dvc", "iterative")
    return Path(system, "config"), Path(user, "config")


def _cache_dir(file: Path) -> str | None:
    # A hook in which nothing changed asks for no cache.
    import configparser

    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        parser.read_string(file.read_text(encoding="utf-8"))
    except (configparser.Error, UnicodeDecodeError, OSError) as error:
        first = str(error).split("\n")[0]
        raise DataError(f"{file}: not readable as a configuration of DVC: {first}") from error
    section = next((name for name in parser.sections() if name.strip().lower() == "cache"), None)
    value = (parser.get(section, "dir", fallback=None) or "").strip() if section else ""
    if value[:1] in {"'", '"'}:
        return value[1:].partition(value[0])[0]
    return value.partition(" #")[0].strip() or None

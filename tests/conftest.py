from __future__ import annotations

import gc
import os
import shutil
import sys
from hashlib import sha256

import pytest
from hypothesis import Phase, settings

from gates.cli.garbage import collect_rarely
from gates.cli.main import run
from tests.projects import Called, Project, program, write_project
from tests.promotions.promotion_projects import promoted, promotion_project, use_environment
from tests.shared import built_once
from tests.warm import share_with_processes_to_come

# Many tests start Python, which would compile all of gates each time where its environment forbids to keep bytecode, and
# pytest compiles five hundred modules of tests in each worker.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Nothing that is imported and collected becomes garbage, and it is too much to look at again and again: of the processor
# time of small tests that took an eighth.
gc.disable()
# What a failing example shrinks to says enough; to vary its parts for an explanation takes minutes.
settings.register_profile("gates", phases=[phase for phase in Phase if phase is not Phase.explain])
settings.load_profile("gates")


def pytest_make_parametrize_id(config, val, argname):
    """Name bytes by their argument: processes that run side by side must agree on every name, whatever bytes hold."""
    del config
    return argname if isinstance(val, bytes) else None


def pytest_configure(config):
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        share_with_processes_to_come()


def pytest_collection_modifyitems(items):
    """Modules with slow tests come first: one that begins last would leave all other workers idle."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish():
    """Look for garbage as a program of `gates` does, and not among the tests and what they import."""
    gc.freeze()
    gc.enable()
    collect_rarely()


@pytest.fixture
def gates(monkeypatch, capsys):
    """Run the command line in this process, in a folder."""

    def call(root, *arguments: str) -> Called:
        monkeypatch.chdir(root)
        capsys.readouterr()
        code = run(arguments)
        out, err = capsys.readouterr()
        return Called(code, out, err)

    return call


@pytest.fixture(scope="session")
def judged_project(tmp_path_factory):
    """A project whose drafts are accepted and whose datasets are judged; read it, do not change it."""

    def build(root):
        write_project(root)
        accepted = program(root, "init", "sound", "--accept")
        assert accepted.code == 0, accepted.err
        return Project(root, program(root, "check", "--all", "--format", "json", "--exit-zero"))

    return built_once(tmp_path_factory, "project", build)


@pytest.fixture
def project_copy(judged_project, tmp_path):
    """A copy of the judged project to change."""
    root = tmp_path / "project"
    shutil.copytree(judged_project.root, root)
    return root


@pytest.fixture(scope="session")
def judged_repository(tmp_path_factory):
    """A repository whose first dataset may be promoted; read it, do not change it."""
    with pytest.MonkeyPatch.context() as patch:
        use_environment(patch)
        return built_once(tmp_path_factory, "promotion", lambda folder: promotion_project(folder / "here"))


@pytest.fixture(scope="session")
def promoted_repository(judged_repository, tmp_path_factory):
    """The same, its first dataset promoted to both stages; read it, do not change it."""

    def build(folder):
        shutil.copytree(judged_repository.parent, folder / "all")
        return promoted(folder / "all/here")

    with pytest.MonkeyPatch.context() as patch:
        use_environment(patch)
        return built_once(tmp_path_factory, "promoted", build)


@pytest.fixture
def ready(judged_repository, tmp_path, monkeypatch):
    """A copy of the repository that may be promoted, with its remotes."""
    use_environment(monkeypatch)
    shutil.copytree(judged_repository.parent, tmp_path / "all")
    return tmp_path / "all" / "here"


@pytest.fixture
def done(promoted_repository, tmp_path, monkeypatch):
    """A copy of the repository whose first dataset was promoted."""
    use_environment(monkeypatch)
    shutil.copytree(promoted_repository.parent, tmp_path / "all")
    return tmp_path / "all" / "here"


@pytest.fixture(scope="session")
def object_server():
    """A server of S3 for all tests of a process."""
    # Takes seconds that only tests of addresses need.
    from tests.object_store import object_store

    with object_store() as store:
        yield store


@pytest.fixture
def store(object_server, monkeypatch):
    """The server of S3, with its keys in the environment."""
    from s3fs import S3FileSystem

    for name, value in object_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    # fsspec keeps file systems with the environment that they were made in.
    S3FileSystem.clear_instance_cache()
    yield object_server
    S3FileSystem.clear_instance_cache()


@pytest.fixture
def bucket(store, request):
    """A new bucket."""
    return store.bucket(f"b-{sha256(request.node.nodeid.encode()).hexdigest()[:16]}")

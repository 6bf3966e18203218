from __future__ import annotations

import shutil

import pytest

from gates.cli import run
from tests.projects import Called, Project, program, write_project


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
    root = tmp_path_factory.mktemp("project")
    write_project(root)
    accepted = program(root, "init", "sound", "--accept")
    assert accepted.code == 0, accepted.err
    return Project(root, program(root, "check", "--all", "--format", "json", "--exit-zero"))


@pytest.fixture
def project_copy(judged_project, tmp_path):
    """A copy of the judged project to change."""
    root = tmp_path / "project"
    shutil.copytree(judged_project.root, root)
    return root

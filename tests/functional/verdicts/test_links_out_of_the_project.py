"""A link that a commit brings along sends neither failing rows nor reports out of the project."""

from __future__ import annotations

import pytest

from tests.projects import program

ROWS = "x,origin\n1,human\n,human\n2,synthetic\n"


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    (root / "gates.toml").write_text('[datasets.d]\npath = "d.csv"\ntype = "tabular"\n')
    (root / "d.csv").write_text(ROWS)
    (tmp_path / "elsewhere").mkdir()
    return root


@pytest.mark.parametrize("name", [".gates", ".gates/quarantine", ".gates/verdicts"])
def test_a_link_in_place_of_gates_own_folder_is_refused(project, name):
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).symlink_to(project.parent / "elsewhere")

    called = program(project, "check", "d", "--worktree")

    assert (called.code, f"{name}: a symbolic link" in called.err) == (2, True), called
    assert list((project.parent / "elsewhere").iterdir()) == []


def test_a_link_in_place_of_the_folder_for_reports_is_refused_where_it_leads_out(project):
    (project / "reports").symlink_to(project.parent / "elsewhere")

    called = program(project, "check", "d", "--worktree", "--output", "reports")

    assert (called.code, "reports: a symbolic link leads it out of the project" in called.err) == (2, True), called
    assert list((project.parent / "elsewhere").iterdir()) == []


def test_a_folder_for_reports_elsewhere_may_be_named(project):
    called = program(project, "check", "d", "--worktree", "--output", str(project.parent / "elsewhere"))

    assert called.code in {1, 3}, called
    assert (project.parent / "elsewhere/d.json").exists()

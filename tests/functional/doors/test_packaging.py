"""The built package works where it was not built."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.shared import built_once

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[3]


def call(*command: object, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    return built_once(tmp_path_factory, "wheel", _wheel)


def _wheel(folder):
    # Without isolation, or the build would fetch the backend that is already here.
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, cwd=REPOSITORY)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def elsewhere(wheel, tmp_path_factory):
    """The folder of the programs of a fresh environment that has the wheel and borrows its dependencies from here."""
    return built_once(tmp_path_factory, "elsewhere", lambda folder: _installed(wheel, folder))


def _installed(wheel, folder):
    call(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    programs = folder / "venv/bin"
    site = Path(
        call(programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    )
    call(
        sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet", "--no-deps", "--no-index", wheel,
        cwd=folder,
    )  # fmt: skip
    # Named in a .pth, the folder of the dependencies comes last, and its own .pth files (the editable install) do not count.
    (site / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return programs


def test_the_wheel_holds_the_package_and_the_built_in_suites_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    suites = sorted(path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "expectations").rglob("*.json"))
    version = importlib.metadata.version("origin-gates")

    assert sorted(name for name in names if name.endswith(".json") and "/expectations/" in name) == [
        f"gates/{suite}" for suite in suites if "/handwriting/" not in suite
    ]
    assert {name.split("/")[0] for name in names} == {"gates", f"origin_gates-{version}.dist-info"}


def test_the_installed_package_is_the_wheel_and_not_the_checkout(elsewhere, tmp_path):
    place = call(elsewhere / "python", "-c", "import gates; print(gates.__file__)", cwd=tmp_path)

    assert Path(place.strip()).is_relative_to(elsewhere.parent)


def test_the_installed_command_knows_its_checks_in_any_folder(elsewhere, tmp_path):
    assert "Decide whether a dataset" in call(elsewhere / "gates", "--help", cwd=tmp_path)
    assert call(elsewhere / "gates", "list", "types", cwd=tmp_path).startswith("tabular\n")
    # From the suites inside the package.
    assert "combined/expect_distributions_to_match" in call(elsewhere / "gates", "list", "checks", cwd=tmp_path)


def test_the_installed_command_judges(elsewhere, tmp_path):
    rows = [f"{origin},{number % 7},{number * 37 % 101}" for origin in ("human", "synthetic") for number in range(300)]
    (tmp_path / "rows.csv").write_text("\n".join(["origin,kind,size", *rows]) + "\n")
    (tmp_path / "gates.toml").write_text('[datasets.rows]\npath = "rows.csv"\ntype = "tabular"\n')

    judged = call(elsewhere / "gates", "check", "--only", "expect_origins_to_be_declared", cwd=tmp_path)

    assert "rows: PASS (partial run)" in judged

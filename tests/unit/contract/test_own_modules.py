"""What runs of a repository's code is what was digested, whatever lies beside it, and no load sees another's."""

from __future__ import annotations

import importlib.util
import py_compile
import sys
from hashlib import sha256

import pytest

from gates.contract.plugins.own_modules import OwnModules
from gates.errors import PluginError, SuiteError


def write(root, **files: str):
    for name, text in files.items():
        path = root / f"{name.replace('_in_', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root.resolve()


def executed(root, name: str = "own.py"):
    modules = OwnModules(root, (root,))
    return modules, modules.execute(root / name)


def test_stale_bytecode_does_not_run_in_a_files_place(tmp_path):
    root = write(tmp_path, own="from limits import MOST\n", limits="MOST = 1\n")
    cached = importlib.util.cache_from_source(str(root / "limits.py"))
    py_compile.compile(str(root / "limits.py"), cached, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    (root / "limits.py").write_text("MOST = 2\n")

    modules, module = executed(root)

    assert module.MOST == 2
    assert modules.sources["limits.py"] == sha256(b"MOST = 2\n").hexdigest()


@pytest.mark.parametrize("beside", ["limits/__init__.py", "limits.pyc", "limits.abi3.so", "sitecustomize.py"])
def test_nothing_beside_a_file_runs_in_its_place(beside, tmp_path):
    root = write(tmp_path, own="from limits import MOST\n", limits="MOST = 2\n")
    (root / beside).parent.mkdir(exist_ok=True)
    (root / beside).write_text("MOST = 1\n")

    modules, module = executed(root)

    assert (module.MOST, list(modules.sources)) == (2, ["own.py", "limits.py"])


def test_file_that_leads_out_of_the_repository_does_not_run(tmp_path):
    (tmp_path / "elsewhere.py").write_text("MOST = 1\n")
    root = write(tmp_path / "root", own="import limits\n")
    (root / "limits.py").symlink_to(tmp_path / "elsewhere.py")

    with pytest.raises(SuiteError, match=r"own\.py:1: PluginError: imports limits\.py, which is no Python file of the"):
        executed(root)


def test_two_loads_see_modules_of_their_own_alone(tmp_path):
    lazy = "import limits\n\n\ndef most():\n    from limits import MOST\n    return MOST\n"
    roots = [write(tmp_path / number, own=lazy, limits=f"MOST = {number}\n") for number in ("1", "2")]
    path, finders = list(sys.path), list(sys.meta_path)

    loads = [executed(root) for root in roots]
    for modules, _ in loads:
        modules.seal()

    assert [module.most() for _, module in loads] == [1, 2]
    assert (sys.path, sys.meta_path, "limits" in sys.modules) == (path, finders, False)


def test_objects_of_own_classes_can_be_pickled(tmp_path):
    root = write(
        tmp_path,
        own="import pickle\nfrom pkg.one import One\nCOPY = pickle.loads(pickle.dumps(One()))\n",
        pkg_in_one="class One:\n    pass\n",
    )

    _, module = executed(root)

    assert isinstance(module.COPY, module.One)


@pytest.mark.parametrize("name", ["json", "pandera", "polars"])
def test_schema_of_a_dataset_that_is_called_like_a_library_sees_the_library(name, tmp_path):
    root = write(tmp_path, **{name: f"import {name}\nimport pandera.polars as pa\nLIBRARY = {name}\n"})

    modules, module = executed(root, f"{name}.py")

    assert (module.LIBRARY, list(modules.sources)) == (sys.modules[name], [f"{name}.py"])


def test_relative_import_outside_of_a_package_says_so(tmp_path):
    root = write(tmp_path, own="from .limits import MOST\n", limits="MOST = 1\n")

    with pytest.raises(SuiteError, match=r"own\.py:1: ImportError: .*relative"):
        executed(root)


def test_every_form_of_import_finds_the_repositorys_modules(tmp_path):
    root = write(
        tmp_path,
        own="import pkg.one as one\nimport pkg.two\nfrom pkg import three\nfrom pkg.one import *\nfrom bare.four import FOUR\n"
        "ALL = [ONE, one.ONE, pkg.two.TWO, three.THREE, FOUR]\n",
        pkg_in___init__="",
        pkg_in_one="__all__ = ['ONE']\nONE = 1\n",
        pkg_in_two="from . import three\nfrom .one import ONE\nTWO = ONE + 1\n",
        pkg_in_three="THREE = 3\n",
        bare_in_four="FOUR = 4\n",
    )

    modules, module = executed(root)

    assert module.ALL == [1, 1, 2, 3, 4]
    assert set(modules.sources) == {
        "own.py", "pkg/__init__.py", "pkg/one.py", "pkg/two.py", "pkg/three.py", "bare/four.py",
    }  # fmt: skip


def test_modules_that_import_each_other_are_run_once(tmp_path):
    root = write(tmp_path, own="import other\nN = other.N\n", other="import third\nN = 1\n", third="import other\n")

    assert executed(root)[1].N == 1


def test_annotations_are_resolved_in_the_modules_own_names(tmp_path):
    text = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom typing import ClassVar, get_type_hints\n"
        "class Amount: pass\n@dataclass\nclass Claim:\n    amount: Amount\n    total: ClassVar[int] = 0\n"
        "HINTS = get_type_hints(Claim)\n"
    )

    _, module = executed(write(tmp_path, own=text))

    assert module.HINTS["amount"] is module.Amount
    assert list(module.Claim.__dataclass_fields__) == ["amount", "total"]
    assert module.Claim(3).amount == 3


def test_module_of_the_standard_library_is_meant_whatever_the_repository_has(tmp_path):
    root = write(tmp_path, own="import json\nTEXT = json.dumps({})\n", json="1 / 0\n")

    assert executed(root)[1].TEXT == "{}"


def test_after_a_load_no_other_file_runs(tmp_path):
    root = write(tmp_path, own="def late():\n    import limits\n    return limits\n", limits="MOST = 1\n")
    modules, module = executed(root)
    modules.seal()

    with pytest.raises(
        PluginError, match=r"^imports limits\.py only once it is used; import it where its module begins"
    ):
        module.late()


def test_module_that_nobody_has_is_reported_as_python_reports_it(tmp_path):
    root = write(tmp_path, own="import pkg.absent\n", pkg_in___init__="")

    with pytest.raises(SuiteError, match=r"^own\.py:1: ModuleNotFoundError: No module named 'pkg\.absent'$"):
        executed(root)


@pytest.mark.parametrize(
    "runs",
    [
        "import runpy\nrunpy.run_path({path!r})\n",
        "from pathlib import Path\nexec(compile(Path({path!r}).read_text(), {path!r}, 'exec'))\n",
        (
            "from importlib.util import module_from_spec, spec_from_file_location\n"
            "spec = spec_from_file_location('side', {path!r})\nspec.loader.exec_module(module_from_spec(spec))\n"
        ),
        "import sys\nsys.path.insert(0, {folder!r})\nimport importlib\nimportlib.import_module('side')\n",
    ],
)
def test_a_file_that_nobody_digested_does_not_run_past_import(tmp_path, runs, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "mark").mkdir()
    side = tmp_path / "side.py"
    root = write(tmp_path, own=runs.format(path=str(side), folder=str(tmp_path)))
    side.write_text(f"open({str(tmp_path / 'mark/ran')!r}, 'w').close()\n")

    with pytest.raises(SuiteError, match=r"runs side\.py past `import`"):
        executed(root)
    assert not (tmp_path / "mark/ran").exists()

"""Plugins are known by name without being imported, loaded in one way, and refused by the name of who brings them."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import pytest

from gates.config.digests import contract_key, is_code_unchanged, rules_inputs
from gates.config.installed.plugins import PluginKind, Plugins
from gates.config.load import read_config
from gates.contract.contract import load_contract
from gates.contract.plugins.registry import data_type_of, loaded, metrics_of
from gates.errors import PluginError, UsageError
from gates.init.snippets import dvc_stages
from gates.rows.schemas.built_in import plugin_schema
from gates.verdict import Answer, Verdict
from gates.verdicts.reports.located_verdict import unplaced
from gates.verdicts.reports.registry import find_report, rendered
from tests.plugins import REPORT, SUITES, TYPE, distribution, metric, project
from tests.promotions.recorded_verdicts import verdict_on

TODAY = date(2026, 1, 1)
RAISES = "raise RuntimeError('never import me')\n"
OWN_METRIC = "expect_own_number_to_be_small"
OWN_SUITE = json.dumps({
    "name": "own", "meta": {}, "expectations": [{"type": OWN_METRIC, "kwargs": {"max_value": 1}}],
})  # fmt: skip


@pytest.fixture(autouse=True)
def forget_modules():
    """What a test imports from its folders is not there for the next one."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("own_"):
            del sys.modules[name]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a distribution of one module for this test."""

    def install(group: str, line: str, text: str, name: str = "own-plugins", version: str = "1.0") -> None:
        module = line.partition("=")[2].partition(":")[0].strip()
        folder = tmp_path / f"site-{name}-{version}"
        distribution(folder, name, {group: line}, {f"{module}.py": text}, version)
        monkeypatch.syspath_prepend(folder)

    return install


def mix(root):
    return read_config(root / "gates.toml").dataset("mix")


def contract(root):
    return load_contract(mix(root), TODAY).to_json()


def test_plugins_are_listed_without_being_imported(tmp_path, installed, gates):
    installed("reports", "page = own_page:PAGE", RAISES)
    root = project(tmp_path / "p", '[plugins.metrics]\nexpect_a_thing = "raises.py:A"', files={"raises.py": RAISES})

    shown = gates(root, "list", "plugins")
    read = gates(root, "list", "plugins", "--format", "json")
    page = gates(root, "list", "plugins", "--format", "markdown")

    assert (shown.code, shown.err) == (0, "")
    assert shown.out == (
        "metric: expect_a_thing\n  raises.py:A, from gates.toml:2\n"
        "report: page\n  own_page:PAGE, from own-plugins 1.0\n"
    )
    assert json.loads(read.out) == [
        {"kind": "metric", "name": "expect_a_thing", "from": "gates.toml:2", "object": "raises.py:A"},
        {"kind": "report", "name": "page", "from": "own-plugins 1.0", "object": "own_page:PAGE"},
    ]
    assert "| report | `page` | `own_page:PAGE` | own-plugins 1.0 |\n" in page.out
    assert "own_page" not in sys.modules


def test_without_plugins_there_are_none(tmp_path, gates):
    assert gates(tmp_path, "list", "plugins").out == "no plugins\n"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[plugins]\nmetric = {}", "gates.toml:2: plugins: unknown key 'metric' (did you mean 'metrics'?)"),
        ("[plugins]\ntypes = []", 'gates.toml:2: plugins.types is no table; write types = { NAME = "path/to/file.py:Attribute" }'),
        ("plugins = 1", 'gates.toml:1: plugins is no table; write plugins = { NAME = "path/to/file.py:Attribute" }'),
        (
            '[plugins.reports]\n\npage = "page.py"',
            "gates.toml:3: plugins: report 'page' is 'page.py', expected \"path/to/file.py:Attribute\" or \"package.module:attribute\"",
        ),
        ("[plugins.types]\na = 1", "gates.toml:2: plugins: type 'a' is 1, expected \"path/to/file.py:Attribute\" or \"package.module:attribute\""),
    ],
)  # fmt: skip
def test_mistake_in_the_table_is_named_with_its_line(table, message, tmp_path):
    root = project(tmp_path, table)

    with pytest.raises(UsageError) as raised:
        mix(root)

    assert str(raised.value) == message


def test_type_that_nobody_brings_along_is_refused_with_the_nearest(tmp_path, installed):
    installed("schemas", "notes = own_types:OWN", RAISES)
    root = project(tmp_path / "p", dataset='type = "note"')

    with pytest.raises(
        UsageError, match=r"gates.toml:5: dataset 'mix': type 'note' is unknown \(did you mean 'notes'\?\)"
    ):
        mix(root)


def test_dataset_may_not_be_called_like_a_type_of_its_own_configuration(tmp_path):
    root = project(tmp_path, '[plugins.types]\nmix = "own.py:OWN"')

    with pytest.raises(UsageError, match="'mix' is a data type"):
        mix(root)


@pytest.mark.parametrize(
    "case",
    [
        ("schemas", "tabular = own_a:A", "gates itself"),
        ("schemas", "common = own_a:A", "gates itself"),
        ("metrics", "expect_distributions_to_match = own_a:A", "gates itself"),
        ("metrics", "expect_column_to_exist = own_a:A", "gates itself"),
        ("reports", "json = own_a:A", "gates itself"),
        ("reports", "page = own_a:A", "gates.toml:2"),
        ("metrics", "expect_a_thing = own_a:A", "first-plugins 2.0"),
    ],
)
def test_name_that_is_taken_is_refused_with_both_who_have_it(case, tmp_path, installed, gates):
    group, line, taken = case
    installed("metrics", "expect_a_thing = own_b:B", RAISES, "first-plugins", "2.0")
    installed(group, line, RAISES)
    root = project(tmp_path / "p", '[plugins.reports]\npage = "page.py:PAGE"')
    name, _, spec = line.partition(" = ")
    kind = {"schemas": "type", "metrics": "metric", "reports": "report"}[group]
    message = f"own-plugins 1.0: {kind} '{name}' ({spec}): the name is taken by {taken}; rename it, or uninstall one of them\n"

    assert gates(root, "list", "plugins").err == message
    checked = gates(root, "check", "mix")

    assert (checked.code, checked.out, checked.err) == (3, "", message)


def test_distribution_that_is_installed_twice_counts_once(tmp_path, installed):
    installed("reports", "page = own_a:A", RAISES)
    installed("reports", "page = own_a:A", RAISES, version="2.0")

    assert [one.place for one in Plugins().references] == ["own-plugins 2.0"]


@pytest.mark.parametrize(
    ("group", "line", "text", "wrong"),
    [
        ("metrics", "expect_a_thing = own_a:A", RAISES, "does not import: RuntimeError: never import me"),
        ("metrics", "expect_a_thing = own_a:A", "raise SystemExit(0)", "ends the program while it is imported (SystemExit)"),
        ("metrics", "expect_a_thing = own_a:A", "import not_there", "does not import: ModuleNotFoundError: No module named 'not_there'"),
        ("metrics", "expect_a_thing = own_a:A", "", "'A' is not there, expected a gates.metrics.base.metric.Metric"),
        ("schemas", "notes = own_a:A", "A = 1", "'A' is a int, expected a gates.contract.plugins.interface.TypeContract"),
        ("metrics", "expect_a_thing = own_a:METRIC", metric(OWN_METRIC), f"calls itself '{OWN_METRIC}'; one name in both places"),
        ("metrics", "own = own_a:METRIC", metric("own"), "'own' is no name for a metric: lower-case words joined by '_', the first of them 'expect'"),
        ("schemas", "notes = own_a:OWN", TYPE.format(name="notes"), "has no suites; give TypeContract the folder of its three"),
        ("schemas", "notes = own_a:OWN", TYPE.format(name="notes").replace('texts=("note",)', 'texts=("text",)'),
         "'text' is among neither its required nor its optional roles"),
    ],
)  # fmt: skip
def test_plugin_that_is_not_what_it_claims_is_refused_by_its_distribution(group, line, text, wrong, installed):
    installed(group, line, text)
    (kind,) = (kind for kind in PluginKind if kind.group == f"gates.{group}")
    name, _, spec = line.partition(" = ")

    with pytest.raises(PluginError) as raised:
        loaded(Plugins(), kind)

    assert str(raised.value) == f"own-plugins 1.0: {kind} '{name}' ({spec}): {wrong}"
    assert raised.value.exit_code == 3


@pytest.mark.parametrize(("group", "line"), [("metrics", "expect_a_thing = own_a:A"), ("schemas", "notes = own_a:A")])
def test_broken_plugin_that_nothing_here_names_stops_the_gate_too(group, line, tmp_path, installed, gates):
    installed(group, line, RAISES)

    checked = gates(project(tmp_path / "p"), "check", "mix")

    assert (checked.code, checked.out) == (3, "")
    assert checked.err.startswith("own-plugins 1.0: ")
    assert checked.err.endswith(" (own_a:A): does not import: RuntimeError: never import me\n")


def test_file_of_the_repository_that_does_not_import_is_named_with_both_lines(tmp_path, gates):
    root = project(
        tmp_path, '[plugins.metrics]\nexpect_a_thing = "plugins/a.py:A"', files={"plugins/a.py": "\n1 / 0\n"}
    )

    checked, linted = gates(root, "check", "mix"), gates(root, "lint")

    message = (
        "gates.toml:2: metric 'expect_a_thing' (plugins/a.py:A): plugins/a.py:2: ZeroDivisionError: division by zero\n"
    )
    assert (checked.code, checked.err) == (3, message)
    assert (linted.code, linted.out) == (2, f"{message}1 problem to fix\n")


@pytest.mark.parametrize(
    ("spec", "files"),
    [
        ("plugins/own_one.py:METRIC", {"plugins/own_one.py": metric(OWN_METRIC)}),
        ("own_two.numbers:METRIC", {"own_two/__init__.py": "", "own_two/numbers.py": metric(OWN_METRIC)}),
    ],
)
def test_metric_of_the_configuration_is_what_suites_may_limit(spec, files, tmp_path, gates):
    files = {**files, "expectations/mix/human.json": OWN_SUITE}
    root = project(tmp_path, f'[plugins.metrics]\n{OWN_METRIC} = "{spec}"', files=files)

    resolved = contract(root)

    assert resolved["plugins"] == [{"kind": "metric", "name": OWN_METRIC, "distribution": None, "version": None}]
    assert spec.partition(":")[0] in {
        path if path.startswith("plugins") else path[:-3].replace("/", ".") for path in resolved["plugin_sources"]
    }
    assert (
        f"mix: human/{OWN_METRIC} (expectations/mix/human.json:1): critical, limit 1"
        in gates(root, "explain", "own_number").out
    )
    assert OWN_METRIC in gates(root, "list", "checks").out
    assert gates(root, "lint").code == 0
    assert not [name for name in sys.modules if name.startswith("own_")]


def test_edit_of_a_module_that_a_plugin_imports_is_another_contract(tmp_path):
    files = {
        "plugins/own_one.py": metric(OWN_METRIC, "FOUND", "from own_limits import FOUND\n"),
        "plugins/own_limits.py": "FOUND = 0.5\n",
        "expectations/mix/human.json": OWN_SUITE,
    }
    root = project(tmp_path, f'[plugins.metrics]\n{OWN_METRIC} = "plugins/own_one.py:METRIC"', files=files)
    before = contract(root)
    (root / "plugins/own_limits.py").write_text("FOUND = 0.6\n")

    after = contract(root)

    assert before["plugin_sources"].keys() == {"plugins/own_one.py", "plugins/own_limits.py"}
    assert before["sha256"] != after["sha256"]
    assert before["suites_sha256"] == after["suites_sha256"]


@pytest.mark.parametrize("new", ["own_limits.py", "own_limits/__init__.py", "plugins/own_limits/__init__.py"])
def test_file_that_may_run_in_place_of_an_installed_one_is_another_key(new, tmp_path):
    files = {"plugins/own_one.py": metric(OWN_METRIC)}
    root = project(tmp_path, f'[plugins.metrics]\n{OWN_METRIC} = "plugins/own_one.py:METRIC"', files=files)
    before = rules_inputs(mix(root), TODAY)

    (root / new).parent.mkdir(exist_ok=True)
    (root / new).write_text("")

    assert rules_inputs(mix(root), TODAY) != before


def test_another_version_of_an_installed_plugin_is_another_contract_and_another_key(tmp_path, installed):
    root = project(tmp_path / "p", files={"expectations/mix/human.json": OWN_SUITE})
    versions = []
    for version in ("1.0", "1.1"):
        installed("metrics", f"{OWN_METRIC} = own_one:METRIC", metric(OWN_METRIC), version=version)
        dataset = mix(root)
        versions.append((load_contract(dataset, TODAY).to_json()["sha256"], contract_key(dataset, TODAY)["installed"]))

    assert versions[0][0] != versions[1][0]
    assert [installed for _, installed in versions] == [["own-plugins 1.0"], ["own-plugins 1.1"]]


def test_plugin_that_nothing_names_leaves_the_contract_as_it_is(tmp_path, installed):
    root = project(tmp_path / "p")
    before = contract(root)
    installed("metrics", f"{OWN_METRIC} = own_one:METRIC", metric(OWN_METRIC))

    assert contract(root) == before


def test_type_of_the_configuration_has_its_suites_beside_it(tmp_path):
    files = {"plugins/own_types.py": TYPE.format(name="notes")}
    suites = {f"expectations/notes/{name}": text for name, text in SUITES.items()}
    table = '[plugins.types]\nnotes = "plugins/own_types.py:OWN"'
    root = project(tmp_path, table, 'type = "notes"', {**files, **suites})
    before, inputs = contract(root), rules_inputs(mix(root), TODAY)

    (root / "expectations/notes/human.json").write_text(
        SUITES["human.json"].replace("[]", '[{"type": "expect_column_to_exist", "kwargs": {"column": "note"}}]')
    )

    assert data_type_of(mix(root)).required_roles == ("note",)
    assert contract(root)["suites_sha256"] != before["suites_sha256"]
    assert rules_inputs(mix(root), TODAY) != inputs
    (root / "expectations/notes/human.json").unlink()
    with pytest.raises(PluginError, match=r"its suites lack expectations/notes/human\.json"):
        contract(root)


def test_stages_of_dvc_depend_on_the_plugins_of_the_repository(tmp_path):
    files = {"plugins/own_types.py": TYPE.format(name="notes")}
    suites = {f"expectations/notes/{name}": text for name, text in SUITES.items()}
    table = '[plugins.types]\nnotes = "plugins/own_types.py:OWN"'
    root = project(tmp_path, table, 'type = "notes"', {**files, **suites})

    stages = dvc_stages([mix(root)])

    assert stages.count("\n    - expectations/notes\n    - plugins/own_types.py\n") == 2


def test_role_that_a_plugins_type_does_not_have_is_refused_with_its_line(tmp_path):
    files = {
        "own.py": TYPE.format(name="notes"),
        **{f"expectations/notes/{name}": text for name, text in SUITES.items()},
    }
    root = project(
        tmp_path, '[plugins.types]\nnotes = "own.py:OWN"', 'type = "notes"\ncolumns = { nots = "note" }', files
    )

    with pytest.raises(UsageError, match=r"gates.toml:7: .*type 'notes' has no role 'nots' \(did you mean 'note'\?\)"):
        contract(root)


def test_module_that_nothing_tells_the_version_of_is_refused(tmp_path, monkeypatch):
    (tmp_path / "loose").mkdir()
    (tmp_path / "loose/own_loose.py").write_text(metric(OWN_METRIC))
    monkeypatch.syspath_prepend(tmp_path / "loose")
    root = project(tmp_path / "p", f'[plugins.metrics]\n{OWN_METRIC} = "own_loose:METRIC"')

    with pytest.raises(PluginError, match="'own_loose' is neither in this repository nor in an installed distribution"):
        contract(root)


def test_module_of_an_installed_distribution_is_known_by_its_version(tmp_path, installed):
    installed("scripts", "x = own_one:METRIC", metric(OWN_METRIC), version="3.2")
    table = f'[plugins.metrics]\n{OWN_METRIC} = "own_one:METRIC"'
    root = project(tmp_path / "p", table, files={"expectations/mix/human.json": OWN_SUITE})

    assert contract(root)["plugins"] == [
        {"kind": "metric", "name": OWN_METRIC, "distribution": "own-plugins", "version": "3.2"}
    ]


def test_two_configurations_have_each_their_own_metric_of_one_name(tmp_path):
    table = f'[plugins.metrics]\n{OWN_METRIC} = "own.py:METRIC"'
    roots = [
        project(tmp_path / value, table, files={"own.py": metric(OWN_METRIC, value)}) for value in ("0.25", "0.75")
    ]

    metrics = [metrics_of(mix(root).plugins)[OWN_METRIC] for root in roots]

    assert [one.measure(None, None, {}).estimate.value for one in metrics] == [0.25, 0.75]


def test_report_is_found_by_name_and_a_broken_one_is_no_verdict(tmp_path, installed):
    verdict = Verdict("mix", Answer.PASS, [], {}, {}, {}, (), ())
    installed("reports", "short = own_short:SHORT", REPORT)
    installed(
        "reports",
        "wild = own_wild:WILD",
        "from gates.contract.plugins import Report\nWILD = Report('wild', 'x', lambda _: 1 / 0)",
        "wild",
    )
    installed(
        "reports",
        "taken = own_taken:T",
        "from gates.contract.plugins import Report\nT = Report('taken', 'json', str)",
        "taken",
    )

    assert rendered(find_report(Plugins(), "short"), [unplaced(verdict)]) == "mix: pass\n"
    with pytest.raises(PluginError, match="report 'wild': own_wild:2: ZeroDivisionError"):
        rendered(find_report(Plugins(), "wild"), [unplaced(verdict)])
    with pytest.raises(PluginError, match="the suffix 'json' is another file's"):
        find_report(Plugins(), "taken")
    with pytest.raises(UsageError, match=r"no report 'shrt' \(did you mean 'short'\?\)"):
        find_report(Plugins(), "shrt")


def test_configuration_that_is_named_and_cannot_be_read_is_wrong_usage(tmp_path, gates):
    (tmp_path / "broken.toml").write_text("[datasets")

    absent, broken = (gates(tmp_path, "list", "plugins", "--config", name) for name in ("nope.toml", "broken.toml"))

    assert (absent.code, absent.out, "nope.toml" in absent.err) == (2, "", True)
    assert (broken.code, broken.out, broken.err.startswith("broken.toml:1: ")) == (2, "", True)


def test_project_around_that_cannot_be_read_leaves_what_is_installed(tmp_path, gates):
    (tmp_path / "gates.toml").write_text("[datasets")

    listed = gates(tmp_path, "list", "plugins")

    assert (listed.code, listed.out) == (0, "no plugins\n")
    assert listed.err.startswith("only installed plugins are used: gates.toml:1: ")


@pytest.fixture
def editable(tmp_path, monkeypatch):
    """A distribution that is installed as an editable: its code lies elsewhere, and its version stays."""

    def install(source, line=f"{OWN_METRIC} = own_pkg.numbers:METRIC", group="metrics"):
        distribution(tmp_path / "site", "own-plugins", {group: line}, {})
        monkeypatch.syspath_prepend(tmp_path / "site")
        monkeypatch.syspath_prepend(source)

    return install


def package(source, value="0.25"):
    """Two packages side by side, the first of which takes a number from the second."""
    text = metric(OWN_METRIC, "FOUND", "from own_core import FOUND\nfrom own_pkg.rest import REST\n")
    for path, content in (
        ("own_pkg/__init__.py", ""), ("own_pkg/numbers.py", text), ("own_pkg/rest.py", "REST = 1\n"),
        ("own_core.py", f"FOUND = {value}\n"),
    ):  # fmt: skip
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(content)


def forget_own():
    for name in [name for name in sys.modules if name.startswith("own_")]:
        del sys.modules[name]


def judged(folder, source, editable):
    """A project, and its contract with a metric that is installed from a source folder; nothing of it stays imported."""
    root = project(folder / "p", files={"expectations/mix/human.json": OWN_SUITE})
    package(source)
    editable(source)
    before = contract(root)
    forget_own()
    assert is_code_unchanged(before, root)
    return root, before


@pytest.mark.parametrize("edited", ["own_pkg/numbers.py", "own_pkg/rest.py", "own_core.py"])
def test_edit_of_an_editable_plugin_inside_the_repository_is_another_contract(edited, tmp_path, editable):
    root, before = judged(tmp_path, tmp_path / "p/src", editable)

    with (root / "src" / edited).open("a") as file:
        file.write("# edited\n")

    assert before["plugins"] == [
        {"kind": "metric", "name": OWN_METRIC, "distribution": "own-plugins", "version": "1.0"}
    ]
    assert set(before["plugin_sources"]) == {f"src/own_{name}.py" for name in ("core", "pkg/__init__", "pkg/numbers", "pkg/rest")}  # fmt: skip
    assert not is_code_unchanged(before, root)
    assert contract(root)["sha256"] != before["sha256"]


def test_edit_of_an_editable_plugin_elsewhere_is_another_contract_seen_without_importing_it(tmp_path, editable):
    root, before = judged(tmp_path, tmp_path / "src", editable)

    (tmp_path / "src/own_pkg/rest.py").write_text("REST = 2\n")

    assert (list(before["plugins"][0]["packages"]), before["plugin_sources"]) == (["own_pkg"], {})
    assert not is_code_unchanged(before, root)
    assert not [name for name in sys.modules if name.startswith("own_")]
    after = contract(root)
    assert after["sha256"] != before["sha256"]
    assert load_contract(mix(root), TODAY).code["own_pkg"] == after["plugins"][0]["packages"]["own_pkg"]


def test_verdict_on_an_editable_plugin_elsewhere_does_not_count_where_the_plugin_is_inside(tmp_path, editable):
    inside, outside = (
        project(tmp_path / name, files={"expectations/mix/human.json": OWN_SUITE}) for name in ("inside", "outside")
    )
    package(inside / "src")
    editable(inside / "src")

    resolved = contract(outside)

    assert (is_code_unchanged(resolved, outside), is_code_unchanged(resolved, inside)) == (True, False)


def test_suites_of_an_editable_type_inside_the_repository_belong_to_its_code(tmp_path, editable):
    root = project(tmp_path / "p", dataset='type = "notes"')
    kind = TYPE.format(name="notes").rstrip()[:-1] + '    __import__("pathlib").Path(__file__).parent / "suites",\n)\n'
    for path, text in {"types.py": kind, "__init__.py": "", **{f"suites/{name}": SUITES[name] for name in SUITES}}.items():  # fmt: skip
        (root / "src/own_pkg" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "src/own_pkg" / path).write_text(text)
    editable(root / "src", "notes = own_pkg.types:OWN", "schemas")
    before = contract(root)

    (root / "src/own_pkg/suites/human.json").write_text(SUITES["human.json"].replace("own", "mine"))

    assert not is_code_unchanged(before, root)


LAZY = "def FOUND():\n    from own_limits import X\n    return X\n"


def test_module_that_is_imported_only_while_measuring_is_refused_and_never_another_repositorys(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path / "first")
    failures = []
    for name, number in (("first", "0.2"), ("second", "0.9")):
        files = {
            "own.py": metric(OWN_METRIC, "FOUND()", LAZY),
            "own_limits.py": f"X = {number}\n",
            "expectations/mix/human.json": OWN_SUITE,
        }
        root = project(tmp_path / name, f'[plugins.metrics]\n{OWN_METRIC} = "own.py:METRIC"', files=files)
        own = metrics_of(mix(root).plugins)[OWN_METRIC]
        with pytest.raises(PluginError) as raised:
            own.measure(None, None, {})
        failures.append(str(raised.value))

    assert (
        failures
        == [
            "imports own_limits.py only once it is used; import it where its module begins, so that verdicts depend on it"
        ]
        * 2
    )
    assert "own_limits" not in sys.modules


def test_module_that_was_imported_at_first_may_be_imported_again_while_measuring(tmp_path):
    roots = []
    for number in ("0.2", "0.9"):
        files = {"own.py": metric(OWN_METRIC, "FOUND()", f"import own_limits\n{LAZY}"), "own_limits.py": f"X = {number}\n"}  # fmt: skip
        roots.append(project(tmp_path / number, f'[plugins.metrics]\n{OWN_METRIC} = "own.py:METRIC"', files=files))
    metrics = [metrics_of(mix(root).plugins)[OWN_METRIC] for root in roots]
    path = list(sys.path)

    assert [one.measure(None, None, {}).estimate.value for one in metrics] == [0.2, 0.9]
    assert sys.path == path
    assert "own_limits" not in sys.modules


MADE = """\
from __future__ import annotations

import pandera.polars as pa
from pandera.typing.polars import Series

from gates.config.data_types import DataType
from gates.contract.plugins import TypeContract

KIND = DataType("notes", "one note", ("note",), ("id",), ("note", "id"), texts=("note",), content=("note",))


class Note(pa.DataFrameModel):
    note: Series[{annotation}]


def schema(roles, columns):
{body}    return Note


OWN = TypeContract(KIND, schema)
"""


def of_notes(root, **made):
    suites = {f"expectations/notes/{name}": text for name, text in SUITES.items()}
    files = {"own_notes.py": MADE.format(**{"body": "", "annotation": "str", **made}), "own_late.py": "", **suites}
    return project(root, '[plugins.types]\nnotes = "own_notes.py:OWN"', 'type = "notes"', files)


def test_model_that_a_function_returns_has_its_annotations_resolved(tmp_path):
    brought = load_contract(mix(of_notes(tmp_path)), TODAY).type_plugin

    assert list(plugin_schema(brought, None, {}).columns) == ["note"]


@pytest.mark.parametrize(
    ("made", "wrong"),
    [
        ({"annotation": "Absent"}, "NameError: name 'Absent' is not defined"),
        ({"body": "    1 / 0\n"}, "own_notes.py:17: ZeroDivisionError: division by zero"),
        ({"body": "    import own_late\n"}, "imports own_late.py only once it is used; import it where its module begins, so that verdicts depend on it"),
    ],
)  # fmt: skip
def test_function_that_makes_no_schema_is_named(made, wrong, tmp_path):
    brought = load_contract(mix(of_notes(tmp_path, **made)), TODAY).type_plugin

    with pytest.raises(PluginError) as raised:
        plugin_schema(brought, None, {})

    assert str(raised.value) == f"data type 'notes': its schema: {wrong}"


def test_model_without_its_names_that_an_installed_function_returns_is_named(tmp_path, installed):
    installed("schemas", "notes = own_made:OWN", MADE.format(body="", annotation="Absent").replace(
        "TypeContract(KIND, schema)", f"TypeContract(KIND, schema, __import__('pathlib').Path({str(tmp_path)!r}))"
    ))  # fmt: skip
    for name, text in SUITES.items():
        (tmp_path / name).write_text(text)
    brought = load_contract(mix(project(tmp_path / "p", dataset='type = "notes"')), TODAY).type_plugin

    with pytest.raises(PluginError, match=r"^data type 'notes': its schema: NameError: name 'Absent' is not defined$"):
        plugin_schema(brought, None, {})


def test_module_of_a_namespace_is_known_by_the_distribution_that_wrote_it(tmp_path, monkeypatch):
    site = tmp_path / "site"
    distribution(site, "alpha-plugins", {}, {"own_space/first.py": metric(OWN_METRIC)}, "1.0")
    distribution(site, "beta-plugins", {}, {"own_space/second.py": metric(OWN_METRIC)}, "2.0")
    monkeypatch.syspath_prepend(site)
    owners = []
    for module in ("first", "second"):
        table = f'[plugins.metrics]\n{OWN_METRIC} = "own_space.{module}:METRIC"'
        root = project(tmp_path / module, table, files={"expectations/mix/human.json": OWN_SUITE})
        (one,) = contract(root)["plugins"]
        owners.append((one["distribution"], one["version"]))
    (site / "own_space/third.py").write_text(metric(OWN_METRIC))

    assert owners == [("alpha-plugins", "1.0"), ("beta-plugins", "2.0")]
    table = f'[plugins.metrics]\n{OWN_METRIC} = "own_space.third:METRIC"'
    with pytest.raises(PluginError, match=r"'own_space\.third' is neither in this repository nor in an installed"):
        contract(project(tmp_path / "third", table))


@pytest.mark.parametrize("call", ["lint", "enforce", "explain own_number", "list types", "list checks", "list plugins"])
def test_page_says_which_commands_run_the_code_of_the_repository(call, tmp_path, gates):
    text = "import pathlib\npathlib.Path(__file__).with_suffix('.ran').touch()\n"
    root = project(tmp_path, '[plugins.types]\nnotes = "own.py:OWN"', files={"own.py": text})
    page = (Path(__file__).parents[3] / "docs/reference/configuration.md").read_text(encoding="utf-8")
    paragraph = page.partition("\n## Plugins\n")[2].partition("\n## ")[0].partition("Other commands import")[2]
    (root / "gates.toml").write_text((root / "gates.toml").read_text().replace("datasets.mix", "datasets.texts"))
    (root / ".gates/verdicts").mkdir(parents=True)
    (root / ".gates/verdicts/texts.json").write_text(verdict_on({}, 0.1, "pass"))

    gates(root, *call.split())

    command = "gates " + call.removesuffix(" own_number")
    assert (root / "own.ran").is_file() is (f"`{command}`" in paragraph)

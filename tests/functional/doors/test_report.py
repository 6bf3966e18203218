"""`gates report` writes the verdict as a page, of a dataset or of a verdict that was stored."""

from __future__ import annotations

import json
import webbrowser

import polars as pl

from gates.verdicts.from_json import verdict_of
from gates.verdicts.reports.page.document import whole
from gates.verdicts.whole_verdict import whole_verdict
from tests.dvc_repositories import commit, new_git


def test_page_of_a_dataset_is_that_of_its_verdict_and_is_written_beside_it(project_copy, gates):
    called = gates(project_copy, "report", "flawed")

    page = project_copy / ".gates/verdicts/flawed.html"
    assert (called.code, called.out.strip()) == (0, str(page))
    content = page.with_suffix(".json").read_bytes()
    assert page.read_text(encoding="utf-8") == whole(whole_verdict(content, "flawed.json"))


def test_page_of_a_stored_verdict_is_the_same_and_nothing_is_judged(project_copy, gates):
    of_dataset = project_copy / ".gates/verdicts/flawed.html"
    gates(project_copy, "report", "flawed")
    stored = project_copy / "elsewhere.json"
    stored.write_bytes(of_dataset.with_suffix(".json").read_bytes())
    (project_copy / "data/flawed.parquet").unlink()

    called = gates(project_copy, "report", "elsewhere.json", "--output", "pages")

    assert (called.code, called.out) == (0, "pages/elsewhere.html\n")
    assert (project_copy / "pages/elsewhere.html").read_bytes() == of_dataset.read_bytes()


def test_check_writes_the_page_beside_the_verdict(project_copy, gates):
    gates(project_copy, "check", "flawed", "--output", "reports", "--also", "html", "--exit-zero")
    gates(project_copy, "report", "flawed")

    assert (project_copy / "reports/flawed.html").read_bytes() == (
        project_copy / ".gates/verdicts/flawed.html"
    ).read_bytes()


def test_edited_verdict_gets_no_page(project_copy, gates):
    gates(project_copy, "report", "flawed")
    verdict = project_copy / ".gates/verdicts/flawed.json"
    verdict.write_text(verdict.read_text().replace('"outcome": "fail"', '"outcome": "pass"'))

    called = gates(project_copy, "report", str(verdict), "--output", "pages")

    assert called.code == 3
    assert "was edited" in called.err
    assert not (project_copy / "pages").exists()


def test_verdict_that_is_not_there_is_wrong_usage(project_copy, gates):
    called = gates(project_copy, "report", "nowhere.json")

    assert (called.code, called.err.strip()) == (
        2, "no file nowhere.json: name a dataset of gates.toml, or a verdict that `gates check` wrote"
    )  # fmt: skip


def test_dataset_has_to_be_named_where_there_are_several(project_copy, gates):
    called = gates(project_copy, "report")

    assert called.code == 2
    assert "name one (" in called.err


def test_page_is_opened_where_a_browser_is_there(project_copy, gates, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or False)

    called = gates(project_copy, "report", "flawed", "--open")

    assert opened == [(project_copy / ".gates/verdicts/flawed.html").as_uri()]
    assert "open the page yourself" in called.err


def test_page_shows_what_the_versions_recorded_that_are_committed(project_copy, gates):
    new_git(project_copy)
    gates(project_copy, "check", "flawed", "--output", "reports", "--exit-zero")
    sha = commit(project_copy, "one synthetic row over and over")
    rows = pl.read_parquet(project_copy / "data/flawed.parquet")
    rows.filter(pl.col("origin") == "human").write_parquet(project_copy / "data/flawed.parquet")

    called = gates(project_copy, "report", "flawed")
    gates(project_copy, "check", "flawed", "--output", "reports", "--also", "html", "--exit-zero")

    page = (project_copy / ".gates/verdicts/flawed.html").read_text(encoding="utf-8")
    assert called.code == 0, called.err
    assert (project_copy / "reports/flawed.html").read_text(encoding="utf-8") == page
    assert 'id="history"' in page
    first, last = (
        page.split("Verdicts of the versions, the newest last</caption>")[1].split("</tbody>")[0].split("<tr>")[2:]
    )
    assert sha[:7] in first
    assert ">400<" in first
    assert "now" in last
    assert ">0<" in last


def test_page_of_a_first_version_has_no_history(project_copy, gates):
    gates(project_copy, "report", "flawed")

    assert 'id="history"' not in (project_copy / ".gates/verdicts/flawed.html").read_text(encoding="utf-8")


def test_every_figure_of_real_verdicts_has_a_sentence_of_its_own(judged_project):
    for document in json.loads(judged_project.check.out):
        page = whole(verdict_of({key: value for key, value in document.items() if key != "id"}))

        assert "<figure" in page
        assert "as the check reports it" not in page

"""The page in a real browser: drawn, readable in light, dark and print, by keys and by screen readers, and silent."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from gates.verdicts.from_json import verdict_of
from gates.verdicts.reports.page.document import whole
from tests.shared import built_once
from tests.unit.verdicts.test_page import hostile, large
from tests.unit.verdicts.test_reports import example

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where it is set, as in CI, a machine without a browser is no reason to skip.
REQUIRED = "GATES_TESTS_BROWSER"
NAMES = ("example", "hostile", "large", "judged")
MODES = ("light-1200", "dark-1200", "light-400", "print-1000")
# Tab is pressed this often at most to come once around a page.
MOST_STOPS = 400

FIGURES = """() => [...document.querySelectorAll('figure')].filter(one => !one.closest('details:not([open])')).map(one => ({
    sentence: one.querySelector('figcaption, caption')?.textContent ?? '',
    rows: one.querySelectorAll('tbody tr').length,
    hidden: [...one.querySelectorAll('svg')].filter(svg => { const box = svg.getBoundingClientRect(); return !(box.width > 8 && box.height > 8) }).length,
}))"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOLDED = """() => [...document.querySelectorAll('details')].map(one => one.getBoundingClientRect().height > one.querySelector('summary').getBoundingClientRect().height + 24)"""
FOCUSED = "() => { const one = document.activeElement; return one.getAttribute('href') || one.tagName + (one.id || one.getAttribute('aria-label') || one.textContent) }"


@dataclass
class Looked:
    """What a browser saw of one page in one mode."""

    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    figures: list[dict[str, object]] = field(default_factory=list)
    overflow: int = 0
    are_folded_shown: list[bool] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    hash: str = ""
    is_opened_by_key: bool = True


@pytest.fixture(scope="module")
def looks(tmp_path_factory, judged_project):
    """Every page in every mode, looked at by one browser of one process."""
    browser = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if browser is None:
        if os.environ.get(REQUIRED):
            pytest.fail(f"no browser on PATH ({', '.join(PROGRAMS)})")
        pytest.skip(f"no browser on PATH ({', '.join(PROGRAMS)}): apt-get install chromium-headless-shell")
    document = json.loads(judged_project.check.out)
    (judged,) = (one for one in document if one["dataset"] == "flawed")
    verdicts = {"example": example(), "hostile": hostile(), "large": large(), "judged": verdict_of(judged)}
    pages = {name: whole(verdict) for name, verdict in verdicts.items()}
    return built_once(tmp_path_factory, "looks", lambda folder: _look_at(pages, folder, browser))


def _look_at(pages: dict[str, str], folder: Path, browser: str) -> dict[tuple[str, str], Looked]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        looks = {}
        for name, page in pages.items():
            path = folder / f"{name}.html"
            path.write_text(page, encoding="utf-8")
            for mode in MODES:
                looks[name, mode] = _look(started, path, mode)
        started.close()
    return looks


def _look(browser: Browser, path: Path, mode: str) -> Looked:
    from axe_playwright_python.sync_playwright import Axe

    medium, _, width = mode.partition("-")
    context = browser.new_context(
        viewport={"width": int(width), "height": 900}, color_scheme="dark" if medium == "dark" else "light"
    )
    looked, page = Looked(), context.new_page()
    page.on("console", lambda message: looked.console.append(message.text))
    page.on("pageerror", lambda error: looked.console.append(str(error)))
    page.on("request", lambda request: looked.requests.append(request.url))
    if medium == "print":
        page.emulate_media(media="print")
    page.goto(path.as_uri())
    looked.overflow = page.evaluate(OVERFLOW)
    looked.figures = page.evaluate(FIGURES)
    looked.are_folded_shown = page.evaluate(FOLDED)
    # What is on the page beside its size is on the small ones, too.
    if medium != "print" and path.stem != "large":
        violations = Axe().run(page).response["violations"]
        looked.violations = [
            f"{one['id']}: {one['nodes'][0]['html'][:200]}"
            for one in violations
            if one["impact"] in ("serious", "critical")
        ]
        if mode == "light-1200":
            _by_keys(page, looked)
    looked.requests.remove(path.as_uri())
    context.close()
    return looked


def _by_keys(page: Page, looked: Looked) -> None:
    looked.links = page.evaluate("() => [...document.querySelectorAll('nav a')].map(one => one.getAttribute('href'))")
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop in looked.stops:
            continue
        looked.stops.append(stop)
        if stop == looked.links[-1]:
            page.keyboard.press("Enter")
            looked.hash = page.evaluate("() => location.hash")
            break
    folded = page.locator("details > summary")
    if folded.count():
        folded.first.focus()
        page.keyboard.press("Enter")
        looked.is_opened_by_key = page.evaluate("() => document.querySelector('details').open")


pages = pytest.mark.parametrize("name", NAMES)
modes = pytest.mark.parametrize("mode", MODES)


@pages
@modes
def test_page_asks_for_nothing_and_the_console_is_silent(looks, name, mode):
    assert (looks[name, mode].requests, looks[name, mode].console) == ([], [])


@pages
@modes
def test_page_is_as_wide_as_the_window(looks, name, mode):
    assert looks[name, mode].overflow <= 0


@pages
@modes
def test_every_figure_is_drawn_has_its_data_and_says_what_it_shows(looks, name, mode):
    figures = looks[name, mode].figures

    assert figures
    assert [one for one in figures if not one["sentence"] or not one["rows"] or one["hidden"]] == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "large"])
@pytest.mark.parametrize("mode", [mode for mode in MODES if not mode.startswith("print")])
def test_axe_finds_nothing_serious(looks, name, mode):
    assert looks[name, mode].violations == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "large"])
def test_all_parts_are_reached_by_keys(looks, name):
    looked = looks[name, "light-1200"]

    assert looked.stops[0] == "#answer"
    assert [link for link in looked.links if link not in looked.stops] == []
    assert looked.hash == looked.links[-1]
    assert looked.is_opened_by_key


@pages
def test_what_is_folded_is_printed(looks, name):
    assert all(looks[name, "print-1000"].are_folded_shown)
    assert not any(looks[name, "light-1200"].are_folded_shown)

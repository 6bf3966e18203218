"""The page of one verdict, or of several: one self-contained file, the same for the same verdict."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gates.verdict import Answer, CheckResult, Verdict
from gates.verdicts.reports.page.articles import CheckFigures, article, folded
from gates.verdicts.reports.page.background import background, not_configured
from gates.verdicts.reports.page.drawing.markup import Markup, joined, tag
from gates.verdicts.reports.page.forest import forest
from gates.verdicts.reports.page.grid import grid
from gates.verdicts.reports.page.opening import opening
from gates.verdicts.reports.page.parts import part_grid
from gates.verdicts.reports.page.plan import MOST_BYTES, MOST_FIGURE_BYTES, PagePlan, planned
from gates.verdicts.reports.page.timeline import timeline
from gates.verdicts.reports.weaker_gate import TITLE, WeakerGate, unexplained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gates.verdicts.reports.located_verdict import Located, PageVersion, Unjudged

_WORST_FIRST = (Answer.FAIL, Answer.NO_VERDICT, Answer.WARN, Answer.PASS)


def top(verdict: Verdict) -> str:
    """The top of the page as a piece of HTML with its own style, for a notebook."""
    return joined([_style(), tag("div", opening(verdict, verdict.dataset, {}), class_="gates-page")])


def whole(verdict: Verdict, versions: Sequence[PageVersion] = (), failing_rows: str = "") -> str:
    """The page of one verdict. versions: what earlier versions recorded, and this one, oldest first. failing_rows: as in `PagePlan`."""
    name = verdict.dataset

    def made(room: int) -> str:
        return page(name, verdict.answer, [_body(planned(verdict, name, "", room, failing_rows), versions)])

    return _small_enough(made)


def documents(judged: Sequence[Located], unjudged: Sequence[Unjudged] = ()) -> str:
    """One page of all datasets of a call; of one without a verdict it says why there is none."""
    answers = [one.verdict.answer for one in judged] + [Answer.NO_VERDICT for _ in unjudged]
    worst = next((one for one in _WORST_FIRST if one in answers), Answer.NO_VERDICT)
    names = [*(one.name for one in judged), *(one.name for one in unjudged)]

    def made(room: int) -> str:
        own = room // max(len(judged), 1)
        bodies = [
            _body(planned(one.verdict, one.name, f"d{at}-" if at else "", own, one.failing_rows), one.versions)
            for at, one in enumerate(judged)
        ]
        bodies += [_no_verdict(one) for one in unjudged]
        return page(names[0] if len(names) == 1 else f"{len(names)} datasets", worst, bodies)

    return _small_enough(made)


def _small_enough(made: Callable[[int], str]) -> str:
    """The page that is made with so much room for figures, or with less where all the rest is long."""
    room = MOST_FIGURE_BYTES
    while (beyond := len((text := made(room)).encode()) - MOST_BYTES) > 0 and room:
        room = max(0, room - beyond)
    return text


def with_change(text: str, weaker: Sequence[WeakerGate]) -> str:
    """The page led by what the change takes away from the gate."""
    title = f"{TITLE}{'' if unexplained(weaker) else ', and says why'}"
    lines = (
        tag("li", tag("code", f"{one.place.path}:{one.place.line}"), f" {one.sentence}; {one.advice}") for one in weaker
    )
    section = tag("section", tag("h1", title), tag("ul", *lines), class_="opening")
    return text.replace("<main>", f"<main>{section}", 1)


def page(name: str, answer: Answer, bodies: Sequence[Markup]) -> str:
    """The whole document. It has no script, and its policy lets a browser run none and ask for nothing."""
    sha256 = base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{sha256}'; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=Markup(policy)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{answer.word}: {name}"),
        _style(),
    )
    skip = tag("a", "Skip to the answer", href="#answer", class_="skip")
    footer = tag("footer", "Counts and places only: no row's content is on this page. Written by gates.")
    body = tag("body", skip, tag("main", *bodies), footer, class_="gates-page")
    return "<!DOCTYPE html>\n" + tag("html", head, body, lang="en") + "\n"


def _body(plan: PagePlan, versions: Sequence[PageVersion] = ()) -> Markup:
    parts = [opening(plan.verdict, plan.name, plan.places, plan.prefix, plan.failing_rows)]
    sections = list(_sections(plan, versions))
    links = (tag("li", tag("a", title, href=f"#{anchor}")) for anchor, title, _ in sections)
    parts.append(tag("nav", tag("ul", *links), aria_label=f"Parts of the page on {plan.name}"))
    parts += [
        tag("section", tag("h2", title, id=f"{anchor}-title"), content, id=anchor, aria_labelledby=f"{anchor}-title")
        for anchor, title, content in sections
    ]
    return tag("div", *parts, class_="dataset")


def _sections(plan: PagePlan, versions: Sequence[PageVersion]) -> Iterator[tuple[str, str, Markup]]:
    """Anchor, title and content of each section that has something to say."""
    verdict, prefix, places = plan.verdict, plan.prefix, plan.places
    if failures := [_shown(article, plan, check) for check in plan.failures]:
        if plan.left_out:
            more = tag("code", f"gates check {plan.name} -v")
            failures.append(tag("p", f"{plan.left_out:,} more findings: ", more, " lists all of them."))
        yield f"{prefix}findings", "Findings", joined(failures)
    yield f"{prefix}checks", "All checks", grid(verdict.checks, places)
    yield f"{prefix}limits", "Limits", forest(verdict.checks, places)
    if by_part := part_grid(verdict.checks, places):
        yield f"{prefix}parts", "Parts of the rows", by_part
    if versions[1:]:
        yield f"{prefix}history", "History", timeline(versions)
    if others := [_shown(folded, plan, check) for check in plan.others]:
        yield f"{prefix}others", "Other measurements", joined(others)
    if plan.listed.not_configured:
        yield f"{prefix}open", "Not configured", not_configured(plan.listed)
    yield f"{prefix}basis", "Basis", background(verdict)


def _shown(
    form: Callable[[Verdict, CheckResult, str, CheckFigures], Markup], plan: PagePlan, check: CheckResult
) -> Markup:
    name = str(check.id)
    return form(plan.verdict, check, plan.places[name], plan.figures[name])


def _no_verdict(one: Unjudged) -> Markup:
    shown = tag("span", "no verdict", class_="answer unjudged")
    return tag("header", tag("h1", one.name, " ", shown), tag("p", one.why), class_="opening")


def _style() -> Markup:
    return Markup(f"<style>{_css()}</style>")


@cache
def _css() -> str:
    return Path(__file__).with_name("page.css").read_text(encoding="utf-8")

"""Advice as lines for a terminal, as Markdown, and as JSON that a page can draw."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING

from gates.advice.worth.exchange import ExchangeRate, RateAnswer
from gates.verdicts.reports.formats.markdown import cell, code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.advice.advice import Advice, GroupAdvice, SourceAdvice
    from gates.advice.gains import Gain

# A screen is some 45 lines: so many sources, groups and sentences fit one.
SOURCES_SHOWN, GROUPS_SHOWN, ADVICE_SHOWN = 6, 12, 12
SCHEMA_VERSION = 1
# Without a holdout seven tenths of the human rows teach, so that there are 1.4 times as many: beyond that some were not read.
MORE_THAN_READ = 1.6
_SOURCES = ("source", "rows", "weight", "worth in human rows", "AUC", "coverage", "most telling")
_GROUPS = (
    "group",
    "human",
    "synthetic",
    "unique",
    "coverage",
    "AUC",
    "100 human gain",
    "100 synthetic gain",
    "hardest",
)
NOTHING = "-"


def terminal_lines(advice: Advice, *, is_verbose: bool) -> list[str]:
    """One screen, or everything."""
    limit = None if is_verbose else (SOURCES_SHOWN, GROUPS_SHOWN, ADVICE_SHOWN)
    sources, groups, sentences = limit or (len(advice.sources), len(advice.groups), len(advice.recommendations))
    lines = [*_head(advice), ""]
    lines += _table(_SOURCES, [_source_cells(one) for one in advice.sources[:sources]])
    lines += _more(len(advice.sources) - sources)
    if advice.groups:
        lines += ["", *_table(_GROUPS, [_group_cells(one) for one in advice.groups[:groups]])]
        lines += _more(len(advice.groups) - groups)
    lines += ["", "advice"]
    lines += [f"{number:>2}. {one.text}" for number, one in enumerate(advice.recommendations[:sentences], start=1)]
    lines += _more(len(advice.recommendations) - sentences)
    return lines + ([] if advice.recommendations else ["  nothing stands out from what can be measured here"])


def markdown_text(advice: Advice) -> str:
    """Everything, as Markdown."""
    parts = [
        f"# Advice on {code(advice.dataset)}",
        *(f"- {code(line)}" for line in _head(advice)[1:]),
        "",
        *_markdown(_SOURCES, map(_source_cells, advice.sources)),
    ]
    if advice.groups:
        parts += ["", *_markdown(_GROUPS, map(_group_cells, advice.groups))]
    parts += ["", "## What to do", "", *(f"1. {code(one.text)}" for one in advice.recommendations)]
    return "\n".join(parts) + "\n"


def json_text(advice: Advice) -> str:
    """Everything, as JSON; what is no number is null."""
    return json.dumps(_finite({"schema_version": SCHEMA_VERSION, **asdict(advice)}), indent=1, ensure_ascii=False)


def rate_text(rate: ExchangeRate | None) -> str:
    """`.62 (.40 to .91)` human rows for a synthetic one, `>= 2`, `none`, or `cannot say`."""
    if rate is None:
        return NOTHING
    if rate.answer is RateAnswer.RATE:
        return f"{rate.value:.2g} ({rate.low:.2g} to {rate.high:.2g})"
    return f">= {rate.value:.2g}" if rate.answer is RateAnswer.AT_LEAST else rate.answer.value


def _head(advice: Advice) -> list[str]:
    lines = [f"{advice.dataset}: {advice.human:,} human and {advice.synthetic:,} synthetic rows"]
    if advice.no_model:
        return [*lines, f"no gains, weights or rates: {advice.no_model}"]
    lines.append(
        f"gains are in {advice.metric} of {advice.learner} on {advice.subject}, learned from {advice.learned:,} human rows and "
        f"tested on {advice.tested:,} others; intervals are of 95 %"
    )
    lines.append(f"weights are {advice.tried_on}")
    if advice.human > MORE_THAN_READ * advice.learned:
        lines.append("that is a part of the human rows: beside all of them a row more, human or synthetic, gains less")
    rates = [one.rate for one in advice.sources if one.rate is not None]
    if rates:
        lines.append(
            f"worth: how many human rows one of {rates[0].m:,} synthetic rows is worth beside {rates[0].n:,} human ones"
        )
    return lines


def _source_cells(one: SourceAdvice) -> tuple[str, ...]:
    like = one.likeness
    return (
        one.name,
        f"{one.rows:,}",
        NOTHING if one.weight is None else f"{one.weight.weight:.2g}",
        rate_text(one.rate),
        NOTHING if like.separability is None else f"{like.separability.value:.2f}",
        NOTHING if like.coverage is None else f"{like.coverage.value:.2f}",
        ", ".join(like.telling) or NOTHING,
    )


def _group_cells(one: GroupAdvice) -> tuple[str, ...]:
    like = one.group.likeness
    return (
        one.group.name,
        f"{one.group.human:,}",
        f"{one.group.synthetic:,}",
        NOTHING if like.unique_mass is None else f"{like.unique_mass:.0%}",
        NOTHING if like.coverage is None else f"{like.coverage.value:.2f}",
        NOTHING if like.separability is None else f"{like.separability.value:.2f}",
        _gain(one.human_gain),
        _gain(one.synthetic_gain),
        next(iter(like.telling), NOTHING),
    )


def _gain(gain: Gain | None) -> str:
    return NOTHING if gain is None else f"{gain.value:+.4f} ± {gain.value - gain.low:.4f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (header, *rows)
    ]


def _markdown(header: Sequence[str], rows: Iterator[Sequence[str]]) -> list[str]:
    lines = [header, ["---"] * len(header), *(map(cell, row) for row in rows)]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _more(count: int) -> list[str]:
    return [f"  and {count} more (-v)"] if count > 0 else []


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(one) for key, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value

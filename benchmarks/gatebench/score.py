"""Answers against what is right: defects refused, sound data blocked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.kept import markdown, share_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .cases import Case


@dataclass(frozen=True)
class Reply:
    """What a tool says of a case. refuses: None where it reached no answer. score: of a tool that sets no limit, the higher the better."""

    case: str
    tool: str
    refuses: bool | None
    why: str = ""
    score: float | None = None
    seconds: float = 0.0
    version: str = ""


@dataclass(frozen=True)
class Score:
    """Counts of one tool: defects refused of all that it was asked about, sound sets blocked, no answer."""

    refused: int
    defects: int
    blocked: int
    sound: int
    open: int


def scored(cases: Sequence[Case], replies: Sequence[Reply]) -> Score:
    """The counts of one tool's replies."""
    sound = {case.name: case.sound for case in cases}
    defects = [reply for reply in replies if not sound[reply.case]]
    halves = [reply for reply in replies if sound[reply.case]]
    return Score(
        sum(reply.refuses is True for reply in defects),
        len(defects),
        sum(reply.refuses is True for reply in halves),
        len(halves),
        sum(reply.refuses is None for reply in replies),
    )


def with_best_limit(cases: Sequence[Case], replies: Sequence[Reply]) -> tuple[float, list[Reply]]:
    """Replies of a tool by its score alone, under the limit that does best on these very cases.

    Best is the largest share of defects refused less the share of sound sets blocked: no user could know this limit, so
    what the tool gets by it is the most that it could get.
    """

    def under(limit: float) -> list[Reply]:
        return [
            Reply(**{**vars(reply), "refuses": reply.score < limit}) if reply.score is not None else reply
            for reply in replies
        ]

    def gain(limit: float) -> float:
        score = scored(cases, under(limit))
        return score.refused / max(score.defects, 1) - score.blocked / max(score.sound, 1)

    limits = [0.0, *sorted({reply.score + 1e-9 for reply in replies if reply.score is not None})]
    best = max(limits, key=gain)
    return best, under(best)


def summary(cases: Sequence[Case], by_tool: Mapping[str, Sequence[Reply]]) -> Iterator[str]:
    """One line a tool, with exact 95 % intervals."""
    rows = []
    for tool, replies in by_tool.items():
        score = scored(cases, replies)
        seconds = sum(reply.seconds for reply in replies)
        rows.append(
            (
                tool,
                next((reply.version for reply in replies), ""),
                _of(score.refused, score.defects),
                _of(score.blocked, score.sound),
                score.open,
                f"{seconds:.0f} s",
            )
        )
    yield from markdown(("tool", "version", "defects refused", "sound sets blocked", "no answer", "time"), rows)


def _of(count: int, total: int) -> str:
    low, high = share_interval(count, total) if total else (0.0, 1.0)
    return f"{count} of {total} ({low:.0%} to {high:.0%})"


def case_table(cases: Sequence[Case], by_tool: Mapping[str, Sequence[Reply]]) -> Iterator[str]:
    """One line a case, with what each tool says; a wrong answer stands in bold."""
    replies = {(reply.case, tool): reply for tool, own in by_tool.items() for reply in own}
    rows = (
        (
            case.name,
            case.source,
            case.what,
            "sound" if case.sound else "defect",
            *(_cell(case, replies.get((case.name, tool))) for tool in by_tool),
        )
        for case in cases
        if any((case.name, tool) in replies for tool in by_tool)
    )
    yield from markdown(("case", "rows of", "what was done", "is", *by_tool), rows)


def _cell(case: Case, reply: Reply | None) -> str:
    if reply is None:
        return ""
    word = {True: "refuses", False: "passes", None: "no answer"}[reply.refuses]
    is_right = reply.refuses is (not case.sound)
    return word if is_right else f"**{word}**"


def beaten(cases: Sequence[Case], by_tool: Mapping[str, Sequence[Reply]], ours: str) -> list[str]:
    """Cases in which another tool is right and ours is not."""
    sound = {case.name: case.sound for case in cases}
    right = {
        (reply.case, tool) for tool, own in by_tool.items() for reply in own if reply.refuses is (not sound[reply.case])
    }
    return [
        f"{case.name}: {', '.join(tool for tool in by_tool if (case.name, tool) in right)}"
        for case in cases
        if (case.name, ours) not in right and any((case.name, tool) in right for tool in by_tool)
    ]

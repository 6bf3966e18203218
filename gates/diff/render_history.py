"""A history as a table for a terminal and as Markdown: checks are rows, versions are columns, the newest on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from gates.verdict import CheckResult, Outcome
from gates.verdicts.reports.formats.markdown import cell, code
from gates.verdicts.reports.text import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gates.diff.history import RecordedVersion, VerdictHistory

_GAP = "  "
# Half of a usual terminal: an id that takes more would leave no room for what it is about.
_LABEL_AT_MOST = 40
_CHANGED = "*"
_NOT_PLANNED = "-"
_REVOKED = "revoked"
_DATE = len("2026-01-31")
# What needs a reader first.
_ORDER = (Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.PASS, Outcome.NOT_CONFIGURED)


def terminal(history: VerdictHistory, width: int | None = None) -> str:
    """The table with as many of the newest versions as fit, and what there is to say about it.

    width: columns, or None where lines stay whole, as in a pipe. Chosen checks are shown whatever they say, with the
    interval of each number and its human baseline; else those that passed with one number throughout are counted only.
    """
    lines = list(_rows(history, is_detailed=history.is_chosen))
    if width is not None:
        lines = [(_shortened(label), *cells) for label, *cells in lines]
    sizes = [max(cell_len(line[at]) for line in lines) for at in range(len(lines[0]))]
    left_out = _left_out(sizes, width)
    shown = [0, 1, *range(2 + left_out, len(sizes))]
    table = [_GAP.join(_padded(line[at], sizes[at]) for at in shown).rstrip() for line in lines]
    return (
        "\n".join([printable(f"{history.dataset}: {_title(history)}"), *table, "", *_notes(history, left_out)]) + "\n"
    )


def markdown(history: VerdictHistory) -> str:
    """As `terminal`, with all versions, intervals and human baselines; text from data stands in code spans."""
    head, *rows = _rows(history, is_detailed=True)
    lines = [f"### {code(history.dataset)}: {_title(history)}", "", _joined(*head[:2], *map(cell, head[2:]))]
    lines.append("|---|---|" + "---|" * len(history.versions))
    lines += [_joined(cell(label), limit, *map(cell, cells)) for label, limit, *cells in rows]
    return "\n".join([*lines, "", *(f"- {code(note)}" for note in _notes(history, 0))]) + "\n"


def _joined(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _title(history: VerdictHistory) -> str:
    return f"{counted(len(history.versions), 'version')} with a recorded verdict, newest on the right"


def _rows(history: VerdictHistory, *, is_detailed: bool) -> Iterator[tuple[str, ...]]:
    """Label, limit and a cell for each version."""
    versions = history.versions
    yield ("version", "limit", *(one.name for one in versions))
    if any(one.tags for one in versions):
        yield ("tag", "", *(printable(_tag(one)) for one in versions))
    if any(one.promotion and one.promotion.stages for one in versions):
        yield ("stages", "", *(", ".join(one.promotion.stages) if one.promotion else "" for one in versions))
    yield ("date", "", *(one.date[:_DATE] for one in versions))
    yield ("verdict", "", *(_answer(history, at) for at in range(len(versions))))
    origins = dict.fromkeys(origin for one in reversed(versions) if one.verdict for origin in one.verdict.rows)
    for origin in origins:
        yield (printable(f"rows {origin}"), "", *(_count(one, origin) for one in versions))
    for check_id in _shown(history):
        newest = _newest(history, check_id)
        cells = (_result(history, check_id, at, newest, is_detailed=is_detailed) for at in range(len(versions)))
        yield (printable(check_id), _limit(newest), *cells)


def _tag(version: RecordedVersion) -> str:
    """The tag of the promoted version where there is one, else the first of all."""
    promotion = version.promotion
    if promotion is None:
        return ", ".join(version.tags[:1])
    made = next(tag for tag in version.tags if tag.endswith(f"@{promotion.version}"))
    return f"{made} ({_REVOKED})" if promotion.is_revoked else made


def _shown(history: VerdictHistory) -> list[str]:
    """The checks that say something, in the order of their newest outcomes, what is not configured last."""
    shown = [one for one in history.check_ids if history.is_chosen or not history.is_steady(one)]
    return sorted(shown, key=lambda check_id: _ORDER.index(_newest(history, check_id).outcome))


def _newest(history: VerdictHistory, check_id: str) -> CheckResult:
    return next(check for version in reversed(history.versions) if (check := version.check(check_id)))


def _answer(history: VerdictHistory, at: int) -> str:
    version = history.versions[at]
    if version.verdict is None:
        return str(version.missing)
    return version.verdict.answer.value + (_CHANGED if history.is_answer_changed(at) else "")


def _count(version: RecordedVersion, origin: str) -> str:
    if version.verdict is None:
        return ""
    return f"{version.verdict.rows.get(origin, 0):,}"


def _result(history: VerdictHistory, check_id: str, at: int, newest: CheckResult, *, is_detailed: bool) -> str:
    version = history.versions[at]
    check = version.check(check_id)
    mark = _CHANGED if history.is_outcome_changed(check_id, at) else ""
    if check is None:
        return _NOT_PLANNED + mark if version.verdict else ""
    parts = [check.outcome.shown + mark]
    if check.observed is not None:
        parts.append(f"{check.observed:.4g}")
    if is_detailed and check.low is not None and check.high is not None:
        parts.append(f"[{check.low:.4g}, {check.high:.4g}]")
    if is_detailed and check.baseline is not None:
        parts.append(f"baseline {check.baseline:.4g}")
    if _limit(check) != _limit(newest):
        parts.append(f"({_limit(check) or 'no limit'})")
    return " ".join(parts)


def _limit(check: CheckResult) -> str:
    low, high = check.min_value, check.max_value
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f">= {low:g}"
    return "" if high is None else f"<= {high:g}"


def _left_out(sizes: Sequence[int], width: int | None) -> int:
    """How many of the oldest versions do not fit; the newest always stays."""
    if width is None:
        return 0
    fixed, columns = sizes[0] + len(_GAP) + sizes[1], [len(_GAP) + size for size in sizes[2:]]
    fitting = (at for at in range(len(columns) - 1) if fixed + sum(columns[at:]) <= width)
    return next(fitting, len(columns) - 1)


def _notes(history: VerdictHistory, left_out: int) -> Iterator[str]:
    if any(
        history.is_answer_changed(at) or any(history.is_outcome_changed(one, at) for one in history.check_ids)
        for at in range(len(history.versions))
    ):
        yield f"{_CHANGED} differs from the version before"
    steady = len(history.check_ids) - len(_shown(history))
    if steady:
        yield f"{counted(steady, 'check')} passed with the same number in all of them; --metric NAME shows such a check"
    for version in history.versions:
        if version.why:
            yield printable(f"{version.name}: {version.missing}: {version.why}")
    if left_out:
        yield f"{counted(left_out, 'older version')} left out, as wide as this terminal is; --format json has all"
    if history.is_cut:
        yield "older versions are left out: --limit says how many to show"
    elif history.is_shallow:
        yield "the clone is shallow and may lack older versions: `git fetch --unshallow` (in CI: fetch-depth: 0)"
    if all(version.commit is None for version in history.versions):
        yield "no commit has a verdict yet: commit the reports with each version of the data, and each is a column here"


def _shortened(label: str) -> str:
    """A long name with its middle left out, as both of its ends tell it from others."""
    if cell_len(label) <= _LABEL_AT_MOST:
        return label
    half = (_LABEL_AT_MOST - 1) // 2
    return f"{label[:half]}…{label[-half:]}"


def _padded(text: str, size: int) -> str:
    return text + " " * (size - cell_len(text))

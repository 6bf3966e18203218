"""A verdict's checks in the order in which a person wants to read them."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from gates.data.splits import splits_of
from gates.errors import first_few
from gates.verdict import (
    IN_MEMORY,
    JUDGED_AS,
    LINE_TO_ADD,
    TYPE_GUESSED,
    Answer,
    CheckResult,
    Outcome,
    Severity,
    Verdict,
)
from gates.verdicts.reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# With fewer rows of an origin few statistics can be computed at all.
FEW_ROWS = 300
NOT_PROMISED = 'synthetic_role = "extend"'
# Nothing is a multiple of a limit of zero: one row in a hundred is as far from it as another number is on its own limit.
_LIMITS_OF_ONE = 100
_MOST_GENERATORS = 6
# Said of a critical check that does not hold the dataset back.
DOWNGRADED = 'downgraded to a warning by inconclusive = "warn" in gates.toml'
# What went wrong comes first, then what could not be decided.
_OUTCOMES = (Outcome.FAIL, Outcome.ERROR, Outcome.INCONCLUSIVE)
# What makes rows unfit whatever else is fixed stands before what differs in degree.
_FOREMOST = (
    "expect_origins_to_be_declared",
    "expect_human_rows_to_be_kept",
    "expect_files_to_be_kept",
    "expect_contamination_ratio_to_be_less_than",
    "expect_synthetic_to_not_copy_human",
    "expect_columns_to_not_contain_personal_data",
)
# The word of the lines below: `not decided at this size`.
_ENDED = dict(zip(_OUTCOMES, ("failed", "could not be computed", "not decided"), strict=True))
_NOUNS = {Severity.CRITICAL: "critical check", Severity.WARNING: "warning", Severity.INFO: "info check"}


@dataclass(frozen=True)
class Findings:
    """Every check of a verdict in exactly one of five lists.

    failures: what decides the verdict, by severity, then by outcome; undecided: what too few rows leave open besides.
    waived: what did not pass and does not count.
    """

    failures: tuple[CheckResult, ...]
    undecided: tuple[CheckResult, ...]
    waived: tuple[CheckResult, ...]
    not_configured: tuple[CheckResult, ...]
    passed: tuple[CheckResult, ...]

    @property
    def missing(self) -> tuple[CheckResult, ...]:
        """The checks that a line in gates.toml would enable; the others do not apply to this dataset."""
        return tuple(check for check in self.not_configured if line_to_add(check))


def findings(verdict: Verdict) -> Findings:
    """The verdict's checks sorted for a reader: by severity, by outcome, the foremost first, then by how far beyond their limits.

    A critical check that is undecided is a failure where it is why there is no verdict.
    """
    waived = verdict.waived_ids
    ranked = sorted(verdict.checks, key=lambda check: (check.id.type not in _FOREMOST, -_times_its_limit(check)))
    unsound = [check for check in ranked if check.outcome in _OUTCOMES]
    ordered = [
        check
        for severity in Severity
        for outcome in _OUTCOMES
        for check in unsound
        if check.severity is severity and check.outcome is outcome and str(check.id) not in waived
    ]
    return Findings(
        failures=tuple(check for check in ordered if _decides(verdict, check)),
        undecided=tuple(check for check in ordered if not _decides(verdict, check)),
        waived=tuple(check for check in unsound if str(check.id) in waived),
        not_configured=tuple(check for check in verdict.checks if check.outcome is Outcome.NOT_CONFIGURED),
        passed=tuple(check for check in verdict.checks if check.outcome is Outcome.PASS),
    )


def _times_its_limit(check: CheckResult) -> float:
    """How many times its limit a number is, 0 without one."""
    limits = ((check.observed, check.max_value), (check.min_value, check.observed))
    times = [
        number / limit if limit > 0 else number * _LIMITS_OF_ONE
        for number, limit in limits
        if number is not None and limit is not None
    ]
    return max(times, default=0.0)


def _decides(verdict: Verdict, check: CheckResult) -> bool:
    if check.outcome is not Outcome.INCONCLUSIVE:
        return True
    is_critical = check.severity is Severity.CRITICAL and verdict.answer is Answer.NO_VERDICT
    return is_critical and not is_downgraded(verdict, check)


def is_not_promised(check: CheckResult) -> bool:
    """Whether a number is only reported because rows that extend human rows do not promise it."""
    return check.severity is Severity.INFO and "reported only: " in check.message and NOT_PROMISED in check.message


def shows_nothing(check: CheckResult) -> bool:
    """Whether a check is undecided for few rows alone: so few that no number says much, or its number is within its limits.

    One whose whole interval is within them has another reason.
    """
    if check.outcome is not Outcome.INCONCLUSIVE:
        return False
    if any(count is not None and count < FEW_ROWS for count in (check.n_human, check.n_synthetic)):
        return True
    if check.observed is None or check.low is None or check.high is None:
        return False
    low = -math.inf if check.min_value is None else check.min_value
    high = math.inf if check.max_value is None else check.max_value
    is_within = low <= check.low and check.high <= high
    return low <= check.observed <= high and (not is_within or bool(check.rows_needed))


def line_to_add(check: CheckResult) -> str:
    """The line for gates.toml that would enable a check; "" where no line does."""
    return str(check.evidence.get(LINE_TO_ADD, ""))


def missing_inputs(checks: Iterable[CheckResult]) -> tuple[str, ...]:
    """What the lines to add name, each once: keys of gates.toml, and the roles of `columns`."""
    names: dict[str, None] = {}
    for check in checks:
        for key, value in tomllib.loads(line_to_add(check)).items():
            names |= dict.fromkeys(value if key == "columns" and isinstance(value, dict) else [key])
    return tuple(names)


def outcome_of(verdict: Verdict, check_id: str) -> str:
    """The outcome of a waived check in a word."""
    return next((check.outcome.shown for check in verdict.checks if str(check.id) == check_id), "not planned")


def headline(verdict: Verdict, name: str = "", *, is_weakened: bool = False) -> str:
    """The answer and its reason in one line, such as `reviews: FAIL  2 critical checks failed, 29 of 31 passed`.

    name: how the dataset is called, where not by its name alone. is_weakened: whether the change weakens the gate without a
    reason, and so fails whatever its rows are.
    """
    word, _, part = answer(verdict).partition(" (")
    word, why = ("fail", "the change weakens the gate; ") if is_weakened else (word, "")
    shown = f"{word.upper()} ({part}" if part else word.upper()
    return f"{name or verdict.dataset}: {shown}  {why}{tally(verdict.checks, verdict.waived_ids)}"


def answer(verdict: Verdict) -> str:
    """The answer in words; that of a part of the plan says so."""
    return f"{verdict.answer.word} (partial run)" if verdict.is_partial else verdict.answer.word


def rule_lines(verdict: Verdict) -> tuple[str, ...]:
    """A line for what a role of synthetic rows other than `mirror` loosens, and for what a frame in memory was not held to."""
    role = "role: extend: comparisons hold within label or slice, inferred bounds only warn"
    rules = "rules: those of the data type alone; drafted ones (`gates init`) and suites of your own need files and a gates.toml"
    guessed = " (guessed from its columns: pass type=… for another)" if verdict.data.get(TYPE_GUESSED) else ""
    kind = f"judged as {verdict.data.get(JUDGED_AS)}{guessed}"
    lines = {
        role: verdict.contract.get("synthetic_role") == "extend",
        kind: verdict.data.get(JUDGED_AS),
        rules: verdict.data.get(IN_MEMORY),
    }
    return tuple(line for line, applies in lines.items() if applies)


def is_downgraded(verdict: Verdict, check: CheckResult) -> bool:
    """Whether a critical check is undecided and does not hold the dataset back."""
    is_undecided = check.severity is Severity.CRITICAL and check.outcome is Outcome.INCONCLUSIVE
    return is_undecided and verdict.contract.get("inconclusive") == "warn" and str(check.id) not in verdict.waived_ids


def undersized_languages(verdict: Verdict) -> tuple[str, ...]:
    """A line for each language and locale that has too few rows to be judged alone, with what it lacks.

    No outcome counts them: a check that passes speaks of all rows together and says nothing of these.
    """
    checks: dict[str, int] = {}
    lacking: dict[str, dict[str, int]] = {}
    for check in verdict.checks:
        for name, row in _parts(check, ("languages", "locales")):
            if row.get("outcome") == Outcome.INCONCLUSIVE.value and row.get("observed") is None:
                checks[name] = checks.get(name, 0) + 1
                needed = row.get("rows_needed")
                for origin, count in (needed if isinstance(needed, dict) else {}).items():
                    lacking.setdefault(name, {})[origin] = max(count, lacking.get(name, {}).get(origin, 0))
    return tuple(
        f"{name}: too few rows to decide {counted(checks[name], 'check')} by itself"
        + (f", needs {rows} rows more" if (rows := _rows(lacking.get(name, {}))) else "")
        for name in sorted(checks)
    )


def uncovered(verdict: Verdict) -> tuple[str, ...]:
    """A line for all rows and parts of rows that no result speaks of, but for languages with too few rows."""
    return (*rows_without_tag(verdict), *small_generators(verdict), *unread_parts(verdict), *splits_together(verdict))


def rows_without_tag(verdict: Verdict) -> tuple[str, ...]:
    """A line for the rows without a language tag, and one for those without a locale: no result by language has them."""
    counts: dict[str, str] = {}
    for check in verdict.checks:
        for kind, rows in _parts(check, ("languages_unsaid",)):
            counts[kind] = _rows({origin: count for origin, count in rows.items() if isinstance(count, int) and count})
    return tuple(
        f"{rows} rows have no {kind} tag and are left out of per-{kind} results" for kind, rows in counts.items()
    )


def small_generators(verdict: Verdict) -> tuple[str, ...]:
    """A line for the generators that are judged with all others alone."""
    counts = verdict.data.get("small_generators")
    if not isinstance(counts, dict) or not counts:
        return ()
    named = first_few((f"{name} ({counted(count, 'row')})" for name, count in counts.items()), _MOST_GENERATORS)
    return (f"not told apart from other generators, with fewer than {FEW_ROWS} rows: {named}",)


def unread_parts(verdict: Verdict) -> tuple[str, ...]:
    """A line for the pictures, sounds and files in messages, which no check looks at."""
    counts = verdict.data.get("unread_parts")
    if not isinstance(counts, dict) or not counts:
        return ()
    return (
        f"not looked at: {' and '.join(counted(count, f'{kind} part') for kind, count in counts.items())} of messages",
    )


def splits_together(verdict: Verdict) -> tuple[str, ...]:
    """A line for a path that stands for several splits of a published set: what is tested on is no part of what is trained on."""
    files = verdict.data.get("files")
    splits = splits_of(str(file["path"]) for file in files) if isinstance(files, list) and files else []
    if not splits[1:]:
        return ()
    return (f"splits are judged together: {', '.join(splits)}; name the path of one, and the others as evaluation",)


def _rows(counts: Mapping[str, int]) -> str:
    return " and ".join(f"{count:,} {origin}" for origin, count in sorted(counts.items()))


def _parts(check: CheckResult, tables: Sequence[str]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The rows of a check's tables of parts; what is no table of parts has none."""
    for name in tables:
        table = check.evidence.get(name)
        if isinstance(table, dict):
            yield from ((part, row) for part, row in table.items() if isinstance(row, dict))


def shortfalls(checks: Sequence[CheckResult]) -> list[str]:
    """What did not pass among checks, such as `2 warnings failed`: by severity, then by outcome."""
    counts = Counter((check.severity, check.outcome) for check in checks)
    counts_in_order = [(kind, counts[kind]) for kind in product(Severity, _OUTCOMES) if counts[kind]]
    return [f"{counted(count, _NOUNS[severity])} {_ENDED[outcome]}" for (severity, outcome), count in counts_in_order]


def tally(checks: Sequence[CheckResult], waived: frozenset[str]) -> str:
    """Counts of what did not pass and of what did, among the checks that count."""
    counting = [check for check in checks if str(check.id) not in waived]
    if not counting:
        return "no check was planned"
    parts = shortfalls(counting)
    configured = sum(check.outcome is not Outcome.NOT_CONFIGURED for check in counting)
    passed = sum(check.outcome is Outcome.PASS for check in counting)
    if not configured:
        return "no check is configured"
    if not parts and passed == configured:
        return f"{counted(passed, 'check')} passed"
    return ", ".join([*parts, f"{passed} of {configured} passed"])

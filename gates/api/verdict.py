"""The verdict that `gates.check` gives: the noun with what programs and notebooks do with it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from gates.atomic_files import replace_text
from gates.contract.check_lookup import resolve_checks, suggestion
from gates.errors import GatesError, UsageError
from gates.verdict import Answer, CheckResult, Verdict, exit_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl


# Findings that a representation names; the reports have all of them.
_SHOWN = 5


class FailedVerdictError(GatesError):
    """What was judged did not pass, and the caller wanted an error for it.

    verdict: what was judged. exit_code: 1 where the data was judged bad, 3 where there is no verdict.
    """

    def __init__(self, verdict: CheckVerdict) -> None:
        super().__init__(repr(verdict))
        self.verdict = verdict
        self.exit_code = exit_code(verdict.answer, strict=True)


@dataclass(frozen=True, repr=False)
class CheckVerdict(Verdict):
    """A verdict that is shown, looked things up in, saved and raised. `verdict["combined/…"]` is one check's result."""

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """The same verdict, with what programs do with it."""
        return cls(**{one.name: getattr(verdict, one.name) for one in fields(verdict)})

    def __getitem__(self, name: str) -> CheckResult:
        """The result of the one check that a name means: its id, or a part of it that only one has.

        Raises KeyError with the nearest names where it means none, or several.
        """
        ids = [str(check.id) for check in self.checks]
        named = [name] if name in ids else resolve_checks(name, ids)
        if len(named) == 1:
            return self.check(named[0])
        near = f"one of: {', '.join(named)}" if named else _nearest(name, self)
        raise KeyError(f"no single check '{name}' ({near})")

    def __repr__(self) -> str:
        """The answer, the rows and the first findings, a line each."""
        from gates.verdicts.reports.findings import findings, headline, rule_lines
        from gates.verdicts.reports.text import printable

        lines = [
            headline(self),
            f"rows: {', '.join(f'{count:,} {origin}' for origin, count in self.rows.items())}",
            *_first_lines(findings(self).failures),
            *rule_lines(self),
        ]
        return "\n".join(["<Verdict", *(f"  {printable(line)}" for line in lines), ">"])

    def _repr_html_(self) -> str:
        """What a notebook shows: the top of the page."""
        from gates.verdicts.reports.page.document import top

        return top(self)

    def to_dict(self) -> dict[str, object]:
        """The verdict as its JSON document."""
        return self.to_json()

    def to_polars(self) -> pl.DataFrame:
        """One row for each check, in the plan's order: id, scope, type, severity, outcome, numbers, limits, message and fix."""
        import polars as pl

        numbers = (
            "observed", "low", "high", "baseline", "baseline_p95", "min_value", "max_value", "warn_value",
        )  # fmt: skip
        words = ("id", "scope", "kind", "type", "severity", "outcome", "message", "fix")
        schema = {
            **dict.fromkeys(words, pl.String()),
            **dict.fromkeys(numbers, pl.Float64()),
            **dict.fromkeys(("n_human", "n_synthetic"), pl.Int64()),
        }
        rows = [check.to_json() for check in self.checks]
        return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)

    def save(self, path: Path | str) -> Path:
        """Write the verdict as the file's suffix says, whole or not at all, and return the path.

        `.json` is the versioned document, `.md` the report to read; the others are those that `gates check --also` writes.
        Raises UsageError for a suffix that no report has.
        """
        target = Path(path)
        replace_text(target, _rendered(self, target.name))
        return target

    def has_passed(self, *, strict: bool = False) -> bool:
        """Whether the data was judged good. strict: warnings count, too, as with `gates check --strict`."""
        return self.answer is Answer.PASS or (self.answer is Answer.WARN and not strict)

    def raise_if_failed(self, *, strict: bool = False) -> Self:
        """The verdict itself where it passed. strict: as for `has_passed`.

        Raises FailedVerdictError with the findings where the data was judged bad, and where there is no verdict: what could
        not be judged has not passed.
        """
        if self.has_passed(strict=strict):
            return self
        raise FailedVerdictError(self)


def _first_lines(failures: Sequence[CheckResult]) -> Iterator[str]:
    """A line for each of the first findings; those that say the same, as of an empty part, have one together."""
    ids: dict[tuple[str, str], list[str]] = {}
    for check in failures:
        ids.setdefault((check.severity.value, check.message), []).append(str(check.id))
    for (severity, message), named in islice(ids.items(), _SHOWN):
        more = f" and {len(named) - 1:,} more" if len(named) > 1 else ""
        yield f"{severity}: {message}  [{named[0]}{more}]"
    if len(ids) > _SHOWN:
        yield f"and {len(ids) - _SHOWN:,} more findings"


def _rendered(verdict: Verdict, name: str) -> str:
    """The report that a file of this name holds."""
    from gates.config.installed.plugins import Plugins
    from gates.verdicts.reports.formats import json, markdown
    from gates.verdicts.reports.located_verdict import unplaced
    from gates.verdicts.reports.registry import find_report, rendered, written_on_demand

    others = [find_report(Plugins(), one) for one in written_on_demand()]
    by_suffix = {"json": json.REPORT, "md": markdown.REPORT} | {one.suffix: one for one in others}
    # The longest, as of `a.croissant.json`, which ends as others do.
    suffixes = sorted((suffix for suffix in by_suffix if name.endswith(f".{suffix}")), key=len)
    report = by_suffix[suffixes[-1]] if suffixes else None
    if report is None:
        listed = ", ".join(f".{suffix}" for suffix in sorted(by_suffix))
        raise UsageError(f"{name}: no report is saved under this suffix (expected one of: {listed})")
    return rendered(report, [unplaced(verdict)])


def _nearest(name: str, verdict: Verdict) -> str:
    ids = [str(check.id) for check in verdict.checks]
    return suggestion(name, {check.id.type for check in verdict.checks}, ids, otherwise="`.checks` has them all")

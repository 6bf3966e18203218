"""`gates.compare`: what became of a dataset from one verdict to the next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gates.api.verdict import CheckVerdict
from gates.diff.difference import CheckChange, changes_of
from gates.diff.render import change_document, change_lines, row_line
from gates.errors import UsageError
from gates.verdict import CheckResult, Outcome, Verdict, rounded_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


# A changed check has a line each; of more a frame says all.
_SHOWN = 20


@dataclass(frozen=True, repr=False)
class VerdictComparison:
    """Two verdicts beside each other. changes: checks whose outcome or number differs, those that are gone last."""

    before: Verdict
    after: Verdict

    @property
    def changes(self) -> tuple[CheckChange, ...]:
        """Checks that differ, each with its result before and after."""
        return changes_of(self.before.checks, self.after.checks)

    @property
    def worse(self) -> tuple[str, ...]:
        """Ids of the checks that fail or cannot be computed now and did not before, and of those that passed and do not now."""
        return tuple(change.id for change in self.changes if _is_worse(change))

    def to_dict(self) -> dict[str, object]:
        """Plain JSON values: both answers, rows and digests, and the checks that differ."""
        return {
            **{name: _side(verdict) for name, verdict in (("before", self.before), ("after", self.after))},
            "checks": [rounded_tree(change_document(change)) for change in self.changes],
        }

    def to_polars(self) -> pl.DataFrame:
        """One row for each check that differs: `id`, and `outcome` and `observed` before and after."""
        import polars as pl

        rows = []
        for change in self.changes:
            row: dict[str, str | float | None] = {"id": change.id}
            for side, result in _sides(change):
                row |= {f"outcome_{side}": result.outcome.value, f"observed_{side}": result.observed} if result else {}
            rows.append(row)
        sides = ("before", "after")
        schema = {
            "id": pl.String(),
            **{f"outcome_{side}": pl.String() for side in sides},
            **{f"observed_{side}": pl.Float64() for side in sides},
        }
        return pl.DataFrame(rows, schema=schema)

    def __repr__(self) -> str:
        """What `gates diff` prints of two verdicts: the rows, the answer, and a line for each check that differs."""
        return "\n".join(["<VerdictComparison", *(f"  {line}" for line in self._lines()), ">"])

    def _lines(self) -> Iterator[str]:
        from gates.verdicts.reports.text import printable

        if self.before.dataset != self.after.dataset:
            yield printable(f"datasets: {self.before.dataset} -> {self.after.dataset}")
        yield row_line(self.before.rows, self.after.rows)
        first, *lines = change_lines((self.before.answer, self.after.answer), self.changes)
        yield from map(printable, (first, *lines[:_SHOWN]))
        if len(lines) > _SHOWN:
            yield f"  and {len(lines) - _SHOWN:,} more (to_polars() has all)"


def compare(before: Verdict | Path | str, after: Verdict | Path | str) -> VerdictComparison:
    """What became of a dataset, of frames or of files, from one verdict to the next; no row is read.

    A verdict is one of `gates.check`, or the path of its document, as `verdict.save("verdict.json")` or `gates check` writes it.
    Raises GatesError for a file that is no verdict, or was edited.
    """
    return VerdictComparison(_verdict(before), _verdict(after))


def _verdict(given: Verdict | Path | str) -> Verdict:
    if isinstance(given, Verdict):
        return given
    from gates.regular_files import is_file
    from gates.verdicts.whole_verdict import whole_verdict

    path = Path(given)
    if not is_file(path, str(path)):
        raise UsageError(f"gates.compare: no file {path}; give verdicts, or the paths of their JSON documents")
    return CheckVerdict.of(whole_verdict(path.read_bytes(), str(path)))


def _is_worse(change: CheckChange) -> bool:
    before, after = (result and result.outcome for _, result in _sides(change))
    if before is after:
        return False
    return before is Outcome.PASS or after in (Outcome.FAIL, Outcome.ERROR)


def _side(verdict: Verdict) -> dict[str, object]:
    return {
        "dataset": verdict.dataset,
        "outcome": verdict.answer.value,
        "digest": verdict.digest(),
        "rows": dict(verdict.rows),
    }


def _sides(change: CheckChange) -> tuple[tuple[str, CheckResult | None], ...]:
    return ("before", change.before), ("after", change.after)

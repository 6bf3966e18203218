"""The measurements as the Markdown tables of docs/explanation/calibration.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gates.metrics.catalogue import METRICS

from .cases import CASES, SHIFTS, Case
from .same_law import answer

Record = Mapping[str, object]
ANSWERS = ("fail", "unjudged", "warn", "pass")
FAILS_AT_MOST, PASSES_AT_LEAST, DECIDES_FROM = 0.05, 0.9, 5000


def answers_table(records: Iterable[Record]) -> Iterator[str]:
    """How many draws of each law and size have which answer."""
    counts: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for record in records:
        counts[str(record["law"]), int(str(record["rows"]))][str(record["answer"])] += 1
    yield from _header("data", "rows a side", "draws", *ANSWERS)
    for (law, rows), answer_counts in sorted(counts.items()):
        yield _row(law, f"{rows:,}", answer_counts.total(), *(answer_counts[word] for word in ANSWERS))


def outcomes_table(records: Iterable[Record]) -> Iterator[str]:
    """Per check and law: per cent of draws that fail, are undecided, pass, by size."""
    counts = _outcomes(records)
    sizes = sorted({rows for _, _, rows in counts})
    yield from _header("check", "data", *(f"{rows:,}: fails / undecided / passes" for rows in sizes))
    for check, law in sorted({(check, law) for check, law, _ in counts}):
        cells = []
        for rows in sizes:
            outcome_counts = counts.get((check, law, rows))
            cells.append(" / ".join(_per_cent(share) for share in _shares(outcome_counts)) if outcome_counts else "")
        yield _row(f"`{check}`", law, *cells)


def breaches(records: Iterable[Record]) -> Iterator[str]:
    """Where a check fails sound data too often at any size, or passes it too rarely where it has rows enough."""
    for (check, law, rows), outcome_counts in sorted(_outcomes(records).items()):
        fails, _, passes = _shares(outcome_counts)
        if fails > FAILS_AT_MOST or (rows >= DECIDES_FROM and passes < PASSES_AT_LEAST):
            yield f"{check} on {law} at {rows:,}: fails {fails:.0%}, passes {passes:.0%} of {outcome_counts.total()}"


def power_table(records: Iterable[Record]) -> Iterator[str]:
    """Per case the smallest dose found, by size."""
    by_case: dict[tuple[str, str, str], dict[int, Record]] = defaultdict(dict)
    for record in records:
        by_case[str(record["check"]), str(record["law"]), str(record["what"])][int(str(record["rows"]))] = record
    sizes = sorted({rows for by_size in by_case.values() for rows in by_size})
    yield from _header("check", "data", "planted", *(f"n = {rows:,}" for rows in sizes))
    for case in CASES:
        by_size = by_case.get((case.check, case.law, case.what), {})
        if by_size:
            cells = (_found(case, by_size[rows]) if rows in by_size else "" for rows in sizes)
            yield _row(f"`{case.check}`", case.law, case.what, *cells)


def exact_table() -> Iterator[str]:
    """The checks that count, with the reason."""
    yield from _header("check", "why there is no power to measure")
    for metric in METRICS:
        if metric.exact:
            yield _row(f"`{metric.expectation}`", metric.exact)


def _outcomes(records: Iterable[Record]) -> dict[tuple[str, str, int], Counter[str]]:
    statistical = {case.check for case in CASES}
    counts: dict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
    for record in records:
        checks = record["checks"]
        assert isinstance(checks, dict)
        for check, word in checks.items():
            if check in statistical:
                counts[check, str(record["law"]), int(str(record["rows"]))][word.partition("/")[0]] += 1
    return counts


def _shares(outcome_counts: Counter[str]) -> tuple[float, float, float]:
    total = outcome_counts.total()
    return (
        (outcome_counts["fail"] + outcome_counts["error"]) / total,
        outcome_counts["inconclusive"] / total,
        outcome_counts["pass"] / total,
    )


def _found(case: Case, record: Record) -> str:
    dose, warned = record["found"], record["warned"]
    seeds = int(str(record["seeds"]))
    words = "not found" if dose is None else _dose(case, float(str(dose)))
    if warned != dose:
        words += f", warns from {_dose(case, float(str(warned)))}"
    return words if seeds == 20 else f"{words} ({seeds} draws)"


def _dose(case: Case, dose: float) -> str:
    return f"{dose:g}" if case.doses is SHIFTS else _per_cent(dose)


def _per_cent(share: float) -> str:
    return f"{share * 100:.3g} %" if share else "0"


def _header(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield "|" + "---|" * len(names)


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def with_answers(records: Sequence[Record]) -> list[Record]:
    """Same-law records with the answer that their outcomes give."""
    return [{**record, "answer": answer(record["checks"])} for record in records]  # type: ignore[arg-type]

"""What every check says of draws in which people's rows and synthetic ones follow one law."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gates.verdict import Outcome, Severity

from .laws import drawn
from .sample import open_sample

if TYPE_CHECKING:
    from collections.abc import Mapping

# A classifier of a table takes seconds to a minute; it is asked of every fourth draw.
SLOW = "combined/expect_origin_separability_to_be_less_than"
SLOW_EVERY = 4


@dataclass(frozen=True)
class Trial:
    """One draw of one law."""

    law: str
    rows: int
    seed: int


def outcomes(trial: Trial) -> dict[str, str]:
    """`outcome/severity` by check id, of the checks that were asked."""
    with warnings.catch_warnings(), open_sample(drawn(trial.law, trial.rows, trial.seed)) as opened:
        judged = {
            check: opened.judge(check) for check in opened.entries if check != SLOW or trial.seed % SLOW_EVERY == 0
        }
    return {
        check: f"{one.outcome.value}/{one.severity.value}"
        for check, one in judged.items()
        if one.outcome is not Outcome.NOT_CONFIGURED
    }


def answer(checks: Mapping[str, str]) -> str:
    """The verdict's answer, as `gates check` concludes: what blocks, what is undecided, what warns."""
    critical = {word.partition("/")[0] for word in checks.values() if word.endswith(Severity.CRITICAL.value)}
    if Outcome.FAIL.value in critical:
        return "fail"
    if (
        Outcome.ERROR.value in {word.partition("/")[0] for word in checks.values()}
        or Outcome.INCONCLUSIVE.value in critical
    ):
        return "unjudged"
    warned = (word for word in checks.values() if word.endswith(Severity.WARNING.value))
    return "warn" if any(not word.startswith(Outcome.PASS.value) for word in warned) else "pass"

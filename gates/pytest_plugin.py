"""The fixture `gates_check` for pytest: a test fails with the findings of a verdict that did not pass.

pytest imports this module at each start, so that it imports nothing of `gates` before a test asks.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from gates.api.verdict import CheckVerdict


class GatesCheck(Protocol):
    """What the fixture gives: `gates.check`, whose verdict has to pass. strict: warnings fail, too."""

    def __call__(self, *data: Any, strict: bool = False, **keys: Any) -> CheckVerdict: ...


@pytest.fixture
def gates_check(request: pytest.FixtureRequest) -> GatesCheck:
    """Judge a dataset of gates.toml, or frames, as `gates.check` does, and fail the test with the findings.

    gates.toml is the nearest above the file of the test. A test fails where there is no verdict, too.
    """

    def check(*data: Any, strict: bool = False, **keys: Any) -> CheckVerdict:
        __tracebackhide__ = True
        import gates
        from gates.config.load import find_config

        if data and isinstance(data[0], str) and "config" not in keys:
            keys["config"] = find_config(request.path.parent)
        with warnings.catch_warnings():
            # Warnings of libraries, which a project may have made errors, say nothing of its data.
            warnings.simplefilter("ignore")
            verdict = gates.check(*data, **keys)
        if verdict.has_passed(strict=strict):
            return verdict
        from gates.verdicts.reports.formats.terminal import terminal

        pytest.fail(terminal(verdict), pytrace=False)

    return check

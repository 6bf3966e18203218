"""A verdict as a page of Great Expectations' Data Docs, made by the renderers of that library.

What a check measured is no result of an expectation that could be asked again: each is shown by its sentence, under its id.
"""

from __future__ import annotations

import re
from typing import NoReturn

from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.render.renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView

from gates.verdict import Answer, CheckResult, Outcome, Verdict

# A verdict has no time, and the renderer wants one.
_NO_TIME = "1970-01-01T00:00:00+00:00"
# What differs from one rendering to the next: ids of elements, and a picture's address.
_DRAWN_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MADE_NOW = re.compile(r"\?d=\d{8}T[\d.]+Z")
_MARKUP = str.maketrans({"<": "\u2039", ">": "\u203a", "&": "\uff06", '"': "\u201d", "'": "\u2019"})


class ExpectCheckToPass(BatchExpectation):  # type: ignore[misc]
    """A check of a verdict, to be shown; it is asked by nothing."""

    column: str

    def _validate(self, *_of_library: object, **_keys: object) -> NoReturn:
        raise NotImplementedError("a check is judged by gates, and shown here")


def data_docs_page(verdict: Verdict) -> str:
    """The page of a verdict's checks, without those that are not configured; the same for the same verdict.

    Its style and scripts are loaded from where Great Expectations has them. Signs of markup are replaced by others that look
    alike, because its templates do not escape what they are given.
    """
    waived = verdict.waived_ids
    configured = [check for check in verdict.checks if check.outcome is not Outcome.NOT_CONFIGURED]
    results = [_result(check, "waived, " if str(check.id) in waived else "") for check in configured]
    successes = sum(bool(result.success) for result in results)
    suite_result = ExpectationSuiteValidationResult(
        success=verdict.answer in (Answer.PASS, Answer.WARN),
        results=results,
        suite_name=_harmless(verdict.dataset),
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": successes,
            "unsuccessful_expectations": len(results) - successes,
            "success_percent": 100 * successes / len(results) if results else None,
        },
        meta={"run_id": {"run_name": verdict.digest(), "run_time": _NO_TIME}, "gates_outcome": verdict.answer.value},
    )
    page = str(DefaultJinjaPageView().render(ValidationResultsPageRenderer().render(suite_result)))
    page = _DRAWN_ID.sub(verdict.digest()[:32], page)
    return _MADE_NOW.sub("", page)


def _harmless(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return shown.translate(_MARKUP)


def _result(check: CheckResult, label: str) -> ExpectationValidationResult:
    """A check in the form that is rendered: under its id, with its sentence after a label, its number, and whether it passed."""
    configuration = ExpectationConfiguration(
        type="expect_check_to_pass",
        kwargs={"column": _harmless(str(check.id))},
        description=f"{label}{check.severity.value}, {check.outcome.shown}: {_harmless(check.message)}",
    )
    return ExpectationValidationResult(
        success=check.outcome is Outcome.PASS,
        expectation_config=configuration,
        result={} if check.observed is None else {"observed_value": check.observed},
        meta={},
        exception_info={
            "raised_exception": check.outcome is Outcome.ERROR,
            "exception_message": _harmless(check.message),
            "exception_traceback": "",
        },
    )

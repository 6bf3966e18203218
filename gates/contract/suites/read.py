"""Read one suite file and refuse, with file and line, whatever could make a check vanish or never fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gates.contract.suites.arguments import problem_with, stock_problem
from gates.contract.suites.names import SUPPORTED, UNSUPPORTED
from gates.contract.suites.positions import Placed, parse_suite
from gates.contract.suites.suite import LIMITS, Suite, SuiteEntry, check_id_of, params_of
from gates.errors import SuiteError, did_you_mean
from gates.regular_files import content_of
from gates.verdict import Scope, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gates.metrics.base.metric import Metric

SUITE_KEYS = ("name", "expectations", "meta", "notes", "id", "suite_parameters")
ENTRY_KEYS = ("type", "kwargs", "meta", "severity", "notes", "description", "id", "rendered_content")
# What a run sets itself: a suite that set them could hide exceptions or look at another batch.
RUN_KEYS = ("batch_id", "catch_exceptions", "result_format")


def read_suite(path: Path, metrics: Mapping[str, Metric], *, shown: str | None = None) -> Suite:
    """The suite in this file, whose name is its scope: `human.json`, `synthetic.json` or `combined.json`.

    metrics: our own expectations by type. shown: how messages name the file (default: the path as given).
    Raises SuiteError with file and line for whatever is wrong. Does not import Great Expectations: arguments of its own
    expectations are checked by `gates.gx.validate`.
    """
    name = shown or path.as_posix()
    try:
        scope = Scope(path.stem)
    except ValueError:
        hint = did_you_mean(path.stem, [scope.value for scope in Scope])
        raise SuiteError(f"{name}:1: a suite file is named after its scope, not '{path.stem}' ({hint})") from None
    keys = parse_suite(content_of(path, f"{name}:1"), name)
    title = _title(keys, name)
    entries = tuple(_entry(item, scope, name, metrics) for item in _items(keys, name))
    _refuse_duplicates(entries)
    return Suite(title, name, scope, entries)


def _title(keys: Mapping[str, Placed | list[Placed]], path: str) -> str:
    for key in keys:
        if key not in SUITE_KEYS:
            raise SuiteError(f"{path}:1: unknown key '{key}' ({did_you_mean(key, SUITE_KEYS)})")
    title = keys.get("name")
    if not isinstance(title, Placed) or not isinstance(title.value, str) or not title.value:
        raise SuiteError(f'{path}:1: no "name": expected a word, such as "instruction human"')
    return title.value


def _items(keys: Mapping[str, Placed | list[Placed]], path: str) -> list[Placed]:
    items = keys.get("expectations")
    if not isinstance(items, list):
        line = items.line if items else 1
        raise SuiteError(f'{path}:{line}: no "expectations": expected a list of expectations')
    return items


def _entry(item: Placed, scope: Scope, path: str, metrics: Mapping[str, Metric]) -> SuiteEntry:
    def error(problem: str) -> SuiteError:
        return SuiteError(f"{path}:{item.line}: {problem}")

    fields = item.value
    if not isinstance(fields, dict):
        raise error('expected an object: {"type": …, "kwargs": {…}}')
    for key in fields:
        if key not in ENTRY_KEYS:
            raise error(f"unknown key '{key}' ({did_you_mean(key, ENTRY_KEYS)})")
    kind = fields.get("type")
    if not isinstance(kind, str) or not kind:
        raise error('no "type": expected the name of an expectation, such as "expect_column_to_exist"')
    metric = metrics.get(kind)
    if metric is None and kind in UNSUPPORTED:
        raise error(f"{kind} is not supported here: {UNSUPPORTED[kind]}")
    if metric is None and kind not in SUPPORTED:
        raise error(f"unknown expectation '{kind}' ({did_you_mean(kind, [*metrics, *SUPPORTED])})")
    kwargs, meta = fields.get("kwargs", {}), fields.get("meta") or {}
    if not isinstance(kwargs, dict) or not isinstance(meta, dict):
        raise error(f"{kind}: 'kwargs' and 'meta' are objects")
    problem = _problem(kind, kwargs, metric)
    if problem:
        raise error(f"{kind}: {problem}")
    try:
        severity = Severity(fields.get("severity", "critical"))
    except ValueError:
        hint = did_you_mean(str(fields["severity"]), [severity.value for severity in Severity])
        raise error(f"{kind}: unknown severity '{fields['severity']}' ({hint})") from None
    check_id = check_id_of(scope, kind, kwargs, meta, metric)
    return SuiteEntry(check_id, kind, _spelled_out(kwargs, metric), severity, meta, path, item.line)


def _spelled_out(kwargs: Mapping[str, object], metric: Metric | None) -> dict[str, object]:
    """Arguments with the metric's defaults written out, so that equal questions look equal when suites are merged."""
    if metric is None:
        return dict(kwargs)
    return {**{name: kwargs[name] for name in LIMITS if kwargs.get(name) is not None}, **params_of(metric, kwargs)}


def _problem(kind: str, kwargs: Mapping[str, object], metric: Metric | None) -> str:
    for name, value in kwargs.items():
        if name in RUN_KEYS:
            return f"'{name}' is set by the run, not by a suite"
        if isinstance(value, dict) and any(str(key).startswith("$PARAMETER") for key in value):
            return f"{name} is a suite parameter, which nothing fills in here: write the value"
    return problem_with(metric, kwargs) if metric else stock_problem(kind, kwargs)


def _refuse_duplicates(entries: Sequence[SuiteEntry]) -> None:
    first: dict[str, SuiteEntry] = {}
    for entry in entries:
        earlier = first.setdefault(str(entry.check_id), entry)
        if earlier is not entry:
            raise SuiteError(
                f"{entry.place}: the check {entry.check_id} is already there at line {earlier.line}; "
                'tell them apart with "meta": {"rule": "…"}'
            )

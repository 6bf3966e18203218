"""Every report that a call may name: gates' own, a file each in `formats/`, and those of plugins."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from gates.config.installed.plugins import PluginKind, Plugins, built_in_reports
from gates.contract.plugins.interface import Report
from gates.errors import GatesError, PluginError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.verdicts.reports.located_verdict import Located, Unjudged
    from gates.verdicts.reports.weaker_gate import WeakerGate


def find_report(plugins: Plugins, name: str) -> Report:
    """The report of this name; only its own module is imported.

    Raises UsageError where nobody brings it along, and PluginError for a plugin that is broken or takes another's file.
    """
    if name in built_in_reports():
        return _built_in(name)
    # Plugins are loaded with all that metrics and types need.
    from gates.contract.plugins.load import load
    from gates.contract.plugins.registry import refuse_clashes

    refuse_clashes(plugins)
    for reference in plugins.of(PluginKind.REPORT):
        value = load(reference, plugins).value if reference.name == name else None
        if isinstance(value, Report):
            if value.suffix in {_built_in(own).suffix for own in built_in_reports()}:
                raise PluginError(f"{reference}: the suffix '{value.suffix}' is another report's; rename it")
            return value
    names = (*built_in_reports(), *plugins.names(PluginKind.REPORT))
    raise UsageError(f"no report '{name}' ({did_you_mean(name, names)})")


def written_on_demand() -> list[str]:
    """Names of gates' own reports that `--also` writes."""
    return [name for name in built_in_reports() if _built_in(name).suffix]


def rendered(
    report: Report,
    judged: Sequence[Located],
    unjudged: Sequence[Unjudged] = (),
    *,
    is_single: bool = True,
    weaker: Sequence[WeakerGate] = (),
) -> str:
    """The report's text of these datasets; it ends with a line break. Raises PluginError where a plugin's breaks.

    is_single: whether the call means one dataset only, of which there is no list to make. weaker: what the change takes
    away from the gate, which comes first.
    """
    try:
        if report.document and (report.is_document or unjudged or not is_single):
            text = report.document(judged, unjudged)
        else:
            text = "".join(_ended(report.render(one.verdict)) for one in judged)
        if weaker and report.with_change:
            text = report.with_change(text, weaker)
    except GatesError as error:
        raise PluginError(f"report '{report.name}': {error}") from error
    return _ended(text) if text else ""


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _built_in(name: str) -> Report:
    report = importlib.import_module(f"gates.verdicts.reports.formats.{name}").REPORT
    if not isinstance(report, Report) or report.name != name:
        raise TypeError(f"gates/verdicts/reports/formats/{name}.py: its REPORT is no Report of that name")
    return report

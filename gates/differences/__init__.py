"""What became of a dataset from one version to another, and in all of them: files, rows, recorded outcomes."""

from __future__ import annotations

from gates.differences.difference import CheckChange, Difference, Side
from gates.differences.find import difference
from gates.differences.history import History, Missing, RecordedVersion, narrowed
from gates.differences.history_records import as_json as history_json
from gates.differences.history_records import points as history_points
from gates.differences.show import as_json, markdown, terminal
from gates.differences.show_history import markdown as history_markdown
from gates.differences.show_history import terminal as history_terminal
from gates.differences.walk import Walk, history

__all__ = [
    "CheckChange",
    "Difference",
    "History",
    "Missing",
    "RecordedVersion",
    "Side",
    "Walk",
    "as_json",
    "difference",
    "history",
    "history_json",
    "history_markdown",
    "history_points",
    "history_terminal",
    "markdown",
    "narrowed",
    "terminal",
]

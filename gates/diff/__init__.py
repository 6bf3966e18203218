"""What became of a dataset from one version to another, and in all of them: files, rows, recorded outcomes."""

from __future__ import annotations

from gates.diff.compare import difference
from gates.diff.difference import CheckChange, ComparedVersion, DatasetDifference
from gates.diff.history import Missing, RecordedVersion, VerdictHistory, narrowed
from gates.diff.history_json import as_json as history_json
from gates.diff.history_json import points as history_points
from gates.diff.history_walk import Walk, history
from gates.diff.render import as_json, markdown, terminal
from gates.diff.render_history import markdown as history_markdown
from gates.diff.render_history import terminal as history_terminal

__all__ = [
    "CheckChange",
    "ComparedVersion",
    "DatasetDifference",
    "Missing",
    "RecordedVersion",
    "VerdictHistory",
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

"""A dataset in a folder of its own, and what `gates init --accept` and `gates check` say of it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

GENERATOR = "generator-1"


@dataclass(frozen=True)
class Dataset:
    """Human and synthetic rows of one type. settings: lines of gates.toml beside path, type and purpose."""

    type: str
    human: pl.DataFrame
    synthetic: pl.DataFrame
    settings: str = ""
    holdout: pl.DataFrame | None = None
    evaluation: pl.DataFrame | None = None

    def write(self, root: Path) -> None:
        """The data, and the gates.toml of a user who names roles and labels and changes no limit."""
        parts = [
            self.human.with_columns(origin=pl.lit("human"), generator=pl.lit(None, pl.String)),
            self.synthetic.with_columns(origin=pl.lit("synthetic"), generator=pl.lit(GENERATOR)),
        ]
        pl.concat(parts, how="vertical_relaxed").write_parquet(root / "mix.parquet")
        lines = ["[datasets.mix]", 'path = "mix.parquet"', f'type = "{self.type}"', 'purpose = "finetune"']
        if self.holdout is not None:
            self.holdout.write_parquet(root / "holdout.parquet")
            lines.append('holdout = "holdout.parquet"')
        if self.evaluation is not None:
            self.evaluation.write_parquet(root / "evaluation.parquet")
            lines.append('evaluation = ["evaluation.parquet"]')
        (root / "gates.toml").write_text("\n".join([*lines, self.settings]) + "\n")


@dataclass(frozen=True)
class Answer:
    """A verdict: its word, and by check id what blocks, is open, and warns, with the message."""

    word: str
    blocking: dict[str, str]
    undecided: dict[str, str]
    warning: dict[str, str]


def judged(dataset: Dataset, *, drafted_only: bool = False) -> Answer:
    """What the program says, of all checks or of those that `gates init` drafted."""
    from gates.cli.main import run

    with tempfile.TemporaryDirectory() as name, _inside(Path(name)):
        dataset.write(Path(name))
        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            code = run(["init", "--accept"])
            if code == 0:
                output.seek(0)
                output.truncate()
                chosen = (word for check in _drafted(Path(name)) for word in ("--only", check)) if drafted_only else ()
                run(["check", "mix", "--format", "json", *chosen])
    try:
        verdict = json.loads(output.getvalue())
    except json.JSONDecodeError:
        return Answer("error", {"gates": (errors.getvalue() or output.getvalue())[-500:]}, {}, {})
    return _answer(verdict)


def _drafted(root: Path) -> list[str]:
    """The types of checks in the drafts."""
    suites = [json.loads(path.read_text()) for path in root.glob("expectations/mix/*.json")]
    return sorted({str(one["type"]) for suite in suites for one in suite["expectations"]})


def _answer(verdict: dict[str, object]) -> Answer:
    def of(severity: str, *outcomes: str) -> dict[str, str]:
        checks = verdict["checks"]
        assert isinstance(checks, list)
        return {
            str(one["id"]): str(one["message"])
            for one in checks
            if one["severity"] == severity and one["outcome"] in outcomes
        }

    undecided = of("critical", "inconclusive", "error")
    return Answer(
        str(verdict["outcome"]), of("critical", "fail"), undecided, of("warning", "fail", "inconclusive", "error")
    )


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.chdir(before)

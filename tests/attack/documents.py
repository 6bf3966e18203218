"""Damaged documents given to what reads them, many in one call: what no independent parser takes is refused."""

from __future__ import annotations

import csv
import io
import json
import posixpath
import random
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML, YAMLError

from gates.config.dataset import DatasetConfig
from gates.config.load import read_config
from gates.config.population import read_population
from gates.config.removals import parse_removal
from gates.contract.suites.read import read_suite
from gates.errors import GatesError
from gates.metrics.catalogue import BY_NAME
from gates.promotion.statements.statement import parse_statement
from gates.verdicts.recorded import parse_verdict
from gates.versions.dvc.dvc_pointers import parse_dvc_file, parse_lock
from tests.attack.figures import Clock, Figures
from tests.attack.inputs.mutations import damaged
from tests.attack.rules import CONFIG, other_json, other_value, refuse_constant
from tests.attack.worker import DiedError, HungError
from tests.promotions.promotions import statement
from tests.promotions.recorded_verdicts import verdict_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.attack.worker import Worker

# Documents of one call of another process.
_AT_ONCE = 20
_MD5 = "0123456789abcdef0123456789abcdef"
_POINTER = f"outs:\n- md5: {_MD5}\n  size: 120\n  hash: md5\n  path: rows.csv\n"
_PIPELINE = b"stages:\n  make:\n    cmd: python make.py\n    outs:\n    - made.csv\n"
_LOCK = f"schema: '2.0'\nstages:\n  make:\n    cmd: python make.py\n    outs:\n    - path: made.csv\n      hash: md5\n      md5: {_MD5}\n      size: 120\n"
_REMOVAL = 'rows = ["data/a.csv:3"]\nreason = "withdrawn"\nwho = "ana"\ndate = 2026-01-31\n'
_SHARES = "dimension,level,share,source\nplace,a,0.5,census\nplace,b,0.5,census\n"
_RULE = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "n", "min_value": 0}, "severity": "warning"}
_SUITE = json.dumps({"name": "own", "expectations": [_RULE, {"type": "expect_table_row_count_to_equal", "kwargs": {"value": 3}}]})  # fmt: skip


@dataclass(frozen=True)
class Document:
    """A sound document, what reads it, and what an independent reader makes of it, who raises ValueError.

    read: raises GatesError. parsed: what must be equal for what `read` returns, "" where only refusals are compared.
    """

    sound: bytes
    read: Callable[[Path, bytes], Any]
    parsed: Callable[[bytes], Any]


def attack_documents(worker: Worker, folder: Path, clock: Clock, seed: int) -> Figures:
    """Each try damages one document, as bytes or as values, and has it read."""
    figures = Figures("documents", seed)
    folder.mkdir()
    waiting: list[tuple[int, str, bytes]] = []
    for number in clock.numbers():
        chance = random.Random(f"documents {seed} {number}")
        name = chance.choice(sorted(documents()))
        waiting.append((number, name, _changed(name, documents()[name].sound, chance)))
        if len(waiting) == _AT_ONCE:
            _judge(worker, folder, waiting, figures)
            waiting = []
    _judge(worker, folder, waiting, figures)
    figures.seconds = clock.passed
    return figures


def _changed(name: str, sound: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.5 or not name.endswith((".json", ".toml")):
        return damaged(sound, chance)
    if name.endswith(".toml"):
        return other_value(sound.decode(), chance).encode(errors="surrogatepass")
    return json.dumps(other_json(json.loads(sound), chance)).encode()


def _judge(worker: Worker, folder: Path, tries: list[tuple[int, str, bytes]], figures: Figures) -> None:
    """Where one of several ends or hangs the other process, each is tried alone."""
    try:
        outcomes = worker.call(read_all, folder, [(name, content) for _, name, content in tries])
    except (DiedError, HungError) as error:
        if len(tries) == 1:
            figures.add("crash" if isinstance(error, DiedError) else "hang", tries[0][0], f"{tries[0][1]}: {error}")
            return
        for one in tries:
            _judge(worker, folder, [one], figures)
        return
    assert isinstance(outcomes, list)
    for (number, name, _), (outcome, about) in zip(tries, outcomes, strict=True):
        figures.add(outcome, number, f"{name}: {about}")


def read_all(folder: Path, tries: list[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """What each came to, and why where that is a defect."""
    return [_read(folder, documents()[name], content) for name, content in tries]


def _read(folder: Path, document: Document, content: bytes) -> tuple[str, str]:
    try:
        ours = document.read(folder, content)
    except GatesError as error:
        return ("refused", "") if str(error).strip() else ("traceback", "a refusal without a word")
    except BaseException as error:  # noqa: BLE001
        return "traceback", f"{type(error).__name__}: {error}"
    try:
        theirs = document.parsed(content)
    except YAMLError:
        # DVC refuses it, and would lay out nothing.
        return "read by gates only", ""
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, csv.Error) as error:
        return "silent pass", f"read, and independently {type(error).__name__}: {error}"
    return (
        ("silent pass", f"read as {ours!r}, and independently {theirs!r}") if theirs not in ("", ours) else ("read", "")
    )


@cache
def documents() -> dict[str, Document]:
    """By the name of a file."""
    return {
        "gates.toml": Document(CONFIG.encode(), _config, _toml),
        "human.json": Document(_SUITE.encode(), _suite, _json),
        "rows.csv.dvc": Document(_POINTER.encode(), _pointer, _pointed),
        "dvc.lock": Document(_LOCK.encode(), _locked, _made),
        "verdict.json": Document(_verdict(), lambda _, content: _outcomes(parse_verdict(content, "verdict.json")), _stated),
        "removal.toml": Document(_REMOVAL.encode(), lambda _, content: list(parse_removal(content, "r").rows), _removed),
        "statement.json": Document(statement().to_bytes(), lambda _, content: parse_statement(content, "s").to_bytes() == content, lambda _: True),
        "shares.csv": Document(_SHARES.encode(), _population, _shares),
    }  # fmt: skip


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _config(folder: Path, content: bytes) -> Any:
    return sorted(read_config(_written(folder, "gates.toml", content)).datasets)


def _toml(content: bytes) -> Any:
    tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    return ""


def _suite(folder: Path, content: bytes) -> Any:
    suite = read_suite(_written(folder, "human.json", content), BY_NAME)
    return [(entry.type, dict(entry.kwargs).get("column")) for entry in suite.expectations]


def _json(content: bytes) -> Any:
    suite = json.loads(content.decode("utf-8-sig"), parse_constant=refuse_constant)
    return [(entry["type"], entry.get("kwargs", {}).get("column")) for entry in suite["expectations"]]


def _pointer(_: Path, content: bytes) -> Any:
    return [(one.path, one.md5) for one in parse_dvc_file(content, "rows.csv.dvc")]


def _pointed(content: bytes) -> Any:
    document = _yaml(content)
    return _outs(document, document.get("wdir") or "")


def _yaml(content: bytes) -> Any:
    """As DVC reads it."""
    return YAML(typ="safe").load(content) or {}


def _outs(document: Any, folder: str = "") -> Any:
    outs = document.get("outs") or []
    return [
        (_inside(posixpath.join(folder, out["path"])), out.get("md5") and str(out["md5"]))
        for out in outs
        if out.get("cache", True)
    ]


def _locked(_: Path, content: bytes) -> Any:
    return [(one.path, one.md5) for one in parse_lock(content, "dvc.lock", _PIPELINE, "dvc.yaml")[0]]


def _made(content: bytes) -> Any:
    document = _yaml(content)
    if not {"schema", "stages"} & set(document):
        # The first version of the format had the stages at the top.
        return _outs(document.get("make") or {})
    if str(document["schema"]) != "2.0":
        raise ValueError("another version of the format")
    stages = document.get("stages", {})
    return _outs(stages.get("make") or {})


def _inside(path: str) -> str:
    whole = posixpath.normpath(path)
    if whole.startswith(("../", "/")) or whole == "..":
        raise ValueError(f"{path} leads out of the repository")
    return whole


def _verdict() -> bytes:
    return verdict_on({"data/rows.csv": "a,b\n1,2\n"}, 0.5, "pass").encode()


def _outcomes(verdict: Any) -> Any:
    return [verdict.answer.value, *(check.outcome.value for check in verdict.checks)]


def _stated(content: bytes) -> Any:
    """What the sound verdict says: any other is an edited one."""
    json.loads(content)
    sound = json.loads(_verdict())
    return [sound["outcome"], *(check["outcome"] for check in sound["checks"])]


def _removed(content: bytes) -> Any:
    _toml(content)
    return [str(row) for row in tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n")).get("rows", [])]


def _population(folder: Path, content: bytes) -> Any:
    _written(folder, "shares.csv", content)
    config = DatasetConfig("d", folder, 1, "tabular", path="d.csv", population="shares.csv")
    population = read_population(config)
    assert population is not None
    return {place: len(levels) for place, levels in population.shares.items()}


def _shares(content: bytes) -> Any:
    text = content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), strict=True, skipinitialspace=True))[1:]
    places = [row[0].strip() for row in rows if row]
    return "" if len(places) != len(rows) else {place: places.count(place) for place in places}

"""Damaged configurations and suites: what no parser takes passes nothing, and what a suite asks is answered."""

from __future__ import annotations

import json
import random
import re
import shutil
import tomllib
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.attack.figures import Clock, Figures
from tests.attack.files import Judge
from tests.attack.inputs.mutations import damaged
from tests.attack.inputs.sound import sound_files, write_project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.attack.worker import Worker

CONFIG = """\
[defaults]
purpose = "finetune"
inconclusive = "warn"

[datasets.d]
path = "data.csv"
type = "text"
columns = { text = "text", id = "number" }
origin = "origin"
extends = false
quarantine = "ids"
slices = ["score"]

[datasets.d.origins]
human = ["human"]
synthetic = ["synthetic", "template"]

[[datasets.d.waivers]]
check = "combined/expect_table_row_count_to_equal"
reason = "one row is to come"
owner = "ana"
expires = 2999-01-31

[stages.staging]
"""
_TOML_VALUES = [
    "true", "0", "-1", "1e999", "nan", "9" * 25, '""', '"/etc/passwd"', '"../data.csv"', '"data\\u0000.csv"', "[]", "[[]]", "{}",
    "{ a = { b = 1 } }", "2027-13-01", "2027-01-31", "00:00:00", '"d"', '"*"', '"[1]"', '"' + "x" * 5000 + '"', '["human", "human"]',
    '"\\U0001F600"', '" "', '"text"', '"tabular"', '"series"', '"gates.toml"', '"."', '""" a\nb """', '["", 1]', '"data.csv\\n"',
]  # fmt: skip
_JSON_VALUES = [
    None, True, False, 0, -1, 1.5, 10**30, 10**400, "", " ", "x", "number", "text", "no such column", "NaN", [], [[]], [None], {},
    {"a": 1}, ["number"], [1, "1", None], "(", "[", "^" * 2000, "\x00", "\ud800", "é", "' OR 1=1 --", '"', "critical", "warning",
    {"$PARAMETER": "now()"}, "expect_column_values_to_be_unique", "x" * 10_000,
]  # fmt: skip
_CALLS = (
    ("check", "d", "--no-cache", "--format", "json"), ("check", "d", "--no-cache", "--format", "json"),
    ("check", "d", "--no-cache", "--format", "json"), ("lint",), ("list", "missing", "d"), ("check", "d", "--timeout", "5"),
    ("explain", "expect_table_row_count_to_equal"), ("enforce", "d"), ("init", "d"), ("verify",), ("diff", "d"),
)  # fmt: skip


def attack_rules(worker: Worker, folder: Path, clock: Clock, seed: int) -> Figures:
    """Each try damages one file of rules, as bytes or as values, and runs one command on sound data."""
    figures = Figures("rules", seed)
    judge = Judge(worker, figures)
    for number in clock.numbers():
        chance = random.Random(f"rules {seed} {number}")
        root = folder / "project"
        write_project(root, "data.csv")
        (root / "data.csv").write_bytes(sound_files()["plain/data.csv"])
        (root / "gates.toml").write_text(CONFIG)
        name = chance.choice(("gates.toml", "gates.toml", "expectations/d/combined.json", "expectations/d/human.json"))
        content = (root / name).read_bytes()
        if chance.random() < 0.4:
            content = damaged(content, chance)
        elif name == "gates.toml":
            content = other_value(content.decode(), chance).encode()
        else:
            content = json.dumps(other_json(json.loads(content), chance)).encode()
        (root / name).write_bytes(content)
        arguments = chance.choice(_CALLS)
        called = judge.call(number, root, arguments, partial(_unparsed, name, content, arguments))
        if called and called.code == 0 and arguments == _CALLS[0] and (silent := _unanswered(root, called.out)):
            figures.add("silent pass", number, silent)
        shutil.rmtree(root)
    figures.seconds = clock.passed
    return figures


def other_value(text: str, chance: random.Random) -> str:
    """The TOML with another value, a key twice, a key less or a key of another name."""
    lines = text.splitlines()
    at = chance.choice([place for place, line in enumerate(lines) if line])
    line = lines[at]
    if " = " not in line or chance.random() < 0.3:
        lines[at] = chance.choice(
            (
                "",
                f"{line}\n{line}",
                f"{line[:-1]}x{line[-1:]}",
                line.replace("d", "D"),
                line.replace("datasets", "dataset"),
            )
        )
    else:
        key = line.split(" = ")[0]
        lines[at] = f"{key} = {chance.choice(_TOML_VALUES)}"
    return "\n".join(lines) + "\n"


def other_json(value: Any, chance: random.Random) -> Any:
    """The suite with one value replaced, taken out, or moved to another key; those near the root as often as leaves."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        return _other_object(value, chance)
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        before, one, after = value[:at], value[at], value[at + 1 :]
        changed = chance.choices(([], [one, one], [other_json(one, chance)]), (1, 1, 8))[0]
        return [*before, *changed, *after]
    return chance.choice(_JSON_VALUES)


def _other_object(value: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    key = chance.choice(sorted(value))
    rest = {other: part for other, part in value.items() if other != key}
    moved = rest | {chance.choice(("", "x", key.upper(), f"{key} ", "meta", "kwargs", "severity")): value[key]}
    return chance.choices((rest, moved, value | {key: other_json(value[key], chance)}), (10, 5, 85))[0]


def _unparsed(name: str, content: bytes, arguments: Sequence[str]) -> str:
    """What no parser takes; the commands that do not say anything about the dataset need not look at it."""
    if arguments[0] not in {"check", "lint"}:
        return ""
    try:
        text = content.decode()
        if name.endswith(".toml"):
            tomllib.loads(re.sub("\r\n", "\n", text))
        else:
            json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        return f"{name} is {type(error).__name__}: {error}"
    return ""


def refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _unanswered(root: Path, out: str) -> str:
    """An expectation of a suite to which the verdict has no answer."""
    ids = [check["id"] for check in json.loads(out)["checks"]]
    for suite in sorted((root / "expectations/d").glob("*.json")):
        for expectation in json.loads(suite.read_bytes()).get("expectations", []):
            if not any(one.startswith(f"{suite.stem}/{expectation['type']}") for one in ids):
                return f"{suite.stem} asks {expectation['type']}, and nothing answers"
    return ""

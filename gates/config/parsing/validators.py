"""Says what is wrong with one value of a configuration file; every reader returns "" for a right one."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gates.config.addresses import address_problem
from gates.errors import did_you_mean
from gates.visible_text import has_words

Reader = Callable[[Any], str]

_TOML_NAMES = {
    bool: "a boolean", int: "an integer", float: "a float", str: "a string", list: "an array", dict: "a table",
}  # fmt: skip


def toml_name(value: Any) -> str:
    return _TOML_NAMES.get(type(value), "a date or time")


def string(value: Any) -> str:
    if not isinstance(value, str):
        return f"is {toml_name(value)}, expected a string"
    return "" if value.strip() else "is empty"


def data_path(value: Any) -> str:
    """A file, a folder or a pattern of them, here or at an address; or several."""
    if isinstance(value, list):
        return strings(value) or next(filter(None, map(data_path, value)), "" if value else "is empty")
    return string(value) or address_problem(value)


def words(value: Any) -> str:
    """Words that somebody can read."""
    wrong = string(value)
    if wrong or has_words(value):
        return wrong
    return "has no letter and no digit that can be seen, expected words"


def strings(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        return f'is {toml_name(value)}, expected an array of strings such as ["a", "b"]'
    return f"names '{max(value, key=value.count)}' twice" if len(set(value)) < len(value) else ""


def origin_words(value: Any) -> str:
    """Values of the origin column; an empty one stands for rows without any."""
    return strings([" " if item == "" else item for item in value] if isinstance(value, list) else value)


def flag(value: Any) -> str:
    return "" if isinstance(value, bool) else f"is {toml_name(value)}, expected true or false"


def one_of(*words: str) -> Reader:
    def read(value: Any) -> str:
        wrong = string(value)
        if wrong or value in words:
            return wrong
        return f"'{value}' is unknown ({did_you_mean(value, words)})"

    return read


def table(reader: Reader, *keys: str) -> Reader:
    """A table whose values suit the reader and whose keys, where any are given, are among them."""

    def read(value: Any) -> str:
        if not isinstance(value, dict):
            return f"is {toml_name(value)}, expected a table"
        for key, item in value.items():
            if keys and key not in keys:
                return f"has an unknown key '{key}' ({did_you_mean(key, keys)})"
            if wrong := reader(item):
                return f"{key} {wrong}"
        return ""

    return read


def path_below(value: Any) -> str:
    """Other versions of it are found below the configuration's folder in git, and nowhere else."""
    wrong = string(value)
    if wrong or not (Path(value).is_absolute() or ".." in Path(value).parts):
        return wrong
    return f"is '{value}', expected a file below the folder of the configuration"


def share(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"is {toml_name(value)}, expected a share between 0 and 1"
    return "" if 0 <= value <= 1 else f"is {value:g}, expected a share between 0 and 1"


def cost(value: Any) -> str:
    """What a row of each origin costs: a human one something, a synthetic one perhaps nothing."""
    wrong = table(_price, "human", "synthetic")(value)
    missing = "" if wrong else ", ".join(name for name in ("human", "synthetic") if name not in value)
    if wrong or missing:
        return wrong or f"lacks {missing}; one cost alone is set against nothing"
    return "" if value["human"] > 0 else "human is 0, expected more: gains are counted for what human rows cost"


def _price(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"is {toml_name(value)}, expected a number"
    return "" if 0 <= value < math.inf else f"is {value:g}, expected a number from 0 on"


def count(least: int, noun: str) -> Reader:
    """A whole number of so many at least; the noun says of what."""

    def read(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int):
            return f"is {toml_name(value)}, expected a whole number of {noun}"
        return "" if value >= least else f"is {value}, expected {least} {noun} or more"

    return read


def schema(value: Any) -> str:
    wrong = string(value)
    file, _, name = str(value).rpartition(":")
    return wrong or ("" if file and name.isidentifier() else f"'{value}' is not of the form \"folder/file.py:Class\"")


def check_id(value: Any) -> str:
    if wrong := string(value):
        return wrong
    # Only waivers name checks; a hook that judges nothing does without verdicts.
    from gates.verdict import CheckId

    try:
        CheckId.parse(value)
    except ValueError:
        return f"'{value}' is no check id; expected <human|synthetic|combined>/<expectation>[/<detail>]"
    return ""


def day(value: Any) -> str:
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return "" if is_day else f"is {toml_name(value)}, expected a day such as 2027-01-31, without quotes"

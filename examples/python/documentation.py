"""What people wrote about the functions of Python's standard library, as questions and answers."""

from __future__ import annotations

import importlib
import inspect
import random

MODULES = (
    "base64", "bisect", "calendar", "codecs", "collections", "csv", "datetime", "decimal", "difflib",
    "email.utils", "fractions", "functools", "glob", "heapq", "html", "inspect", "io", "ipaddress", "itertools", "json",
    "locale", "logging", "math", "os", "os.path", "pathlib", "random", "re", "shlex", "shutil", "statistics", "string",
    "subprocess", "tempfile", "textwrap", "threading", "time", "tokenize", "unicodedata", "unittest.mock",
    "urllib.parse", "uuid", "zipfile",
)  # fmt: skip
SHORTEST, LONGEST = 40, 1500


def questions_and_answers() -> list[tuple[str, str]]:
    """A question about each function or class that is documented, and its documentation; each answer once."""
    answers = {}
    for module in map(importlib.import_module, MODULES):
        for name in sorted(vars(module)):
            text = inspect.getdoc(vars(module)[name]) or ""
            is_own = callable(vars(module)[name]) and not name.startswith("_")
            if is_own and SHORTEST <= len(text) <= LONGEST:
                answers.setdefault(text, f"What does {module.__name__}.{name} do?")
    pairs = [(question, answer) for answer, question in answers.items()]
    # Functions of one module are alike: those of two parts of the list should not be of other modules.
    random.Random(1).shuffle(pairs)  # noqa: S311 (an order, no secret)
    return pairs

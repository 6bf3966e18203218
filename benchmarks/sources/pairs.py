"""Prompts with responses, responses of which one was preferred, and translations."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import polars as pl
import yaml

from .source import PACKAGES, SHARED
from .texts import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

# Packages of PyPI of which an older release is fetched too; all are open (BSD, Apache-2.0, MIT).
DOCUMENTED = ("django", "networkx", "nltk", "sympy", "xarray")
# Less is a mark and no answer.
CHARACTERS_AT_LEAST = 40


def signatures() -> pl.DataFrame:
    """A function's signature, and what its authors wrote about it."""
    rows = list(dict.fromkeys((prompt, text) for _, prompt, text in _documented("new")))
    return pl.DataFrame(rows, schema=["prompt", "response"], orient="row").unique("response", maintain_order=True)


def commands() -> pl.DataFrame:
    """What a command does in one line, and the longest section of its manual page, in five languages."""
    rows = [(f"{line}", body, language) for line, body, language in pages() if line]
    return pl.DataFrame(rows, schema=["prompt", "response", "language"], orient="row").unique(
        "response", maintain_order=True
    )


def talk() -> pl.DataFrame:
    """Remarks and replies that volunteers wrote for a chat program, in two dozen languages."""
    rows = []
    for path in sorted((PACKAGES / "chatterbot_corpus/data").glob("*/*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        rows += [
            (turns[0].strip(), turns[1].strip(), path.parent.name)
            for turns in content.get("conversations", ())
            if len(turns) >= 2 and all(isinstance(turn, str) and turn.strip() for turn in turns[:2])
        ]
    if not rows:
        raise FileNotFoundError(PACKAGES)
    return pl.DataFrame(rows, schema=["prompt", "response", "language"], orient="row").unique(maintain_order=True)


def tasks() -> pl.DataFrame:
    """Instructions and answers that people wrote for self-instruct."""
    frame = pl.read_parquet(SHARED / "instruct_selfinstruct.parquet").filter(pl.col("origin") == "human")
    return frame.select(prompt="instruction", input="input", response="output").unique("response", maintain_order=True)


def revisions() -> pl.DataFrame:
    """A function's signature, how its authors describe it now (chosen), and what they replaced by that (rejected)."""
    older = {key: text for key, _, text in _documented("older")}
    rows = [
        (prompt, text, older[key])
        for key, prompt, text in _documented("new")
        if older.get(key, text).split() != text.split()
    ]
    return pl.DataFrame(rows, schema=["prompt", "chosen", "rejected"], orient="row").unique(maintain_order=True)


def judged() -> pl.DataFrame:
    """Pairs of models' responses of which three people preferred one."""
    frame = pl.read_parquet(SHARED / "preference_pandalm.parquet")
    votes = [frame[f"annotator{number}"].to_list() for number in (1, 2, 3)]
    rows = []
    for at, row in enumerate(frame.select("instruction", "input", "response1", "response2").iter_rows()):
        first, second = (sum(vote[at] == side for vote in votes) for side in (1, 2))
        texts = [text.strip() for text in row[2:] if text and text.strip() not in ("", "true")]
        if first != second and len(set(texts)) == 2:
            chosen, rejected = texts if first > second else texts[::-1]
            rows.append((f"{row[0]}\n{row[1] or ''}".strip(), chosen, rejected))
    return pl.DataFrame(rows, schema=["prompt", "chosen", "rejected"], orient="row").unique(maintain_order=True)


def messages() -> pl.DataFrame:
    """What Django says to its users, in a hundred languages."""
    rows = []
    for path in sorted((PACKAGES / "django").glob("**/locale/*/LC_MESSAGES/django.po")):
        language = path.parts[-3].replace("_", "-")
        rows += [(*pair, "en", language) for pair in _catalogue(path.read_text(encoding="utf-8"))]
    names = ["source", "target", "source_language", "target_language"]
    frame = pl.DataFrame(rows, schema=names, orient="row").unique(maintain_order=True)
    return frame.filter(~pl.col("target_language").str.contains("@"), pl.col("target_language") != "en")


def _catalogue(text: str) -> Iterator[tuple[str, str]]:
    """Messages and translations of a .po file; plurals and doubtful entries are left out."""
    for entry in text.split("\n\n"):
        if "#, fuzzy" in entry or "msgid_plural" in entry or "#~" in entry:
            continue
        parts = re.search(r'^msgid ((?:".*"\s*)+)^msgstr ((?:".*"\s*)+)', entry + "\n", re.MULTILINE)
        source, target = (
            "".join(ast.literal_eval(line.strip()) for line in part.splitlines() if line.strip())
            for part in (parts.groups() if parts else ('""', '""'))
        )
        if source.strip() and target.strip() and source != target:
            yield source, target


def _documented(release: str) -> Iterator[tuple[str, str, str]]:
    """Module and name, signature, and description of what the packages define."""
    folder = PACKAGES if release == "new" else PACKAGES / "older"
    for path in sorted(path for package in DOCUMENTED for path in (folder / package).rglob("*.py")):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and (text := ast.get_docstring(node)):
                text = re.split(r"\n(?:Parameters|Examples?|Notes?|References|Returns|See Also)\n=*-*", text)[0].strip()
                if len(text) >= CHARACTERS_AT_LEAST:
                    key = f"{path.relative_to(folder)}:{node.name}"
                    yield key, f"{path.stem}.{node.name}({ast.unparse(node.args)})", text

"""Every format of the page of formats as files that the tests and the benchmark of formats try: 100 human and 100 synthetic rows.

In each of them one synthetic answer is empty.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.feather

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = (Path(__file__).parents[2] / "docs/reference/formats.md").read_text(encoding="utf-8")
COMMANDS = dict(re.findall(r"^\| (.+?) \| `gates (init .+?)` \|", PAGE, flags=re.MULTILINE))
ROWS, EMPTY = 100, 117
ROW_RULES = "expect_row_failure_ratio_to_be_less_than"


def frame(human: str = "human", synthetic: str = "synthetic") -> pl.DataFrame:
    """Two hundred texts of one sentence each, half of them human; the text of one synthetic row is empty."""
    numbers = range(1, 2 * ROWS + 1)
    texts = [f"The town number {n * 7919 % 1000} lies by river {n} and has {n * 31 % 97} bridges." for n in numbers]
    texts[EMPTY - 1] = ""
    return pl.DataFrame({"text": texts, "origin": [human] * ROWS + [synthetic] * ROWS})


def csv(separator: str = ",", before: str = "") -> str:
    return before + frame().write_csv(separator=separator, quote_style="always")


def stream(path: Path, rows: pl.DataFrame) -> None:
    table = rows.to_arrow()
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)


def saved(folder: Path, rows: pl.DataFrame) -> None:
    folder.mkdir(parents=True)
    stream(folder / "data-00000-of-00001.arrow", rows)
    for name in ("state.json", "dataset_info.json"):
        (folder / name).write_text("{}")


def splits(root: Path) -> None:
    saved(root / "saved/train", frame())
    saved(root / "saved/test", frame()[::2])
    (root / "saved/dataset_dict.json").write_text('{"splits": ["train", "test"]}')


def parts(root: Path) -> None:
    (root / "parts").mkdir()
    (root / "parts/0.csv").touch()
    (root / "parts/1.csv").write_text("text,origin\n")
    frame()[:50].write_parquet(root / "parts/2.parquet")
    (root / "parts/3.jsonl").write_text(frame()[50:].write_ndjson())


def keys(root: Path) -> None:
    for key, rows in frame(synthetic="gpt-4").partition_by("origin", as_dict=True).items():
        folder = root / f"parts/origin={key[0]}"
        folder.mkdir(parents=True)
        rows.drop("origin").write_parquet(folder / "rows.parquet")


def pattern(root: Path) -> None:
    for part in range(2):
        frame()[part::2].write_csv(root / f"part-{part}.csv", quote_style="always")


def of_each_origin(root: Path) -> None:
    frame()[:ROWS].drop("origin").write_csv(root / "real.csv", quote_style="always")
    frame()[ROWS:].drop("origin").write_csv(root / "synthetic.csv", quote_style="always")


WRITERS: dict[str, Callable[[Path], object]] = {
    "Parquet, as on the Hub": lambda root: frame().write_parquet(root / "rows.parquet"),
    "CSV": lambda root: (root / "rows.csv").write_text(csv()),
    "… of a spreadsheet": lambda root: (root / "rows.csv").write_bytes(
        ("\ufeffsep=;\n" + csv(";")).replace("\n", "\r\n").encode()
    ),
    "… below comments": lambda root: (root / "rows.csv").write_text(csv(before="# exported 2024-05-01\n\n")),
    "… packed": lambda root: (root / "rows.csv.gz").write_bytes(gzip.compress(csv().encode())),
    "TSV": lambda root: (root / "rows.tsv").write_text(csv("\t")),
    "JSON lines": lambda root: (root / "rows.jsonl").write_text(frame().write_ndjson()),
    "… under another name": lambda root: (root / "rows.txt").write_text(frame().write_ndjson()),
    "JSON, an array": lambda root: (root / "rows.json").write_text(json.dumps(frame().to_dicts(), indent=2)),
    "… of columns": lambda root: (root / "rows.json").write_text(json.dumps(frame().to_dict(as_series=False))),
    "… around one array": lambda root: (root / "rows.json").write_text(
        json.dumps({"version": "1.0", "data": frame().to_dicts()})
    ),
    "Arrow stream": lambda root: stream(root / "rows.arrow", frame()),
    "Arrow file, Feather": lambda root: pyarrow.feather.write_feather(frame().to_arrow(), root / "rows.feather"),
    "folder of `save_to_disk`": lambda root: saved(root / "saved", frame()),
    "… with splits": splits,
    "folder of parts": parts,
    "folders `key=value`": keys,
    "pattern": pattern,
    "file of each origin": of_each_origin,
}

# Name of the format, a line of it, and the type that it is guessed to be.
CONVERSATIONS: list[tuple[str, str, str]] = re.findall(
    r"^\| (.+?) \| `(\{.+\})` \| (instruction|preference) \|$", PAGE, flags=re.MULTILINE
)


def conversations(line: str, path: Path) -> None:
    """A file of such lines, half of them human; the answer of one synthetic line is empty."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, 2 * ROWS + 1):
            answer = "" if number == EMPTY else f"The town number {number * 7919 % 1000} by river {number}."
            row = json.loads(line.replace("Paris.", answer).replace("France", f"the land {number * 31 % 1009}"))
            origin = "human" if number <= ROWS else "synthetic"
            file.write(json.dumps({**row, "origin": origin}) + "\n")

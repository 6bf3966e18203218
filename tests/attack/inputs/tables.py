"""Files that are whole and hard to read: every type, every quoting, every corner of a format."""

from __future__ import annotations

import csv
import io
import json
import string
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    import random

_TEXTS = [
    "", " ", "a", "0", "07", "1", "-1", "1.0", "1e5", "true", "False", "null", "NULL", "NaN", "inf", "2024-02-29",
    "2023-02-29", "2024-01-01T10:00:00Z", "2024-01-01 25:00", "12345678901234567890", "a,b", 'say "hi"', '"', "two\nlines",
    "cr\rhere", "crlf\r\nhere", "tab\there", "semi;colon", "pi|pe", "ünïcödé", "日本語", "👩‍👩‍👧", "\u2028", "\u0085", "\u200b",
    "\ufeff", "\x00", "\x1a", "\x7f", "\\", "\\n", "\\N", "'", "#", "=1+1", "[1]", "{}", '{"a": 1}', "x" * 5000, " padded ",
    "_gates_row_id", "file_row_number", "😀" * 50, "e\u0301", "٣", "\uff11", "1_000", "+1", "1.", ".5", "-0", "1e400", "0x1F",
]  # fmt: skip
_NAMES = [
    "a", "b", "A b", "c,d", 'q"q', "é", "日本", "select", "order", "x.y", "x]", "%", "{}", "a'b", "1", "true", "\u200b", " lead",
    "long" * 30, "line\nbreak", "text", "label", "rowid", "filename",
]  # fmt: skip


def any_file(chance: random.Random) -> tuple[str, bytes]:
    """A name and bytes."""
    kind = chance.choice(("csv", "csv", "jsonl", "jsonl", "parquet", "parquet", "arrow", "feather"))
    if kind == "csv":
        return "data.csv", _csv(chance)
    if kind == "jsonl":
        return "data.jsonl", _jsonl(chance)
    table = _table(chance)
    stream = io.BytesIO()
    if kind == "parquet":
        pq.write_table(
            table,
            stream,
            compression=chance.choice(("none", "snappy", "zstd", "gzip", "lz4", "brotli")),
            use_dictionary=chance.random() < 0.5,
            data_page_version=chance.choice(("1.0", "2.0")),
            row_group_size=chance.choice((1, 7, 1000)),
            version=chance.choice(("1.0", "2.4", "2.6")),
        )
    else:
        new = chance.choice((pa.ipc.new_file, pa.ipc.new_stream))
        options = pa.ipc.IpcWriteOptions(compression=chance.choice((None, "lz4", "zstd")), unify_dictionaries=True)
        with new(stream, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=chance.choice((1, 7, 1000)))
    return f"data.{kind}", stream.getvalue()


def _names(chance: random.Random, least: int) -> list[str]:
    names = chance.sample(_NAMES, chance.randint(least, 6))
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(name.casefold(), name)
    return [*folded.values()]


def _csv(chance: random.Random) -> bytes:
    names = _names(chance, 2)
    pools = [_pool(chance) for _ in names]
    stream = io.StringIO()
    writer = csv.writer(
        stream,
        delimiter=chance.choice((",", ",", ";", "\t", "|")),
        lineterminator=chance.choice(("\n", "\n", "\r\n")),
        quoting=chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)),
    )
    writer.writerow(names)
    for _ in range(chance.choice((1, 2, 20, 300))):
        writer.writerow([chance.choice(pool) for pool in pools])
    mark = "\ufeff" if chance.random() < 0.1 else ""
    return (mark + stream.getvalue()).encode()


def _pool(chance: random.Random) -> list[str]:
    """Values of one column: of one kind, or of any."""
    numbers = [str(chance.randint(-(10**6), 10**6)) for _ in range(5)] + [""]
    floats = [repr(chance.uniform(-1e3, 1e3)) for _ in range(5)] + ["nan", "1e-300", ""]
    days = [str(date(1900, 1, 1) + timedelta(days=chance.randrange(90_000))) for _ in range(5)]
    flags = chance.choice((["true", "false"], ["True", "False", ""]))
    return chance.choice((numbers, floats, days, flags, chance.sample(_TEXTS, 5), chance.sample(_TEXTS, 12)))


def _jsonl(chance: random.Random) -> bytes:
    names = [*_names(chance, 1), *(("data.key",) if chance.random() < 0.2 else ())]
    makers = [chance.randrange(4) for _ in names]
    lines = []
    for _ in range(chance.choice((1, 2, 20, 300))):
        row = {name: _value(chance, depth) for name, depth in zip(names, makers, strict=True) if chance.random() < 0.9}
        lines.append(
            json.dumps(row, ensure_ascii=chance.random() < 0.5, separators=chance.choice(((",", ":"), (", ", ": "))))
        )
    if chance.random() < 0.2:
        at = chance.randrange(len(lines))
        lines[at] = _laxer(chance, lines[at])
    return (chance.choice(("\n", "\n", "\r\n")).join(lines) + chance.choice(("\n", ""))).encode()


def _laxer(chance: random.Random, line: str) -> str:
    """A line with something that some readers take and JSON does not have, where it has a place for it."""
    old, new = chance.choice((
        ("}", ",}"), ("]", ", ]"), ("null", "NaN"), ("null", "-Infinity"), ("true", "True"), (":", ": +"), ('"', "'"),
        ("{", "{/**/"), ("}", "} //"), ("[", "[,"), (",", ",,"), ("1", "01"), (":", "="), ("null", "nan"), ("}", ',"a":1}'),
    ))  # fmt: skip
    places = [place for place in range(len(line)) if line.startswith(old, place)]
    if not places:
        return line
    place = chance.choice(places)
    return line[:place] + new + line[place + len(old) :]


def _value(chance: random.Random, depth: int) -> Any:
    if depth and chance.random() < 0.3:
        if chance.random() < 0.5:
            return [_value(chance, depth - 1) for _ in range(chance.randrange(4))]
        keys = chance.sample([*string.ascii_letters[:8], "x.y", "", "é", "key with space"], chance.randrange(4))
        return {key: _value(chance, depth - 1) for key in keys}
    return chance.choice((
        None, True, False, 0, -1, chance.randint(-(10**9), 10**9), 2**53 + 1, 2**63 - 1, -(2**63), 2**63, 2**64, 10**30,
        0.1, -0.0, 1e308, 5e-324, 1.5, chance.random(), chance.choice(_TEXTS), chance.choice(_TEXTS), chance.choice(_TEXTS),
    ))  # fmt: skip


def _table(chance: random.Random) -> pa.Table:
    count = chance.choice((1, 2, 20, 300))
    names = [name for name in _names(chance, 1) if name.lower() not in {"rowid", "filename"}] or ["a"]
    return pa.table({name: _array(chance, count) for name in names})


def _array(chance: random.Random, count: int) -> pa.Array:
    kind, values = chance.choice(_typed(chance))
    drawn = [None if chance.random() < 0.1 else chance.choice(values) for _ in range(count)]
    array = pa.array(drawn, kind)
    if pa.types.is_string(kind) and chance.random() < 0.3:
        return array.dictionary_encode()
    return array


def _typed(chance: random.Random) -> list[tuple[pa.DataType, list[Any]]]:
    texts = chance.sample(_TEXTS, 8)
    moments = [datetime(1970, 1, 1) + timedelta(seconds=chance.randrange(-(10**9), 10**10)) for _ in range(4)]  # noqa: DTZ001
    zoned = [moment.replace(tzinfo=UTC) for moment in moments]
    days = [moment.date() for moment in moments]
    return [
        (pa.string(), texts), (pa.string(), texts), (pa.large_string(), texts), (pa.string_view(), texts),
        (pa.binary(), [text.encode() for text in texts]), (pa.bool_(), [True, False]),
        (pa.int8(), [-128, 0, 127]), (pa.uint8(), [0, 255]), (pa.int16(), [-(2**15), 5]), (pa.uint32(), [2**32 - 1, 1]),
        (pa.int64(), [-(2**63), 2**63 - 1, 2**53 + 1]), (pa.uint64(), [2**64 - 1, 0]),
        (pa.float32(), [0.5, -0.0, 3.0]), (pa.float64(), [0.1, 1e308, float("nan"), float("inf"), -0.0]),
        (pa.decimal128(20, 4), [Decimal("1.2345"), Decimal("-9999999999.0001")]),
        (pa.date32(), days), (pa.timestamp("us"), moments), (pa.timestamp("ms"), moments), (pa.timestamp("us", "UTC"), zoned),
        (pa.timestamp("s", "Europe/Berlin"), zoned), (pa.time64("us"), [time(1, 2, 3), time(23, 59, 59, 999_999)]),
        (pa.list_(pa.int32()), [[], [1], [1, None, 3]]), (pa.list_(pa.string()), [[], texts[:2], [None]]),
        (pa.large_list(pa.string()), [texts[:3], []]),
        (pa.struct({"a": pa.int32(), "b": pa.string()}), [{"a": 1, "b": "x"}, {"a": None, "b": texts[0]}]),
        (pa.list_(pa.struct({"role": pa.string(), "content": pa.string()})), [[{"role": "user", "content": texts[1]}], []]),
        (pa.null(), [None]), (pa.float16(), [0.5, -2.0]),
        (pa.map_(pa.string(), pa.int64()), [[("k", 1)], []]), (pa.list_(pa.float32(), 2), [[0.5, 1.0]]),
    ]  # fmt: skip

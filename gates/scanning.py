"""The one shared pass over a dataset: pandera on each batch, the row index on the same batch, then the samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import polars as pl
import pyarrow as pa

from gates.keys import LAST, combine, mix, occurrences
from gates.scan import (
    HUMAN_CODE,
    NATURAL_REPEAT_RATIO,
    ORIGIN,
    ROW_ID,
    SYNTHETIC_CODE,
    UNDECLARED_CODE,
    FileFacts,
    Hashes,
    Ints,
    Roles,
    RowIndex,
    Rows,
    RuleFailures,
    Scan,
    Source,
)
from gates.text.marks import marks
from gates.text.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

# 50,000 rows fix a KS distance or a share to about .005 (limits under .02 would need all rows; ours are .05).
SAMPLE_ROWS = 50_000
# Texts are long and their checks need at most some thousand: 10,000 texts of 2 KB are 20 MB.
SAMPLE_TEXTS = 10_000
# A generator with fewer rows cannot be judged alone.
GENERATOR_ROWS = 300

_CODES = {"human": HUMAN_CODE, "synthetic": SYNTHETIC_CODE}


class Opened(Source, Protocol):
    """A source with its facts; `gates.engines.local` opens one."""

    @property
    def roles(self) -> Roles: ...

    @property
    def files(self) -> tuple[FileFacts, ...]: ...


@dataclass(frozen=True)
class ScanRequest:
    """What a scan is to keep beside the rows' own facts."""

    purpose: str | None = None
    extends_human_law: bool = False
    rule_failures: Callable[[], Mapping[str, RuleFailures]] = dict
    on_batch: Callable[[pa.RecordBatch], None] = field(default=lambda _batch: None)
    undeclared_origins: Callable[[], str] = str


def scan(opened: Opened, request: ScanRequest, holdout: Opened | None = None) -> Scan:
    """Read every row once, index it, and fetch the samples that metrics work on."""
    builder = IndexBuilder(opened.roles)
    for batch in opened.batches():
        request.on_batch(batch)
        builder.update(batch)
    index, whole = builder.build()
    distinct = _repeat_ratio(index) <= NATURAL_REPEAT_RATIO
    keys = _sample_keys(index, whole, distinct=distinct)
    fetch = _Fetch(opened, index, keys)
    human, synthetic = (fetch.rows(index.of(code)) for code in (HUMAN_CODE, SYNTHETIC_CODE))
    held_rows, held_digests, held_tokens = _read_holdout(opened, builder.schema, holdout)
    return Scan(
        roles=opened.roles,
        files=opened.files,
        index=index,
        human=human,
        synthetic=synthetic,
        holdout=held_rows,
        failures=request.rule_failures(),
        source=opened,
        seed=_seed(index),
        purpose=request.purpose,
        extends_human_law=request.extends_human_law,
        generators=_by_generator(index, fetch),
        holdout_digests=held_digests,
        holdout_tokens=held_tokens,
        undeclared_origins=request.undeclared_origins() if index.of(UNDECLARED_CODE).any() else "",
        human_columns=builder.values[HUMAN_CODE],
        synthetic_columns=builder.values[SYNTHETIC_CODE],
    )


class IndexBuilder:
    """Mergeable summary behind the row index: `update(batch)`, `merge(other)`, `build()`."""

    def __init__(self, roles: Roles) -> None:
        self.roles = roles
        self.schema: Mapping[str, pl.DataType] = {}
        self.values: tuple[dict[str, int], dict[str, int], dict[str, int]] = ({}, {}, {})
        self._parts: list[dict[str, npt.NDArray[np.generic]]] = []

    def update(self, batch: pa.RecordBatch) -> None:
        """Index the rows of a batch."""
        frame = pl.DataFrame(pa.Table.from_batches([batch]))
        self.schema = dict(frame.schema)
        codes = frame[ORIGIN].replace_strict(_CODES, default=UNDECLARED_CODE, return_dtype=pl.Int8).to_numpy()
        digest = content_digest(frame, self.roles)
        flags, tokens = _text_facts(batch, self.roles)
        generator = frame[self.roles.generator].cast(pl.String) if self.roles.generator else None
        self._parts.append(
            {
                "row_id": frame[ROW_ID].to_numpy(),
                "origin": codes,
                "digest": digest,
                "group": frame.select(self.roles.group).hash_rows().to_numpy() if self.roles.group else digest,
                "whole": frame.drop(ROW_ID, ORIGIN).hash_rows().to_numpy(),
                "marks": flags,
                "tokens": tokens,
                "generator": np.full(len(codes), "", dtype=object)
                if generator is None
                else generator.fill_null("").to_numpy().astype(object),
            }
        )
        self._count_values(frame, codes)

    def merge(self, other: IndexBuilder) -> None:
        """Take over another builder's rows."""
        self._parts.extend(other._parts)
        self.schema = self.schema or other.schema
        for mine, theirs in zip(self.values, other.values, strict=True):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count

    def build(self) -> tuple[RowIndex, Hashes]:
        """The index sorted by row id, and beside it the hash of each row in all its columns."""
        joined = {
            name: self._column(name) for name in ("row_id", "origin", "digest", "group", "whole", "marks", "tokens")
        }
        order = np.argsort(joined["row_id"], kind="stable")
        names = self._column("generator")[order]
        generators, code = np.unique(names.astype(str), return_inverse=True) if len(names) else (np.array([]), names)
        listed = tuple(str(name) for name in generators if name)
        position = {name: number for number, name in enumerate(listed)}
        lookup = np.array([position.get(str(name), -1) for name in generators], dtype=np.int16)
        index = RowIndex(
            row_id=joined["row_id"][order].astype(np.int64),
            origin=joined["origin"][order].astype(np.int8),
            digest=joined["digest"][order].astype(np.uint64),
            group=joined["group"][order].astype(np.uint64),
            generator=lookup[code] if len(lookup) else np.empty(0, dtype=np.int16),
            marks=joined["marks"][order].astype(np.uint16),
            tokens=joined["tokens"][order].astype(np.int32),
            generators=listed,
        )
        return index, joined["whole"][order].astype(np.uint64)

    def _column(self, name: str) -> npt.NDArray[np.generic]:
        return np.concatenate([part[name] for part in self._parts]) if self._parts else np.empty(0)

    def _count_values(self, frame: pl.DataFrame, codes: npt.NDArray[np.int8]) -> None:
        for code in (HUMAN_CODE, SYNTHETIC_CODE, UNDECLARED_CODE):
            part = frame.filter(pl.Series(codes == code))
            counts = part.select(_has_value(name, kind).sum() for name, kind in part.schema.items()).row(0, named=True)
            for name, count in counts.items():
                self.values[code][name] = self.values[code].get(name, 0) + count


def _has_value(name: str, kind: pl.DataType) -> pl.Expr:
    """Whether a cell says something: neither null nor NaN nor blank."""
    cell = pl.col(name)
    if kind == pl.String:
        return (cell.str.strip_chars() != "").fill_null(value=False)
    return (cell.is_not_null() & cell.is_not_nan()).fill_null(value=False) if kind.is_float() else cell.is_not_null()


def content_digest(frame: pl.DataFrame, roles: Roles) -> Hashes:
    """64-bit hash of each row's content columns; equal rows have equal digests under one version of polars."""
    return frame.select(sorted(roles.content)).hash_rows().to_numpy()


def _text_facts(batch: pa.RecordBatch, roles: Roles) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int32]]:
    if not roles.texts:
        return np.zeros(batch.num_rows, dtype=np.uint16), np.zeros(batch.num_rows, dtype=np.int32)
    texts = batch.column(roles.texts[0])
    stream = tokenise(texts)
    return marks(texts, stream), np.diff(stream.offsets).astype(np.int32)


def _repeat_ratio(index: RowIndex) -> float:
    human = index.of(HUMAN_CODE)
    count = int(human.sum())
    return 1 - int((human & index.is_first).sum()) / count if count else 0.0


def _sample_keys(index: RowIndex, whole: Hashes, *, distinct: bool) -> Hashes:
    """A key per row that depends on its content only; LAST where only distinct rows count and this one repeats another."""
    order = np.lexsort((whole, index.digest, index.origin))
    occurrence = np.empty(len(order), dtype=np.uint64)
    for code in (HUMAN_CODE, SYNTHETIC_CODE, UNDECLARED_CODE):
        own = order[index.origin[order] == code]
        occurrence[own] = occurrences(index.digest[own])
    keys = combine(index.digest, occurrence)
    return np.where(occurrence > 0, LAST, keys) if distinct else keys


def _seed(index: RowIndex) -> int:
    total = np.bitwise_xor.reduce(np.unique(index.digest)) if len(index.digest) else np.uint64(0)
    return int(total)


@dataclass(frozen=True)
class _Fetch:
    """Bottom-k rows under a mask, in the order of their keys."""

    opened: Opened
    index: RowIndex
    keys: Hashes

    def rows(self, mask: npt.NDArray[np.bool_]) -> Rows:
        size = SAMPLE_TEXTS if self.opened.roles.texts else SAMPLE_ROWS
        candidates = np.flatnonzero(mask & (self.keys != LAST))
        chosen = candidates[np.argsort(self.keys[candidates], kind="stable")][:size]
        row_ids: Ints = self.index.row_id[chosen]
        frame = self.opened.take(row_ids).drop(ROW_ID, ORIGIN)
        names = np.array([*self.index.generators, ""])[self.index.generator[chosen]]
        # Without declared groups a row is a group of its own, and equal rows of both origins share one: a copied row
        # must not stand in a training fold and in a test fold.
        group = self.index.group[chosen] if self.opened.roles.group else self.keys[chosen]
        return Rows(frame, row_ids, self.index.digest[chosen], group, names, len(candidates))


def _by_generator(index: RowIndex, fetch: _Fetch) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for number, name in enumerate(index.generators):
        mask = index.of(SYNTHETIC_CODE) & (index.generator == number)
        # All its rows, repeated ones too: a generator that collapsed to a few rows must not escape.
        if int(mask.sum()) >= GENERATOR_ROWS:
            found[name] = fetch.rows(mask)
    return found


def _read_holdout(
    opened: Opened, schema: Mapping[str, pl.DataType], holdout: Opened | None
) -> tuple[Rows | None, Hashes | None, npt.NDArray[np.int64] | None]:
    """A sample of the holdout, and digest and tokens of all its rows; its columns take the dataset's types.

    Equal rows then have equal digests. A holdout without the content columns gives no rows.
    """
    if holdout is None:
        return None, None, None
    parts = []
    for batch in holdout.batches():
        frame = pl.DataFrame(pa.Table.from_batches([batch]))
        shared = [name for name in schema if name in frame.columns and name != ORIGIN]
        parts.append(frame.select(pl.col(name).cast(schema[name], strict=False) for name in shared))
    frame = pl.concat(parts) if parts else pl.DataFrame()
    if frame.is_empty() or not set(opened.roles.content) <= set(frame.columns):
        empty = np.empty(0, dtype=np.uint64)
        none = Rows(frame.clear(), empty.astype(np.int64), empty, empty, empty.astype(str), 0)
        return none, empty, empty.astype(np.int64)
    digest = content_digest(frame, opened.roles)
    tokens = np.zeros(len(digest), dtype=np.int64)
    if opened.roles.texts:
        tokens = tokenise(frame[opened.roles.texts[0]].to_arrow()).lengths()
    keep = np.argsort(mix(digest), kind="stable")[: SAMPLE_TEXTS if opened.roles.texts else SAMPLE_ROWS]
    taken = frame[keep]
    no_name = np.full(len(keep), "", dtype=str)
    rows = Rows(taken.drop(ROW_ID), taken[ROW_ID].to_numpy(), digest[keep], digest[keep], no_name, len(digest))
    return rows, digest, tokens

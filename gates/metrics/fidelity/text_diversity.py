"""Whether synthetic texts vary as much as human texts, at an equal number of texts or tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from gates.data.text.tokens import TokenStream, ngrams
from gates.errors import MetricError, did_you_mean
from gates.metrics.base.measurement import Failed, Measured, Measurement, NotConfigured
from gates.metrics.base.text_samples import main_text, tokens_of
from gates.metrics.comparison.paired_draws import draws, percentile_ratio
from gates.metrics.comparison.strata import Sides, compare_variety
from gates.metrics.stats.effective_rank import effective_number
from gates.metrics.stats.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from gates.data.arrays import Floats, Ints
    from gates.data.facts import Roles
    from gates.data.scan.result import Rows, Scan

# Twenty subsamples fix the middle of the ratio to a fifth of its spread.
DRAW_COUNT = 20
# Of each text its opening: one endless text (which `expect_degenerate_text_ratio_to_be_less_than` counts) would otherwise
# outweigh a hundred others, and long texts repeat themselves more than short ones.
OPENING_CHARACTERS = 500
# With subsamples of 5,000 texts and 100,000 tokens the ratio of two sets of one law stays within .99 to 1.01.
TEXTS_PER_DRAW = 5000
TOKENS_PER_DRAW = 100_000
# zstd as pyarrow ships it, because zlib differs between builds of Python; level 9 looks back over the whole subsample.
CODEC, LEVEL = "zstd", 9
GRAM_TOKENS = 3
# Hashed words of the first tokens of a text, scaled to length 1: the covariance then hardly depends on how long texts
# are (human essays cut to a third: ratio 1.01; with all tokens and raw counts 1.74).
FEATURE_COUNT = 256
FEATURE_TOKENS = 50


@dataclass(frozen=True)
class _Sample:
    """Openings of the texts of one subsample, in random order, and their tokens."""

    texts: pa.Array
    stream: TokenStream

    def take(self, rows: Ints) -> _Sample:
        return _Sample(self.texts.take(pa.array(rows)), self.stream.take(rows))

    def first(self, budget: int) -> _Sample:
        """The first texts that hold `budget` tokens together."""
        enough = int(np.searchsorted(np.cumsum(self.stream.lengths()), budget)) + 1
        return self.take(np.arange(min(enough, len(self.stream)), dtype=np.int64))


def text_diversity(scan: Scan, wanted: str) -> Measurement:
    """Diversity of the main text of synthetic rows over that of human rows, 1 meaning equal; limits are on this ratio.

    "compression": how much better synthetic texts compress (above 1: more repetitive; Shaib et al. 2024);
    "distinct_3": distinct token trigrams per trigram (below 1: more repetitive; Li et al., NAACL 2016);
    "effective_number": exponential entropy of the spectrum of hashed words (below 1: fewer directions; Friedman & Dieng,
    TMLR 2023). Raises MetricError for another name.
    """
    if wanted not in MEASURES:
        raise MetricError(f"diversity has no measure '{wanted}' ({did_you_mean(wanted, MEASURES)})")
    if wanted == "distinct_3":
        words = _openings(scan, scan.human).stream
        # Texts without a word at all are no short answers, and end in an error below.
        if words.lengths().any() and not len(ngrams(words, GRAM_TOKENS).hashes):
            return NotConfigured("no human text has three words, of which trigrams are made")
    less_is_worse = MEASURES[wanted] is not compression
    return compare_variety(scan, lambda sides: _compare(scan, sides, MEASURES[wanted]), less_is_worse=less_is_worse)


def compression(sample: _Sample) -> float:
    """Bytes of the texts per byte of them compressed."""
    joined = "\n".join(sample.texts.to_pylist()).encode()
    packed: int = pa.Codec(CODEC, compression_level=LEVEL).compress(joined).size
    return len(joined) / max(1, packed)


def distinct_3(sample: _Sample) -> float:
    """Distinct trigrams of tokens per trigram, in [0, 1]."""
    grams = np.sort(ngrams(sample.stream, GRAM_TOKENS).hashes)
    return float(1 + np.count_nonzero(np.diff(grams))) / len(grams) if len(grams) else float("nan")


def spread_of_words(sample: _Sample) -> float:
    """Effective number of directions that the hashed words of the texts vary in."""
    return effective_number(hashed_words(sample.stream))


MEASURES: dict[str, Callable[[_Sample], float]] = {
    "compression": compression,
    "distinct_3": distinct_3,
    "effective_number": spread_of_words,
}

# What each counts, for messages.
UNITS: dict[Callable[[_Sample], float], str] = {
    compression: "bytes per compressed byte",
    distinct_3: "distinct trigrams per trigram",
    spread_of_words: "effective dimensions of words",
}


def hashed_words(stream: TokenStream) -> Floats:
    """The words of each text's first tokens as a vector of length 1, shape (texts, FEATURE_COUNT).

    Weinberger et al., Feature Hashing, ICML 2009: signs keep inner products unbiased.
    """
    lengths = np.minimum(stream.lengths(), FEATURE_TOKENS)
    starts = np.cumsum(lengths) - lengths
    within = np.arange(lengths.sum()) - np.repeat(starts, lengths)
    hashes = stream.hashes[np.repeat(stream.offsets[:-1], lengths) + within]
    cell = np.repeat(np.arange(len(stream)), lengths) * FEATURE_COUNT + (hashes % np.uint64(FEATURE_COUNT)).astype(
        np.int64
    )
    sign = 1.0 - 2.0 * (hashes >> np.uint64(63)).astype(np.float64)
    counts = np.bincount(cell, weights=sign, minlength=len(stream) * FEATURE_COUNT).reshape(-1, FEATURE_COUNT)
    scaled: Floats = counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-12)
    return scaled


def _compare(scan: Scan, sides: Sides, measure: Callable[[_Sample], float]) -> Measured | Failed:
    made = draws(sides.human, sides.synthetic, sides.seed, DRAW_COUNT, at_most=TEXTS_PER_DRAW)
    human, synthetic = (_openings(scan, rows) for rows in (sides.human, sides.synthetic))
    if not made:
        return Failed(rows=sides.counts)
    values = np.empty((len(made), 3))
    for row, draw in enumerate(made):
        samples = [human.take(draw.human_a), human.take(draw.human_b), synthetic.take(draw.synthetic)]
        if measure is not spread_of_words:
            budget = min(TOKENS_PER_DRAW, *(len(sample.stream.hashes) for sample in samples))
            samples = [sample.first(budget) for sample in samples]
        # Small matrices: on a busy machine the threads of BLAS wait for each other ten times longer than they work.
        with one_thread("blas"):
            values[row] = [measure(sample) for sample in samples]
    if not np.isfinite(values).all() or not values.all():
        return Failed("too few texts with words on one side to compare their diversity", sides.counts)
    ours, others, theirs = values.T
    measured = percentile_ratio(theirs / ours, others / ours, sides.counts)
    return replace(
        measured, note=f"{np.median(theirs):.3g} {UNITS[measure]} against {np.median(ours):.3g} in human rows"
    )


def _openings(scan: Scan, rows: Rows) -> _Sample:
    return _Sample(_opening(scan.roles, rows.frame).to_arrow(), tokens_of(scan, rows.row_id, _opening))


def _opening(roles: Roles, frame: pl.DataFrame) -> pl.Series:
    return main_text(roles, frame).str.slice(0, OPENING_CHARACTERS)

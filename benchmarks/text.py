"""The passes over texts beside what one would write or install instead: one run, the same documents, one thread each.

    python benchmarks/text.py [--documents 20000] [--words 180] [--rounds 5]

Near duplicates: the whole pass with verified pairs, against rensa and datasketch fed with Python shingles, which only
propose pairs: same shingles, same threshold, same bands. Recall and precision are over the pairs whose true Jaccard
similarity is .8 and more; beside them stand as many near misses, of .5 to .75. Contamination: runs of 13 tokens looked
up, against a Python set of tuples and one of their hashes, both with Python's own tokens. Words as features: against
scikit-learn's HashingVectorizer. All of it includes the tokenising; documents lie ready as
each side reads them, in an Arrow array for gates and as Python strings for the others.

Rounds are interleaved, so that other work on the machine slows all sides down; ratios are of medians of CPU time. Peers
that gates itself does without come with `pip install --group bench`; those not installed are skipped and named.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
import polars as pl
import pyarrow as pa

from gates.data.text.contamination import GRAM_TOKENS, count_overlap, index_texts
from gates.data.text.hashing import hashed_counts, unit_rows
from gates.data.text.near.minhash import BAND_COUNT, BAND_ROWS, PLACES, SHINGLE_TOKENS
from gates.data.text.near.near_duplicates import near_pairs
from gates.data.text.tokens import tokenise
from gates.metrics.copies.near_duplicates import NEAR_JACCARD

SEED = 1
VOCABULARY = 20_000
EVALUATION_TEXTS = 2_000
DIMENSION_BITS = 15
WORD = re.compile(r"\w+")

# Changed words of 180: each breaks three of 178 shingles, so that six leave a similarity of .8, and nine to nineteen .74 to .51.
NEAR_EDITS, MISS_EDITS = range(7), range(9, 20)

Pass = Callable[[], object]
Pairs = set[tuple[int, int]]


@dataclass(frozen=True)
class Planted:
    """Documents, and the pairs of them that were made to resemble each other, with their true similarity."""

    texts: list[str]
    jaccard: dict[tuple[int, int], float]

    def near(self) -> Pairs:
        """The pairs that are near duplicates."""
        return {pair for pair, jaccard in self.jaccard.items() if jaccard >= NEAR_JACCARD}


def documents(count: int, words: int, seed: int = SEED) -> Planted:
    """Texts of words as frequent as in a language; one in fifty nearly repeats another, one in fifty comes close to it."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(10, VOCABULARY + 10)
    vocabulary = np.array(["".join(rng.choice(list("aeioulnrst"), rng.integers(2, 10))) for _ in range(VOCABULARY)])
    drawn = rng.choice(vocabulary, (count, words), p=weights / weights.sum())
    chosen = rng.permutation(count)[: count // 50 * 4].reshape(-1, 2)
    for number, (one, two) in enumerate(chosen):
        drawn[two] = drawn[one]
        edits = rng.choice((NEAR_EDITS, MISS_EDITS)[number % 2]) * words // 180
        drawn[two, rng.choice(words, edits, replace=False)] = rng.choice(vocabulary, edits)
    texts = [" ".join(row) for row in drawn]
    return Planted(texts, {(min(pair), max(pair)): jaccard(texts, *pair) for pair in chosen.tolist()})


def jaccard(texts: list[str], one: int, two: int) -> float:
    """Shingles in common per shingle of either text."""
    first, second = set(shingles(texts[one])), set(shingles(texts[two]))
    return len(first & second) / len(first | second)


def shingles(text: str) -> list[tuple[str, ...]]:
    """Runs of three words, as a Python programmer writes them."""
    words = WORD.findall(text.lower())
    return list(zip(*(words[start:] for start in range(SHINGLE_TOKENS)), strict=False))


def contamination(texts: list[str]) -> dict[str, Pass]:
    """Which texts hold runs of 13 tokens of evaluation texts, one in a hundred of which leaked."""
    strangers = documents(EVALUATION_TEXTS, len(texts[0].split()), SEED + 1).texts
    evaluation, column = [*texts[: EVALUATION_TEXTS // 100], *strangers], pa.array(texts)
    index = index_texts(tokenise(pa.array(evaluation)))

    def runs(text: str) -> list[tuple[str, ...]]:
        words = WORD.findall(text.lower())
        return [tuple(words[start : start + GRAM_TOKENS]) for start in range(len(words) - GRAM_TOKENS + 1)]

    tuples = {run for text in evaluation for run in runs(text)}
    hashes = {hash(run) for run in tuples}
    return {
        "gates": lambda: count_overlap(index, tokenise(column)),
        "Python set of tuples": lambda: [sum(run in tuples for run in runs(text)) for text in texts],
        "Python set of hashes": lambda: [sum(hash(run) in hashes for run in runs(text)) for text in texts],
    }


def near_duplicates(texts: list[str]) -> dict[str, Callable[[], Pairs]]:
    """Pairs of texts that nearly equal each other."""
    column = pa.array(texts)
    passes: dict[str, Callable[[], Pairs]] = {"gates": lambda: _gates(column)}
    if importlib.util.find_spec("rensa"):
        passes["rensa, Python shingles"] = lambda: _rensa(texts)
    if importlib.util.find_spec("datasketch"):
        passes["datasketch, Python shingles"] = lambda: _datasketch(texts)
    return passes


def _gates(column: pa.Array) -> Pairs:
    pairs = near_pairs(tokenise(column), threshold=NEAR_JACCARD)
    return set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))


def _rensa(texts: list[str]) -> Pairs:
    import rensa

    index = rensa.RMinHashLSH(threshold=NEAR_JACCARD, num_perm=PLACES, num_bands=BAND_COUNT)
    sketches = []
    for number, text in enumerate(texts):
        sketch = rensa.RMinHash(num_perm=PLACES, seed=SEED)
        sketch.update([" ".join(shingle) for shingle in shingles(text)])
        index.insert(number, sketch)
        sketches.append(sketch)
    return _proposed(index.query(sketch) for sketch in sketches)


def _datasketch(texts: list[str]) -> Pairs:
    import datasketch

    index = datasketch.MinHashLSH(num_perm=PLACES, params=(BAND_COUNT, BAND_ROWS))
    sketches = []
    for number, text in enumerate(texts):
        sketch = datasketch.MinHash(num_perm=PLACES, seed=SEED)
        sketch.update_batch([" ".join(shingle).encode() for shingle in shingles(text)])
        index.insert(number, sketch)
        sketches.append(sketch)
    return _proposed(index.query(sketch) for sketch in sketches)


def _proposed(neighbours: Iterable[Iterable[int]]) -> Pairs:
    return {(other, number) for number, others in enumerate(neighbours) for other in others if other < number}


def features(texts: list[str]) -> dict[str, Pass]:
    """Words and word pairs as rows of length one."""
    from sklearn.feature_extraction.text import HashingVectorizer

    column = pa.array(texts)
    vectorizer = HashingVectorizer(n_features=2**DIMENSION_BITS, ngram_range=(1, 2), alternate_sign=False)
    return {
        "gates": lambda: unit_rows(hashed_counts(tokenise(column), DIMENSION_BITS, (1, 2))),
        "scikit-learn HashingVectorizer": lambda: vectorizer.transform(texts),
    }


def seconds(passes: Mapping[str, Pass], rounds: int) -> dict[str, tuple[float, float]]:
    """Median wall time and median CPU time of each, in turns."""
    taken: dict[str, list[tuple[float, float]]] = {who: [] for who in passes}
    for _ in range(rounds):
        for who, run in passes.items():
            wall, used = time.perf_counter(), time.process_time()
            run()
            taken[who].append((time.perf_counter() - wall, time.process_time() - used))
    return {who: (median(one for one, _ in times), median(two for _, two in times)) for who, times in taken.items()}


def table(name: str, passes: Mapping[str, Pass], megabytes: float, rounds: int) -> list[dict[str, object]]:
    """A row per side."""
    # What is loaded, imported or built at the first use is no part of the pass.
    results = {who: run() for who, run in passes.items()}
    taken = seconds(passes, rounds)
    return [
        {"pass": name, "by": who, "wall s": round(wall, 3), "CPU s": round(used, 3), "MB per CPU s": round(megabytes / used, 1),
         "times gates": round(used / taken["gates"][1], 1), "found": results[who]}
        for who, (wall, used) in taken.items()
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--words", type=int, default=180)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    os.environ["RAYON_NUM_THREADS"] = "1"  # rensa's threads; nothing else here starts any
    planted = documents(options.documents, options.words)
    texts, near = planted.texts, planted.near()
    megabytes = sum(map(len, texts)) / 1e6
    print(f"{len(texts):,} documents of {1e3 * megabytes / len(texts):.2f} KB, {len(near):,} near pairs planted")
    rows = table("near duplicates", near_duplicates(texts), megabytes, options.rounds)
    for row in rows:
        pairs = row.pop("found")
        assert isinstance(pairs, set)
        row |= {
            "recall": round(len(pairs & near) / len(near), 4),
            "precision": round(len(pairs & near) / len(pairs), 4),
        }
    rows += table("contamination", contamination(texts), megabytes, options.rounds)
    rows += table("word features", features(texts), megabytes, options.rounds)
    for row in rows:
        row.pop("found", None)
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, fmt_str_lengths=40, tbl_hide_dataframe_shape=True):
        print(pl.DataFrame(rows, schema_overrides={"recall": pl.Float64, "precision": pl.Float64}))
    for package in ("rensa", "datasketch"):
        if not importlib.util.find_spec(package):
            print(f"skipped: {package} is not installed")


if __name__ == "__main__":
    main()

"""The passes over texts beside what one would write or install instead, on the same documents, medians side by side.

    python benchmarks/text.py [--documents 20000] [--words 180] [--repeats 3]

Contamination: runs of 13 tokens looked up, against a Python set of tuples and one of their hashes, both with Python's own
tokens. Near duplicates: the whole pass with verified pairs, against rensa and datasketch fed with Python shingles, which
only propose pairs. Words as features: against scikit-learn's HashingVectorizer. Packages that are not installed are
skipped and named.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import polars as pl
import pyarrow as pa

from gates.text.contamination import GRAM_TOKENS, known_texts, shared_with
from gates.text.hashed import hashed_counts, unit_rows
from gates.text.near import BAND_COUNT, PERMUTATIONS, SHINGLE_TOKENS, near_pairs
from gates.text.tokens import tokenise

SEED = 1
VOCABULARY = 20_000
EVALUATION_TEXTS = 2_000
DIMENSION_BITS = 15
WORD = re.compile(r"\w+")

Pass = Callable[[], object]


def documents(count: int, words: int, seed: int = SEED) -> list[str]:
    """Texts of words as frequent as in a language; one in fifty nearly repeats another."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(10, VOCABULARY + 10)
    vocabulary = np.array(["".join(rng.choice(list("aeioulnrst"), rng.integers(2, 10))) for _ in range(VOCABULARY)])
    drawn = rng.choice(vocabulary, (count, words), p=weights / weights.sum())
    repeated = rng.choice(count, count // 50, replace=False)
    drawn[repeated] = drawn[(repeated + 1) % count]
    drawn[repeated, 0] = "changed"
    return [" ".join(row) for row in drawn]


def shingles(text: str) -> list[tuple[str, ...]]:
    """Runs of three words, as a Python programmer writes them."""
    words = WORD.findall(text.lower())
    return list(zip(*(words[start:] for start in range(SHINGLE_TOKENS)), strict=False))


def contamination(texts: list[str]) -> dict[str, Pass]:
    """Which texts hold runs of 13 tokens of evaluation texts, one in a hundred of which leaked."""
    strangers = documents(EVALUATION_TEXTS, len(texts[0].split()), SEED + 1)
    evaluation, column = [*texts[: EVALUATION_TEXTS // 100], *strangers], pa.array(texts)
    known = known_texts(tokenise(pa.array(evaluation)))

    def runs(text: str) -> list[tuple[str, ...]]:
        words = WORD.findall(text.lower())
        return [tuple(words[start : start + GRAM_TOKENS]) for start in range(len(words) - GRAM_TOKENS + 1)]

    tuples = {run for text in evaluation for run in runs(text)}
    hashes = {hash(run) for run in tuples}
    return {
        "gates": lambda: shared_with(known, tokenise(column)),
        "Python set of tuples": lambda: [sum(run in tuples for run in runs(text)) for text in texts],
        "Python set of hashes": lambda: [sum(hash(run) in hashes for run in runs(text)) for text in texts],
    }


def near_duplicates(texts: list[str]) -> dict[str, Pass]:
    """Texts that nearly equal another one."""
    passes: dict[str, Pass] = {"gates": lambda: near_pairs(tokenise(pa.array(texts)))}
    if importlib.util.find_spec("rensa"):
        passes["rensa, Python shingles"] = lambda: _rensa(texts)
    if importlib.util.find_spec("datasketch"):
        passes["datasketch, Python shingles"] = lambda: _datasketch(texts)
    return passes


def _rensa(texts: list[str]) -> list[list[int]]:
    import rensa

    index = rensa.RMinHashLSH(threshold=0.8, num_perm=PERMUTATIONS, num_bands=BAND_COUNT)
    sketches = []
    for number, text in enumerate(texts):
        sketch = rensa.RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        sketch.update([" ".join(shingle) for shingle in shingles(text)])
        index.insert(number, sketch)
        sketches.append(sketch)
    return [index.query(sketch) for sketch in sketches]


def _datasketch(texts: list[str]) -> list[list[int]]:
    import datasketch

    index = datasketch.MinHashLSH(threshold=0.8, num_perm=PERMUTATIONS)
    sketches = []
    for number, text in enumerate(texts):
        sketch = datasketch.MinHash(num_perm=PERMUTATIONS, seed=SEED)
        sketch.update_batch([" ".join(shingle).encode() for shingle in shingles(text)])
        index.insert(number, sketch)
        sketches.append(sketch)
    return [index.query(sketch) for sketch in sketches]


def features(texts: list[str]) -> dict[str, Pass]:
    """Words and word pairs as rows of length one."""
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(n_features=2**DIMENSION_BITS, ngram_range=(1, 2), alternate_sign=False)
    return {
        "gates": lambda: unit_rows(hashed_counts(tokenise(pa.array(texts)), DIMENSION_BITS, (1, 2))),
        "scikit-learn HashingVectorizer": lambda: vectorizer.transform(texts),
    }


def seconds(run: Pass, repeats: int) -> float:
    """Median wall time, after one run that warms up."""
    run()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--words", type=int, default=180)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    texts = documents(options.documents, options.words)
    megabytes = sum(map(len, texts)) / 1e6
    rows = []
    for name, passes in (
        ("contamination", contamination(texts)),
        ("near duplicates", near_duplicates(texts)),
        ("word features", features(texts)),
    ):
        taken = {who: seconds(run, options.repeats) for who, run in passes.items()}
        rows += [
            {"pass": name, "by": who, "seconds": round(one, 3), "MB/s": round(megabytes / one, 1),
             "times gates": round(one / taken["gates"], 1)}
            for who, one in taken.items()
        ]  # fmt: skip
    with pl.Config(tbl_rows=-1, fmt_str_lengths=40):
        print(pl.DataFrame(rows))
    for package in ("rensa", "datasketch"):
        if not importlib.util.find_spec(package):
            print(f"skipped: {package} is not installed")


if __name__ == "__main__":
    main()

"""What a programmer writes for texts where gates is not there: `python texts.py FOLDER`. Imports nothing of this repository.

Near duplicates of all texts by rensa with Python shingles, 13-grams of the evaluation texts in a Python set, and how well hashed
words tell the origin of 10,000 texts a side, of which gates reads as many for that. Prints the three numbers.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

WORD = re.compile(r"\w+")
SHINGLE, GRAM = 3, 13
CLASSIFIED = 10_000


def runs(text: str, length: int) -> list[tuple[str, ...]]:
    """Runs of so many words."""
    words = WORD.findall(text.lower())
    return list(zip(*(words[start:] for start in range(length)), strict=False))


def near_duplicates(texts: list[str]) -> int:
    """How many pairs rensa proposes."""
    import rensa

    index = rensa.RMinHashLSH(threshold=0.8, num_perm=128, num_bands=16)
    sketches = []
    for number, text in enumerate(texts):
        sketch = rensa.RMinHash(num_perm=128, seed=1)
        sketch.update([" ".join(shingle) for shingle in runs(text, SHINGLE)])
        index.insert(number, sketch)
        sketches.append(sketch)
    return sum(other < number for number, sketch in enumerate(sketches) for other in index.query(sketch))


def contaminated(texts: list[str], evaluation: list[str]) -> int:
    """How many texts hold 13 words in a row of an evaluation text."""
    grams = {gram for text in evaluation for gram in runs(text, GRAM)}
    return sum(any(gram in grams for gram in runs(text, GRAM)) for text in texts)


def accuracy(human: list[str], synthetic: list[str]) -> float:
    """How often a linear model of the other folds tells the origin of a text."""
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score

    words = HashingVectorizer(n_features=2**15, ngram_range=(1, 2), alternate_sign=False).transform(human + synthetic)
    origin = np.repeat([0, 1], [len(human), len(synthetic)])
    return float(cross_val_score(LogisticRegression(max_iter=200), words, origin, cv=3).mean())


if __name__ == "__main__":
    os.environ["RAYON_NUM_THREADS"] = "1"
    human, synthetic, evaluation = (
        pq.read_table(Path(sys.argv[1]) / f"{name}.parquet")["text"].to_pylist()
        for name in ("human", "synthetic", "evaluation")
    )
    print("near duplicates", near_duplicates(human + synthetic))
    print("contaminated", contaminated(human + synthetic, evaluation))
    print("accuracy", accuracy(human[:CLASSIFIED], synthetic[:CLASSIFIED]))

"""Splits of published sets, by the names of their files and folders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TRAIN = "train"
# What the Hub takes for names of splits (`datasets`: data_files.py).
_SPLITS = {
    TRAIN: ("train", "training"),
    "test": ("test", "testing", "eval", "evaluation"),
    "validation": ("validation", "valid", "val", "dev"),
}
_WORD = re.compile(r"([a-z]+)(?=[-_.]|$)")
# How the Hub ends the names of a split's files.
_SHARD = re.compile(r"-\d{5}-of-\d{5}(?=\.|$)")


def split_of(name: str) -> str:
    """The split of a published set that a file or folder is part of: `train`, `test` or `validation`; "" for others."""
    word = _WORD.match(name)
    return next((split for split, words in _SPLITS.items() if word and word.group(1) in words), "")


def without_shard(name: str) -> str:
    """`train_sft` of `train_sft-00000-of-00001.parquet`, and `train` of `train.csv`."""
    return _SHARD.sub("", name.partition(".")[0])


def own_split(name: str) -> str:
    """What the split is called that a file is part of, `train_sft` as well; "" for a file of none.

    Without a number behind it, what follows the word of a split is any name.
    """
    split = split_of(name)
    return without_shard(name) if split and _SHARD.search(name) else split


def splits_of(paths: Iterable[str]) -> list[str]:
    """What the splits are called that files are part of, by their names or those of their folders, where all are of some."""
    called = [next(filter(None, map(own_split, reversed(path.split("/")))), "") for path in paths]
    return sorted({*called}) if all(called) else []

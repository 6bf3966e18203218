"""Pairs of which one answer was preferred: a model's, in some of which both answers are the same, beside people's."""

from __future__ import annotations

import polars as pl
from documentation import questions_and_answers

import gates

ROWS = 320
SHORT = 60


def shortened(answer: str) -> str:
    """The worse answer: it ends after some words."""
    return answer[:SHORT]


def main() -> None:
    """Judge pairs, and look at one check."""
    pairs = [pair for pair in questions_and_answers() if len(pair[1]) > SHORT][: 2 * ROWS]
    rows = [
        {"prompt": question, "chosen": answer, "rejected": shortened(answer), "made_by": "human"}
        for question, answer in pairs[:ROWS]
    ] + [
        {
            "prompt": question,
            "chosen": answer,
            "rejected": answer if number % 10 == 0 else shortened(answer),
            "made_by": "gpt",
        }
        for number, (question, answer) in enumerate(pairs[ROWS:])
    ]
    verdict = gates.check(
        pl.DataFrame(rows),
        type="preference",
        purpose="preference",
        origin="made_by",
        origins={"human": ["human"], "synthetic": ["gpt"]},
    )
    print(verdict)
    print(verdict["synthetic/row_failure_ratio/rejected/differs-from-chosen"].message)


if __name__ == "__main__":
    main()

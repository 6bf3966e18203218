"""Conversations to fine-tune on: a model's answers, some of which speak of the model, beside people's.

The human answers are what people wrote about Python's functions. The made-up model says the same in other words, and in every
twelfth answer that it is a model: one sentence that a model fine-tuned on it would learn.
"""

from __future__ import annotations

import polars as pl
from documentation import questions_and_answers

import gates

ROWS = 300
OPENINGS = ("In short:", "Put simply:", "In other words:", "Briefly:")
OF_A_MODEL = "As an AI language model, I cannot run code, but I can explain it."


def conversation(question: str, answer: str) -> list[dict[str, str]]:
    """One turn in the form of chat fine-tuning."""
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def generated(number: int, answer: str) -> str:
    """The made-up model's answer."""
    reworded = f"{OPENINGS[number % len(OPENINGS)]} {answer}"
    return f"{OF_A_MODEL} {reworded}" if number % 12 == 0 else reworded


def main() -> None:
    """Judge, show what was found, drop the rows, and ask the check that failed again."""
    pairs = questions_and_answers()
    human = pl.DataFrame({"messages": [conversation(*pair) for pair in pairs[:ROWS]]})
    of_model = [
        (question, generated(number, answer)) for number, (question, answer) in enumerate(pairs[ROWS : 2 * ROWS])
    ]
    synthetic = pl.DataFrame({"messages": [conversation(*pair) for pair in of_model]})
    clean = pl.DataFrame({"messages": [conversation(*pair) for pair in of_model if OF_A_MODEL not in pair[1]]})

    print(gates.check(human=human, synthetic=synthetic, type="instruction", purpose="finetune"))
    again = gates.check(human=human, synthetic=clean, type="instruction", only=["boilerplate"])
    print(again["boilerplate"].message)


if __name__ == "__main__":
    main()

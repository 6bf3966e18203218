"""Conversations in every shape: each turn is judged, calls of tools are answers, and human rows say what is no leak."""

from __future__ import annotations

import json
import random
import unicodedata
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

ROWS = 160
FIRST = ROWS + 1
RULE, DEGENERATE = "expect_row_failure_ratio_to_be_less_than", "expect_degenerate_text_ratio_to_be_less_than"
BOILERPLATE, CONTAMINATION = "expect_boilerplate_ratio_to_be_less_than", "expect_contamination_ratio_to_be_less_than"
COPIES = "expect_synthetic_to_not_copy_human"
WORDS = [
    "lamp",
    "river",
    "window",
    "carpet",
    "stone",
    "bread",
    "music",
    "garden",
    "silver",
    "winter",
    "summer",
    "road",
    "letter",
    "market",
    "engine",
    "bridge",
]


def sentences(rng: random.Random, count: int = 2) -> str:
    return " ".join(
        f"The {rng.choice(WORDS)} waits near the {rng.choice(WORDS)} by number {rng.randrange(9999)}."
        for _ in range(count)
    )


def question(rng: random.Random) -> str:
    return f"What about the {rng.choice(WORDS)} that sleeps by the {rng.choice(WORDS)} in case {rng.randrange(99999)}?"


def written(root: Path, row: Callable[[int, random.Random], Mapping[str, object]], *lines: str) -> None:
    """Half human and half synthetic rows, numbered from 1, and their configuration."""
    rng = random.Random(7)
    rows = [
        {**row(number, rng), "origin": "human" if number <= ROWS else "synthetic"} for number in range(1, 2 * ROWS + 1)
    ]
    (root / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    table = ["[datasets.rows]", 'path = "rows.jsonl"', 'inconclusive = "warn"', *lines]
    (root / "gates.toml").write_text("\n".join(table) + "\n", encoding="utf-8")


def checked(root: Path, gates, *only: str) -> dict[str, dict]:
    """The checks by id, without their scope's first part."""
    asked_for = [word for one in only for word in ("--only", one)]
    called = gates(root, "check", "rows", "--format", "json", *asked_for)
    assert called.out, called.err
    return {check["id"]: check for check in json.loads(called.out)["checks"]}


def failed(checks: Mapping[str, dict]) -> set[str]:
    return {name for name, check in checks.items() if check["outcome"] == "fail" and check["severity"] == "critical"}


DEFECTS: Mapping[str, Callable[[str], str | None]] = {
    "empty": lambda _: "",
    "null": lambda _: None,
    "invisible": lambda _: "\u3164",
    "template token": lambda _: "The lamp waits.<end_of_turn>",
    "other token": lambda _: "The lamp waits.</s>",
    "missing word": lambda _: "nan",
    "open block": lambda _: "So:\n```python\nx = 1",
    "echo": lambda question: f"{question} The lamp waits.",
    "refusal": lambda _: "As an AI language model, I cannot say.",
}  # fmt: skip
BY_RULE = {
    "not-blank": ("empty", "null", "invisible"), "no-leaked-frame": ("template token", "other token"),
    "not-missing-word": ("missing word",),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "role"),
    [("instruction", "response"), ("text", "text"), ("preference", "chosen")],
    ids=["conversations", "texts that are conversations", "pairs of which a whole conversation was preferred"],
)
def test_defect_of_an_earlier_turn_is_found_and_named_with_its_turn(kind, role, tmp_path, gates):
    defects = dict(enumerate(DEFECTS.values(), start=FIRST))

    def row(number: int, rng: random.Random) -> Mapping[str, object]:
        first, second = question(rng), question(rng)
        answer = defects[number](first) if number in defects else sentences(rng)
        messages = [
            {"role": "system", "content": "Be short."}, {"role": "user", "content": first},
            {"role": "assistant", "content": answer}, {"role": "user", "content": second},
            {"role": "assistant", "content": sentences(rng)},
        ]  # fmt: skip
        # What was not preferred parts from it at the first answer.
        others = [{**one, "content": sentences(rng)} if one["role"] == "assistant" else one for one in messages]
        return {"chosen": messages, "rejected": others} if kind == "preference" else {"messages": messages}

    columns = 'columns = { text = "messages" }' if kind == "text" else ""
    written(tmp_path, row, f'type = "{kind}"', columns)

    checks = checked(tmp_path, gates, RULE, DEGENERATE, BOILERPLATE)

    places = {name: f"rows.jsonl:{FIRST + at} turn 3" for at, name in enumerate(DEFECTS)}
    for rule, names in BY_RULE.items():
        first = checks[f"synthetic/{RULE}/{role}/{rule}"]["evidence"]["first_rows"]
        assert first == [places[name] for name in names]
    not_degenerate = {"missing word", "refusal"}
    assert checks[f"synthetic/{DEGENERATE}"]["evidence"]["first_rows"] == [
        place for name, place in places.items() if name not in not_degenerate
    ]
    assert checks[f"synthetic/{BOILERPLATE}"]["evidence"]["first_rows"] == [places["refusal"]]
    assert f"synthetic/{RULE}/{role}/not-blank" in failed(checks)


CALL = {"name": "find", "arguments": '{"of": "lamp"}'}
TOOL_CALL = {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": CALL}]}


@pytest.mark.parametrize(
    "talk",
    [
        lambda ask, *_: [("user", ask), TOOL_CALL],
        lambda ask, say: [("user", ask), TOOL_CALL, ("tool", None), ("tool", "4"), ("assistant", say)],
        lambda ask, say: [("developer", "Be short."), ("user", ask), ("assistant", say)],
        lambda ask, say: [("user", ask), {"role": "assistant", "content": "", "function_call": CALL}, ("function", "4"), ("assistant", say)],
        lambda ask, say: [("user", [{"type": "image_url", "image_url": {"url": f"{ask}.png"}}]), ("assistant", [{"type": "text", "text": say}])],
        lambda ask, say: [{"from": "human", "value": ask}, {"from": "function_call", "value": json.dumps(CALL)},
                          {"from": "observation", "value": "4"}, {"from": "gpt", "value": say}],
        lambda ask, *_: [{"from": "human", "value": ask}, {"from": "function_call", "value": json.dumps(CALL)}],
        lambda ask, say: [{"from": "human", "value": ask}, {"from": "gpt", "value": say}, {"from": "function_call", "value": json.dumps(CALL)},
                          {"from": "observation", "value": "4"}, {"from": "gpt", "value": "Four."}],
    ],
    ids=["ends in a call", "call and tools", "developer", "function_call", "picture alone", "ShareGPT tools", "ShareGPT ends in a call", "words before a call"],
)  # fmt: skip
def test_sound_conversations_break_no_rule(talk, tmp_path, gates):
    def row(number: int, rng: random.Random) -> Mapping[str, object]:
        messages = talk(question(rng), sentences(rng))
        return {"talk": [one if isinstance(one, dict) else {"role": one[0], "content": one[1]} for one in messages]}

    written(tmp_path, row, 'type = "instruction"', 'columns = { messages = "talk" }')

    checks = checked(tmp_path, gates, RULE)

    assert {check["outcome"] for check in checks.values()} == {"pass"}


def test_parts_that_nobody_looks_at_are_counted_in_one_line(tmp_path, gates):
    def row(number: int, rng: random.Random) -> Mapping[str, object]:
        picture, sound = (
            {"type": "image_url", "image_url": {"url": f"{number}.png"}},
            {"type": "input_audio", "input_audio": {"data": "xx"}},
        )
        parts = [
            {"type": "text", "text": question(rng)},
            *([picture] if number % 2 else []),
            *([sound] if number == 1 else []),
        ]
        return {"messages": [{"role": "user", "content": parts}, {"role": "assistant", "content": sentences(rng)}]}

    written(tmp_path, row, 'type = "instruction"')

    out = gates(tmp_path, "check", "rows", "--only", RULE).out

    assert "not looked at: 160 image parts and 1 audio part of messages" in out


def test_part_that_no_conversation_has_is_not_named_among_what_is_not_compared(tmp_path, gates):
    def row(_: int, rng: random.Random) -> Mapping[str, object]:
        talk = [{"role": "user", "content": question(rng)}, {"role": "assistant", "content": sentences(rng)}]
        return {"messages": talk, "tools": ["find"]}

    written(tmp_path, row, 'type = "instruction"')

    # A check that compares: where none does, no column is said to be left out.
    called = gates(tmp_path, "check", "rows", "--only", "expect_distributions_to_match")
    assert "\nnot compared: `tools`\n" in called.out


LEAKS = {
    "example": "\n\nExample\nInput: 48 63\nOutput: 111",
    "mark-up": " That is <s>wrong</s> right.",
    "heading": "\n\n### Response\nFine.",
    "token": " The token is <|im_end|>.",
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_what_human_rows_do_as_often_is_no_leak_and_what_synthetic_rows_do_more_is(leak, tmp_path, gates):
    def row(share: float) -> Callable[[int, random.Random], Mapping[str, object]]:
        def one(number: int, rng: random.Random) -> Mapping[str, object]:
            has_leak = number % 4 == 0 or (number > ROWS and rng.random() < share)
            return {"prompt": question(rng), "response": sentences(rng) + (leak if has_leak else "")}

        return one

    written(tmp_path, row(0), 'type = "instruction"')
    as_often = failed(checked(tmp_path, gates, RULE, DEGENERATE))
    written(tmp_path, row(0.5), 'type = "instruction"')
    more_often = failed(checked(tmp_path, gates, RULE, DEGENERATE))

    assert not as_often
    assert more_often == {f"synthetic/{RULE}/response/no-leaked-frame", f"synthetic/{DEGENERATE}"}


@pytest.mark.parametrize("word", ["nan", "None", "NaN", "null", "N/A", " NULL "])
def test_missing_answer_written_out_is_found(word, tmp_path, gates):
    def row(number: int, rng: random.Random) -> Mapping[str, object]:
        return {"text": word if number in (FIRST, FIRST + 3) else sentences(rng)}

    written(tmp_path, row, 'type = "text"')

    checks = checked(tmp_path, gates, RULE)

    assert failed(checks) == {f"synthetic/{RULE}/text/not-missing-word"}
    first = checks[f"synthetic/{RULE}/text/not-missing-word"]["evidence"]["first_rows"]
    assert first == [f"rows.jsonl:{FIRST}", f"rows.jsonl:{FIRST + 3}"]


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "capitals": str.upper,
    "soft hyphens": lambda text: text.replace("e", "e\u00ad"),
    "look-alikes": lambda text: text.replace("a", "\u0430").replace("o", "\u043e"),
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_disguised_evaluation_items_and_copies_are_found(disguise, tmp_path, gates):
    rng = random.Random(3)
    items = [f"{sentences(rng, 4)} Çà et là, déjà été." for _ in range(10)]
    human = [f"{sentences(rng, 4)} Où êtes-vous, ma chère ?" for _ in range(10)]

    def row(number: int, rng: random.Random) -> Mapping[str, object]:
        if number <= len(human):
            return {"text": human[number - 1]}
        at = number - FIRST
        texts = [*items, *human]
        return {"text": disguise(texts[at]) if 0 <= at < len(texts) else sentences(rng, 4)}

    written(tmp_path, row, 'type = "text"', 'evaluation = ["bench.jsonl"]')
    (tmp_path / "bench.jsonl").write_text("".join(json.dumps({"text": item}) + "\n" for item in items))

    checks = checked(tmp_path, gates, CONTAMINATION, COPIES)

    assert checks[f"combined/{CONTAMINATION}"]["evidence"]["contaminated_rows"]["synthetic"] == len(items)
    assert {f"combined/{CONTAMINATION}", f"combined/{COPIES}/exact"} <= failed(checks)


def test_pairs_in_lists_are_held_to_the_rules_of_pairs(tmp_path, gates):
    def row(number: int, rng: random.Random) -> Mapping[str, object]:
        user, answer = {"role": "user", "content": question(rng)}, {"role": "assistant", "content": sentences(rng)}
        other = {"role": "assistant", "content": sentences(rng)}
        return {"chosen": [user, answer], "rejected": [user, answer if number > ROWS and number % 2 else other]}

    written(tmp_path, row, 'type = "preference"')

    assert failed(checked(tmp_path, gates, RULE)) == {f"synthetic/{RULE}/rejected/differs-from-chosen"}


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        ("text", ["a", "list", "of", "words"], "column 'text' holds lists, which cannot be 'text'; expected text, or messages"),
        ("text", {"body": "words"}, "column 'text' holds structs, which cannot be 'text'"),
        ("text", [{"start": 1, "end": 2}], "column 'text' holds lists of {start, end}; expected messages of {role, content}"),
        ("instruction", ["a", "b"], "column 'messages' holds lists, which cannot be 'messages'; expected messages of"),
    ],
)  # fmt: skip
def test_lists_and_objects_that_are_no_conversation_are_refused_in_a_sentence(kind, cell, expected, tmp_path, gates):
    role = "text" if kind == "text" else "messages"
    written(tmp_path, lambda *_: {role: cell}, f'type = "{kind}"')

    called = gates(tmp_path, "check", "rows")

    assert called.code == 2
    assert expected in called.err


def test_what_was_rejected_is_never_taken_for_the_text(tmp_path, gates):
    def row(number: int, rng: random.Random) -> Mapping[str, object]:
        return {"chosen": sentences(rng, 1), "rejected": sentences(rng, 9)}

    written(tmp_path, row)
    (tmp_path / "gates.toml").unlink()

    gates(tmp_path, "init", "rows.jsonl")

    assert '"rejected"' not in (tmp_path / "gates.toml").read_text()

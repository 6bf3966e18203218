"""Datasets of every type open, are recognised by `gates init`, and get a verdict in which nothing is an error."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from gates.config.load import read_config
from gates.data.facts import ROW_ID
from gates.data.scan.run import ScanRequest, scan
from gates.data.text.marks.markers import Mark
from gates.errors import UsageError
from gates.init.guesses.type_guess import recognise
from tests.guesses import guesses
from tests.opened import open_dataset

CASES = Path(__file__).parents[3] / "../shared/cases"
ROWS = 60
START = datetime(2024, 5, 1)  # noqa: DTZ001 (series are written in local time)


def words(number: int, salt: int) -> str:
    """A text of 25 made-up words, another for each number."""
    return " ".join(f"w{(number * 7919 + salt * 104729 + place * 31) % 1009}" for place in range(25))


def columns_of(kind: str, salt: int) -> dict[str, list]:
    """Rows as sets call them: the names differ from the roles where people's names do."""
    numbers = range(ROWS)
    texts = {part: [words(number, salt + part) for number in numbers] for part in range(3)}
    times = [START + timedelta(hours=number, days=40 * salt) for number in numbers]
    return {
        "instruction": {"instruction": texts[0], "output": texts[1]},
        "preference": {"prompt": texts[0], "chosen": texts[1], "rejected": texts[2]},
        "annotations": {"item_id": [number // 2 for number in numbers], "rater": ["ana", "bo"] * (ROWS // 2),
                        "label": ["good" if number % 4 < 2 + salt % 2 else "bad" for number in numbers]},
        "timeseries": {"sensor": [f"s{salt}"] * ROWS, "timestamp": times,
                       "value": [float((number * 37 + salt) % 11) for number in numbers]},
        # A translation has the numbers of its source.
        "translation": {"source": texts[0], "target": [text.replace("w", "v") for text in texts[0]], "source_lang": ["en"] * ROWS,
                        "target_lang": ["de"] * ROWS},
        "events": {"timestamp": times, "event": [("open", "read", "close")[number % 3] for number in numbers],
                   "session_id": [f"{salt}-{number // 6}" for number in numbers]},
    }[kind]  # fmt: skip


def write(path: Path, kind: str) -> None:
    sides = [pl.DataFrame(columns_of(kind, salt)).with_columns(origin=pl.lit(origin))
             for salt, origin in ((1, "human"), (5, "synthetic"))]  # fmt: skip
    pl.concat(sides).write_parquet(path)


MAPPED = {
    "instruction": {"prompt": "instruction", "response": "output"},
    "preference": {},
    "annotations": {"item": "item_id", "annotator": "rater"},
    "timeseries": {"entity": "sensor"},
    "translation": {"source_language": "source_lang", "target_language": "target_lang"},
    "events": {"session": "session_id"},
}


@pytest.mark.parametrize("kind", sorted(MAPPED))
def test_type_is_recognised_and_its_dataset_judged_without_errors(kind, tmp_path, gates):
    write(tmp_path / "rows.parquet", kind)

    made = gates(tmp_path, "init", "rows.parquet")
    judged = gates(tmp_path, "check", "rows", "--format", "json")

    dataset = read_config(tmp_path / "gates.toml").datasets["rows"]
    assert (made.code, dataset.type, dict(dataset.columns)) == (0, kind, MAPPED[kind])
    assert guesses(made.out)["type"][0] == kind
    assert guesses(made.out)["type"][1].startswith("columns ")
    verdict = json.loads(judged.out)
    assert [check["id"] for check in verdict["checks"] if check["outcome"] == "error"] == []
    assert {check["outcome"] for check in verdict["checks"] if check["kind"] == "schema"} == {"pass"}


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ({"Prompt": "VARCHAR", "completion": "VARCHAR"}, ("instruction", {"prompt": "Prompt", "response": "completion"})),
        ({"conversations": 'STRUCT("role" VARCHAR, "content" VARCHAR)[]'}, ("instruction", {"messages": "conversations"})),
        ({"conversations": 'STRUCT("from" VARCHAR, "value" VARCHAR)[]'}, ("instruction", {"messages": "conversations"})),
        ({"conversations": 'STRUCT("speaker" VARCHAR, "text" VARCHAR)[]'}, None),
        ({"prompt": "VARCHAR", "chosen": "VARCHAR", "rejected": "VARCHAR", "response": "VARCHAR"}, ("preference", {})),
        ({"task_id": "VARCHAR", "rater": "VARCHAR", "vote": "VARCHAR"}, ("annotations", {"item": "task_id", "annotator": "rater", "label": "vote"})),
        ({"ts": "TIMESTAMP", "value": "DOUBLE", "station": "BIGINT"}, ("timeseries", {"entity": "station", "timestamp": "ts"})),
        ({"question": "VARCHAR", "answer": "VARCHAR"}, None),
        ({"timestamp": "TIMESTAMP", "value": "VARCHAR", "entity": "VARCHAR"}, None),
        ({"timestamp": "TIMESTAMP", "event": "VARCHAR", **{f"x{at}": "DOUBLE" for at in range(6)}}, None),
        ({"source": "VARCHAR", "target": "VARCHAR"}, None),
    ],
)  # fmt: skip
def test_types_are_recognised_by_names_and_what_columns_hold(types, expected):
    recognised = recognise(types)

    assert (recognised and (recognised.type, recognised.mapping)) == expected


def test_guess_says_which_other_type_would_suit():
    types = {"timestamp": "TIMESTAMP", "value": "DOUBLE", "entity": "VARCHAR", "event": "VARCHAR"}

    assert recognise(types).guess == (
        "columns 'entity', 'timestamp', 'value' read as timeseries, and would suit events as well"
    )


TALKS = [
    [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}],
    [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Add 2 and 3."},
     {"role": "assistant", "content": "5"}, {"role": "user", "content": "Twice that?"},
     {"role": "assistant", "content": "10"}],
    [{"role": "user", "content": "Anybody there?"}],
]  # fmt: skip
READ = [
    ("Hi", "Hello!", None),
    ("Add 2 and 3.\n\n5\n\nTwice that?", "10", "Be short."),
    (None, None, None),
]
CONFIG = '[datasets.talks]\npath = "{}"\ntype = "instruction"\ncolumns = {{ messages = "talk" }}\n'


def written(form: str, root: Path) -> str:
    rows = [{"talk": talk, "origin": origin} for origin in ("human", "synthetic") for talk in TALKS]
    texts = [{**row, "talk": json.dumps(row["talk"])} for row in rows]
    name = {"lists": "talks.parquet", "jsonl": "talks.jsonl", "text": "texts.parquet"}[form]
    if form == "jsonl":
        (root / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    else:
        pl.DataFrame(rows if form == "lists" else texts).write_parquet(root / name)
    return name


@pytest.mark.parametrize("form", ["lists", "jsonl", "text"])
def test_messages_become_prompt_response_and_system(form, tmp_path, gates):
    (tmp_path / "gates.toml").write_text(CONFIG.format(written(form, tmp_path)))
    dataset = read_config(tmp_path / "gates.toml").datasets["talks"]

    with open_dataset(dataset) as opened:
        rows = pl.concat(pl.from_arrow(batch) for batch in opened.batches()).sort(ROW_ID)
        content = opened.roles.content

    assert rows.select("prompt", "response", "system").rows() == READ * 2
    assert rows["messages"].to_list() == TALKS * 2
    assert content == ("prompt", "response", "system")
    verdict = json.loads(gates(tmp_path, "check", "talks", "--format", "json").out)
    failed = {check["id"] for check in verdict["checks"] if check["outcome"] == "fail" and check["kind"] == "schema"}
    rule = "expect_row_failure_ratio_to_be_less_than"
    names = ("messages/roles-alternate", "prompt/not-blank", "response/not-blank")
    assert failed == {f"{scope}/{rule}/{name}" for scope in ("human", "synthetic") for name in names}


SPEAKERS = {"user": "human", "assistant": "gpt"}


@pytest.mark.parametrize("form", ["lists", "text"])
def test_conversations_of_sharegpt_are_read_as_messages(form, tmp_path):
    talks = [
        [{"from": SPEAKERS.get(one["role"], one["role"]), "value": one["content"]} for one in talk] for talk in TALKS
    ]
    talks.append(
        [{"from": "user", "value": "Hi"}, {"from": "assistant", "value": "Ho"}, {"from": "bing", "value": "?"}]
    )
    messages = [json.dumps(talk) for talk in talks] if form == "text" else talks
    pl.DataFrame({"talk": messages, "origin": ["human"] * len(talks)}).write_parquet(tmp_path / "t.parquet")
    (tmp_path / "gates.toml").write_text(CONFIG.format("t.parquet"))

    with open_dataset(read_config(tmp_path / "gates.toml").datasets["talks"]) as opened:
        rows = pl.concat(pl.from_arrow(batch) for batch in opened.batches()).sort(ROW_ID)

    strange = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Ho"},
        {"role": "bing", "content": "?"},
    ]
    assert rows.select("prompt", "response", "system").rows() == [*READ, ("Hi", "Ho", None)]
    assert rows["messages"].to_list() == [*TALKS, strange]


def test_messages_of_other_keys_are_refused_with_both_sets_of_keys(tmp_path):
    talks = [[{"speaker": "human", "text": "Hi"}]]
    pl.DataFrame({"talk": talks, "origin": ["human"]}).write_parquet(tmp_path / "t.parquet")
    (tmp_path / "gates.toml").write_text(CONFIG.format("t.parquet"))

    with pytest.raises(UsageError) as refused:
        open_dataset(read_config(tmp_path / "gates.toml").datasets["talks"])

    assert str(refused.value) == (
        "gates.toml:4: dataset 'talks': column 'talk' holds lists of {speaker, text}; expected messages of "
        "{role, content} or {from, value}: rename the keys"
    )


def test_conversations_are_recognised(tmp_path, gates):
    rows = [{"conversation": talk, "origin": origin} for origin in ("human", "synthetic") for talk in TALKS]
    (tmp_path / "talks.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    out = gates(tmp_path, "init", "talks.jsonl").out

    dataset = read_config(tmp_path / "gates.toml").datasets["talks"]
    assert (dataset.type, dict(dataset.columns)) == ("instruction", {"messages": "conversation"})
    assert guesses(out)["type"][0] == "instruction"
    assert guesses(out)["type"][1].startswith("column 'conversation' reads as instruction")


def test_what_is_no_list_of_messages_is_no_conversation(tmp_path):
    pl.DataFrame({"talk": ["nonsense", "{}", None, "[1]"], "origin": ["human"] * 4}).write_parquet(
        tmp_path / "t.parquet"
    )
    (tmp_path / "gates.toml").write_text(CONFIG.format("t.parquet"))

    with open_dataset(read_config(tmp_path / "gates.toml").datasets["talks"]) as opened:
        (batch,) = opened.batches()

    assert pl.from_arrow(batch).select("prompt", "response", "system").unique().rows() == [(None, None, None)]


def test_missing_response_names_messages_as_the_other_way(tmp_path):
    pl.DataFrame({"prompt": ["a"], "origin": ["human"]}).write_parquet(tmp_path / "t.parquet")
    (tmp_path / "gates.toml").write_text('[datasets.talks]\npath = "t.parquet"\ntype = "instruction"\n')

    with pytest.raises(UsageError, match='response = "…", or messages = "…"'):
        open_dataset(read_config(tmp_path / "gates.toml").datasets["talks"])


@pytest.mark.skipif(not CASES.is_dir(), reason="the real datasets are not there")
def test_every_empty_and_boolean_response_of_a_real_set_is_found(tmp_path, gates):
    pairs = pl.read_parquet(CASES.parent / "data/preference_pandalm.parquet")
    rows = pairs.select(prompt="instruction", chosen="response1", rejected="response2")
    half = rows.height // 2
    origin = pl.Series("origin", ["human"] * half + ["synthetic"] * (rows.height - half))
    rows.with_columns(origin).write_parquet(tmp_path / "rows.parquet")
    (tmp_path / "gates.toml").write_text('[datasets.rows]\npath = "rows.parquet"\ntype = "preference"\n')

    rule = "expect_row_failure_ratio_to_be_less_than"
    out = gates(tmp_path, "check", "rows", "--format", "json", "--only", rule).out

    counts: dict[str, int] = {}
    for check in json.loads(out)["checks"]:
        name = check["id"].partition(f"/{rule}/")[2]
        counts[name] = counts.get(name, 0) + check["evidence"]["failures"]
    assert {name: count for name, count in counts.items() if count} == {
        "prompt/not-blank": 1,
        "chosen/not-blank": 29,
        "rejected/not-blank": 25,
        "chosen/not-json-literal": 4,
        "rejected/not-json-literal": 2,
    }


@pytest.mark.skipif(not CASES.is_dir(), reason="needs ../shared/data")
def test_real_preferences_repeat_what_was_asked_and_answered_before(tmp_path):
    pairs = pl.read_parquet(CASES.parent / "data/preference_pandalm.parquet")
    rows = pairs.select(prompt="instruction", chosen="response1", rejected="response2", origin=pl.lit("human"))

    opened, seen = opened_scan(tmp_path, rows, 'type = "preference"\n')
    with opened:
        # Two of them differ from an earlier one in capitals or accents alone.
        assert len(seen.index) - int(seen.index.is_first.sum()) == 101


def opened_scan(root: Path, rows: pl.DataFrame, toml: str):
    rows.write_parquet(root / "rows.parquet")
    (root / "gates.toml").write_text(f'[datasets.rows]\npath = "rows.parquet"\n{toml}')
    opened = open_dataset(read_config(root / "gates.toml").datasets["rows"])
    return opened, scan(opened, ScanRequest())


def test_answers_to_one_prompt_are_one_group_and_a_repeated_prompt_is_marked(tmp_path):
    prompt = "Please write down the whole sentence that you see here"
    rows = pl.DataFrame({
        "prompt": [prompt, prompt, "Add 2 and 3."],
        "response": [prompt, "No.", "5"],
        "origin": ["human", "synthetic", "synthetic"],
    })  # fmt: skip
    opened, seen = opened_scan(tmp_path, rows, 'type = "instruction"\n')
    with opened:
        groups = seen.index.at("group", np.arange(len(seen.index))).tolist()

        assert (groups[0] == groups[1], groups[0] == groups[2]) == (True, False)
        assert (seen.index.marks & Mark.COPIED_INPUT > 0).tolist() == [True, False, False]
        assert seen.roles.texts == ("response", "prompt")
        assert seen.roles.bound == ("prompt", "response")


@pytest.mark.parametrize("as_text", [False, True], ids=["times", "text"])
def test_readings_are_grouped_by_entity_and_day(as_text, tmp_path):
    times = pl.Series([START, START + timedelta(hours=23), START + timedelta(hours=24), START])
    rows = pl.DataFrame({
        "entity": ["a", "a", "a", "b"],
        "timestamp": times.cast(pl.String) if as_text else times,
        "value": [1.0, 2.0, 3.0, 4.0],
        "origin": ["human", "human", "human", "synthetic"],
    })  # fmt: skip
    opened, seen = opened_scan(tmp_path, rows, 'type = "timeseries"\n')
    with opened:
        first, same_day, next_day, other = seen.index.at("group", np.arange(len(seen.index))).tolist()

    assert first == same_day
    assert len({first, next_day, other}) == 3


def test_configured_group_and_label_take_the_place_of_the_default(tmp_path):
    rows = pl.DataFrame({"task": [1], "who": ["ana"], "vote": ["a"], "batch": [7], "origin": ["human"]})
    opened, seen = opened_scan(
        tmp_path,
        rows,
        'type = "annotations"\nlabel = "vote"\ngroup = "batch"\ncolumns = { item = "task", annotator = "who" }\n',
    )
    with opened:
        assert (seen.roles.group, seen.roles.label, seen.roles.content) == (
            "batch", "label", ("item", "annotator", "label")
        )  # fmt: skip


def test_who_wrote_a_row_is_known_of_human_rows_only(tmp_path, gates):
    sides = [pl.DataFrame(columns_of("instruction", salt)).with_columns(origin=pl.lit(origin), annotator=pl.lit(who))
             for salt, origin, who in ((1, "human", "ana"), (5, "synthetic", None))]  # fmt: skip
    pl.concat(sides).write_parquet(tmp_path / "rows.parquet")
    (tmp_path / "gates.toml").write_text(
        '[datasets.rows]\npath = "rows.parquet"\ntype = "instruction"\n'
        'columns = { prompt = "instruction", response = "output" }\n'
    )

    out = gates(tmp_path, "check", "rows", "--format", "json", "--only", "expect_partitions_to_align").out

    assert [check["outcome"] for check in json.loads(out)["checks"]] == ["pass"]


@pytest.mark.skipif(not CASES.is_dir(), reason="the real datasets are not there")
@pytest.mark.parametrize(
    ("case", "rules"),
    [
        ("selfinstruct_davinci-t0-ft", {"synthetic/response/not-blank"}),
        ("selfinstruct_davinci", {"synthetic/response/no-leaked-frame"}),
        ("selfinstruct_halves_210", set()),
        ("pandalm_as_shipped", {
            "human/chosen/not-json-literal", "human/rejected/not-blank", "synthetic/chosen/not-blank",
            "synthetic/chosen/not-json-literal", "synthetic/rejected/not-blank",
        }),
        ("pandalm_third_annotator", set()),
        ("ec2_days", set()),
    ],
)  # fmt: skip
def test_row_rules_find_what_is_wrong_with_real_rows_and_no_more(case, rules, tmp_path, gates):
    described = json.loads((CASES / case / "case.json").read_text())
    mapped = ", ".join(f'{role} = "{column}"' for role, column in described["roles"].items())
    (tmp_path / "gates.toml").write_text(
        f'[datasets.rows]\npath = "mix.parquet"\ntype = "{described["type"]}"\ncolumns = {{ {mapped} }}\n'
    )
    (tmp_path / "mix.parquet").write_bytes((CASES / case / "data/mix.parquet").read_bytes())

    rule = "expect_row_failure_ratio_to_be_less_than"
    out = gates(tmp_path, "check", "rows", "--format", "json", "--only", rule).out

    failed = {check["id"] for check in json.loads(out)["checks"] if check["outcome"] != "pass"}
    assert failed == {name.replace("/", f"/{rule}/", 1) for name in rules}

"""Every data type is whole: roles, schema, suites, page; its row rules find bad rows and let good ones be."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from gates.cli.lists.types_page import COMMON_RULES
from gates.config.data_types import DATA_TYPES, LINEAGE_ROLES, data_type
from gates.config.load import read_config
from gates.contract.suites.read import read_suite
from gates.contract.suites.suite import ROW_FAILURES
from gates.data.facts import ORIGIN, ROW_ID, Roles
from gates.metrics.catalogue import METRICS
from gates.rows.schemas.built_in import built_in_schema
from gates.rows.validation import RowValidator, rules
from gates.rows.validators import RowSchemas
from gates.verdict import Scope
from tests.opened import open_dataset

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/reference/data-types.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("\n")[0]: part for part in PAGE.split("\n## ")[1:]}
DESCRIBED = [name for name in DATA_TYPES if name != "tabular"]


def schema_of(kind: str):
    return built_in_schema(Roles(kind, (), bound=data_type(kind).roles), {})


def failing(kind: str, **columns: object) -> dict[str, list[int]]:
    """Numbers of failing rows by rule; no rule may be broken but for want of an optional column."""
    frame = pl.DataFrame(columns)
    schema = built_in_schema(Roles(kind, (), bound=tuple(frame.columns)), {})
    numbered = frame.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(ROW_ID), pl.lit("human").alias(ORIGIN))
    failures = RowValidator(schema).validate(numbered.to_arrow().to_batches()[0])
    assert failures.broken == {}
    return {rule: rows.tolist() for rule, rows in sorted(failures.failing.items())}


@pytest.mark.parametrize("name", DATA_TYPES)
def test_special_roles_are_roles_of_the_type(name):
    kind = data_type(name)

    special = {*kind.texts, *kind.content, *kind.identifying, *kind.groups, *kind.named_roles, *kind.derived}
    special |= {role for role in (kind.key, kind.prompt, kind.by_day) if role}
    assert special <= set(kind.roles)
    assert set(kind.identifying) <= set(kind.content)
    assert set(kind.required_roles) <= set(kind.content)
    assert {*kind.rules, *kind.recognised_by} <= set(kind.roles)
    assert len(set(kind.roles)) == len(kind.roles)


@pytest.mark.parametrize("name", DESCRIBED)
def test_suites_limit_rules_that_the_schema_has(name):
    rule_ids = {rule.id for rule in rules(schema_of(name))}
    metrics = {metric.expectation: metric for metric in METRICS}

    for scope in (Scope.HUMAN, Scope.SYNTHETIC):
        path = ROOT / f"expectations/{name}/{scope.value}.json"
        entries = read_suite(path, metrics, shown=path.name).expectations
        limited = {str(entry.kwargs["rule"]) for entry in entries if entry.type == ROW_FAILURES}
        assert limited <= rule_ids
        assert all(entry.meta.get("reason") and entry.meta.get("question") for entry in entries)


@pytest.mark.parametrize("name", DATA_TYPES)
def test_a_type_knows_its_row_rules_without_their_schema(name):
    schema = built_in_schema(Roles(name, ("size",), bound=data_type(name).roles), {"size": "double"})

    for rule in rules(schema):
        column, _, last = rule.id.rpartition("/")
        assert data_type(name).has_rule(column, last), rule.id
    assert not data_type(name).has_rule("grade", "at-most")


def test_response_rules():
    assert failing(
        "instruction",
        prompt=["Add 2 and 3.", "Say hello", "Q", " ", "Q", "As JSON"],
        response=["5", "Say hello ", "", "yes", "4\nInput: 7\nOutput: 8", '{"response": "5"}'],
    ) == {
        "prompt/not-blank": [3],
        "response/differs-from-prompt": [1],
        "response/no-leaked-frame": [4, 5],
        "response/not-blank": [2],
    }


def test_messages_alternate_and_end_with_the_assistant():
    def talk(*roles: str | None) -> list[dict[str, str | None]]:
        return [{"role": role, "content": "x"} for role in roles]

    good = [
        talk("user", "assistant"),
        talk("system", "user", "assistant", "user", "assistant"),
        talk("user", "assistant", "tool", "assistant"),
        talk("user", "assistant", "tool", "tool", "assistant", "user", "assistant"),
    ]
    bad = [
        talk("user"),
        talk("assistant", "user"),
        talk("user", "user", "assistant"),
        talk("user", "assistant", "assistant"),
        talk("user", "assistant", "tool"),
        talk("user", "assistant", "system", "user", "assistant"),
        talk("user", None),
        [],
        None,
    ]
    rows = [*good, *bad]

    failures = failing("instruction", prompt=["p"] * len(rows), response=["r"] * len(rows), messages=rows)

    assert failures == {"messages/roles-alternate": list(range(len(good), len(rows)))}


def test_preference_rules():
    assert failing(
        "preference",
        prompt=["Is it so?"] * 5,
        chosen=["yes", "true", "", "same", "It is true."],
        rejected=["no", "null", "no", "same ", None],
    ) == {
        "chosen/not-blank": [2],
        "chosen/not-json-literal": [1],
        "rejected/differs-from-chosen": [3],
        "rejected/not-blank": [4],
        "rejected/not-json-literal": [1],
        "rejected/not-missing-word": [1],
    }


@pytest.mark.parametrize(
    ("labels", "bad"),
    [(["a", " ", None, "0"], [1, 2]), ([1, 2, None, 0], [2]), ([0.5, float("nan"), None, 1.0], [1, 2])],
    ids=["words", "numbers", "fractions"],
)
def test_labels_of_any_type_are_there(labels, bad):
    failures = failing("annotations", item=[1, 2, 3, 4], annotator=["ana"] * 4, label=labels)

    assert failures == {"label/not-blank": bad}


@pytest.mark.parametrize(
    "times",
    [
        ["2024-05-01 10:00:00", "2024-05-01T10:00:00.5Z", "2024-05-01T10:00+02:00", "2024-05-01", "noon", None],
        [1, 2, 3, 4, None, None],
        [1.5, 2, 3, 4, float("inf"), float("nan")],
    ],
    ids=["text", "steps", "fractions"],
)
def test_times_are_read_in_several_forms(times):
    assert failing("events", timestamp=times, event=["open"] * 6) == {"timestamp/parseable": [4, 5]}


def test_times_of_a_type_for_times_are_times():
    days = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 1, 3), eager=True)

    assert failing("events", timestamp=days, event=["open", "", "close"]) == {"event/not-blank": [1]}


def test_reading_rules():
    assert failing(
        "timeseries",
        entity=["a", "a", None, "a"],
        timestamp=[1, 2, 3, 4],
        value=[0.5, float("inf"), 1.0, None],
    ) == {"entity/not-blank": [2], "value/finite": [1], "value/not-null": [3]}


def test_numbers_written_as_text_are_readings_and_words_are_not():
    failures = failing("timeseries", entity=["a"] * 2, timestamp=[1, 2], value=["0.5", "n/a"])

    assert failures == {"value/type": [1]}


def test_translation_rules():
    sentence = "Close the lid before you start the machine."
    assert failing(
        "translation",
        source=[sentence, sentence, "Berlin", "OK", sentence, sentence],
        target=["Schließen Sie den Deckel, bevor Sie starten.", sentence, "Berlin", "Einverstanden", "Zu.", " "],
        source_language=["en"] * 6,
        target_language=["de", "de", "de", "en", "de", "de"],
    ) == {
        "target/differs-from-source": [1],
        "target/length-ratio": [4],
        "target/not-blank": [5],
        "target_language/differs-from-source-language": [3],
    }


@pytest.mark.parametrize(
    ("source", "target", "broken"),
    [
        ("Built in 1999, sold for 1,500,000.", "1999 gebaut, verkauft für 1.500.000.", []),
        ("Built in 1999, sold for 1,500,000.", "Vendu 1 500 000 en 1999.", []),
        ("Wait 30 seconds.", "انتظر ٣٠ ثانية", []),
        ("Two lids, or 2.", "Zwei Deckel, oder zwei.", []),
        ("Wait 30 seconds.", "Warten Sie 50 Sekunden.", ["numbers"]),
        ("Hello %(name)s, <b>{count}</b> left", "Noch <b>{count}</b>, %(name)s", []),
        ("Hello %(name)s", "Hallo %(nom)s", ["placeholders"]),
        ("<b>Stop</b>", "Halt", ["placeholders"]),
        ("100 % of it", "100 % davon", []),
    ],
)
def test_translation_keeps_numbers_placeholders_and_tags(source, target, broken):
    rows = {"source": [source], "target": [target], "source_language": ["en"], "target_language": ["de"]}

    assert failing("translation", **rows) == {f"target/keeps-{what}": [0] for what in broken}


@pytest.mark.parametrize(
    "text",
    [
        "<p>Some text</p>",
        "Some&nbsp;text",
        "Don&#39;t",
        "It\\u2019s",
        'a <a href="x">link</a>',
        "one<br/>two",
        "One.\\nTwo.",
    ],
)
def test_markup_that_a_converter_left_is_named(text):
    assert failing("text", text=[text]) == {"text/no-markup": [0]}


@pytest.mark.parametrize(
    "text", ["a < b and c > d", "AT&T; R&D", "x <y> z", r"C:\users", "vector<int>", "if a <b, c> d"]
)
def test_angles_and_ampersands_of_plain_text_are_no_markup(text):
    assert failing("text", text=[text]) == {}


def test_language_tags_are_those_of_bcp_47():
    good = [
        "en",
        "pt-BR",
        "zh-Hans",
        "zh-Hant-TW",
        "sl-rozaj-biske",
        "de-CH-1996",
        "es-419",
        "en-x-old",
        "EN-us",
        "cmn",
    ]
    bad = ["english", "en_US", "e", "en-", "en-u", "123", ""]
    tags = [*good, *bad]
    rows = {"source": ["Hello"] * len(tags), "target": ["Bonjour"] * len(tags), "source_language": ["fr"] * len(tags)}

    failures = failing("translation", **rows, target_language=tags)

    assert failures["target_language/bcp-47"] == list(range(len(good), len(tags)))


def test_page_names_every_type():
    assert list(SECTIONS) == list(DATA_TYPES)


@pytest.mark.parametrize("name", DATA_TYPES)
def test_page_names_every_role(name):
    missing = [
        role for role in data_type(name).roles if f"`{role}`" not in (PAGE if role in LINEAGE_ROLES else SECTIONS[name])
    ]

    assert missing == []


@pytest.mark.parametrize("name", DESCRIBED)
def test_page_names_every_row_rule_with_what_is_expected(name):
    own = [rule for rule in rules(schema_of(name)) if rule.id.rpartition("/")[2] not in COMMON_RULES]

    shown = re.findall(r"^\| `([^`]+/[^`]+)` \| (.+) \|$", SECTIONS[name], re.MULTILINE)

    assert shown == [(rule.id, rule.description.replace("|", "or")) for rule in own]
    assert [word for word in COMMON_RULES if f"(`{word}`)" not in PAGE.partition("\n## ")[0]] == []


@pytest.mark.parametrize("name", DATA_TYPES)
def test_example_of_the_page_opens_and_keeps_every_row_rule(name, tmp_path):
    toml, lines = (re.findall(rf"```{kind}\n(.*?)```", SECTIONS[name], re.DOTALL)[0] for kind in ("toml", "json"))
    (tmp_path / "gates.toml").write_text(toml)
    dataset = next(iter(read_config(tmp_path / "gates.toml").datasets.values()))
    assert dataset.type == name
    (tmp_path / "data").mkdir()
    (tmp_path / dataset.path).write_text(lines)

    with open_dataset(dataset) as opened:
        types = {field.name: str(field.type) for field in opened.schema()}
        (batch,) = opened.batches()
        failures = RowSchemas().validators(opened.roles, types).validate(batch)

    assert batch.num_rows == len([json.loads(line) for line in lines.splitlines()])
    assert ({rule: rows for rule, rows in failures.failing.items() if len(rows)}, failures.broken) == ({}, {})
    assert set(data_type(name).required_roles) <= set(opened.roles.bound)

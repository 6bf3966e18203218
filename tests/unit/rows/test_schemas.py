"""Built-in row rules, types of single values, and loading a user's own schema."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime

import pandera.polars as pandera
import polars as pl
import pyarrow as pa
import pytest

from gates.config.data_types import data_type
from gates.config.types.declaration import LONGEST_TEXT, DeclaredRule
from gates.contract.plugins.interface import TypeContract
from gates.data.facts import ORIGIN, ROW_ID, Roles
from gates.errors import SuiteError
from gates.rows.conversion import convert
from gates.rows.load import load_schema
from gates.rows.schemas.built_in import schema_of
from gates.rows.schemas.declared import declared_schema
from gates.rows.schemas.rules import (
    finite,
    integer_valued,
    keeps_numbers,
    keeps_placeholders,
    no_markup,
    reads_one_column,
)
from gates.rows.validation import RowValidator, rules

RANGE = {"min_value": 1, "max_value": 9}
Text = declared_schema(data_type("text"), ("text",), {})


def failing(schema, **columns):
    n = len(next(iter(columns.values())))
    batch = pa.record_batch({**columns, ROW_ID: pa.array(range(n), pa.int64()), ORIGIN: ["human"] * n})
    return {rule: at.tolist() for rule, at in RowValidator(schema).validate(batch).failing.items()}


def test_text_asks_for_visible_valid_text_of_bounded_length():
    assert [rule.id for rule in rules(Text)] == [
        "text/length",
        "text/no-leaked-frame",
        "text/no-markup",
        "text/no-nul",
        "text/not-blank",
        "text/not-missing-word",
        "text/present",
        "text/type",
        "text/valid-unicode",
    ]


def test_blank_texts_fail_once_whether_null_empty_or_invisible():
    texts = ["No.", None, "", " \t\r\n", "\u3000\u00a0", "\u200b\ufeff", "é", "."]

    assert failing(Text, text=texts) == {"text/not-blank": [1, 2, 3, 4, 5]}


def test_damaged_texts_fail_under_the_rule_that_names_the_damage():
    raw = pa.array([b"fine", b"caf\xe9", "caf\ufffd".encode(), b"a\0b"])
    lying = pa.Array.from_buffers(pa.string(), 4, raw.buffers())

    assert failing(Text, text=lying) == {"text/type": [1], "text/valid-unicode": [2], "text/no-nul": [3]}


def test_texts_of_many_files_glued_together_are_too_long():
    assert failing(Text, text=["é" * LONGEST_TEXT, "é" * (LONGEST_TEXT + 1)]) == {"text/length": [1]}


def test_other_columns_of_a_text_dataset_are_its_owners_business():
    assert failing(Text, text=["a"], label=[None]) == {}


def test_tables_refuse_infinite_numbers_and_nothing_else():
    schema = declared_schema(data_type("tabular"), (), {"a/b": "double", "n": "int64", "s": "string", "gone": "float"})

    assert [rule.id for rule in rules(schema)] == ["a%2Fb/finite", "gone/finite"]
    assert failing(schema, **{"a/b": [1.0, float("inf"), -float("inf"), float("nan"), None]}) == {
        "a%2Fb/finite": [1, 2]
    }


def test_type_of_a_plugin_without_a_schema_has_the_rules_that_it_declares():
    amount = ("number", "not-null", DeclaredRule("minimum", {"value": 1}), DeclaredRule("range", RANGE))
    kind = replace(
        data_type("text"), rules={"text": (DeclaredRule("vocabulary", {"allowed_values": ["a"]}),), "id": amount}
    )
    schema = schema_of(TypeContract(kind), Roles("text", ("text",), bound=("text", "id")), {})

    assert failing(schema, text=["a", "b", "a"], id=[1.0, 2.0, 0.5]) == {
        "text/vocabulary": [1],
        "id/minimum": [2],
        "id/range": [2],
    }


def test_rule_that_nobody_has_written_is_refused():
    kind = replace(data_type("text"), rules={"text": ("not-blanc",)})

    with pytest.raises(SuiteError, match=r"no row rule 'not-blanc' \(did you mean 'not-blank'\?\)"):
        declared_schema(kind, ("text",), {})


def test_integer_valued_columns_have_no_fractions():
    schema = pandera.DataFrameSchema({"a": pandera.Column(float, integer_valued(), nullable=True)})

    assert failing(schema, a=[1.0, 1.5, -3.0, None, float("nan"), 1e300]) == {"a/integer-valued": [1]}


def test_wide_frames_are_cut_around_checks_that_read_one_column():
    assert [reads_one_column(check) for check in (finite(), pandera.Check(lambda data: data))] == [True, False]


TIME = datetime(2020, 1, 2, 3, 4, 5, 500_000)  # noqa: DTZ001 (a column without time zone)


@pytest.mark.parametrize(
    ("values", "expected", "converted", "failed"),
    [
        (
            ["40", "+3", "40.0", "40h", " 40", "", "1e3", "4.5", None],
            pl.Int64(),
            [40, 3, 40] + [None] * 6,
            [3, 4, 5, 6, 7],
        ),
        (["99999999999999999999"], pl.Int64(), [None], [0]),
        (["1.5", "1e3", "x", None], pl.Float64(), [1.5, 1000.0, None, None], [2]),
        (["true", "False", "1", None], pl.Boolean(), [True, False, None, None], [2]),
        (["2020-01-02", "2020-01-02 03:04:05", "soon"], pl.Date(), [date(2020, 1, 2), None, None], [1, 2]),
        (["2020-01-02T03:04:05.5", "2020-01-02 03:04:05.500000", "x"], pl.Datetime("ms"), [TIME, TIME, None], [2]),
        (
            ["2020-01-02T03:04:05.5Z", "2020-01-02 05:04:05.5+02:00", "2020-01-02"],
            pl.Datetime("us", "UTC"),
            [TIME.replace(tzinfo=UTC)] * 2 + [None],
            [2],
        ),
        ([1.0, 2.5, 1e300, None], pl.Int64(), [1, None, None, None], [1, 2]),
        ([1, 300], pl.Int8(), [1, None], [1]),
        ([2**53, 2**53 + 1], pl.Float64(), [2.0**53, None], [1]),
        ([0.5, 0.25], pl.Float32(), [0.5, 0.25], []),
        ([1, None], pl.String(), [None, None], [0]),
        ([True], pl.Int64(), [None], [0]),
        ([[1], None], pl.Int64(), [None, None], [0]),
        ([None, None], pl.Int64(), [None, None], []),
        (["a", "b"], pl.Enum(["a"]), ["a", None], [1]),
        (["a"], pl.List(pl.Int64), [None], [0]),
    ],
)
def test_values_are_of_a_type_where_they_convert_without_loss(values, expected, converted, failed):
    conversion = convert(pl.Series("a", values), expected)

    assert (conversion.values.dtype, conversion.values.to_list(), conversion.failed.nonzero()[0].tolist()) == (
        expected,
        converted,
        failed,
    )


def test_a_narrower_float_is_the_same_type_with_fewer_digits():
    assert not convert(pl.Series("a", [0.1]), pl.Float32()).failed.any()


@pytest.fixture
def repository(tmp_path):
    def write(**files):
        for name, source in files.items():
            path = tmp_path / "schemas" / f"{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(source)
        return tmp_path

    return write


MUTE = """\
class Mute(Exception):
    def __str__(self):
        return str(1 / 0)

raise Mute
"""
MODEL = """\
from __future__ import annotations
import pandera.polars as pa
from limits import HIGHEST

class Claims(pa.DataFrameModel):
    amount: float = pa.Field(ge=0, le=HIGHEST)

other = 3
"""


def test_a_schema_is_loaded_by_path_with_what_it_imports_from_the_repository(repository):
    root = repository(claims=MODEL, limits="HIGHEST = 9", unused="x = 1")

    schema = load_schema("schemas/claims.py:Claims", root)

    assert list(schema.sources) == ["schemas/claims.py", "schemas/limits.py"]
    assert not schema.is_draft
    assert failing(schema.model, amount=[1.0, 10.0]) == {"amount/maximum": [1]}


def test_loading_leaves_no_trace_and_reads_every_module_afresh(repository):
    modules, path = set(sys.modules), list(sys.path)
    root = repository(claims=MODEL, limits="HIGHEST = 9")
    load_schema("schemas/claims.py:Claims", root)
    repository(limits="HIGHEST = 5")

    again = load_schema("schemas/claims.py:Claims", root)

    assert failing(again.model, amount=[6.0]) == {"amount/maximum": [0]}
    assert "limits" not in set(sys.modules) - modules
    assert sys.path == path
    assert not list(root.rglob("__pycache__"))


def test_a_schema_imports_from_the_repository_s_root_too(repository):
    root = repository(claims=MODEL.replace("from limits", "from schemas.limits"), limits="HIGHEST = 9")

    schema = load_schema("schemas/claims.py:Claims", root)

    assert list(schema.sources) == ["schemas/claims.py", "schemas/limits.py"]
    assert "schemas" not in sys.modules


def test_a_schema_named_like_a_library_module_does_not_stand_in_for_it(repository):
    root = repository(json="import pandera.polars as pa\nSchema = pa.DataFrameSchema({'a': pa.Column(int)})\n")
    import json

    load_schema("schemas/json.py:Schema", root)

    assert sys.modules["json"] is json


@pytest.mark.parametrize(
    ("source", "spec", "message"),
    [
        ("x = (", "schemas/s.py:S", r"^schemas/s\.py:1: SyntaxError"),
        ("\nimport nowhere_at_all\n", "schemas/s.py:S", r"^schemas/s\.py:2: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("import sys\n\nsys.exit(0)\n", "schemas/s.py:S", r"^schemas/s\.py:3: ends the program while it is imported"),
        ("import os\n\nos._exit(0)\n", "schemas/s.py:S", r"^schemas/s\.py:3: ends the program while it is imported"),
        ("raise GeneratorExit\n", "schemas/s.py:S", r"^schemas/s\.py:1: ends the program while .* \(GeneratorExit\)"),
        (MUTE, "schemas/s.py:S", r"^schemas/s\.py:5: Mute \(and ZeroDivisionError while its text was made\)$"),
        ("import helper\n", "schemas/s.py:S", r"^schemas/helper\.py:2: ZeroDivisionError"),
        (MODEL.replace("from limits import HIGHEST", "HIGHEST = 1"), "schemas/s.py:Claim", r"'Claim' is not there \(did you mean 'Claims'\?\)"),
        (MODEL.replace("from limits import HIGHEST", "HIGHEST = 1"), "schemas/s.py:other", r"'other' is no pandera.polars schema"),
        ("import pandera.pandas as pa\nclass T(pa.DataFrameModel):\n    age: int\n", "schemas/s.py:T", r"'T' is a schema for pandas, .* import pandera.polars"),
        ("import pandera.pandas as pa\nT = pa.DataFrameSchema({})\n", "schemas/s.py:T", r"'T' is a schema for pandas, .* import pandera.polars"),
        ("", "schemas/t.py:S", r"no file schemas/t\.py \(did you mean 'schemas/s\.py'\?\)"),
        ("", "schemas/s.py", r"expected path/to/file\.py:Name"),
        ("", "../s.py:S", r"lies outside of the repository"),
    ],
)  # fmt: skip
def test_a_schema_that_cannot_be_loaded_is_named_with_file_and_line(repository, source, spec, message):
    root = repository(s=source, helper="\n1 / 0\n")

    with pytest.raises(SuiteError, match=message):
        load_schema(spec, root)


def _kept(rule, *pairs):
    """Which of the pairs of a source and a target break a rule of translations."""
    schema = pandera.DataFrameSchema({"target": pandera.Column(str, rule)})
    batch = {"source": [source for source, _ in pairs], "target": [target for _, target in pairs]}
    return [pairs[at] for places in failing(schema, **batch).values() for at in places]


def test_a_number_is_kept_in_whatever_way_a_language_writes_it():
    same = [
        ("10,000 people came.", "有10,000人。"),
        ("10,000 km", "10.000km"),
        ("10,000 people", "1\N{RIGHT SINGLE QUOTATION MARK}0 oder 10\N{RIGHT SINGLE QUOTATION MARK}000 Leute"),
        ("100,000 people", "१,००,००० लोग"),  # noqa: RUF001
        ("12,000 yen", "１２，０００円"),  # noqa: RUF001
        ("10,000", "١٠٬٠٠٠"),  # noqa: RUF001
        ("1,234,567", "1 234 567"),
        ("In 2020 100 people", "2020年有100人"),
        ("12/05/2024, 09:45", "2024年12月5日9:45"),
    ]
    lost = [
        ("1,500 people", "2,500 Leute"),
        ("15,000", "15"),
        ("In 1999", "Im Jahr 1998"),
        ("12.05.2024", "12.05.2023"),
    ]
    assert _kept(keeps_numbers("source"), *same, *lost) == lost


def test_a_placeholder_is_kept_in_another_order_and_a_tag_with_a_title_of_its_own():
    same = [
        ("%s of %s", "%2$s: %1$s"),
        ("%1$s of %2$d", "%2$d von %1$s"),
        ('<img alt="Dog"/> {name}', '{name} <img alt="Hund">'),
        ("%.2f %@", "%@ %.2f"),
    ]
    lost = [("%1$s of %2$d", "%1$s"), ("%@", "x"), ('<a href="x">here</a>', "hier</a>"), ("{{name}}", "Name")]
    assert _kept(keeps_placeholders("source"), *same, *lost) == lost


def test_markup_is_what_a_converter_left_and_no_code_between_backticks_and_no_path():
    sound = [
        "Write:\n```html\n<div>x</div>\n```\nand see.",
        "Use `<br>` here.",
        "```\nopen <b>fences</b>",
        r"Copy C:\new to D:\reports.",
    ]
    left = ["<p>Hi.</p>", "Fish &amp; chips", r"Two lines:\none", "```a``` and <br>"]
    schema = pandera.DataFrameSchema({"text": pandera.Column(str, no_markup())})
    assert failing(schema, text=[*sound, *left]) == {"text/no-markup": [4, 5, 6, 7]}

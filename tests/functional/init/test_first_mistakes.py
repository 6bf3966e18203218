"""A new user's first mistakes: one clear sentence each, the right exit code, never a traceback."""

from __future__ import annotations

import json

import pytest

from tests.projects import mixed, program, table_rows

CONFIG = '[datasets.mix]\npath = "data/mix.csv"\ntype = "tabular"\n'
ROWS = mixed(table_rows(30, seed=1), table_rows(30, seed=2))
OWN_CHECK = """\
import os
import pandera.polars as pa
from gates import GatesError

class Mix(pa.DataFrameModel):
    @pa.dataframe_check
    def odd(cls, data):
        {}


def throw(error):
    raise error
"""


@pytest.fixture
def mistaken(tmp_path, gates):
    """Run `gates check` on a project with one mistake in it."""

    def check(config: str = CONFIG, data: bytes | None = None, name: str = "mix.csv"):
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / name).write_bytes(ROWS.write_csv().encode() if data is None else data)
        if config:
            (tmp_path / "gates.toml").write_text(config)
        return gates(tmp_path, "check")

    return check


def says(called, code: int, *words: str) -> None:
    """Nothing on stdout, one line on stderr that has these words."""
    assert (called.code, called.out) == (code, "")
    assert len(called.err.splitlines()) == 1, called.err
    assert "Traceback" not in called.err
    assert [word for word in words if word not in called.err] == []


def test_no_configuration(mistaken):
    says(mistaken(config=""), 2, "no gates.toml in", "run `gates init`")


def test_configuration_that_is_not_there(tmp_path, gates):
    says(gates(tmp_path, "check", "--config", "gate.toml"), 2, "no configuration file gate.toml")


def test_wrong_path(mistaken):
    called = mistaken(CONFIG.replace("mix.csv", "mixed.csv"))

    says(called, 2, "gates.toml:2: dataset 'mix': no file or folder 'data/mixed.csv'", "did you mean 'mix.csv'?")


def test_wrong_dataset(mistaken, tmp_path, gates):
    mistaken(config="")
    (tmp_path / "gates.toml").write_text(CONFIG)

    says(gates(tmp_path, "check", "mux"), 2, "no dataset 'mux' (did you mean 'mix'?)")


def test_unknown_type(mistaken):
    says(mistaken(CONFIG.replace("tabular", "tabulr")), 2, "gates.toml:3: dataset 'mix': ", "did you mean 'tabular'?")


def test_unknown_key(mistaken):
    says(mistaken(CONFIG + 'lable = "x"\n'), 2, "gates.toml:4: dataset 'mix': unknown key 'lable'", "'label'")


def test_broken_configuration(mistaken):
    says(mistaken(CONFIG + "label = \n"), 2, "gates.toml:4: not valid TOML")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('label = "incme"', "no column 'incme' in data/mix.csv (did you mean 'income'?)"),
        ('origin = "orign"', "no column 'orign' in data/mix.csv (did you mean 'origin'?)"),
        ('columns = { generator = "made_by" }', "no column 'made_by' in data/mix.csv"),
    ],
)
def test_missing_column(mistaken, line, words):
    says(mistaken(CONFIG + line + "\n"), 2, "gates.toml:4: dataset 'mix': ", words)


def test_missing_text_column(mistaken):
    called = mistaken(CONFIG.replace("tabular", "text"))

    says(called, 2, "no column 'text' in data/mix.csv", 'map it with columns = { text = "…" }')


def test_corrupt_parquet(mistaken):
    called = mistaken(CONFIG.replace(".csv", ".parquet"), b"PAR1 nothing of the kind PAR1", "mix.parquet")

    says(called, 3, "data/mix.parquet: not readable as Parquet")


def test_mixed_encodings(mistaken):
    data = ROWS.write_csv().encode() + "1,Köln,5.0,grade 1,human\n".encode("latin-1")

    says(
        mistaken(data=data),
        3,
        "data/mix.csv:62: byte 0xf6 is not UTF-8; save the whole file as UTF-8, or convert it: `iconv",
    )


def test_empty_file(mistaken):
    says(mistaken(data=b""), 3, "data/mix.csv: empty, 0 bytes; expected CSV")


def test_format_that_nobody_reads(mistaken):
    called = mistaken(CONFIG.replace(".csv", ".xlsx"), b"PK", "mix.xlsx")

    says(called, 3, "data/mix.xlsx: '.xlsx' is not a known format; expected Parquet")


def test_data_that_dvc_tracks_and_nobody_pulled(tmp_path, gates):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mix.csv.dvc").write_text("outs:\n- path: mix.csv\n")
    (tmp_path / "gates.toml").write_text(CONFIG)

    says(gates(tmp_path, "check"), 2, "tracked by DVC but not in the work tree; run `dvc pull data/mix.csv.dvc`")


def test_suite_with_a_misspelt_expectation(tmp_path, mistaken, gates):
    folder = tmp_path / "expectations" / "mix"
    folder.mkdir(parents=True)
    (folder / "human.json").write_text('{"name": "x", "expectations": [{"type": "expect_colum_to_exist"}]}')

    says(mistaken(), 2, "expectations/mix/human.json:1: unknown expectation", "did you mean 'expect_column_to_exist'?")


def test_schema_that_ends_the_program(tmp_path, mistaken):
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "mix.py").write_text("raise SystemExit(0)\n")

    says(mistaken(), 2, "schemas/mix.py:1: ends the program while it is imported")


@pytest.mark.program
@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ("os._exit(0)", "schemas/mix.py:8: SystemExit: os._exit()"),
        ("throw(GeneratorExit)", "schemas/mix.py:12: GeneratorExit"),
        ("throw(ValueError('one\\n::error::two'))", "schemas/mix.py:12: ValueError: one ::error::two"),
        ("throw(GatesError('one\\n::error::two'))", "could not run: GatesError"),
    ],
)
def test_check_of_an_own_schema_that_breaks_out_is_no_verdict(tmp_path, broken, sentence):
    (tmp_path / "data").mkdir()
    ROWS.write_csv(tmp_path / "data" / "mix.csv")
    (tmp_path / "gates.toml").write_text(CONFIG)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "mix.py").write_text(OWN_CHECK.format(broken))

    called = program(tmp_path, "check", "--only", "row_failure_ratio", "--format", "markdown")

    assert called.code == 3
    assert sentence in called.out
    assert "internal error" not in called.err
    assert not [line for line in (called.out + called.err).splitlines() if line.lstrip().startswith("::")]


@pytest.mark.program
def test_message_of_own_code_is_no_command_for_actions(tmp_path):
    (tmp_path / "data").mkdir()
    ROWS.write_csv(tmp_path / "data" / "mix.csv")
    (tmp_path / "gates.toml").write_text(CONFIG)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "mix.py").write_text("raise ValueError('one\\n::error::two')\n")

    called = program(tmp_path, "check")

    assert (called.code, called.err) == (2, "schemas/mix.py:1: ValueError: one ::error::two\n")


def test_only_and_output_exclude_each_other(tmp_path, gates):
    called = gates(tmp_path, "check", "--only", "x", "--output", "reports")

    assert (called.code, called.out) == (2, "")
    assert "--output stores whole verdicts" in called.err


def test_only_with_a_misspelt_check(mistaken, tmp_path, gates):
    mistaken(config="")
    (tmp_path / "gates.toml").write_text(CONFIG)

    called = gates(tmp_path, "check", "--only", "expect_distribution_to_match")

    says(called, 2, "no such check (did you mean ", "expect_distributions_to_match'?)")


@pytest.mark.parametrize("origin", ["human", "synthetic"])
def test_partition_without_rows_is_judged_bad_and_named(tmp_path, gates, origin):
    (tmp_path / "data").mkdir()
    other = {"human": "synthetic", "synthetic": "human"}[origin]
    ROWS.filter(origin=other).write_csv(tmp_path / "data" / "mix.csv")
    (tmp_path / "gates.toml").write_text(CONFIG)

    called = gates(tmp_path, "check", "--format", "markdown", "--output", "reports")

    assert called.code == 1
    assert called.out.startswith("## `mix`: fail\n")
    # The page's top says it in short, the table of findings with the check.
    short, finding, *_ = (line for line in called.out.splitlines() if f"no rows in the {origin} scope" in line)
    assert short.startswith("| fail (critical) |")
    assert finding.startswith("| fail | critical |")
    assert f"`{origin}/expect_table_row_count_to_be_between`" in finding
    assert called.err == ""
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == [
        "mix.json",
        "mix.md",
        "mix.metrics.json",
        "mix.plots.json",
    ]
    assert (tmp_path / "reports" / "mix.md").read_text() == called.out
    assert gates(tmp_path, "enforce", "--output", "reports").code == 1


def test_one_broken_dataset_does_not_hide_the_others(tmp_path, gates):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mix.csv").write_bytes(b"")
    (tmp_path / "gates.toml").write_text(
        CONFIG + CONFIG.replace("datasets.mix", "datasets.mux").replace("mix.csv", "mux.csv")
    )

    called = gates(tmp_path, "check", "--all", "--format", "json")

    assert called.code == 2
    assert [(one["id"], one["outcome"]) for one in json.loads(called.out)] == [("mix", "unjudged"), ("mux", "unjudged")]
    assert [line.split(":")[:2] for line in called.err.splitlines()] == [
        ["mix", " data/mix.csv"],
        ["mux", " gates.toml"],
    ]


def test_partial_run_is_reported_and_not_stored(tmp_path, gates):
    (tmp_path / "data").mkdir()
    ROWS.write_csv(tmp_path / "data" / "mix.csv")
    (tmp_path / "gates.toml").write_text(CONFIG)

    called = gates(tmp_path, "check", "--only", "expect_origins_to_be_declared")

    assert called.code == 0
    assert called.out.startswith("mix: PASS (partial run)  1 check passed\n")
    assert called.err == "mix: partial run (1 check): result not stored\n"
    assert not (tmp_path / ".gates" / "verdicts").exists()


def test_partial_run_that_has_nothing_to_ask_is_no_pass_and_says_what_to_declare(mistaken, tmp_path, gates):
    mistaken(config="")
    (tmp_path / "gates.toml").write_text(CONFIG)

    called = gates(tmp_path, "check", "--only", "lineage_to_be_complete")

    assert called.code == 3
    assert called.out.startswith("mix: NO VERDICT (partial run)  no check is configured\n")
    assert called.err == (
        'mix: no check ran (no lineage column is declared; add: columns = { generator = "…", seed_id = "…" }): '
        "result not stored\n"
    )


def test_waiver_of_no_check(mistaken):
    waiver = 'check = "combined/expect_distribution_to_match"\nreason = "x"\nowner = "y"\nexpires = 2099-01-01\n'

    called = mistaken(f"{CONFIG}\n[[datasets.mix.waivers]]\n{waiver}")

    says(called, 2, "gates.toml:5: the waiver names no check of 'mix': combined/expect_distribution_to_match",
         "(did you mean 'combined/expect_distributions_to_match'?)")  # fmt: skip

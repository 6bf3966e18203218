"""`gates.check` on frames in memory: the verdict that files with these rows get, whichever library holds them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import gates
from gates.verdicts.from_json import verdict_of
from gates.verdicts.reports.formats.markdown import markdown
from gates.verdicts.reports.formats.terminal import terminal
from tests.projects import ROWS, mixed, table_rows


@pytest.fixture(scope="module")
def human():
    return table_rows(ROWS, seed=1)


@pytest.fixture(scope="module")
def synthetic():
    return table_rows(ROWS, seed=11)


def judged(verdict):
    """What a verdict says but for the files."""
    return [check.judged_on() for check in verdict.checks], dict(verdict.rows), verdict.answer


def test_frame_is_judged_as_the_file_with_its_rows(human, synthetic, tmp_path):
    holdout = table_rows(ROWS, seed=21)
    mixed(human, synthetic).write_parquet(tmp_path / "rows.parquet")
    holdout.write_parquet(tmp_path / "holdout.parquet")
    (tmp_path / "gates.toml").write_text(
        '[datasets.table]\ntype = "tabular"\npath = "rows.parquet"\nholdout = "holdout.parquet"\n'
        'purpose = "finetune"\nlabel = "grade"\n'
    )

    of_file = gates.check(config=tmp_path)
    of_frame = gates.check(mixed(human, synthetic), holdout=holdout, purpose="finetune", label="grade")

    assert judged(of_frame) == judged(of_file)
    assert of_frame.rows == {"human": ROWS, "synthetic": ROWS, "undeclared": 0}
    assert not list(Path(tempfile.gettempdir()).glob("gates-frame-*"))


def test_same_rows_have_one_digest_whoever_holds_them(human, synthetic):
    first = gates.check(human=human, synthetic=synthetic, only=["human_ratio"])
    categories = [frame.with_columns(pl.col("town").cast(pl.Categorical)) for frame in (human, synthetic)]
    tables = [frame.to_arrow() for frame in (human, synthetic)]
    in_pieces = [pa.Table.from_batches(table.to_batches(max_chunksize=7)) for table in tables]
    frames = [frame.to_pandas().sample(frac=1, random_state=1).sort_index() for frame in (human, synthetic)]

    for pair in (categories, tables, in_pieces, frames):
        assert gates.check(human=pair[0], synthetic=pair[1], only=["human_ratio"]).digest() == first.digest()
    other = human.with_columns(pl.col("income") + 1.0)
    assert gates.check(human=other, synthetic=synthetic, only=["human_ratio"]).digest() != first.digest()


def test_stream_of_many_pieces_is_every_row_in_order(tmp_path):
    from gates.data.formats import frames

    table = pl.DataFrame({"a": range(50_000)}).to_arrow()
    sizes = (1, 0, 19_999, 3, 20_000, 9_997)
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    batches = [
        table.slice(start, size).combine_chunks().to_batches() for start, size in zip(starts, sizes, strict=True)
    ]

    rows = frames.write_batches([batch for one in batches for batch in one], table.schema, tmp_path / "a")

    assert rows == 50_000
    assert pl.read_parquet(tmp_path / "a")["a"].to_list() == list(range(50_000))


def test_flawed_frame_fails_and_raises_nothing(human):
    verdict = gates.check(human=human, synthetic=pl.concat([table_rows(1, seed=31)] * ROWS))

    assert verdict.answer is gates.Answer.FAIL
    assert not verdict.is_partial


def test_verdict_on_a_frame_says_so_and_is_read_back(human, synthetic):
    verdict = gates.check(human=human, synthetic=synthetic, only=["human_ratio"])

    assert verdict.data["in_memory"] is True
    assert verdict_of(verdict.to_json()).digest() == verdict.digest()


@pytest.mark.parametrize(("rows", "keys", "sentence"), [
    (None, {"type": "text"}, "give a frame of all rows, or human= and synthetic="),
    ("frame", {"human": "frame"}, "give a frame of all rows, or human= and synthetic="),
    ("frame", {"config": "."}, "and not both"),
    ("name", {"label": "grade"}, "and not both"),
    ("frame", {"lable": "grade"}, r"^gates\.check: unknown key 'lable' \(did you mean 'label'"),
    ("frame", {"path": "rows.csv"}, "'path' names files, and a frame has none"),
    ("frame", {"type": "tabula"}, "'tabula'"),
    ("frame", {"label": object()}, "object is no value of a dataset's table"),
    ([1, 2], {}, "rows is a list; expected a frame of pandas, polars, pyarrow, Spark"),
    (None, {"synthetic": "frame"}, r"there are no human rows to compare with; add human="),
    (None, {"human": "frame"}, r'add synthetic=, or purpose="evaluation"'),
    (None, {"human": {"a": 1}, "synthetic": "frame"}, "human is a dict; expected one frame"),
    (None, {"human": "frame", "synthetic": {}}, "synthetic is an empty dict; expected a frame by the name of each generator"),
    (None, {"human": "frame", "synthetic": {1: 2}}, "synthetic has the key 1; expected the name of a generator"),
    (None, {"human": "frame", "synthetic": {"tvae": 2}}, r"synthetic\['tvae'\] is a int; expected a frame"),
    ("frame", {"label": "grad"}, r"^gates\.check: no column 'grad' in rows \(did you mean 'grade'\?\)$"),
    ("frame", {"type": "preference"}, r'map it with columns=\{"prompt": "…", "chosen": "…", "rejected": "…"\}$'),
    ("frame", {"origin": "orign"}, r"did you mean 'origin'\?\); name .* with origin=\"…\", or give human= and synthetic=$"),
])  # fmt: skip
def test_what_makes_no_dataset_is_refused_with_a_sentence(rows, keys, sentence, human, synthetic):
    frame = mixed(human, synthetic)
    given = {name: frame if value == "frame" else value for name, value in keys.items()}

    with pytest.raises(gates.GatesError, match=sentence):
        gates.check(frame if rows == "frame" else rows, **given)


def test_frames_without_a_name_are_refused_with_the_names_to_use(human, synthetic):
    with pytest.raises(gates.GatesError, match=r"as in gates\.check\(human=…, synthetic=…\)"):
        gates.check(human, synthetic)


def test_column_that_looks_like_the_origin_is_named_with_its_words(human, synthetic):
    frame = mixed(human, synthetic).rename({"origin": "made_by"})
    models = frame.with_columns(pl.col("made_by").replace("synthetic", "gpt-4o"))

    with pytest.raises(gates.GatesError, match=r"which column says who made a row\? origin='made_by' looks like it"):
        gates.check(frame)
    words = r"origins=\{'human': \['human'\], 'synthetic': \['gpt-4o'\]\} looks like it"
    with pytest.raises(gates.GatesError, match=words):
        gates.check(models)
    with pytest.raises(gates.GatesError, match=r"no column says who made a row, .*\(columns: .*town"):
        gates.check(frame.drop("made_by"))


def test_words_that_the_call_named_are_the_origins(human, synthetic):
    frame = mixed(human, synthetic).rename({"origin": "made_by"})
    models = frame.with_columns(pl.col("made_by").replace("synthetic", "gpt-4o"))
    words = {"human": ["human"], "synthetic": ["gpt-4o"]}

    undeclared = gates.check(models, origin="made_by", only=["origins_to_be_declared"])
    declared = gates.check(models, origin="made_by", origins=words, only=["human_ratio"])

    assert 'origins={"human": ["human", "gpt-4o"], …} or {"synthetic"' in undeclared.checks[0].message
    assert declared.rows == {"human": ROWS, "synthetic": ROWS, "undeclared": 0}


def test_frames_by_generator_are_synthetic_rows_that_name_it(human, synthetic):
    richer = synthetic.with_columns(pl.col("income") * 5.0)
    pair = {"tvae": synthetic.to_arrow(), "ctgan/2": richer.to_pandas()}
    named = pl.concat(
        [synthetic.with_columns(generator=pl.lit("tvae")), richer.with_columns(generator=pl.lit("ctgan/2"))]
    )

    verdict = gates.check(human=human, synthetic=pair, only=["distributions_to_match"])
    in_one = gates.check(human=human, synthetic=named, only=["distributions_to_match"])

    assert [check.judged_on() for check in verdict.checks] == [check.judged_on() for check in in_one.checks]
    assert "ctgan/2" in str(verdict["distributions_to_match"].message)
    assert [file["path"] for file in verdict.data["files"]] == [
        "human.parquet", "synthetic-1-tvae.parquet", "synthetic-2-ctgan-2.parquet",
    ]  # fmt: skip
    with pytest.raises(gates.GatesError, match=r"synthetic\['a'\] has a column 'generator' of its own"):
        gates.check(human=human, synthetic={"a": named})


def test_column_of_several_types_is_named_in_a_sentence_without_its_values():
    rows = pd.DataFrame({"wage": [1, "secret", 2.0], "origin": ["human", "human", "synthetic"]})

    with pytest.raises(
        gates.GatesError, match=r"^rows: the values of column 'wage' are not all of one plain type"
    ) as error:
        gates.check(rows)

    assert "secret" not in str(error.value)


def test_verdict_says_which_rules_a_frame_was_not_held_to(human, synthetic):
    verdict = gates.check(human=human, synthetic=synthetic, only=["human_ratio"])

    assert "drafted ones (`gates init`) and suites of your own need files" in terminal(verdict)
    assert "Rules: those of the data type alone" in markdown(verdict)
    assert "drafted ones" in repr(verdict)
    assert "drafted ones" in verdict._repr_html_()
    assert "gates check frame" not in verdict._repr_html_()


def test_dataset_of_hugging_face_is_a_frame_with_the_rows_that_it_chose(human, synthetic):
    import datasets

    whole = datasets.Dataset.from_polars(human)
    chosen = whole.select(range(0, ROWS, 2))

    of_table = gates.check(human=human[::2], synthetic=synthetic, only=["human_ratio"])
    of_dataset = gates.check(human=chosen, synthetic=synthetic, only=["human_ratio"])
    of_stream = gates.check(human=chosen.to_iterable_dataset(), synthetic=synthetic, only=["human_ratio"])

    assert of_table.digest() == of_dataset.digest() == of_stream.digest()
    with pytest.raises(
        gates.GatesError, match=r"human has splits \(train\); give one of them, as in human=dataset\['train'\]"
    ):
        gates.check(human=datasets.DatasetDict(train=whole), synthetic=synthetic)
    with pytest.raises(gates.GatesError, match=r"human has no row"):
        gates.check(human=whole.select([]), synthetic=synthetic)


def test_licence_is_in_the_contract_where_one_is_declared(human, synthetic):
    without = gates.check(human=human, synthetic=synthetic, only=["human_ratio"])
    declared = gates.check(human=human, synthetic=synthetic, only=["human_ratio"], licence="CC-BY-4.0")

    assert "licence" not in without.contract
    assert declared.contract["licence"] == "CC-BY-4.0"
    assert declared.digest() != without.digest()


@pytest.mark.parametrize(("names", "kind"), [
    (("prompt", "response"), "instruction"), (("instruction", "output"), "tabular"), (("prompt", "chosen", "rejected"), "preference"),
])  # fmt: skip
def test_type_is_that_of_the_columns_where_all_required_roles_bear_their_names(names, kind):
    human, synthetic = (
        pl.DataFrame({name: [f"{name} {who} {number}" for number in range(ROWS)] for name in names})
        for who in ("person", "model")
    )

    verdict = gates.check(human=human, synthetic=synthetic, only=["human_ratio"])
    stated = gates.check(human=human, synthetic=synthetic, type=kind, only=["human_ratio"])
    table = gates.check(human=human, synthetic=synthetic, type="tabular", only=["human_ratio"])

    assert verdict.digest() == stated.digest()
    assert verdict.data["type"] == kind
    assert table.data["type"] == "tabular"
    for shown in (repr(verdict), terminal(verdict)):
        assert f"judged as {kind} (guessed from its columns: pass type=… for another)" in shown
    assert "judged as tabular\n" in repr(table)
    mapped = gates.check(human=human, synthetic=synthetic, columns={"key": names[0]}, only=["human_ratio"])
    assert mapped.data["type"] == "tabular"

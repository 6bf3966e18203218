"""Before the first promotion, human rows that the commit before had fail the gate where they are gone without a record."""

from __future__ import annotations

import json
import shutil

import polars as pl
import pytest

from tests.dvc_repositories import commit, git, new_repository, track, write
from tests.projects import mixed, table_rows

CHECK = "combined/expect_human_rows_to_be_kept"
CONFIG = """\
[datasets.people]
path = "data/people"
type = "tabular"
purpose = "finetune"
inconclusive = "warn"
"""
RECORD = 'rows = [{rows}]\nreason = "the writer withdrew it"\nwho = "data team"\ndate = 2024-01-31\n'
COLUMN = "grade"
# Each is read twice in every check of a change, where a run reads the change and what was before.
SHARDS = 12
RECORDS = "promotions/people/removals"


def shards(count: int = SHARDS) -> dict[str, pl.DataFrame]:
    return {f"{at:02}": mixed(table_rows(10, at), table_rows(10, at + 100)) for at in range(count)}


def put(root, frames: dict[str, pl.DataFrame], suffix: str = ".csv") -> None:
    """The dataset in the work tree and, in a repository of DVC, tracked as after `dvc add`."""
    shutil.rmtree(root / "data/people", ignore_errors=True)
    texts = {f"{name}{suffix}": as_text(frame, suffix) for name, frame in frames.items()}
    for name, text in texts.items():
        write(root, f"data/people/{name}", text)
    if (root / ".dvc").exists():
        track(root, "data/people", texts)


def as_text(frame: pl.DataFrame, suffix: str) -> str:
    return frame.write_csv() if suffix == ".csv" else frame.write_ndjson()


def project(root, *, in_dvc: bool):
    new_repository(root)
    if not in_dvc:
        shutil.rmtree(root / ".dvc")
    write(root, "gates.toml", CONFIG)
    write(root, ".gitignore", "/.gates/\n" + ("/data/people\n" if in_dvc else ""))
    put(root, shards())
    commit(root, "first")
    return root


@pytest.fixture(params=["dvc", "git"])
def root(request, tmp_path):
    return project(tmp_path / "project", in_dvc=request.param == "dvc")


@pytest.fixture
def in_git(tmp_path):
    return project(tmp_path / "project", in_dvc=False)


def asked(root, gates, *arguments: str):
    called = gates(root, "check", "--only", CHECK, "--format", "json", *arguments)
    (check,) = json.loads(called.out)["checks"]
    return called.code, check["outcome"], check["message"]


def human(frame: pl.DataFrame) -> pl.Series:
    return frame["origin"] == "human"


def without(frame: pl.DataFrame, count: int = 1) -> pl.DataFrame:
    """Without its first human rows."""
    rows = frame.with_row_index("at")
    gone = rows.filter(pl.col("origin") == "human")["at"].head(count)
    return rows.filter(~pl.col("at").is_in(gone.implode())).drop("at")


def test_one_shard_of_forty_that_is_gone_fails_in_the_index_a_commit_and_the_work_tree(root, gates):
    frames = shards(40)
    put(root, frames)
    commit(root, "forty shards")
    del frames["07"]
    put(root, frames)
    assert asked(root, gates)[:2] == (1, "fail")
    git(root, "add", "-A")

    code, outcome, message = asked(root, gates, "--staged")

    assert (code, outcome) == (1, "fail")
    assert "10 of 10 human rows of the files of HEAD" in message
    assert 'rows = ["data/people/07.csv:' in message
    commit(root, "loses a shard")
    assert asked(root, gates, "--rev", "HEAD")[:2] == (1, "fail")
    assert asked(root, gates, "--rev", "HEAD", "--base", "HEAD~1")[:2] == (1, "fail")


def test_a_row_that_is_gone_within_a_file_fails_with_its_place(root, gates):
    frames = shards()
    place = int(human(frames["03"]).arg_max()) + 1
    put(root, {**frames, "03": without(frames["03"])})

    code, _, message = asked(root, gates)

    assert code == 1
    assert "1 of 10 human rows of the files of HEAD" in message
    assert f"data/people/03.csv:{place}" in message


def test_a_lost_row_fails_the_whole_gate_and_is_not_answered_from_memory(in_git, gates):
    gates(in_git, "check", "--exit-zero")
    frames = shards()
    put(in_git, {**frames, "03": without(frames["03"])})

    called = gates(in_git, "check")

    assert (called.code, "Human rows of the version before are gone" in called.out) == (1, True)
    assert "promotions/DATASET/removals" in called.out
    put(in_git, frames)
    assert "Human rows of the version before are gone" not in gates(in_git, "check").out


@pytest.mark.parametrize(
    "rewritten",
    [
        lambda frames: {f"moved-{name}": frame for name, frame in frames.items()},
        lambda frames: {"all": pl.concat(frames.values())},
        lambda frames: {"all": pl.concat(frames.values()).sort(pl.all())},
        lambda frames: {name: frame.reverse() for name, frame in frames.items()},
        lambda frames: {f"{at}": part for at, part in enumerate(pl.concat(frames.values()).iter_slices(77))},
        lambda frames: {name: frame.select(sorted(frame.columns)) for name, frame in frames.items()},
    ],
    ids=["renamed", "one file", "sorted", "reversed", "re-sharded", "columns in another order"],
)
def test_rows_that_stand_elsewhere_are_kept(root, gates, rewritten):
    put(root, rewritten(shards()))

    assert asked(root, gates)[:2] == (0, "pass")


def test_rows_in_another_format_are_kept(root, gates):
    put(root, shards(), ".jsonl")

    assert asked(root, gates)[:2] == (0, "pass")


def test_a_renamed_file_that_lost_a_row_fails(root, gates):
    frames = shards()
    first = without(frames.pop("00"))
    put(root, {**frames, "new": first})

    assert asked(root, gates)[:2] == (1, "fail")


def test_rows_that_are_called_synthetic_now_are_gone(root, gates):
    frames = shards()
    frames["05"] = frames["05"].with_columns(origin=pl.lit("synthetic"))
    put(root, frames)

    code, _, message = asked(root, gates)

    assert (code, "10 of 10 human rows" in message) == (1, True)


def test_words_of_the_configuration_that_make_human_rows_synthetic_lose_them(in_git, gates):
    write(in_git, "gates.toml", f'{CONFIG}origins = {{ human = ["synthetic"], synthetic = ["human"] }}\n')

    assert asked(in_git, gates)[:2] == (1, "fail")


def test_a_path_that_leaves_human_rows_out_loses_them(in_git, gates):
    write(in_git, "gates.toml", CONFIG.replace("data/people", "data/people/[123]*"))

    assert asked(in_git, gates)[:2] == (1, "fail")


def test_a_repeat_that_is_gone_is_no_loss_and_synthetic_rows_may_go(root, gates):
    frames = shards()
    put(root, {**frames, "twice": frames["00"]})
    commit(root, "a file twice")
    frames["01"] = frames["01"].filter(human(frames["01"]))
    put(root, frames)

    assert asked(root, gates)[:2] == (0, "pass")


def test_a_record_in_the_change_says_why_and_one_from_before_does_not(in_git, gates):
    frames = shards()
    place = int(human(frames["03"]).arg_max()) + 1
    put(in_git, {**frames, "03": without(frames["03"])})
    write(in_git, f"{RECORDS}/one.toml", RECORD.format(rows=f'"data/people/03.csv:{place}"'))
    assert asked(in_git, gates)[:2] == (0, "pass")
    git(in_git, "add", "-A")
    assert asked(in_git, gates, "--staged")[:2] == (0, "pass")
    commit(in_git, "removes a row")
    assert asked(in_git, gates, "--rev", "HEAD")[:2] == (0, "pass")
    assert asked(in_git, gates)[:2] == (0, "pass")

    put(in_git, {**frames, "03": without(frames["03"], 2)})
    code, _, message = asked(in_git, gates)

    assert (code, "records from before HEAD" in message) == (1, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# rows", "# looked at again"),
        ("data team", "somebody else"),
        ("2024-01-31", "2024-02-01"),
        ("the writer withdrew it", "The writer\u200b withdrew  it."),
        ("two values", "one value"),
    ],
)
def test_a_record_that_says_nothing_new_excuses_no_new_loss(in_git, gates, old, new):
    frames = shards()
    values = sorted(set(frames["00"].filter(human(frames["00"]))[COLUMN]))[:2]
    where = f"where = {{{{ {COLUMN} = {json.dumps(values)} }}}}"
    record = RECORD.replace("rows = [{rows}]", f"{where}  # rows").format()
    write(in_git, f"{RECORDS}/one.toml", record)
    commit(in_git, "a record")
    put(in_git, {name: frame.filter(~(human(frame) & frame[COLUMN].is_in(values))) for name, frame in frames.items()})
    edited = record.replace(old, new) if old in record else record.replace(json.dumps(values), json.dumps(values[:1]))
    for name in ("one", "other"):
        (in_git / f"{RECORDS}/one.toml").unlink(missing_ok=True)
        write(in_git, f"{RECORDS}/{name}.toml", edited)
        code, _, message = asked(in_git, gates)
        assert (code, "records from before HEAD" in message) == (1, True)

    write(in_git, f"{RECORDS}/other.toml", record.replace("the writer withdrew it", "a second writer withdrew it"))
    assert asked(in_git, gates)[:2] == (0, "pass")


def test_a_record_of_values_excuses_the_rows_that_have_them(in_git, gates):
    frames = shards()
    value = frames["00"].filter(human(frames["00"]))[COLUMN][0]
    put(in_git, {name: frame.filter(~(human(frame) & (frame[COLUMN] == value))) for name, frame in frames.items()})
    assert asked(in_git, gates)[:2] == (1, "fail")
    write(
        in_git,
        f"{RECORDS}/oslo.toml",
        RECORD.replace("rows = [{rows}]", f"where = {{{{ {COLUMN} = {json.dumps(value)} }}}}").format(),
    )

    assert asked(in_git, gates)[:2] == (0, "pass")


def test_a_lost_file_whose_bytes_are_nowhere_fails_and_a_changed_one_leaves_no_verdict(tmp_path, gates):
    root = project(tmp_path / "project", in_dvc=True)
    frames = shards()
    for place in (root / ".dvc/cache/files/md5").glob("*/*"):
        if not place.name.endswith(".dir"):
            place.unlink()
    shutil.rmtree(root / "data/people")
    del frames["07"]
    for name, frame in frames.items():
        write(root, f"data/people/{name}.csv", frame.write_csv())

    code, outcome, message = asked(root, gates)

    assert (code, outcome, "data/people/07.csv of HEAD" in message) == (1, "fail", True), message
    write(root, "data/people/07.csv", shards()["07"].reverse().write_csv())
    # The configuration lets pass what too few rows leave open; that the bytes are lost is no such thing.
    assert asked(root, gates)[:2] == (3, "error")


def test_rows_of_files_that_are_nowhere_are_known_from_an_earlier_run(tmp_path, gates):
    root = project(tmp_path / "project", in_dvc=True)
    gates(root, "check", "--exit-zero")
    for place in (root / ".dvc/cache/files/md5").glob("*/*"):
        if not place.name.endswith(".dir"):
            place.unlink()
    whole = pl.concat(shards().values())
    shutil.rmtree(root / "data/people")

    write(root, "data/people/all.csv", whole.reverse().write_csv())
    assert asked(root, gates)[:2] == (0, "pass")
    write(root, "data/people/all.csv", without(whole).write_csv())
    code, _, message = asked(root, gates)
    assert (code, f"1 of {10 * SHARDS} human rows" in message, "data/people/00.csv:" in message) == (1, True, True)


def test_files_that_only_moved_are_read_where_they_are_now(tmp_path, gates):
    root = project(tmp_path / "project", in_dvc=True)
    shutil.rmtree(root / ".dvc/cache/files/md5")
    track(root, "data/people", {f"{name}.csv": frame.write_csv() for name, frame in shards().items()})
    for place in (root / ".dvc/cache/files/md5").glob("*/*"):
        if not place.name.endswith(".dir"):
            place.unlink()
    for name in shards():
        (root / f"data/people/{name}.csv").rename(root / f"data/people/moved-{name}.csv")

    assert asked(root, gates)[:2] == (0, "pass")


def test_files_that_are_not_read_by_their_names_are_named(root, gates):
    names = [".b.csv", ".h/c.csv", "README.md", "_SUCCESS"]
    texts = {f"{name}.csv": as_text(frame, ".csv") for name, frame in shards().items()} | dict.fromkeys(names, "x")
    for name in names:
        write(root, f"data/people/{name}", "x")
    if (root / ".dvc").exists():
        track(root, "data/people", texts)
    git(root, "add", "-A")
    listed = ", ".join(f"data/people/{name}" for name in names)

    for version in ("--worktree", "--staged"):
        assert listed in gates(root, "check", "people", "--only", CHECK, "-v", version).err
        # What looks like data is named without being asked for.
        unasked = gates(root, "check", "people", "--only", CHECK, "--no-cache", version).err
        assert "files without rows: data/people/.b.csv, data/people/.h/c.csv\n" in unasked


def test_where_history_begins_no_row_can_be_gone(root, gates):
    assert asked(root, gates, "--rev", "HEAD")[:2] == (0, "pass")
    assert asked(root, gates)[:2] == (0, "pass")


TWO = CONFIG.replace("people", "ones") + CONFIG.replace("people", "others")


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_dataset_that_moves_with_its_data_keeps_its_human_rows_or_fails(in_git, gates, is_lost):
    write(in_git, "gates.toml", CONFIG.replace("people", "writers"))
    git(in_git, "mv", "data/people", "data/writers")
    if is_lost:
        git(in_git, "rm", "-qf", "data/writers/07.csv")
    git(in_git, "add", "-A")
    expected = (1, "fail") if is_lost else (0, "pass")

    code, outcome, message = asked(in_git, gates, "--staged")

    assert (code, outcome) == expected
    assert ("data/people/07.csv:" in message) is is_lost
    commit(in_git, "renames the dataset")
    assert asked(in_git, gates, "--rev", "HEAD")[:2] == expected


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_configuration_that_moves_into_a_folder_keeps_its_human_rows_or_fails(in_git, gates, is_lost):
    (in_git / "sub").mkdir()
    git(in_git, "mv", "gates.toml", "data", "sub")
    if is_lost:
        git(in_git, "rm", "-qf", "sub/data/people/07.csv")
    commit(in_git, "moves all of it")

    code, outcome, message = asked(in_git / "sub", gates, "--rev", "HEAD")

    assert (code, outcome) == ((1, "fail") if is_lost else (0, "pass"))
    assert ("10 human rows" in message) is is_lost


@pytest.mark.parametrize("is_lost", [False, True])
def test_rows_of_a_dataset_that_was_split_are_looked_for_in_all_of_its_parts(in_git, gates, is_lost):
    write(in_git, "gates.toml", TWO)
    (in_git / "data/ones").mkdir()
    git(in_git, "mv", *(f"data/people/{at:02}.csv" for at in range(SHARDS // 2)), "data/ones")
    git(in_git, "mv", "data/people", "data/others")
    if is_lost:
        git(in_git, "rm", "-qf", "data/others/07.csv")
    git(in_git, "add", "-A")
    expected = (1, "fail") if is_lost else (0, "pass")

    assert asked(in_git, gates, "--staged", "ones")[:2] == expected
    assert asked(in_git, gates, "--staged", "others")[:2] == expected

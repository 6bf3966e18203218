from __future__ import annotations

from datetime import date

import pytest

from gates.checking.lint.project import lint
from gates.config.removals import Removal, new_part, read_removals
from gates.errors import UsageError
from tests.dvc_repositories import write
from tests.promotions.promotions import statement

RECORD = """\
reason = "consent withdrawn"
who = "data team"
date = 2026-03-02
"""


def read(root, text: str) -> tuple[Removal, ...]:
    write(root, "promotions/first/removals/one.toml", text)
    return read_removals(root, "first")


def test_a_record_names_rows_or_values(tmp_path) -> None:
    (record,) = read(tmp_path, RECORD + 'rows = ["data/a.csv:17", 4]\n')
    place = "promotions/first/removals/one.toml:4"
    assert (record.place, record.rows, record.where, record.date) == (
        place,
        ("data/a.csv:17", "4"),
        None,
        date(2026, 3, 2),
    )
    (record,) = read(tmp_path, RECORD + 'where = { source = "forum", year = [2019, 2020] }\n')
    assert (record.rows, record.where) == ((), {"source": ("forum",), "year": (2019, 2020)})
    assert record.sha256 != read(tmp_path, RECORD + 'where = { source = "forum" }\n')[0].sha256
    assert read_removals(tmp_path, "second") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('rows = ["a"]\n', "1: date is missing; a removal needs rows or where, reason, who and date"),
        (RECORD, "1: rows and where are both missing; give one: which rows went"),
        (RECORD + 'rows = ["a"]\nwhere = { b = 1 }\n', "5: rows and where stand there both; keep one: which rows went"),
        (RECORD.replace("consent withdrawn", "\u2800 …") + 'rows = ["a"]\n', "1: reason has no letter and no digit"),
        (RECORD + 'rows = ["a"]\nreson = ""\n', "5: unknown key 'reson' (did you mean 'reason'?)"),
        (RECORD + "rows = []\n", "4: rows is empty: it names no row"),
        (RECORD + 'rows = ["a", "a"]\n', "4: rows names 'a' twice"),
        (RECORD + "rows = [1.5]\n", "4: rows is an array, expected an array of keys or places"),
        (RECORD + "where = {}\n", "4: where is empty: it would stand for every row"),
        (RECORD + "where = { a = { b = 1 } }\n", "4: where has a table for 'a', expected a string, a number"),
        (
            RECORD.replace("2026-03-02", '"2026-03-02"') + 'rows = ["a"]\n',
            "3: date is a string, expected a day such as",
        ),
        ("rows = [\n", "1: not valid TOML"),
    ],
)
def test_whatever_is_wrong_is_named_with_its_line(tmp_path, text, words) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    assert f"promotions/first/removals/one.toml:{words}" in str(caught.value)


def test_a_file_that_nobody_would_read_is_refused(tmp_path) -> None:
    write(tmp_path, "promotions/first/removals/one.tml", RECORD)
    with pytest.raises(
        UsageError, match=r"one.tml: is no record of a removal: expected a file whose name ends in .toml"
    ):
        read_removals(tmp_path, "first")


def test_lint_names_records_that_excuse_nothing(tmp_path) -> None:
    write(tmp_path, "gates.toml", '[datasets.first]\npath = "data"\ntype = "tabular"\n')
    write(tmp_path, "data/rows.csv", "a,origin\n1,human\n")
    write(tmp_path, "promotions/first/removals/one.toml", RECORD + 'rows = ["a"]\n')
    write(tmp_path, "promotions/fist/removals/one.toml", RECORD + 'rows = ["a"]\n')
    messages = lint(tmp_path / "gates.toml", date(2026, 3, 1))
    assert messages.problems == [
        "promotions/first/removals/one.toml:4: date is 2026-03-02, a day to come; write the day of the decision",
        "promotions/fist/removals: no dataset has this name (did you mean 'first'?)",
    ]
    assert messages.notes == [
        "promotions/first/removals/one.toml:4: nothing was promoted yet, so that nothing can be missed"
    ]


def test_lint_names_records_that_the_last_promotion_left_behind(tmp_path) -> None:
    write(tmp_path, "gates.toml", '[datasets.reviews]\npath = "data"\ntype = "tabular"\n')
    write(tmp_path, "data/rows.csv", "a,origin\n1,human\n")
    write(tmp_path, "promotions/reviews/v1.2.0.json", statement().to_bytes())
    write(tmp_path, "promotions/reviews/removals/new.toml", RECORD + 'rows = ["a"]\n')
    write(tmp_path, "promotions/reviews/removals/old.toml", RECORD.replace("03-02", "02-27") + 'rows = ["a"]\n')
    messages = lint(tmp_path / "gates.toml", date(2026, 3, 3))
    assert (messages.problems, messages.notes) == (
        [],
        [
            (
                "promotions/reviews/removals/old.toml:4: from before v1.2.0 was promoted, where these rows are gone: "
                "excuses nothing any more"
            )
        ],
    )


@pytest.mark.parametrize(
    ("earlier", "later", "rows"),
    [
        ('rows = ["a", "b"]', 'rows = ["b"]', None),
        ('rows = ["a"]', 'rows = ["a", "b"]', ("b",)),
        ('where = { s = ["x", "y"] }', 'where = { s = "y", t = 1 }', None),
        ('where = { s = "x" }', 'where = { s = ["x", "y"] }', ()),
        ('where = { s = "x" }', 'rows = ["a"]', ("a",)),
    ],
)
def test_a_record_is_new_as_far_as_no_earlier_one_says_it_for_the_same_reason(tmp_path, earlier, later, rows) -> None:
    (old,) = read(tmp_path, RECORD + earlier + "\n")
    (new,) = read(tmp_path, RECORD.replace("consent withdrawn", "Consent - withdrawn!") + later + "\n")
    part = new_part(new, [old])
    assert (part and part.rows) == rows

    (other,) = read(tmp_path, RECORD.replace("consent", "licence") + later + "\n")
    assert new_part(other, [old]) == other

from __future__ import annotations

import tomllib

import pytest

from gates.config.parsing.line_numbers import decode_error, key_lines, line_of

TEXT = '''# comment with [brackets]
a = 1
[datasets.reviews]   # header
path = "d#at[a"
evaluation = [
  "a",  # [
  "b",
]
note = """
[fake]
x = 1
"""
z.y = 2

[[datasets.reviews.waivers]]
check = "a"
[[datasets.reviews.waivers]]
check = 'b'
[datasets."rev = iews-*".origins]
human = ['h']
[datasets."q\\"x"]
'''


def test_every_header_and_key_has_its_line():
    assert key_lines(TEXT) == {
        ("a",): 2,
        ("datasets",): 3,
        ("datasets", "reviews"): 3,
        ("datasets", "reviews", "path"): 4,
        ("datasets", "reviews", "evaluation"): 5,
        ("datasets", "reviews", "note"): 9,
        ("datasets", "reviews", "z"): 13,
        ("datasets", "reviews", "z", "y"): 13,
        ("datasets", "reviews", "waivers"): 15,
        ("datasets", "reviews", "waivers", 0): 15,
        ("datasets", "reviews", "waivers", 0, "check"): 16,
        ("datasets", "reviews", "waivers", 1): 17,
        ("datasets", "reviews", "waivers", 1, "check"): 18,
        ("datasets", "rev = iews-*"): 19,
        ("datasets", "rev = iews-*", "origins"): 19,
        ("datasets", "rev = iews-*", "origins", "human"): 20,
        ("datasets", 'q"x'): 21,
    }


def test_the_line_of_an_unknown_key_is_that_of_the_nearest_table_around_it():
    lines = key_lines(TEXT)

    assert line_of(lines, ("datasets", "reviews", "columns", "text")) == 3
    assert line_of(lines, ("elsewhere",)) == 1


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = = 2\n", 2), ("a = 1\nb = [\n", 2), ("", 1)])
def test_syntax_errors_have_a_line(text, line):
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        shown_line, message = decode_error(error, text)
        assert shown_line == line
        assert "at line" not in message
        assert "at end" not in message

"""Pages are followed as a person would, and what does not come true is found."""

from __future__ import annotations

import json

import pytest

from tests.pages import agrees, follow

PAGE = """\
# A page

<!-- file: folder/words.txt -->
```text
one two
```

<!-- append: folder/words.txt -->
```text
three
```

```console
$ cat folder/words.txt
one two
...
$ false
$ echo $?
1
```

<!-- not run: it would not end well -->
```console
$ false
```

```python
shown only
```
"""


def follow_text(text, folder):
    page = folder / "page.md"
    page.write_text(text)
    follow(page, folder)


def test_files_are_written_and_commands_are_run(tmp_path):
    follow_text(PAGE, tmp_path)

    assert (tmp_path / "folder/words.txt").read_text() == "one two\nthree\n"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("one two\n...", "one four\n...", r"page.md:14: \$ cat folder/words.txt printed\none two\nthree"),
        ("$ echo $?\n1", "$ echo $?\n2", r"page.md:18: \$ echo \$\?: 1"),
        ("$ echo $?\n1\n", "", r"page.md:17: \$ false: exit code 1"),
    ],
)
def test_what_does_not_come_true_is_named_with_its_line(right, wrong, message, tmp_path):
    with pytest.raises(AssertionError, match=message):
        follow_text(PAGE.replace(right, wrong), tmp_path)


def test_an_output_agrees_up_to_wrapping_and_dots():
    assert agrees("a long\n  line, 3 of ... rows", "a long line, 3 of 1,400 rows\n")
    assert not agrees("a long line", "a long line and more")
    assert not agrees("3 rows (all)", "3 rows [all]")


def test_an_entry_is_added_to_the_suite_that_is_there(tmp_path):
    (tmp_path / "human.json").write_text('{"name": "x", "expectations": [{"type": "a"}]}')

    follow_text('<!-- entry: human.json -->\n```json\n{"type": "b"}\n```\n', tmp_path)

    suite = json.loads((tmp_path / "human.json").read_text())
    assert suite == {"name": "x", "expectations": [{"type": "a"}, {"type": "b"}]}


def test_a_page_that_would_replace_a_file_is_found(tmp_path):
    (tmp_path / "human.json").write_text("mine")

    with pytest.raises(AssertionError, match=r"page.md:3: replaces human.json"):
        follow_text("<!-- file: human.json -->\n```json\n{}\n```\n", tmp_path)

    assert (tmp_path / "human.json").read_text() == "mine"


def test_a_block_that_needs_a_program_is_run_where_it_is_there(tmp_path):
    text = "<!-- needs: {} -->\n```console\n$ touch {}\n```\n"

    follow_text(text.format("sh", "one") + text.format("no-such-program", "other"), tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "page.md"]

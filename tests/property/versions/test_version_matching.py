"""A path or glob stands for the same names in a version, where there are names only, as it does on disk."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from gates.data.files import holds_no_rows, resolve
from gates.errors import GatesError
from gates.versions.path_patterns import concerns, matching

# A README asked for by name is an error on disk, since nobody can read rows from it.
PARTS = st.sampled_from(["a", "b", "k=v", ".h", "a.csv", "b.csv", "[x].csv", ".c.csv"])
FILES = st.sampled_from(["a.csv", "b.csv", ".c.csv", "[x].csv", "README.md"])
NAMES = st.sets(st.tuples(st.lists(st.sampled_from(["a", "b", "k=v", ".h"]), max_size=3), FILES).map(lambda at: "/".join([*at[0], at[1]])), min_size=1, max_size=8)  # fmt: skip
SPECS = st.lists(
    st.one_of(PARTS, st.sampled_from(["*", "**", "?", "[ab]", "*.csv", ".*", "k=*"])), min_size=1, max_size=4
).map("/".join)


@given(NAMES, SPECS)
@example({"a/.h/b/a.csv", "a/b/a.csv"}, "a")
@example({"a/.h/a.csv", "a/b/a.csv"}, "**")
@example({"a/.h/a.csv"}, "a/.h")
@example({"a.csv", "a/a.csv"}, "*/**")
@example({"a.csv"}, "a.csv/**")
@example({"[x].csv", "b.csv"}, "[x].csv")
def test_names_match_as_files_do(names, spec):
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x\n")
        try:
            on_disk = {file.name for file in resolve(spec, Path(folder), "here")}
        except GatesError:
            on_disk = set()

    names_matched = matching(names, spec)

    assert {name for name in names_matched if name == spec or not holds_no_rows(name.rpartition("/")[2])} == on_disk
    assert all(concerns(name, spec) for name in names_matched)

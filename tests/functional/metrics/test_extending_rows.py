"""Interpolated rows of a rare class beside human rows: what the role promises is judged within the class."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

RARE, COMMON, MADE = 240, 3760, 1500
CONFIG = (
    '[datasets.t]\npath = "t.csv"\ntype = "tabular"\norigin = "origin"\nlabel = "churn"\nsynthetic_role = "extend"\n'
)


def interpolated(rng, rows):
    """Points between a row and one of its five nearest (Chawla et al., SMOTE, 2002)."""
    scaled = rows / rows.std(0)
    squares = (scaled**2).sum(1)
    apart = squares[:, None] + squares - 2 * scaled @ scaled.T
    np.fill_diagonal(apart, np.inf)
    first = rng.integers(len(rows), size=MADE)
    near = np.argsort(apart, axis=1)[first, rng.integers(5, size=MADE)]
    return rows[first] + rng.uniform(size=(MADE, 1)) * (rows[near] - rows[first])


def write(path, defect, count=RARE, shift=1.0):
    rng = np.random.default_rng(1)
    mixing = rng.normal(size=(8, 8)) / 2
    common = rng.normal(size=(COMMON, 8)) @ mixing
    rare = rng.normal(size=(count, 8)) @ mixing + shift * np.array([1.2, -1, 0.8, 0, 0, 0.6, 0, 0])
    made = interpolated(rng, common[:count] if defect == "wrong label" else rare)
    if defect == "copies":
        made[:300] = rare[rng.integers(count, size=300)]
    if defect == "one mode":
        made = rare[7] + rng.normal(size=made.shape) * rare.std(0) / 20
    numbers = np.vstack([common, rare, made]).round(3)
    counts = [COMMON, count, MADE]
    columns = {f"x{at}": numbers[:, at] for at in range(8)}
    labels = np.repeat(["no", "yes", "yes"], counts)
    origins = np.repeat(["human", "human", "synthetic"], counts)
    pl.DataFrame({**columns, "churn": labels, "origin": origins}).write_csv(path / "t.csv")
    (path / "gates.toml").write_text(CONFIG)


@pytest.mark.parametrize(
    ("defect", "code", "names"),
    [
        ("", 0, ""),
        ("copies", 1, "combined/expect_synthetic_to_not_copy_human/exact"),
        ("one mode", 1, "combined/expect_distributions_to_match"),
        ("wrong label", 1, "combined/expect_distributions_to_match"),
    ],
)
def test_rows_of_a_rare_class_pass_and_their_defects_are_refused(tmp_path, gates, defect, code, names):
    write(tmp_path, defect)

    called = gates(tmp_path, "check")

    assert called.code == code, called.out
    assert names in called.out.partition("\nwarnings\n")[0]
    assert called.out.count('not compared (synthetic_role = "extend")') == 1
    assert "reported only" not in called.out
    if not defect:
        assert called.out.startswith("t: PASS")


@pytest.mark.parametrize(("defect", "code"), [("", 0), ("wrong label", 1)])
def test_class_of_which_sixty_human_rows_are_not_compared_is_known_by_its_label(tmp_path, gates, defect, code):
    write(tmp_path, defect, count=60)

    called = gates(tmp_path, "check")

    assert called.code == code, called.out
    assert ("combined/expect_utility_to_be_between/human" in called.out) == bool(defect)


def test_rare_class_may_lie_beyond_the_drafted_ranges(tmp_path, gates):
    write(tmp_path, "", count=20, shift=2.5)
    assert gates(tmp_path, "init", "--accept").code == 0

    called = gates(tmp_path, "check", "-v")

    assert called.code == 0, called.out
    assert "does not promise the ranges of human rows" in called.out
    assert "warnings\n" not in called.out

"""`gates explain` finds a check by a word of its name, and prints an entry that a suite takes as it is."""

from __future__ import annotations

import json
import re
import tomllib
from itertools import product

import pytest

from gates.contract.explain import arguments, built_in_uses, explanation, suite_entry
from gates.contract.suites.argument_values import VALUES, allowed_values
from gates.contract.suites.read import read_suite
from gates.errors import SuiteError
from gates.metrics.catalogue import METRICS
from gates.metrics.fidelity.constraints import _CONSTRAINTS
from gates.metrics.fidelity.text_diversity import MEASURES

LINES_OF_A_SCREEN = 50
BY_NAME = {metric.expectation: metric for metric in METRICS}
USES = built_in_uses()


def read(tmp_path, entry: dict):
    (tmp_path / "combined.json").write_text(json.dumps({"name": "own", "expectations": [entry]}))
    return read_suite(tmp_path / "combined.json", BY_NAME).expectations[0]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("boilerplate", "expect_boilerplate_ratio_to_be_less_than"),
        ("separab", "expect_origin_separability_to_be_less_than"),
        ("copy", "expect_synthetic_to_not_copy_human"),
        ("kl_divergence", "expect_column_kl_divergence_to_be_less_than"),
    ],
)
def test_word_of_one_name_shows_that_check(word, kind, tmp_path, gates):
    called = gates(tmp_path, "explain", word)

    assert (called.code, called.err) == (0, "")
    assert called.out.startswith(f"{kind}\n")


def test_word_of_several_names_lists_them_with_what_they_ask(tmp_path, gates):
    called = gates(tmp_path, "explain", "text")

    assert (called.code, called.err) == (0, "")
    names = [f"expect_{kind}_text_ratio_to_be_less_than" for kind in ("degenerate", "exchanged", "machine")]
    listed = " ".join(f"{name} {BY_NAME[name].asks}" for name in names)
    title = "3 checks have 'text' in their names; `gates explain NAME` says all of one:"
    assert " ".join(called.out.split()) == f"{title} {listed}"


@pytest.mark.parametrize("words", [["synthetic", "copies", "of", "human"], ["Synthetic rows copy human rows:"]])
def test_words_of_a_name_or_of_a_finding_show_its_check(words, tmp_path, gates):
    assert gates(tmp_path, "explain", *words).out.startswith("expect_synthetic_to_not_copy_human\n")


def length(kind: str) -> int:
    """About how many letters an explanation would have with all of its limits."""
    about = explanation(kind)
    return len(f"{about.asks} {about.why} {about.source} {about.fix}") + sum(
        len(use.reason()) + 100 for use in USES if use.entry.type == kind
    )


@pytest.mark.parametrize("kind", sorted(BY_NAME, key=length)[-12:])
def test_explanation_fits_a_screen(kind, tmp_path, gates):
    assert len(gates(tmp_path, "explain", kind).out.splitlines()) <= LINES_OF_A_SCREEN


def test_rules_of_a_column_are_named_and_one_of_them_is_shown(judged_project, gates):
    root = judged_project.root

    failures = gates(root, "explain", "failures").out
    of_column = gates(root, "explain", "income").out
    one = gates(root, "explain", "income/range").out

    assert len(failures.splitlines()) <= LINES_OF_A_SCREEN
    assert re.search(r"\d+ more, of which `gates explain \w+/[\w-]+` shows one, and --all-types all:", failures)
    assert "income (not-null, present, range, type)" in " ".join(failures.split())
    assert "/grade/" not in of_column
    assert [line.split()[1] for line in one.splitlines() if line.startswith("  sound: ")] == [
        f"{scope}/expect_row_failure_ratio_to_be_less_than/income/range" for scope in ("human", "synthetic")
    ]
    assert gates(root, "explain", "failures", "--all-types").out.count("  sound: ") > 30


@pytest.mark.parametrize("words", ["income/range", "range", "Synthetic rows copy human rows"])
def test_only_runs_what_explain_explains(words, judged_project, gates):
    explained = gates(judged_project.root, "explain", words, "--all-types").out
    called = gates(judged_project.root, "check", "sound", "--only", words, "--format", "json")

    assert {check["type"] for check in json.loads(called.out)["checks"]} == {explained.split("\n")[0]}


def test_check_of_other_types_is_named_by_only_as_such(judged_project, gates):
    called = gates(judged_project.root, "check", "sound", "--only", "boilerplate")

    assert called.code == 2
    assert "no check of this dataset (expect_boilerplate_ratio_to_be_less_than asks others;" in called.err


def test_explanation_ends_with_arguments_and_an_entry_and_a_waiver_to_copy(tmp_path, gates):
    out = gates(tmp_path, "explain", "combined/expect_synthetic_to_not_copy_human/near").out

    assert '  kind: "exact" | "near" | "span"\n' in out
    title = 'entry, for "expectations" in expectations/DATASET/combined.json\n'
    text, _, waiver = out.partition(title)[2].partition("\nwaiver, for gates.toml\n")
    entry = json.loads(text)
    (waived,) = tomllib.loads(waiver)["datasets"]["DATASET"]["waivers"]
    assert waived.keys() == {"check", "reason", "owner", "expires"}
    assert waived["check"] == "combined/expect_synthetic_to_not_copy_human/near"
    assert entry["type"] == "expect_synthetic_to_not_copy_human"
    assert entry["kwargs"]["kind"] == "near"


@pytest.mark.parametrize("uses", [USES, []], ids=["from the shipped suites", "without any use"])
@pytest.mark.parametrize("kind", BY_NAME)
def test_entry_is_taken_by_a_suite_as_it_is(kind, uses, tmp_path):
    entry = suite_entry(kind, [use for use in uses if use.entry.type == kind])

    assert read(tmp_path, entry).type == kind
    assert set(entry["kwargs"]) <= set(arguments(kind))


@pytest.mark.parametrize(
    ("kind", "name", "word"),
    [(kind, name, word) for kind, values in VALUES.items() for name, words in values.items() for word in words],
)
def test_every_listed_word_is_taken_and_another_is_refused(kind, name, word, tmp_path):
    entry = suite_entry(kind, [])

    taken = read(tmp_path, {**entry, "kwargs": {**entry["kwargs"], name: word}})

    assert taken.kwargs[name] == word
    with pytest.raises(SuiteError, match=rf"combined.json:1: {kind}: {name} is '{word}x' \(did you mean '{word}'\?\)"):
        read(tmp_path, {**entry, "kwargs": {**entry["kwargs"], name: f"{word}x"}})


def test_every_argument_that_is_a_word_has_its_words_listed():
    unlisted = [
        f"{kind}: {name} = {word}"
        for kind, metric in BY_NAME.items()
        for name, word in metric.params
        if isinstance(word, str) and word not in allowed_values(metric, name)
    ]

    assert unlisted == []


def test_listed_words_are_those_that_metrics_know():
    diversity, constraints = (
        BY_NAME[f"expect_{name}"]
        for name in ("diversity_ratio_to_be_between", "constraint_violation_ratio_to_be_less_than")
    )

    assert sorted(allowed_values(diversity, "measure")) == sorted(MEASURES)
    assert sorted(allowed_values(constraints, "constraint")) == sorted([*_CONSTRAINTS, "key"])


def test_shipped_suites_ask_with_every_listed_kind_but_those_beside_coverage():
    shipped = {(use.entry.type, name, use.entry.kwargs.get(name)) for use, name in product(USES, ("kind", "over"))}
    listed = {
        (kind, name, word)
        for kind, values in VALUES.items()
        for name in ("kind", "over")
        for word in values.get(name, ())
    }

    # Reports show these beside the coverage; a limit on one is for suites of one's own.
    of_own_suites = {("expect_coverage_to_be_between", "kind", word) for word in ("density", "precision", "recall")}
    assert listed - shipped == of_own_suites


def test_project_shows_the_limits_of_its_own_data_types_unless_all_are_wanted(tmp_path, gates):
    (tmp_path / "gates.toml").write_text('[datasets.reviews]\npath = "reviews.csv"\ntype = "text"\n')

    def owners(*arguments: str) -> set[str]:
        limits = gates(tmp_path, "explain", *arguments).out.partition("\nlimits\n")[2].partition("\narguments\n")[0]
        return {line.split(":")[0].strip() for line in limits.splitlines() if "/expect_" in line}

    every = owners("duplicate_ratio", "--all-types")
    assert every >= {"text", "instruction"}
    assert owners("duplicate_ratio") == every & {"common", "text"}
    assert "more in suites of other data types: --all-types\n" in gates(tmp_path, "explain", "duplicate_ratio").out
    # A check of other types alone is explained by them.
    assert owners("series_to_be_sound") == {"timeseries"}


def test_a_waiver_is_offered_for_a_dataset_that_has_the_check(tmp_path, gates):
    kinds = {"adult": "tabular", "chats": "instruction"}
    tables = (f'[datasets.{name}]\npath = "{name}.csv"\ntype = "{kind}"\n' for name, kind in kinds.items())
    (tmp_path / "gates.toml").write_text("".join(tables))

    def offered(check: str) -> list[str]:
        return re.findall(r"\[\[datasets\.(.*)\.waivers\]\]", gates(tmp_path, "explain", check).out)

    assert offered("exchanged") == ["chats"]
    assert offered("human_rows_to_be_kept") == ["adult"]
    assert offered("responses_to_fit") == ["chats"]
    # Neither dataset is asked about series.
    assert offered("temporal_structure") == ["DATASET"]

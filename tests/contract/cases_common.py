"""Contracts of the checks that every type of data has."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from gates.config.data_types import DATA_TYPES
from gates.data.previous_version import KeptFiles
from gates.verdict import Outcome
from tests.contract.case import FEW, Case, Missing
from tests.contract.changes import (
    ADDRESS,
    SECRET,
    after,
    copying_people,
    declaring,
    having,
    keeping,
    own_suite,
    repeating,
    replaced,
    with_cells,
    without_role,
)
from tests.contract.laws import rows_of
from tests.contract.sound_datasets import sound

if TYPE_CHECKING:
    from tests.contract.sound_datasets import Dataset

EVERY = DATA_TYPES
EXACT = "every row is counted, so that a count of few rows is as good as one of many"
NO_PEOPLE = Missing(keeping("human", 0), Outcome.ERROR, "there are no human rows: nothing to measure")
NOTHING_MADE = Missing(keeping("synthetic", 0), Outcome.ERROR, "there are no synthetic rows: nothing to measure")
NO_ROWS = Missing(
    after(keeping("human", 0), keeping("synthetic", 0)), Outcome.ERROR, "there are no human and no synthetic rows: nothing to measure"
)  # fmt: skip
NO_SLICES = Missing(
    declaring(slices=None), Outcome.NOT_CONFIGURED, 'no slices are declared; add: slices = ["<column>"]'
)  # fmt: skip
NO_POPULATION = Missing(
    declaring(population=None),
    Outcome.NOT_CONFIGURED,
    'no population is declared; add: population = "references/population.csv"',
)
RATED = ("preference", "annotations")
LABELLED_BY = ("instruction", "preference", "annotations")
DOMAINS = tuple(kind for kind in DATA_TYPES if "critical_domains" in sound(kind, FEW).declared)
SHARES = "expect_population_shares_to_match"
PERSONAL = "expect_columns_to_not_contain_personal_data"
# A secret, and as many people's addresses as make up more than a twentieth of the rows; each belongs to one row.
TOLD = [SECRET, *(ADDRESS.replace("ada", f"ada{number}") for number in range(200))]
TOLD_BY_PEOPLE = with_cells("human", "licence", TOLD)
COPIES = "combined/expect_synthetic_to_not_copy_human"


def region(human: int, synthetic: int) -> object:
    """So many rows of either origin from a fourth region."""
    return after(with_cells("human", "region", "west", human), with_cells("synthetic", "region", "west", synthetic))


def spoken(**shares: float) -> object:
    """Other declared shares."""
    return having(population=shares)


def _separable_by_one(dataset: Dataset) -> Dataset:
    rows = dataset.rows.filter(pl.col("origin") == "human").height
    names = [("ana", "ana", "bo", "cy")[number % 4] if number % 9 else "ana" for number in range(rows)]
    return dataset.having(rows=replaced(dataset.rows, "human", "annotator", names))


def _vote_blindly(dataset: Dataset) -> Dataset:
    rows = dataset.rows.filter(pl.col("origin") == "human").height
    for column, turn in (("label_2", 2), ("label_3", 3)):
        votes = [("first", "second")[number // turn % 2] for number in range(rows)]
        dataset = dataset.having(rows=replaced(dataset.rows, "human", column, votes))
    return dataset


def _click_blindly(dataset: Dataset) -> Dataset:
    """One of three annotators labels without looking."""
    rows = dataset.rows.filter(pl.col("origin") == "human").height
    votes = [("first", "second")[number // 2 % 2] for number in range(rows)]
    return dataset.having(rows=replaced(dataset.rows, "human", "label_3", votes))


def _judged_twice(dataset: Dataset, origin: str, count: int) -> Dataset:
    """Items that somebody labels a second time, differently."""
    again = dataset.rows.filter(pl.col("origin") == origin)[:count]
    other = again["label"].unique().sort().to_list()
    labels = pl.col("label").replace(dict(zip(other, [*other[1:], other[0]], strict=True)))
    return dataset.having(rows=pl.concat([dataset.rows, again.with_columns(labels, id=pl.format("{}-again", "id"))]))


def _judge_blindly(dataset: Dataset) -> Dataset:
    labels = ("good", "fair", "bad", "unclear")
    blind = pl.Series([labels[number * 7 % 4] for number in range(dataset.rows.height)])
    is_it = pl.col("annotator") == "judge 3"
    return dataset.having(rows=dataset.rows.with_columns(label=pl.when(is_it).then(blind).otherwise("label")))


def _seeded_by_machines(dataset: Dataset) -> Dataset:
    made = dataset.rows.filter(pl.col("origin") == "synthetic")["id"].to_list()
    return dataset.having(rows=replaced(dataset.rows, "synthetic", "seed_id", made[1000:1400]))


def _with_one_made_row(dataset: Dataset) -> Dataset:
    return dataset.having(rows=pl.concat([dataset.rows, rows_of(dataset.kind, "synthetic", 3, seed=2)[:1]]))


def collapsed(dataset: Dataset) -> Dataset:
    """Synthetic rows in which each number follows from the age."""
    age = pl.col("age")
    numbers = {"income": 20_000 + 480 * age, "height": 140 + 0.7 * age}
    is_made = pl.col("origin") == "synthetic"
    return dataset.having(
        rows=dataset.rows.with_columns(
            **{name: pl.when(is_made).then(number).otherwise(pl.col(name)) for name, number in numbers.items()}
        )
    )


CASES = (
    Case(
        "human/expect_table_row_count_to_be_between", EVERY, "annotations",
        keeping("human", 0), "no rows in the human scope",
        also=frozenset({"human/expect_table_row_count_to_be_between/enough-to-compare"}),
        exact=EXACT, never_missing="rows without any value are rows; a scope without rows is the failure itself",
    ),
    Case(
        "human/expect_table_row_count_to_be_between/enough-to-compare", EVERY, "annotations",
        after(keeping("human", 297), keeping("synthetic", 297)), "297, at least 300",
        exact="it is the check for too few rows, and fails for them",
        never_missing="rows without any value are rows; a scope without rows is the failure itself",
    ),
    Case(
        "synthetic/expect_table_row_count_to_be_between", EVERY, "annotations",
        keeping("synthetic", 0), "no rows in the synthetic scope",
        exact=EXACT, never_missing="rows without any value are rows; a scope without rows is the failure itself",
    ),
    Case(
        "human/expect_duplicate_ratio_to_be_less_than/exact", EVERY, "annotations",
        repeating("human", 60), "60 of 3,099 rows repeat another", exact=EXACT, missing=NO_PEOPLE,
    ),
    Case(
        "synthetic/expect_duplicate_ratio_to_be_less_than/exact", EVERY, "annotations",
        repeating("synthetic", 300), "300 of 3,099 rows repeat another", exact=EXACT, missing=NOTHING_MADE,
    ),
    Case(
        "human/expect_annotator_agreement_to_be_between/nominal", RATED, "preference",
        _vote_blindly, "Annotators agree too little: 3 annotators", rows=1300,
        missing=Missing(
            without_role("label_1", "label_2", "label_3"), Outcome.NOT_CONFIGURED,
            'no rating columns are configured; add: columns = { label_1 = "…", label_2 = "…" }',
        ),
    ),
    Case(
        "human/expect_low_agreement_annotator_ratio_to_be_less_than", RATED, "preference",
        _click_blindly, "label_3 agrees with the others by", rows=1300, exact=EXACT,
        also=frozenset({"human/expect_annotator_agreement_to_be_between/nominal"}),
        missing=Missing(
            without_role("label_1", "label_2", "label_3"), Outcome.NOT_CONFIGURED,
            'no rating columns are configured; add: columns = { label_1 = "…", label_2 = "…" }',
        ),
    ),
    Case(
        "synthetic/expect_annotator_agreement_to_be_between/nominal", ("annotations",), "annotations",
        _judge_blindly, "judge 3",
        also=frozenset({"combined/expect_labels_to_agree_across_origins", "synthetic/expect_machines_to_replace_annotators"}),
        missing=NOTHING_MADE,
    ),
    Case(
        "synthetic/expect_machines_to_replace_annotators", ("annotations",), "annotations",
        _judge_blindly, "judge 3 replaces 0 of 3 annotators and is shown not to replace 3", missing=NOTHING_MADE,
        also=frozenset({
            "synthetic/expect_annotator_agreement_to_be_between/nominal", "combined/expect_labels_to_agree_across_origins",
        }),
    ),
    Case(
        "synthetic/expect_self_contradiction_ratio_to_be_less_than", ("annotations",), "annotations",
        partial(_judged_twice, origin="synthetic", count=80), "rated items have several labels of one annotator", exact=EXACT,
        missing=NOTHING_MADE,
    ),
    Case(
        "human/expect_self_contradiction_ratio_to_be_less_than", ("annotations",), "annotations",
        partial(_judged_twice, origin="human", count=200), "rated items have several labels of one annotator", exact=EXACT,
        missing=NO_PEOPLE,
    ),
    Case(
        "human/expect_annotator_concentration_to_be_less_than", LABELLED_BY, "instruction",
        _separable_by_one, "One annotator gave too many of the labels: ana gave", rows=1300,
        missing=Missing(
            without_role("annotator"), Outcome.NOT_CONFIGURED,
            'no annotator column is configured; add: columns = { annotator = "…" }',
        ),
    ),
    Case(
        f"human/{SHARES}/distance", EVERY, "annotations",
        spoken(north=0.25, south=0.45, east=0.3), "declared population: region=south", missing=NO_POPULATION,
    ),
    Case(
        f"human/{SHARES}/under_representation", EVERY, "annotations",
        after(region(12, 60), spoken(north=0.39, south=0.33, east=0.24, west=0.04)), "declared population: region=west",
        missing=NO_POPULATION,
    ),
    Case(
        f"human/{SHARES}/design_effect", EVERY, "annotations",
        spoken(north=0.1, south=0.1, east=0.8), "declared population: region=east",
        # Weights grow large only where levels are far from their shares.
        also=frozenset({f"human/{SHARES}/distance", f"human/{SHARES}/under_representation"}), missing=NO_POPULATION,
    ),
    Case(
        "human/expect_slice_row_counts_to_be_between", EVERY, "annotations",
        region(4, 60), "fewest human rows in region=west: 4 of", exact=EXACT, missing=NO_SLICES,
    ),
    *(
        Case(
            f"{scope}/{PERSONAL}/{kind}", EVERY, "annotations", spoil, ": rows with",
            also=frozenset(f"{other}/{PERSONAL}/{one}" for other in scopes for one in ("secrets", "personal"))
            - {f"{scope}/{PERSONAL}/{kind}"},
            exact=EXACT, missing=NO_PEOPLE if scope == "human" else NOTHING_MADE,
        )
        for scope, scopes, spoil in (
            ("human", ("human",), TOLD_BY_PEOPLE),
            # What synthetic rows leak stands in people's rows.
            ("synthetic", ("human", "synthetic"), after(TOLD_BY_PEOPLE, with_cells("synthetic", "licence", TOLD))),
        )
        for kind in ("secrets", "personal")
    ),
    Case(
        "synthetic/expect_diversity_ratio_to_be_between/effective_number", EVERY, "tabular",
        collapsed, "effective dimensions against",
        missing=NOTHING_MADE, costly=True, rows=1300,
    ),
    Case(
        "synthetic/expect_lineage_to_be_complete", EVERY, "annotations",
        with_cells("synthetic", "licence", None, 100), "column 'licence' is filled in 96.8 % of synthetic rows", exact=EXACT,
        missing=Missing(
            without_role("generator", "generator_version", "prompt_id", "seed_id", "created_at", "licence"),
            Outcome.NOT_CONFIGURED,
            'no lineage column is declared; add: columns = { generator = "…", seed_id = "…" }',
        ),
    ),
    Case(
        "synthetic/expect_generation_depth_to_be_between", tuple(kind for kind in EVERY if kind != "timeseries"),
        "annotations", _seeded_by_machines, "400 of 3,099 synthetic rows lie deeper than 1", exact=EXACT,
        missing=Missing(
            without_role("seed_id"), Outcome.NOT_CONFIGURED, 'no seed column is declared; add: columns = { seed_id = "…" }'
        ),
    ),
    Case(
        "combined/expect_origins_to_be_declared", EVERY, "annotations",
        with_cells("human", "origin", None, 5), "5 of 6,198 rows have an origin that is missing or not declared",
        exact=EXACT,
        missing=Missing(
            after(keeping("human", 0), keeping("synthetic", 0)), Outcome.ERROR, "the dataset has no rows"
        ),
    ),
    Case(
        "combined/expect_keys_to_name_one_row", tuple(kind for kind in EVERY if kind != "timeseries"), "annotations",
        copying_people(30, "id"), "30 of 3,099 synthetic rows have the key of a human row", exact=EXACT,
        missing=Missing(
            without_role("id", "key"), Outcome.NOT_CONFIGURED,
            'no key is declared that names a row; add: columns = { id = "…" }',
        ),
    ),
    Case(
        "combined/expect_files_to_be_kept", EVERY, "annotations",
        having(kept=KeptFiles(lost=0.5, story="1 of 2 files is gone")), "1 of 2 files is gone; at most 10 % may",
        exact="what lay in a version before is there, gone or cannot be read: a number of rows decides none of it",
        missing=Missing(
            having(kept=None), Outcome.NOT_CONFIGURED,
            "there is no earlier version to compare with: `gates check` compares in a git repository",
        ),
    ),
    Case(
        "combined/expect_partitions_to_align", EVERY, "tabular",
        with_cells("synthetic", "town", "TOWN 1", 60), ": column 'town'", exact=EXACT, missing=NOTHING_MADE, rows=1300,
    ),
    *(
        Case(
            f"combined/expect_human_ratio_to_be_between/{purpose}", EVERY, "events", spoil, reason,
            prepared=prepared, exact=EXACT,
            missing=Missing(
                # Of the limits per purpose the first stands for the question.
                declaring(purpose=None), Outcome.NOT_CONFIGURED,
                "no purpose is declared, and no ratio is right for all; add: "
                'purpose = "finetune"  # pretrain | finetune | preference | evaluation',
            ) if purpose == "pretrain" else NO_ROWS,
        )
        for purpose, prepared, spoil, reason in (
            ("pretrain", declaring(purpose="pretrain"), keeping("human", 300), "at least 10 % should"),
            ("finetune", declaring(purpose="finetune"), keeping("human", 600), "at least 20 % must"),
            ("preference", declaring(purpose="preference"), keeping("human", 1500), "at least 50 % must"),
        )
    ),
    Case(
        "combined/expect_human_ratio_to_be_between/evaluation", EVERY, "annotations",
        _with_one_made_row, "3,099 distinct human and 1 distinct synthetic rows; at least 100 % must",
        prepared=after(declaring(purpose="evaluation"), keeping("synthetic", 0)), exact=EXACT, missing=NO_ROWS,
    ),
    Case(
        f"{COPIES}/exact", EVERY, "timeseries",
        copying_people(30, "value"), "30 of 3,100 (0.97 %) equal a human row",
        missing=NOTHING_MADE,
    ),
    Case(
        "combined/expect_rare_slices_to_be_covered/vanished", EVERY, "text",
        region(60, 0), "vanished: region=west", missing=NO_SLICES, rows=1300,
    ),
    Case(
        "combined/expect_rare_slices_to_be_covered/union", EVERY, "text",
        region(12, 12), "fewest rows in region=west: 12 human, 12 synthetic; at least 30 required", exact=EXACT,
        missing=NO_SLICES, rows=1300,
    ),
    Case(
        "combined/expect_expert_ratio_to_be_between", DOMAINS, "instruction",
        with_cells("human", "expertise", "lay"), "medicine: 0.0 % of", exact=EXACT, rows=1300,
        missing=Missing(
            declaring(critical_domains=None), Outcome.NOT_CONFIGURED,
            "no domain is declared critical; add: critical_domains = { medical = { human = 0.5, expert = 0.2 } }",
        ),
    ),
    Case(
        "human/expect_human_rows_to_be_recent", EVERY, "annotations",
        with_cells("human", "created_at", "2020-01-05", 1000), "oldest human row 2020-01-05",
        prepared=own_suite("human", "expect_human_rows_to_be_recent", {"min_value": 0.9}), exact=EXACT,
        missing=Missing(
            without_role("created_at"), Outcome.NOT_CONFIGURED,
            'no column with the date of a row is declared; add: columns = { created_at = "…" }',
        ),
    ),
    Case(
        "synthetic/expect_constraint_violation_ratio_to_be_less_than/inequality/low,high", ("tabular",), "tabular",
        with_cells("synthetic", "low", 200.0, 80), "break the rule on column 'low' and column 'high'",
        prepared=after(
            lambda dataset: dataset.having(
                rows=dataset.rows.with_columns(low=pl.col("age") - 1, high=pl.col("age")),
                holdout=dataset.holdout.with_columns(low=pl.col("age") - 1, high=pl.col("age")),
            ),
            own_suite("synthetic", "expect_constraint_violation_ratio_to_be_less_than",
                      {"constraint": "inequality", "columns": ["low", "high"], "max_value": 0.01}),
        ),
        # What breaks the rule stands in tenths of the two columns that no human row has together.
        also=frozenset({"combined/expect_associations_to_match/unseen"}),
        missing=NOTHING_MADE, rows=1300,
    ),
)  # fmt: skip

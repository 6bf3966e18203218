"""`[stages.NAME]` is read key by key, sorted by promotion, and every mistake is named with its line."""

from __future__ import annotations

import pytest

from gates.config.load import read_config
from gates.config.parsing.stages import Stage
from gates.errors import UsageError

DATASET = '[datasets.a]\npath = "x.csv"\ntype = "text"\n'


@pytest.fixture
def stages(tmp_path):
    def read(text: str, name: str = "gates.toml", dataset: str = DATASET) -> dict[str, Stage]:
        (tmp_path / name).write_text(dataset + text)
        return dict(read_config(tmp_path / name).stages)

    return read


@pytest.fixture
def mistakes(stages):
    def collect(text: str, dataset: str = DATASET) -> list[str]:
        with pytest.raises(UsageError) as error:
            stages(text, dataset=dataset)
        return str(error.value).split("\n")

    return collect


def test_every_key_is_read_and_what_is_left_out_is_not_asked_for(stages):
    config = stages(
        '[stages.plain]\n[stages.full]\nafter = "plain"\npurpose = "evaluation"\nreviewers = 2\nmaximum_age = 30\n'
        'waivers = "forbidden"\nloosened = "forbidden"\nanswered = ["combined/expect_x/y", "expect_z"]\n'
    )

    assert config == {
        "plain": Stage("plain", 4, None, None, 0, None, "allowed", "allowed", ()),
        "full": Stage(
            "full", 5, "plain", "evaluation", 2, 30, "forbidden", "forbidden", ("combined/expect_x/y", "expect_z")
        ),
    }


def test_stages_come_in_the_order_of_promotion_and_of_the_file_where_that_is_open(stages):
    text = '[stages.prod]\nafter = "staging"\n[stages.demo]\n[stages.staging]\nafter = "dev"\n[stages.dev]\n'

    assert list(stages(text)) == ["demo", "dev", "staging", "prod"]


def test_a_pyproject_has_stages_too(stages):
    dataset = '[tool.gates.datasets.a]\npath = "x.csv"\ntype = "text"\n'

    config = stages("[tool.gates.stages.prod]\nreviewers = 1\n", "pyproject.toml", dataset)

    assert config == {"prod": Stage("prod", 4, reviewers=1)}


def test_a_stage_is_found_by_name_and_a_wrong_name_suggests_the_nearest(stages, tmp_path):
    stages("[stages.prod]\n[stages.staging]\n")
    config = read_config(tmp_path / "gates.toml")

    assert config.stage("prod") == Stage("prod", 4)
    with pytest.raises(UsageError, match=r"^gates\.toml: no stage 'stagin' \(did you mean 'staging'\?\)$"):
        config.stage("stagin")


def test_a_stage_of_a_configuration_without_stages_says_what_to_add(stages, tmp_path):
    assert stages("") == {}
    with pytest.raises(UsageError, match=r"^gates\.toml: defines no stage; add a table \[stages\.prod\]$"):
        read_config(tmp_path / "gates.toml").stage("prod")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("afer = 'dev'", "unknown key 'afer' (did you mean 'after'?)"),
        ("after = 3", "after is an integer, expected a string"),
        ("after = 'dve'", "after: no stage 'dve' (did you mean 'dev'?)"),
        ("after = 'prd'", "after: no stage 'prd' (expected one of: dev)"),
        ("after = 'prod'", "comes after itself; name the stage before it, or leave `after` out"),
        ("purpose = 'finetuning'", "purpose 'finetuning' is unknown (did you mean 'finetune'?)"),
        ("reviewers = -1", "reviewers is -1, expected 0 people or more"),
        ("reviewers = true", "reviewers is a boolean, expected a whole number of people"),
        ("maximum_age = 0", "maximum_age is 0, expected 1 days or more"),
        ("maximum_age = 30.5", "maximum_age is a float, expected a whole number of days"),
        ("waivers = 'forbiden'", "waivers 'forbiden' is unknown (did you mean 'forbidden'?)"),
        ("loosened = false", "loosened is a boolean, expected a string"),
        ("answered = 'all'", 'answered is a string, expected an array of strings such as ["a", "b"]'),
        ("answered = ['all', 'expect_x']", 'answered has "all" beside others; keep one of them'),
        ("answered = ['expect_x', 'expect_x']", "answered names 'expect_x' twice"),
        (
            "answered = ['people/expect_x']",
            "answered 'people/expect_x' is no check id (<human|synthetic|combined>/<expectation>[/<detail>]), no type expect_… and not \"all\"",
        ),
    ],
)
def test_what_is_wrong_with_a_key_is_reported_with_its_line(mistakes, line, message):
    text = f"[stages.dev]\n[stages.prod]\n{line}\n"

    assert mistakes(text) == [f"gates.toml:6: stage 'prod': {message}"]


@pytest.mark.parametrize("name", ["prod!", "-prod", "prod/", "a//b", "to prod", "prod#1", "", "a.lock", "é"])
def test_a_name_that_cannot_stand_in_a_tag_is_refused(mistakes, name):
    (mistake,) = mistakes(f'[stages."{name}"]\n')

    assert mistake.startswith(f"gates.toml:4: stage '{name}': '{name}' is no name for a stage: only letters, digits")


@pytest.mark.parametrize("name", ["p", "prod", "team-a/prod_2", "2026"])
def test_a_name_that_gto_and_git_take_is_taken(stages, name):
    assert list(stages(f'[stages."{name}"]\n')) == [name]


def test_a_circle_is_named_once_and_stages_behind_it_are_not_blamed(mistakes):
    text = '[stages.end]\nafter = "a"\n[stages.a]\nafter = "b"\n[stages.b]\nafter = "c"\n[stages.c]\nafter = "a"\n'

    assert mistakes(text) == [
        "gates.toml:7: stage 'a': goes round in a circle: 'a' after 'b' after 'c' after 'a'; leave one `after` out"
    ]


def test_a_table_that_is_none_is_refused(mistakes):
    assert mistakes(DATASET, dataset="stages = 3\n") == [
        "gates.toml:1: stages is an integer, expected tables [stages.NAME]"
    ]
    assert mistakes("[stages]\nprod = 3\n") == [
        "gates.toml:5: stage 'prod': is an integer, expected a table [stages.prod]"
    ]


def test_mistakes_of_datasets_and_of_stages_come_together_in_the_order_of_the_file(mistakes):
    text = "[stages.prod]\nreviewer = 1\n[datasets.b]\npath = 'x.csv'\ntype = 'texts'\n"

    assert mistakes(text) == [
        "gates.toml:5: stage 'prod': unknown key 'reviewer' (did you mean 'reviewers'?)",
        "gates.toml:8: dataset 'b': type 'texts' is unknown (did you mean 'text'?)",
    ]


def test_a_table_called_stage_suggests_stages(mistakes):
    assert mistakes("[stage.prod]\n") == ["gates.toml:4: unknown key 'stage' (did you mean 'stages'?)"]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ('review = "required"\nreview_ltpd = 0\n', "gates.toml:6: stage 'prod': review_ltpd is 0, expected a share between 0 and 1"),
        ('review = "required"\nreview_ltpd = 5\n', "gates.toml:6: stage 'prod': review_ltpd is 5, expected a share between 0 and 1"),
        ("review_ltpd = 0.05\n", "gates.toml:5: stage 'prod': review_ltpd says what reviews are taken, and none is required; add review = \"required\""),
    ],
)  # fmt: skip
def test_a_share_that_no_review_can_keep_is_refused(mistakes, text, mistake):
    assert mistakes(f"[stages.prod]\n{text}") == [mistake]

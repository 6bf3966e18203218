"""The page of a verdict: whole without a script, nothing asked of a server, whatever names and messages hold."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gates.api.verdict import CheckVerdict
from gates.verdict import LINE_TO_ADD, Answer, CheckId, Kind, Outcome, Scope, Verdict
from gates.verdicts.from_json import verdict_of
from gates.verdicts.reports.formats.html import REPORT
from gates.verdicts.reports.formats.markdown import REPORT as MARKDOWN
from gates.verdicts.reports.located_verdict import PageVersion, Place, Unjudged, unplaced
from gates.verdicts.reports.page.document import documents, top, whole
from gates.verdicts.reports.page.drawing.markup import name_in_lines, tag
from gates.verdicts.reports.page.wording import FAMILIES, family
from gates.verdicts.reports.registry import rendered
from gates.verdicts.reports.weaker_gate import WeakerGate
from tests.unit.verdicts.test_reports import check, example

HOSTILE = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>'\u202egnp\u0000</style><!--"
MOST_BYTES = 1_200_000


class _Reader(HTMLParser):
    """What a browser makes of a page: its elements, their attributes, and its text outside of styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)


def hostile() -> Verdict:
    """A verdict in which every text that comes from somebody else wants to be markup."""
    parts = {
        HOSTILE: {
            "observed": 0.5,
            "low": 0.4,
            "high": 0.6,
            "rows": {"human": 5, "synthetic": 6},
            "outcome": "fail",
            "note": HOSTILE,
        }
    }
    evidence = {
        "first_rows": [f"{HOSTILE}:1 = {HOSTILE}:2", f"{HOSTILE}:3"],
        "worst_columns": {HOSTILE: 0.5},
        "generators": parts,
        HOSTILE: [{"level": HOSTILE, "human": 5, "synthetic": 0}],
        "telling": {HOSTILE: 1.0},
        "add": 'columns = { "<script>" = "x" }',
    }
    failure = check(
        "distributions_to_match", Outcome.FAIL, HOSTILE, detail=HOSTILE, observed=0.5, low=0.4, high=0.6, max_value=0.05,
        fix=HOSTILE, evidence=evidence,
    )  # fmt: skip
    missing = replace(failure, id=CheckId(Scope.HUMAN, HOSTILE.replace("/", "")), outcome=Outcome.NOT_CONFIGURED)
    waiver = {"check": str(failure.id), "reason": HOSTILE, "owner": HOSTILE, "expires": HOSTILE}
    data = {**example().data, "files": [{"path": HOSTILE, "rows": 1, "sha256": HOSTILE, "md5": ""}]}
    columns = {"not_compared": {HOSTILE: HOSTILE}, "read_as": {}}
    return replace(
        example(), dataset=HOSTILE, checks=[*example().checks, failure, missing], waived=[waiver], loosened=[HOSTILE], data=data,
        columns=columns,
    )  # fmt: skip


def large(checks: int = 60, columns: int = 40) -> Verdict:
    """As much as a page has to hold: every check with evidence of every column and of several generators."""
    row = {
        "observed": 0.5,
        "low": 0.4,
        "high": 0.6,
        "rows": {"human": 5000, "synthetic": 6000},
        "outcome": "fail",
        "note": "worst column 'c'" * 4,
    }
    names = [f"column number {at}" for at in range(columns)]
    evidence = {
        "worst_columns": dict.fromkeys(names, 0.1),
        "shares": {name: {"human": 0.1, "synthetic": 0.2} for name in names},
        "thin": [{"level": name, "human": 1, "synthetic": 2} for name in names],
        "generators": {f"generator {at}": row for at in range(8)},
        "languages": {f"l{at}": row for at in range(8)},
        "first_rows": [f"data/synthetic.parquet:{at}" for at in range(10)],
    }
    listed = [
        check("distributions_to_match", Outcome.FAIL, "differs: " + "x" * 200, detail=f"d{at}", observed=0.1, low=0.05,
              high=0.2, max_value=0.05, evidence=evidence, fix="retrain")
        for at in range(checks)
    ]  # fmt: skip
    return replace(example(), checks=listed)


def test_page_has_the_answer_the_rows_the_findings_and_the_next_commands():
    words = " ".join(" ".join(_Reader(whole(example())).words).split())

    for expected in (
        "reviews",
        "fail",
        "500",
        "600",
        "gates check reviews -v",
        "gates explain",
        "0.521",
        "12 of 600 rows fail",
    ):
        assert expected in words


@pytest.mark.parametrize("make", [whole, top], ids=["whole", "top"])
@pytest.mark.parametrize("verdict", [example(), hostile(), large(3, 3)], ids=["example", "hostile", "large"])
def test_page_has_no_script_and_names_no_address(make, verdict):
    read = _Reader(make(verdict))

    assert {"script", "img", "iframe", "object", "embed", "form", "base"}.isdisjoint(read.names)
    assert [name for name, _ in read.attributes if name.startswith("on") or name in ("src", "srcset", "style")] == []
    assert [value for name, value in read.attributes if name == "href" and not value.startswith("#")] == []
    assert "@import" not in make(verdict)
    assert "url(" not in make(verdict)


def test_hostile_names_stay_text():
    page = whole(hostile())
    read = _Reader(page)

    assert read.names.count("style") == 1
    assert "\u202e" not in page
    assert "\x00" not in page
    assert any("<script>alert(1)</script>" in words for words in read.words)


def test_every_link_leads_to_a_place_on_the_page_and_no_place_is_named_twice():
    page = whole(large(5, 5))
    read = _Reader(page)
    places = [value for name, value in read.attributes if name == "id"]

    assert len(places) == len(set(places))
    assert {value[1:] for name, value in read.attributes if name == "href"} <= set(places)


def test_page_of_sixty_checks_and_forty_columns_is_small():
    page = whole(large())

    assert len(page.encode()) <= MOST_BYTES
    # Three figures of a check's own rows, and one by generator and one by language.
    assert page.count("<figure>") > 60 * 5
    assert "Left out, as the page would grow too large" not in page


def test_page_of_more_than_there_is_room_for_stays_small_and_says_what_has_the_rest():
    page = whole(large(100, 400))

    assert len(page.encode()) <= MOST_BYTES
    assert "Left out, as the page would grow too large" in page


def test_page_and_job_summary_name_the_file_of_failing_rows_where_there_is_one():
    rows = "12 in .gates/quarantine/<reviews>.parquet"
    located = replace(unplaced(example()), failing_rows=rows)

    for page in (whole(example(), failing_rows=rows), documents([located])):
        assert "<code>12 in .gates/quarantine/&lt;reviews&gt;.parquet</code>" in page
    assert f"- rows that fail row rules: `{rows}`\n" in rendered(MARKDOWN, [located])
    assert "that fail row rules" not in whole(example()) + rendered(MARKDOWN, [unplaced(example())])


def test_page_of_thousands_of_failing_rules_is_small_and_says_how_many_there_are():
    rules = [
        check("row_failure_ratio_to_be_less_than", Outcome.FAIL, f"Rows break the rule c{at}/range: 5 of 9 rows", kind=Kind.SCHEMA,
              scope=Scope.SYNTHETIC, detail=f"a long name of a column, number {at}/range", observed=0.5, low=0.4, high=0.6,
              max_value=0.01, evidence={"failures": 5, "rows": 9, "first_rows": [f"data/synthetic.parquet:{row}" for row in range(10)]})
        for at in range(4000)
    ]  # fmt: skip

    page = whole(replace(example(), checks=rules, waived=[]))

    assert len(page.encode()) <= MOST_BYTES
    assert "3,900 more findings" in page
    assert "4,000 fail" in page


def test_rules_that_hold_leave_room_for_what_has_a_figure():
    rules = [
        check("row_failure_ratio_to_be_less_than", Outcome.PASS, "0, limit 0.01", kind=Kind.SCHEMA, detail=f"c{at}/range",
              observed=0.0, max_value=0.01, evidence={"failures": 0, "first_rows": []})
        for at in range(500)
    ]  # fmt: skip
    last = check(
        "x",
        Outcome.PASS,
        "0, limit 1",
        observed=0.0,
        max_value=1,
        evidence={"shares": {"a": {"human": 0.1, "synthetic": 0.2}}},
    )

    page = whole(replace(example(), checks=[*rules, last], waived=[], answer=Answer.PASS))

    assert "The share of rows with each label on both sides" in page


def test_page_is_the_same_for_a_verdict_that_was_stored():
    assert whole(verdict_of(json.loads(json.dumps(example().to_json())))) == whole(verdict_of(example().to_json()))


def test_browser_may_run_nothing_and_ask_for_nothing():
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', whole(example()))

    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_page_of_several_datasets_has_each_and_says_why_there_is_no_verdict():
    text = rendered(REPORT, [unplaced(example())], [Unjudged("orders", "no file <b>")], is_single=False)

    assert text == documents([unplaced(example())], [Unjudged("orders", "no file <b>")])
    assert "<title>fail: 2 datasets</title>" in text
    assert "no file &lt;b&gt;" in text


def test_page_is_led_by_what_a_change_takes_away():
    weaker = [WeakerGate("limit", "a limit <b> is looser", Place("gates.toml", 7), None, "give a reason")]

    text = rendered(REPORT, [unplaced(example())], weaker=weaker)

    main = text.partition("<main>")[2]
    assert main.startswith('<section class="opening"><h1>This change weakens the gate</h1>')
    assert "a limit &lt;b&gt; is looser; fix: give a reason" in main
    assert main.index("gates.toml:7") < main.index('id="answer"')


def test_page_without_any_check_says_that_there_is_no_verdict():
    page = whole(replace(example(), checks=[], waived=[], answer=Answer.NO_VERDICT))

    assert "no verdict" in page
    assert "No check was planned." in page


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.5, float("nan"), float("inf"), "", "a = b", "pass", "<b>"])
)
_KEYS = st.sampled_from(
    ["distributions", "associations", "map", "matrix", "generators", "first_rows", "bins", "human", "synthetic", "columns", "outcome",
     "observed", "rows", "level", "thin", "explained", "add", "x"]
)  # fmt: skip
_EVIDENCE = st.dictionaries(
    _KEYS,
    st.recursive(
        _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=12
    ),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(evidence=_EVIDENCE)
def test_evidence_of_any_form_makes_a_page(evidence):
    checks = [
        replace(one, evidence={**evidence, LINE_TO_ADD: ""}, observed=0.5, max_value=0.1) for one in example().checks
    ]

    page = whole(replace(example(), checks=checks))

    assert "nan%" not in page
    assert page.endswith("</html>\n")


def test_history_draws_each_check_that_changed_and_no_other():
    before = [
        replace(one, observed=0.01) if one.id.type == "expect_distributions_to_match" else one
        for one in example().checks
    ]
    versions = [
        PageVersion(name, "2026-01-31", Answer.FAIL, {"human": 500}, {str(one.id): one for one in checks})
        for name, checks in (("abc1234", before), ("now", example().checks))
    ]

    page = whole(example(), versions)

    (drawn,) = re.findall(r'<section id="history".*?</section>', page)
    assert drawn.count("<circle") == len(versions)
    assert "combined: Distributions" in drawn
    assert "Machine text" not in drawn
    assert 'id="history"' not in whole(example(), versions[1:])


def test_notebook_shows_the_top_of_the_page():
    assert CheckVerdict.of(example())._repr_html_() == top(example())


def test_text_is_escaped_in_content_and_attributes():
    assert tag("p", "<b>", class_='"x"') == '<p class="&quot;x&quot;">&lt;b&gt;</p>'


def test_each_metric_has_a_family():
    from gates.metrics.catalogue import BY_NAME

    families = {family(name) for name in BY_NAME}

    assert families <= set(FAMILIES)
    assert "Own checks" not in families


def test_checks_that_no_line_enables_are_named_with_the_reason():
    page = whole(example())

    assert "Checks that no line in gates.toml would enable" in page
    assert '<th scope="row">tables have no role &#x27;domain&#x27;</th><td>Expert ratio</td>' in page


def test_of_findings_of_one_kind_one_is_told_first_and_the_others_are_counted():
    one = next(one for one in example().checks if one.id.type.startswith("expect_row_failure"))
    others = [replace(one, id=replace(one.id, detail=f"age/rule-{number}")) for number in range(3)]

    page = whole(replace(example(), checks=[*example().checks, *others]))

    assert page.count("3 more findings of this kind") == 1


def test_what_passed_nearest_to_its_limit_is_led_by_what_was_asked():
    passed = replace(
        next(one for one in example().checks if one.observed and one.low), outcome=Outcome.PASS,
        id=CheckId(Scope.COMBINED, "expect_distributions_to_match"), observed=0.01, low=0.0, high=0.02, max_value=0.05,
    )  # fmt: skip

    page = whole(replace(example(), answer=Answer.PASS, checks=[passed], waived=[]))

    assert "Does each column of the synthetic rows follow the human column&#x27;s distribution?" in page


def test_one_generator_of_all_rows_has_no_table_of_its_own():
    part = {
        "observed": 0.4,
        "low": 0.3,
        "high": 0.5,
        "outcome": "fail",
        "rows": {"human": 9, "synthetic": 9},
        "note": "",
    }
    check = replace(
        next(one for one in example().checks if one.id.type == "expect_distributions_to_match"),
        observed=0.4, evidence={"generators": {"only": part}},
    )  # fmt: skip
    two = replace(check, evidence={"generators": {"only": part, "other": part}})

    pages = [whole(replace(example(), checks=[one])) for one in (check, two)]

    assert ["Outcome of each check by generator" in page for page in pages] == [False, True]
    assert all("only" in page for page in pages)


def test_names_of_checks_are_broken_between_their_words():
    assert name_in_lines("human/expect_rows/a<b") == "human/<wbr>expect_<wbr>rows/<wbr>a&lt;b"

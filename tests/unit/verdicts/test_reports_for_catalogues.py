"""Reports for catalogues, read by the libraries of those who publish the formats."""

from __future__ import annotations

import html
import json
import re
import sys
from dataclasses import replace

import mlcroissant
import pytest
from absl import logging as absl_logging
from openlineage.client.event_v2 import InputDataset
from openlineage.client.facet_v2 import data_quality_assertions_dataset as assertions_facet
from openlineage.client.serde import Serde

from gates.verdict import CheckId, Outcome, Scope
from gates.verdicts.reports.formats.croissant import croissant
from gates.verdicts.reports.formats.datadocs import datadocs
from gates.verdicts.reports.formats.openlineage import openlineage
from tests.unit.verdicts.test_reports import example

# mlcroissant brings absl's handler, which holds the stderr that pytest has while it imports, and closes it as soon as any library, such
# as DVC, configures logging: from then on no test of the process can write.
absl_logging.get_absl_handler().python_handler.stream = sys.__stderr__

# What mlcroissant reads JSON-LD with still uses a class that it gives another name.
of_croissant = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def verdict():
    return example()


def test_assertions_are_those_of_openlineage(verdict):
    document = json.loads(openlineage(verdict))
    facet = document["inputFacets"]["dataQualityAssertions"]

    of_library = assertions_facet.DataQualityAssertionsDatasetFacet(
        assertions=[assertions_facet.Assertion(**one) for one in facet["assertions"]], producer=facet["_producer"]
    )
    dataset = InputDataset(document["namespace"], document["name"], inputFacets={"dataQualityAssertions": of_library})

    sent = json.loads(Serde.to_json(dataset))
    assert {**sent, "facets": None} == {**document, "facets": None}


def test_only_what_passed_is_a_success_and_what_was_not_asked_is_no_assertion(verdict):
    assertions = json.loads(openlineage(verdict))["inputFacets"]["dataQualityAssertions"]["assertions"]

    outcomes = {str(check.id): check.outcome for check in verdict.checks}
    assert {one["name"] for one in assertions} == {
        name for name, outcome in outcomes.items() if outcome is not Outcome.NOT_CONFIGURED
    }
    assert all(one["success"] == (outcomes[one["name"]] is Outcome.PASS) for one in assertions)
    assert {one["success"] for one in assertions} == {True, False}


@of_croissant
def test_metadata_is_that_of_croissant(verdict):
    document = json.loads(croissant(verdict))

    metadata = mlcroissant.Dataset(jsonld=document).metadata

    assert metadata.ctx.issues.errors == set()
    assert metadata.ctx.conforms_to.value.endswith("/1.1")
    assert [file.content_url for file in metadata.file_objects] == [file["path"] for file in verdict.data["files"]]
    assert {one["name"]: one["value"] for one in document["variableMeasured"]} == {
        f"{origin} rows": count for origin, count in verdict.rows.items()
    }
    assert len(metadata.data_limitations) == len(document["rai:dataLimitations"]) > 0


@of_croissant
def test_croissant_has_the_licence_that_is_declared(verdict):
    document = json.loads(croissant(replace(verdict, contract={**verdict.contract, "licence": "CC-BY-4.0"})))

    assert "license" not in json.loads(croissant(verdict))
    assert mlcroissant.Dataset(jsonld=document).metadata.license == ["CC-BY-4.0"]


@of_croissant
def test_croissant_of_a_verdict_on_no_file_names_none(verdict):
    document = json.loads(croissant(replace(verdict, data={**verdict.data, "files": []})))

    assert document["distribution"] == []
    assert mlcroissant.Dataset(jsonld=document).metadata.ctx.issues.errors == set()


def test_data_docs_show_each_check_by_its_sentence_and_are_the_same_each_time(verdict):
    page = datadocs(verdict)

    text = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))
    configured = [check for check in verdict.checks if check.outcome is not Outcome.NOT_CONFIGURED]
    assert [check.id for check in configured if str(check.id) not in text] == []
    assert f"Evaluated Expectations {len(configured)}" in text
    assert "Status: Failed" in text
    assert datadocs(verdict) == page


def test_nothing_in_data_becomes_markup_of_data_docs(verdict):
    hostile = "<script>alert(1)</script> {{ 7*7 }} $x ${y} \"onload='"
    check = replace(verdict.checks[0], message=hostile, id=CheckId(Scope.HUMAN, "expect_x", hostile))

    page = datadocs(replace(verdict, dataset=hostile, checks=[check]))

    assert "<script>alert" not in page
    assert '"onload' not in page
    assert "{{ 7*7 }} $x ${y}" in page

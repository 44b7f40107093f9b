"""Every machine-readable report of a run, against the schema of its format."""

import json
from pathlib import Path

import jsonschema
import pytest
from lxml import etree

from koppeling_harness.model.run import Shard
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.report.ctrf import render_ctrf
from koppeling_harness.report.junit import JunitDialect, render_junit
from koppeling_harness.rules.verdict import settled
from support.hostile import hostile_run
from support.records import (
    a_failure,
    a_result,
    a_run,
    a_set_aside,
    an_integration,
    every_outcome,
)

ASSETS = Path(__file__).parents[2] / "assets"

RECORDS = {
    "every outcome": every_outcome(),
    "nothing": a_run(),
    "an integration without results": a_run(an_integration()),
    "marks": a_run(
        an_integration(
            settled(
                [
                    a_failure("x", outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT),
                    a_result("x"),
                ],
                run_ids=["r1", "r2"],
            ),
            a_failure(waiver="W1"),
            a_result("y", carried_from="r1"),
        ),
        shard=Shard(index=1, total=2),
    ),
    "set aside": a_run(a_set_aside()),
    "hostile": hostile_run(),
}


@pytest.fixture(params=list(RECORDS))
def record(request):
    return RECORDS[request.param]


def test_strict_junit_is_what_jenkins_accepts(record):
    schema = etree.XMLSchema(etree.parse(ASSETS / "junit-strict.xsd"))

    schema.assertValid(etree.fromstring(render_junit(record, JunitDialect.STRICT)))


def test_both_dialects_have_the_same_cases_and_counts(record):
    strict, pytest_like = (etree.fromstring(render_junit(record, each)) for each in JunitDialect)

    def cases(root):
        return [(each.get("classname"), each.get("name")) for each in root.iter("testcase")]

    assert cases(strict) == cases(pytest_like)
    assert int(strict.get("tests")) == len(cases(strict))
    assert dict(strict.attrib) == dict(pytest_like.attrib)


def test_ctrf_is_valid(record):
    schema = json.loads((ASSETS / "ctrf.schema.json").read_text(encoding="utf-8"))

    jsonschema.validate(
        json.loads(render_ctrf(record)), schema, format_checker=jsonschema.FormatChecker()
    )

"""What is signed is of the published form, and what is not of it is told by the schema."""

import json
from collections.abc import Callable

import jsonschema
import pytest

from koppeling_harness.evidence.bundle import STATEMENT
from koppeling_harness.workflow.authoring.schemas import schema
from support.evidence import a_key, a_signed_run


@pytest.fixture(scope="module")
def statement(tmp_path_factory) -> bytes:
    folder = a_signed_run(tmp_path_factory.mktemp("reports"), a_key())
    return (folder / STATEMENT).read_bytes()


def validator() -> jsonschema.Draft202012Validator:
    published = schema("evidence")
    jsonschema.Draft202012Validator.check_schema(published)
    return jsonschema.Draft202012Validator(published)


def test_a_signed_statement_is_of_the_published_form(statement):
    assert [each.message for each in validator().iter_errors(json.loads(statement))] == []


def test_every_member_of_the_statement_stands_in_the_schema(statement):
    published = schema("evidence")
    plain = json.loads(statement)

    assert set(plain) == set(published["properties"])
    assert set(plain["predicate"]) == set(published["$defs"]["TestResult"]["properties"])


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.update(_type="https://in-toto.io/Statement/v0.1"),
        lambda s: s.update(subject=[]),
        lambda s: s["subject"][0].pop("digest"),
        lambda s: s["subject"][0]["digest"].update(sha256="abc"),
        lambda s: s["subject"][0]["annotations"].update(integration_id="uren"),
        lambda s: s.update(predicateType="https://slsa.dev/provenance/v1"),
        lambda s: s["predicate"].pop("result"),
        lambda s: s["predicate"].update(result="passed"),
        lambda s: s["predicate"].update(passedTests=["no-integration"]),
        lambda s: s["predicate"].pop("failedTests"),
        lambda s: s["predicate"].update(configuration=[]),
    ],
)
def test_what_is_not_of_that_form_is_told(change: Callable[[dict], object], statement):
    plain = json.loads(statement)
    change(plain)

    assert list(validator().iter_errors(plain))

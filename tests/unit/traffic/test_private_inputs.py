"""What an operation was given is hidden where a privacy-marked field held the same."""

import json

import pytest

from koppeling_harness.model.exchange import Exchange, Recording, Sender, TriggerRecord
from koppeling_harness.traffic.private_inputs import with_private_inputs_hidden
from koppeling_harness.traffic.redactor import Redactor

GIVEN = {"customers": [{"number": "W-1", "lastName": "Bakker", "born": 1980, "new": True}]}


@pytest.fixture
def redactor():
    return Redactor(b"k" * 32)


def a_recording(body: str) -> Recording:
    exchange = Exchange(
        number=1,
        sender=Sender.INTEGRATION,
        started_s=0.0,
        duration_s=0.1,
        method="POST",
        path="/connectors/KnSalesRelationPer",
        query="",
        request_headers=(),
        request_body=body,
        request_size=len(body),
        status=201,
    )
    told = TriggerRecord(operation="push-customers", input=GIVEN, ok=True)
    return Recording(exchanges=(exchange,), triggers=(told,))


def test_a_value_of_a_private_field_is_hidden_under_the_integrations_own_name(redactor):
    hidden = [redactor.placeholder("field", value) for value in ("Bakker", "1980")]
    body = json.dumps({"LaNm": hidden[0], "DaBi": hidden[1]})

    (told,) = with_private_inputs_hidden(a_recording(body), redactor).triggers

    assert told.input == {
        "customers": [{"number": "W-1", "lastName": hidden[0], "born": hidden[1], "new": True}]
    }


def test_what_no_private_field_held_stays(redactor):
    body = json.dumps({"LaNm": redactor.placeholder("field", "Visser")})

    (told,) = with_private_inputs_hidden(a_recording(body), redactor).triggers

    assert told.input == GIVEN

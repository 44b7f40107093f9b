"""A change sends what changes, and not all that was read."""

import json
from typing import Any

import pytest

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.model.snapshot import MetainfoField, UpdateMetainfo
from koppeling_harness.traffic.checks import check_exchanges
from support.exchanges import PROFIT_8, WRITE_HEADERS, Tape, a_manifest

ROW = {"EmployeeId": "000001003", "Name": "Jansen, Piet de", "Remark": "Werkt op dinsdag"}


def found(fields: dict[str, Any], key: str = "000001003", **given: object) -> list[str]:
    """Return what is said of a change of a record after it was read."""
    element = {"@EmId": key, "Fields": fields}
    body = json.dumps({"KnEmployee": {"Element": element}})
    tape = Tape().read(
        rows=[ROW, ROW | {"EmployeeId": "000001004", "Remark": "Met verlof nu"}], turn=1
    )
    tape.call(
        "PUT",
        "/connectors/KnEmployee",
        request_headers=WRITE_HEADERS,
        request_body=body,
        request_size=len(body),
        turn=1,
        erp_status=200,
    )
    trigger = TriggerRecord(operation="sync", input=given, ok=True)
    fields_of_it = tuple(
        MetainfoField(field_id=name, data_type="string", mandatory=name == "Nm")
        for name in ("Remark", "Function", "Nm")
    )
    findings = check_exchanges(
        tape.exchanges,
        manifest=a_manifest(),
        release=PROFIT_8,
        triggers=[trigger],
        definitions={"knemployee": UpdateMetainfo(id="KnEmployee", fields=fields_of_it)},
    )
    return [each.message for each in findings if each.code == "WRITTEN-BACK"]


def test_a_field_that_was_read_and_is_sent_back_is_told_with_the_read():
    (message,) = found({"Remark": "Werkt op dinsdag", "Function": "CONS"}, function="CONS")

    assert "KnEmployee.Remark is sent back as it was read (exchange 1)" in message


@pytest.mark.parametrize(
    ("fields", "key", "given"),
    [
        ({"Remark": "Werkt op woensdag"}, "000001003", {}),
        ({"Remark": "Werkt op dinsdag"}, "000001003", {"remark": "Werkt op dinsdag"}),
        ({"Remark": "Werkt op dinsdag"}, "000001004", {}),  # of another record
        ({"Function": "000001003"}, "000001003", {}),  # a code
        ({"Nm": "Werkt op dinsdag"}, "000001003", {}),  # which AFAS asks for in every change
        ({"U1": "Werkt op dinsdag"}, "000001003", {}),  # of which nothing is known
    ],
)
def test_what_is_given_or_of_another_record_is_no_writing_back(fields, key, given):
    assert found(fields, key, **given) == []

import json

import pytest

from koppeling_harness.document import dump_json, load_json
from koppeling_harness.errors import DocumentError
from koppeling_harness.model.snapshot import Snapshot
from koppeling_harness.watch.metainfo import endpoints_of, snapshot_of

RAW = {
    "version": "8.0.12",
    "info": {
        "envid": "T12345AA",
        "appName": "Uren",
        "group": "Groep (12345.GEBRUIKER)",
        "tokenExpiry": "0",
    },
    "get": {
        "Profit_X": {
            "name": "Profit_X",
            "description": "X",
            "fields": [{"id": "Nm", "fieldId": "U001", "dataType": "string", "length": 80}],
        }
    },
    "update": {
        "KnX": {
            "id": "KnX",
            "fields": [
                {"fieldId": "Vi", "dataType": "string", "mandatory": True, "values": [{"id": "H"}]}
            ],
            "objects": [{"name": "KnY", "fields": [], "objects": []}],
        }
    },
}


def test_a_snapshot_is_read_as_it_was_written():
    found = snapshot_of(RAW, name="x")

    assert load_json(Snapshot, dump_json(found), name="x") == found
    assert snapshot_of(json.loads(dump_json(found)), name="x") == found


def test_neither_the_group_nor_the_user_is_kept():
    found = snapshot_of(RAW, name="x")

    assert found.environment == "T12345AA"
    assert found.info == {"appName": "Uren", "tokenExpiry": "0"}
    assert "GEBRUIKER" not in dump_json(found)


def test_what_an_environment_leaves_out_or_writes_otherwise_is_no_problem():
    field = {"fieldId": "A", "dataType": None, "length": "10", "values": None, "decimals": ""}
    found = snapshot_of({"get": {}, "update": {"KnX": {"fields": [field]}}}, name="x")
    (read,) = found.update["KnX"].fields

    assert (read.data_type, read.length, read.decimals, read.values) == ("", 10, 0, None)
    assert found.endpoints is None


def test_endpoints_are_told_from_profit_7():
    listed = [{"id": "AppConnectorReport"}, {"id": "AppConnectorImage"}]

    assert endpoints_of({"customConnectors": listed}) == ("/imageconnector", "/reportconnector")
    assert endpoints_of({}) is None


@pytest.mark.parametrize("raw", [{}, {"get": {}}, {"get": [], "update": 1}])
def test_what_is_no_snapshot_is_refused(raw):
    with pytest.raises(DocumentError) as caught:
        snapshot_of(raw, name="x.json")

    assert "x.json: expected a snapshot" in caught.value.message

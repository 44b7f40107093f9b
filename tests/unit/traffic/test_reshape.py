import json

import pytest

from koppeling_harness.model.fault import Fault, FaultKind
from koppeling_harness.traffic.reshape import EXTRA_FIELD, reshape

TEXT = '{"skip":0,"take":100,"rows":[{"A":"x, {y}: \\"z\\"","B":1.50},{"A":null,"B":2}]}'


def reshaped(kind: FaultKind, text: str = TEXT, **values: object) -> str | None:
    return reshape(text, Fault(fault=kind, **values))


def test_another_layout_is_the_same_json_and_another_text():
    text = reshaped(FaultKind.OTHER_LAYOUT)

    assert text != TEXT
    assert json.loads(text) == json.loads(TEXT)
    assert "1.50" in text


def test_malformed_json_cannot_be_read():
    with pytest.raises(json.JSONDecodeError):
        json.loads(reshaped(FaultKind.MALFORMED_JSON))


def test_reordered_members_are_the_same_json_in_another_order():
    text = reshaped(FaultKind.REORDERED_MEMBERS)

    assert json.loads(text) == json.loads(TEXT)
    assert list(json.loads(text)) == ["rows", "take", "skip"]
    assert list(json.loads(text)["rows"][0]) == ["B", "A"]


def test_days_in_rows_are_odd_ones_and_when_it_was_changed_stays():
    row = {
        "Begin": "2026-11-02T00:00:00Z",
        "End": "2026-11-03",
        "ModifiedDate": "2026-11-04T09:15:42Z",
    }
    text = json.dumps({"rows": [row | {"Code": "2026-11-02-a"}, row]})
    first, second = json.loads(reshaped(FaultKind.ODD_DAYS, text))["rows"]

    assert (first["Begin"], first["End"]) == ("2024-02-29T00:00:00Z", "2026-03-29")
    assert (second["Begin"], second["End"]) == ("2026-10-25T00:00:00Z", "2027-01-01")
    assert (first["ModifiedDate"], first["Code"]) == ("2026-11-04T09:15:42Z", "2026-11-02-a")
    assert json.loads(reshaped(FaultKind.ODD_DAYS))["rows"] == json.loads(TEXT)["rows"]


def test_every_row_gets_a_field_that_nobody_knows():
    rows = json.loads(reshaped(FaultKind.EXTRA_FIELD))["rows"]

    assert [row[EXTRA_FIELD] for row in rows] == ["x", "x"]


def test_a_field_is_left_out_of_every_row():
    rows = json.loads(reshaped(FaultKind.MISSING_FIELD, field="A"))["rows"]

    assert rows == [{"B": 1.5}, {"B": 2}]


def test_rows_are_emptied_and_the_rest_stays():
    assert json.loads(reshaped(FaultKind.EMPTY_ROWS)) == {"skip": 0, "take": 100, "rows": []}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FaultKind.OTHER_LAYOUT, "plain"),
        (FaultKind.MALFORMED_JSON, ""),
        (FaultKind.REORDERED_MEMBERS, "{"),
        (FaultKind.EXTRA_FIELD, '{"rows":[]}'),
        (FaultKind.EXTRA_FIELD, '{"version":"8.0.12"}'),
        (FaultKind.MISSING_FIELD, TEXT),
        (FaultKind.EMPTY_ROWS, "[1]"),
    ],
)
def test_what_cannot_be_done_is_none(kind, text):
    assert reshaped(kind, text) is None

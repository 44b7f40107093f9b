"""What is written, held against what metainfo says that the connector takes."""

import json

import pytest

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.model.snapshot import (
    CodeValue,
    MetainfoField,
    MetainfoObject,
    UpdateMetainfo,
)
from koppeling_harness.traffic.checks import check_exchanges
from support.exchanges import PROFIT_8, Tape, a_manifest

HOURS = UpdateMetainfo(
    id="PtRealization",
    fields=(
        MetainfoField(field_id="DaTi", data_type="date", mandatory=True),
        MetainfoField(field_id="EmId", data_type="string", length=15),
        MetainfoField(field_id="Qu", data_type="decimal", decimals=2),
        MetainfoField(field_id="Ra", data_type="decimal", decimals=-1),
        MetainfoField(field_id="Nr", data_type="int"),
        MetainfoField(field_id="Bl", data_type="boolean"),
        MetainfoField(
            field_id="VaIt", data_type="int", values=(CodeValue(id="1"), CodeValue(id="7"))
        ),
        MetainfoField(field_id="Id", data_type="int", mandatory=True, primary_key=True),
    ),
    objects=(
        MetainfoObject(
            name="KnLink", fields=(MetainfoField(field_id="ToEm", data_type="boolean"),)
        ),
    ),
)
FINE = {"DaTi": "2026-11-02", "EmId": "1", "Qu": "7.25", "Nr": 3, "Bl": True, "VaIt": "1"}


def messages(
    tape: Tape, definition: UpdateMetainfo = HOURS, *, code: str = "BODY-DEFINITION"
) -> list[str]:
    found = check_exchanges(
        tape.exchanges,
        manifest=a_manifest(),
        release=PROFIT_8,
        definitions={"ptrealization": definition},
    )
    return [each.message for each in found if each.code == code]


def test_a_body_that_fits_is_fine():
    assert messages(Tape().write(FINE)) == []
    assert messages(Tape().write({"qu": -1, "BL": "0", "VaIt": None, "EmId": ""})) == []
    assert messages(Tape().write({"DaTi": "2026-11-02T10:00:00", "@Action": "insert"})) == []


def test_a_connector_whose_definition_is_not_known_is_not_judged():
    tape = Tape().write({"Nonsense": 1})

    found = check_exchanges(tape.exchanges, manifest=a_manifest(), release=PROFIT_8)
    assert "BODY-DEFINITION" not in [each.code for each in found]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"Xx": 1}, "PtRealization.Xx: the connector knows no such field"),
        ({"EmId": "x" * 16}, "PtRealization.EmId: 16 characters, there is room for 15"),
        ({"Qu": "7,5"}, "PtRealization.Qu: '7,5' is no decimal"),
        ({"Qu": "NaN"}, "PtRealization.Qu: 'nan' is no decimal"),
        ({"Nr": "1.5"}, "PtRealization.Nr: '1.5' is no int"),
        ({"Bl": "ja"}, "PtRealization.Bl: 'ja' is no boolean"),
        ({"DaTi": "02-11-2026"}, "PtRealization.DaTi: '02-11-2026' is no date"),
        ({"DaTi": "2026-02-30"}, "PtRealization.DaTi: '2026-02-30' is no date"),
        ({"VaIt": "3"}, "PtRealization.VaIt: '3' is not in the list 1, 7"),
        ({"EmId": {"a": 1}}, "PtRealization.EmId: expected string, found an object"),
    ],
)
def test_what_does_not_fit_is_told_before_the_server_has_to(fields, said):
    assert [each.casefold() for each in messages(Tape().write(fields))] == [said.casefold()]


def test_objects_below_are_judged_too():
    def below(objects: object) -> Tape:
        body = {"Fields": {}, "Objects": objects}
        return Tape().write(request_body=json.dumps({"PtRealization": {"Element": [body]}}))

    fine = [{"KnLink": {"Element": {"Fields": {"ToEm": True}}}}]
    wrong = {"KnLink": {"Element": {"Fields": {"ToEm": "x"}}}}
    assert messages(below(fine)) == []
    assert messages(below(wrong)) == ["KnLink.ToEm: 'x' is no boolean"]
    assert messages(below({"Other": {}})) == [
        "PtRealization.Other: the connector knows no such object"
    ]


def test_a_mandatory_field_counts_only_when_the_server_refused_the_new_row():
    said = ["PtRealization.DaTi: mandatory, but not filled in"]
    refused = {"status": 500, "erp_status": 500}

    assert messages(Tape().write({"Qu": 1}, erp_status=201)) == []
    assert messages(Tape().write({"Qu": 1}, status=500)) == []  # a fault: the server never saw it
    assert messages(Tape().write({"Qu": 1}, **refused)) == said
    assert messages(Tape().write({"Qu": 1, "DaTi": ""}, **refused)) == said
    assert messages(Tape().write({"Qu": 1, "@Action": "update"}, **refused)) == []
    assert messages(Tape().write({"Qu": 1}, method="PUT", **refused)) == []


def test_a_value_that_was_redacted_is_not_judged():
    assert messages(Tape().write({"Nr": "[field:0123abcd]"})) == []


@pytest.mark.parametrize(
    "moment",
    ["09:00", "09:00:00", "2026-11-02T10:00:00", "2026-11-02 10:00", "2026-11-02T10:00:00Z"],
)
def test_a_time_of_day_and_a_moment_are_what_metainfo_calls_a_date(moment):
    assert messages(Tape().write(FINE | {"DaTi": moment})) == []


@pytest.mark.parametrize("moment", ["25:00", "9", "20261102", "2026-W45-1", "2026-11-02T25:00"])
def test_what_is_neither_date_nor_time_is_told(moment):
    assert len(messages(Tape().write(FINE | {"DaTi": moment}))) == 1


@pytest.mark.parametrize("value", [["a"], [], {}, [["a"]], {"#text": "a"}])
def test_a_value_that_is_a_list_or_an_object_is_told_and_breaks_nothing(value):
    found = messages(Tape().write(FINE | {"EmId": value}, status=500, erp_status=500))

    assert len(found) == 1
    assert found[0].startswith("PtRealization.EmId: expected string, found a")


@pytest.mark.parametrize(
    "body",
    [
        {"ptrealization": {"ELEMENT": {"FIELDS": {"Xx": 1}}}},
        {"PtRealization": [{"element": [{"fields": [{"xX": 1}]}]}]},
        {"PtRealization": {"Element": {"Fields": {"@Xx": 1}}}},
    ],
)
def test_a_body_is_read_in_every_form_that_erp1_takes(body):
    text = json.dumps(body)

    found = messages(Tape().write(request_body=text, request_size=len(text)))

    assert [each.lower() for each in found] == [
        "ptrealization.xx: the connector knows no such field"
    ]


def test_a_field_that_is_given_as_a_key_is_held_against_manifest_and_definition():
    body = {"PtRealization": {"Element": {"@Id": 5, "@Nr": "x", "Fields": {"Qu": 1}}}}
    text = json.dumps(body)
    found = check_exchanges(
        Tape().write(method="PUT", request_body=text, request_size=len(text)).exchanges,
        manifest=a_manifest(),
        release=PROFIT_8,
        definitions={"ptrealization": HOURS},
    )

    assert [(each.code, each.message) for each in found] == [
        ("UNDECLARED-FIELD", "field Nr of PtRealization is not in the manifest"),
        ("BODY-DEFINITION", "PtRealization.Nr: 'x' is no int"),
    ]


READ_BY_ERP1 = [
    *[
        ({"Qu": value}, fits)
        for value, fits in (
            ("1e3", False), (1e3, True), ("1.", False), (".5", True), ("-.5", True), ("+1", True),
            ("1_0", False), ("1,5", False), ("\u0661", False), ("\uff11", False), ("NaN", False),
            ("0x10", False), (" 1\t", True), ("1\u00a0", False), ("true", False), (True, True),
            (10**15, False), ("999999999999999", True), ("0" * 41, False), (1e300, False),
            (1e-300, False),
        )
    ],
    *[
        ({"Nr": value}, fits)
        for value, fits in (("12.0", True), ("1.5", False), (2**63, False), ("true", False))
    ],
    *[({"VaIt": value}, fits) for value, fits in (("01", True), ("7.0", True), ("2", False))],
    *[
        ({"Bl": value}, fits)
        for value, fits in (
            ("-1", True), ("TRUE", True), (" true ", True), ("ja", False), ("2", False),
            (False, True), (1, True),
        )
    ],
    *[
        ({"DaTi": value}, fits)
        for value, fits in (
            ("2026-11-02T10:00:00.12345678Z", True), ("2026-11-02 10:00", True), ("9:00", False),
            ("2026-11-02T10:00.5", False), ("09:00:00.5", False), ("2026-02-30", False),
            ("2026-11-02T10:00:00+01:00", False), ("0000-01-01", False),
        )
    ],
    *[
        ({"EmId": value}, fits)
        for value, fits in (("\U0001f600" * 8, False), ("\U0001f600" * 7, True), ("x" * 15, True))
    ],
]  # fmt: skip


@pytest.mark.parametrize(("fields", "fits"), READ_BY_ERP1)
def test_what_erp1_takes_is_not_objected_to_and_what_it_refuses_is(fields, fits):
    assert (messages(Tape().write(fields)) == []) is fits


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1.3333333333333333, True),
        ("0.1000000001", True),
        (0.30000000000000004, True),
        ("7.250000000000", False),
        (7.1234, False),  # a price may have more decimals than ERP1 infers
        (7, False),
        (True, False),
        ("veel", False),
        (None, False),
    ],
)
def test_a_number_finer_than_its_field_is_told(value, told):
    found = messages(Tape().write({"Qu": value}), code="BODY-DECIMALS")

    assert bool(found) is told
    assert all("decimals, the field 2" in each for each in found)


def test_a_field_whose_decimals_depend_on_another_is_not_judged():
    assert messages(Tape().write({"Ra": 1.3333333333333333}), code="BODY-DECIMALS") == []


@pytest.mark.parametrize(
    ("told", "status", "fields", "count"),
    [
        (True, 500, {"EmId": "x" * 16}, 0),
        (False, 500, {"EmId": "x" * 16}, 1),  # nobody hears of it
        (True, 201, {"EmId": "x" * 16}, 1),
        (True, 500, {"Xx": 1}, 1),  # no user gave that
    ],
)
def test_what_is_too_long_may_be_left_to_afas_by_who_tells_what_it_says(
    told, status, fields, count
):
    refused = {"status": status, "response_body": '{"externalMessage": "te lang"}'}
    tape = Tape().write(FINE | fields, turn=1, **refused)
    found = check_exchanges(
        tape.exchanges,
        manifest=a_manifest(),
        release=PROFIT_8,
        definitions={"ptrealization": HOURS},
        triggers=[TriggerRecord(operation="push", input=None, ok=False, told=told)],
    )

    assert [each.code for each in found].count("BODY-DEFINITION") == count

import json

import pytest

from koppeling_harness.model.connector import ConnectorField, OwnGetConnector
from koppeling_harness.model.manifest import GetConnectorUse
from koppeling_harness.model.operation import OtherCall
from koppeling_harness.model.view import View, ViewField
from koppeling_harness.traffic.checks import check_exchanges
from support.exchanges import PROFIT_8, READS, WRITES, Tape, a_manifest
from support.judging import codes, judged, of
from support.scenarios import an_operation


def test_what_the_manifest_declares_is_fine():
    link = {"KnLink": {"Element": {"Fields": {"ToEm": True}}}}
    body = {WRITES: {"Element": {"@Id": "1", "Fields": {"qu": 1}, "Objects": link}}}
    query = {"filterfieldids": "employeeid", "filtervalues": "1", "orderbyfieldids": "-Modified"}

    assert codes(Tape().read(query=query).write(request_body=json.dumps(body))) == []


def test_a_connector_that_is_not_declared_is_an_error():
    assert codes(Tape().read("Andere", rows=0)) == ["UNDECLARED-CONNECTOR"]
    assert of("UNDECLARED-CONNECTOR", Tape().read(READS.upper())) == []


def test_metadata_of_a_connector_may_be_read():
    assert codes(Tape().call(path="/metainfo/get/Andere")) == []


FILE = Tape().call(path="/fileconnector/ABC/notitie.txt")


@pytest.mark.parametrize(
    ("calls", "expected"), [((), ["UNDECLARED-CONNECTOR"]), ((OtherCall.FILE,), [])]
)
def test_the_connectors_of_files_are_declared_as_calls(calls, expected):
    fetch = an_operation("fetch", calls=calls, reads=(READS,))

    assert codes(FILE, manifest=a_manifest(operations=(fetch,))) == expected


@pytest.mark.parametrize(("calls", "expected"), [((), 1), ((OtherCall.PROFITVERSION,), 0)])
def test_other_endpoints_that_are_not_declared_are_told(calls, expected):
    look = an_operation("look", calls=calls, reads=(READS,))
    manifest = a_manifest(operations=(look,))
    tape = Tape().call(path="/profitversion")
    found = check_exchanges(tape.exchanges, manifest=manifest, release=PROFIT_8)

    assert [each.code for each in found] == ["UNDECLARED-CALL"] * expected


@pytest.mark.parametrize(
    "query",
    [
        {"filterfieldids": "EmployeeId,Salaris", "filtervalues": "1,2"},
        {"orderbyfieldids": "-Salaris"},
    ],
)
def test_a_field_that_is_not_declared_is_objected_to_where_it_is_asked(query):
    (finding,) = judged(Tape().read(query=query, rows=0))

    assert (finding.code, finding.message) == (
        "UNDECLARED-FIELD",
        f"field Salaris of {READS} is not in the manifest",
    )


def test_a_field_that_is_not_declared_is_objected_to_where_it_is_sent():
    assert codes(Tape().write({"EmId": "1", "Ds": "x"})) == ["UNDECLARED-FIELD"]


def test_a_field_of_a_sub_object_is_not_that_of_the_root():
    assert codes(Tape().write({"ToEm": True})) == ["UNDECLARED-FIELD"]


def test_a_field_is_declared_with_its_own_object_however_deep_that_lies():
    def deep(field):
        link = {"KnLink": {"Element": {"Fields": {field: True}}}}
        body = {WRITES: {"Element": {"Objects": {"KnX": {"Element": {"Objects": link}}}}}}
        return codes(Tape().write(request_body=json.dumps(body)))

    assert deep("ToEm") == []
    assert deep("ToCo") == ["UNDECLARED-FIELD"]


def test_a_row_with_more_than_the_manifest_says_is_warned_of():
    tape = Tape().read(rows=[{"EmployeeId": "1", "Afdeling": "x"}])

    assert codes(tape) == ["UNDECLARED-ROW-FIELD"]


def test_a_field_that_a_fault_added_is_not_the_integrations_doing():
    tape = Tape().read(rows=[{"EmployeeId": "1", "Afdeling": "x"}], fault="extra_field")

    assert codes(tape) == []


def test_a_supplied_connector_is_an_error():
    manifest = a_manifest(get_connectors=(GetConnectorUse(id="Profit_Debtor", fields=("A",)),))

    assert codes(Tape().read("profit_debtor", rows=0), manifest=manifest) == ["STRUCT-27"]


@pytest.mark.parametrize("name", ["Profit_Uren", "AfasUren"])
def test_an_own_connector_with_a_name_of_afas_is_an_error(name):
    manifest = a_manifest(get_connectors=(GetConnectorUse(id=name, fields=("A",)),))

    assert codes(Tape().read(name, rows=0), manifest=manifest) == ["STRUCT-28"]


def test_a_period_in_a_field_name_is_an_error():
    manifest = a_manifest(get_connectors=(GetConnectorUse(id=READS, fields=("A.B",)),))

    assert codes(Tape().read(rows=[{"A.B": 1}]), manifest=manifest) == ["STRUCT-29"]


def test_employment_and_its_sequence_number_together_are_an_error():
    manifest = a_manifest(get_connectors=(GetConnectorUse(id=READS, fields=("EnSe", "DvSn")),))

    assert codes(Tape().read(rows=[{"EnSe": 1, "DvSn": 2}]), manifest=manifest) == ["DATA-20"]
    assert codes(Tape().read(rows=[{"EnSe": 1}]), manifest=manifest) == []


def defined(**names):
    """Return a manifest whose connector shows these members, each the field of AFAS behind it."""
    renamed = tuple(ConnectorField(id=name, field=field) for name, field in names.items())
    own = OwnGetConnector(id=READS, copy_of="Profit_Employees", renamed=renamed)
    use = GetConnectorUse(id=READS, fields=own.names, definition=own)
    return a_manifest(get_connectors=(use,))


def exported(**names):
    """Return the same, of an export of AFAS."""
    fields = tuple(
        ViewField(id=name, name=name, table="HrX", field=field, path="X")
        for name, field in names.items()
    )
    own = OwnGetConnector(
        id=READS, view=View(main_table="HrX", base_view="B", fields=fields), copy_of="P"
    )
    return a_manifest(get_connectors=(GetConnectorUse(id=READS, fields=own.names, definition=own),))


@pytest.mark.parametrize("of", [defined, exported])
def test_fields_under_own_names_are_judged_by_what_they_are(of):
    row = {"verband": 1, "nummer": 2}
    tape = Tape().read(rows=[row])
    assert codes(tape, manifest=of(verband="EnSe", nummer="DvSn")) == ["DATA-20"]
    assert codes(tape, manifest=of(verband="EnSe", nummer="U" + "0" * 32)) == ["DATA-24"]
    assert codes(tape, manifest=of(verband="EnSe", nummer="EmId")) == []


@pytest.mark.parametrize("text", ["(replaced)", "(vervangen)"])
def test_the_fixed_text_of_an_unknown_field_is_an_error(text):
    assert of("DATA-23", Tape().read(rows=[{"Name": text}])) == [1]


def test_a_text_that_merely_holds_those_words_is_fine():
    assert of("DATA-23", Tape().read(rows=[{"Name": "cv-ketel (vervangen)"}])) == []


def test_a_custom_field_is_warned_of():
    name = "UC2DE284248374B083C966F9B4EEEE9E2"

    assert of("DATA-24", Tape().write({name: "x"})) == [1]
    assert of("DATA-24", Tape().read(rows=[{name: "x"}])) == [1]


def test_a_privacy_sensitive_field_without_a_reason_is_warned_of():
    assert of("AUT-19", Tape().read(rows=[{"BSN": "[bsn:0123abcd]"}])) == [1]


def test_a_privacy_sensitive_field_with_a_reason_is_fine():
    manifest = a_manifest()
    (privacy,) = manifest.privacy_fields
    reasoned = a_manifest(
        get_connectors=(GetConnectorUse(id=READS, fields=("BSN",)),),
        privacy_fields=(type(privacy)(connector=READS, field="BSN", reason=privacy.reason),),
    )

    assert codes(Tape().read(rows=[{"BSN": "[field:0123abcd]"}]), manifest=reasoned) == []

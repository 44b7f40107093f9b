import json
from urllib.parse import parse_qs

from koppeling_harness.erp.call import delete_call, get_call, insert_call, raw_call, update_call
from koppeling_harness.model.scenario import (
    DeleteStep,
    Element,
    FilterTerm,
    GetStep,
    InsertStep,
    RawRequest,
    UpdateStep,
)


def test_a_read_without_conditions_has_no_query():
    call = get_call(GetStep(get="Profit_Projects"))

    assert (call.method, call.path, call.query) == ("GET", "/connectors/Profit_Projects", "")


def test_where_becomes_one_group_of_equalities():
    step = GetStep(get="X", where={"A": "a,b", "B": True}, order_by=("A", "-B"), skip=0, take=5)
    query = parse_qs(get_call(step).query)

    assert query["orderbyfieldids"] == ["A,-B"]
    assert (query["skip"], query["take"]) == (["0"], ["5"])
    fields = json.loads(query["filterjson"][0])["Filters"]["Filter"][0]["Field"]
    assert fields == [
        {"@FieldId": "A", "@OperatorType": "1", "#text": "a,b"},
        {"@FieldId": "B", "@OperatorType": "1", "#text": "true"},
    ]


def test_where_holds_in_every_group_of_a_filter():
    step = GetStep(
        get="X",
        where={"A": 1},
        filter=((FilterTerm(field="B", operator=2, value=2),), (FilterTerm(field="C"),)),
    )
    groups = json.loads(parse_qs(get_call(step).query)["filterjson"][0])["Filters"]["Filter"]

    assert [[field["@FieldId"] for field in group["Field"]] for group in groups] == [
        ["A", "B"],
        ["A", "C"],
    ]


def test_an_insert_has_keys_beside_fields_and_nested_objects():
    call = insert_call(
        InsertStep(
            insert="FiEntries",
            keys={"UnId": 1},
            fields={"Ds": "é"},
            objects={"FiEntries": (Element(fields={"AmDe": "1.00"}), Element())},
        )
    )

    assert (call.method, call.path) == ("POST", "/connectors/FiEntries")
    assert call.headers == (("Content-Type", "application/json;charset=utf-8"),)
    assert json.loads(call.body or "") == {
        "FiEntryPar": {
            "Element": {
                "@UnId": 1,
                "Fields": {"Ds": "é"},
                "Objects": [
                    {"FiEntries": {"Element": [{"Fields": {"AmDe": "1.00"}}, {"Fields": {}}]}}
                ],
            }
        }
    }


def test_a_single_sub_object_is_not_a_list():
    call = update_call(UpdateStep(update="KnSubject", objects={"KnSubjectLink": Element()}))

    assert call.method == "PUT"
    assert json.loads(call.body or "")["KnSubject"]["Element"]["Objects"] == [
        {"KnSubjectLink": {"Element": {"Fields": {}}}}
    ]


def test_a_delete_names_keys_and_escaped_values_in_its_path():
    call = delete_call(DeleteStep(delete="FbSales", keys={"OrNu": "a/b", "X": 2}))

    assert call.path == "/connectors/FbSales/FbSales/@OrNu,@X/a%2Fb,2"


def test_a_raw_body_that_is_text_goes_as_it_is():
    call = raw_call(RawRequest(method="post", path="/x", body="{broken"))

    assert (call.method, call.body) == ("POST", "{broken")


def test_the_curl_line_repeats_the_call_without_its_token():
    call = raw_call(RawRequest(method="POST", path="/x", query={"a": "b c"}, body={"x": "it's"}))
    line = call.curl("http://127.0.0.1:1/T/ProfitRestServices")

    assert "'http://127.0.0.1:1/T/ProfitRestServices/x?a=b%20c'" in line
    assert '"Authorization: AfasToken $AFAS_TOKEN_BASE64"' in line
    assert "$AFAS_TOKEN" not in raw_call(RawRequest(path="/x", authorised=False)).curl("http://h")

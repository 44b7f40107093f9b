"""Requests as public clients build them, written down from how they build them.

The packages themselves are not at hand everywhere; what counts is the form of their requests.
Sources: github.com/GarbageSlave/afas-connect, github.com/dutchgrit/afasclient,
github.com/Tools4everBV, github.com/rmuit/PracticalAfas.
"""

from koppeling_harness.emulator import Erp1
from support.erp1 import Caller, caller

HOURS = "/connectors/Profit_Realization"


def test_afas_connect_leaves_an_ampersand_behind_and_encodes_the_whole_query():
    client = caller()

    reply = client.call("GET", f"{HOURS}?skip=2&take=3&orderbyfieldids=-Identity&")
    filtered = client.call(
        "GET",
        f"{HOURS}?take=100&filterfieldids=Identity,InitId;Identity&filtervalues=3,N;13&operatortypes=1,1;1",
    )

    assert [row["Identity"] for row in reply.rows] == [298, 297, 296]
    assert [row["Identity"] for row in filtered.rows] == [3, 13]


def test_afas_connect_repeats_the_second_sort_field_as_a_parameter_of_its_own():
    reply = caller().call("GET", f"{HOURS}?take=2&orderbyfieldids=EmployeeId&-Identity&")

    assert [row["Identity"] for row in reply.rows] == [16, 32]


def test_afas_connect_encodes_a_json_filter_twice():
    twice = (
        "%257B%2522Filters%2522:%257B%2522Filter%2522:%255B%257B%2522@FilterId%2522:%2522F%2522,"
        "%2522Field%2522:%255B%257B%2522@FieldId%2522:%2522Identity%2522,%2522@OperatorType%2522:"
        "%25221%2522,%2522#text%2522:%25227%2522%257D%255D%257D%255D%257D%257D"
    ).replace("#", "%23")
    reply = caller().call("GET", f"{HOURS}?filterjson={twice}")
    strict = caller(quirks={"filterjson_encoding": "once"})

    assert [row["Identity"] for row in reply.rows] == [7]
    assert strict.call("GET", f"{HOURS}?filterjson={twice}").status == 500


def test_a_write_without_content_type_and_an_empty_answer_that_is_no_json():
    body = {"KnUser": {"Element": {"@UsId": "1.x", "Fields": {"MtCd": "1", "Nm": "X"}}}}

    reply = caller().post("KnUser", body)

    assert (reply.status, reply.text) == (201, "")
    assert "json" not in reply.headers.get("content-type", "")


def test_helloid_pages_by_skip_and_take_until_a_page_is_short():
    client, seen, skip = caller(), [], 0

    while True:
        page = client.get(
            "Profit_Realization", take=120, skip=skip, orderbyfieldids="Identity"
        ).rows
        seen += [row["Identity"] for row in page]
        skip += 120
        if len(page) < 120:
            break

    assert seen == list(range(1, 301))


def test_a_client_that_knows_no_environment_in_the_path_is_found_by_its_token():
    erp1 = Erp1()
    callers = [Caller(erp1, erp1.open_environment()) for _ in range(3)]

    for each in callers:
        reply = each.call("GET", "/metainfo", base="/ProfitRestServices")
        assert reply.json()["info"]["envid"] == each.access.environment
    stranger = callers[0]
    stranger.authorization = "AfasToken x"
    assert stranger.call("GET", "/metainfo", base="/profitrestservices").status == 401

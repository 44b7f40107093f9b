import pytest

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.traffic.checks import check_exchanges
from support.exchanges import HEADERS, INTEGRATION_ID, PROFIT_8, Tape, a_manifest
from support.judging import codes, judged, of

ID = {"IntegrationId": INTEGRATION_ID}


def test_the_documented_headers_are_fine():
    assert codes(
        Tape().call().call(request_headers=ID | {"Authorization": "Bearer [token:0a]"})
    ) == ["AUTH-HEADER"]
    bearer = ID | {"Authorization": "Bearer [token:0123abcd]"}
    assert codes(Tape().call().call(request_headers=bearer)) == []


def test_the_case_of_scheme_and_names_does_not_matter():
    headers = {"authorization": "afastoken [token:0123abcd]", "integrationid": INTEGRATION_ID}

    assert codes(Tape().call(request_headers=headers)) == []


def test_a_missing_integration_id_is_said_once_with_the_other_calls():
    headers = {"Authorization": HEADERS["Authorization"]}
    (finding,) = judged(Tape().call(request_headers=headers).call(request_headers=headers))

    assert (finding.code, finding.exchange) == ("INTEGRATION-ID", 1)
    assert finding.message == ("no IntegrationId header; expected 12345_67890 (also exchange 2)")
    assert finding.where == "exchange 1: GET /metainfo -> 200"


def test_another_integration_id_is_wrong():
    assert of(
        "INTEGRATION-ID", Tape().call(request_headers=HEADERS | {"IntegrationId": "1_2"})
    ) == [1]


@pytest.mark.parametrize("path", ["/oauth/token", "/OtpRequest", "/otpvalidation"])
def test_calls_that_are_made_to_get_a_token_need_none(path):
    assert codes(Tape().call("POST", path, request_headers={})) == []


@pytest.mark.parametrize(
    "value",
    [
        "[token:0123abcd]",
        "AfasToken",
        "Basic [token:0123abcd]",
        "AfasToken <other> [token:0123abcd]",
    ],
)
def test_another_form_of_the_token_is_objected_to(value):
    assert codes(Tape().call(request_headers=ID | {"Authorization": value})) == ["AUTH-HEADER"]


def test_no_token_and_two_tokens_are_objected_to():
    twice = (*HEADERS.items(), ("Authorization", HEADERS["Authorization"]))

    assert codes(Tape().call(request_headers=ID)) == ["AUTH-HEADER"]
    assert codes(Tape().call(request_headers=twice)) == ["AUTH-HEADER"]


def test_a_plain_token_has_a_rule_of_its_own():
    headers = ID | {"Authorization": "AfasToken <plain> [token:0123abcd]"}

    assert codes(Tape().call(request_headers=headers)) == ["AUTH-PLAIN"]


@pytest.mark.parametrize(
    "values",
    [
        {"query": "x=[token:0123abcd]"},
        {"path": "/metainfo/[secret:0123abcd]"},
        {"query": "skip=0&token=unknown"},
    ],
)
def test_a_token_in_the_url_is_objected_to(values):
    assert codes(Tape().call(**values)) == ["TOKEN-IN-URL"]


def test_a_private_value_in_the_url_is_no_token():
    assert codes(Tape().call(query="x=[field:0123abcd]")) == []


def test_a_connection_that_is_closed_is_objected_to():
    assert codes(Tape().call(request_headers=HEADERS | {"connection": "Close"})) == [
        "CONNECTION-CLOSE"
    ]
    assert codes(Tape().call(request_headers=HEADERS | {"connection": "keep-alive"})) == []


@pytest.mark.parametrize(
    ("given", "status", "erp_status", "expected"),
    [
        ("<data>[token:aaaaaaaa]</data>", 401, 401, [1]),
        ("<data>[token:0123abcd]</data>", 401, 401, []),  # its own: the environment has ended it
        ("<data>[token:aaaaaaaa]</data>", 200, 200, []),
        ("<data>[token:aaaaaaaa]</data>", 401, None, []),  # a fault took its place
        ("", 401, 401, []),
    ],
)
def test_a_token_that_was_not_given_here_is_called_so(given, status, erp_status, expected):
    tape = Tape().read(status=status, erp_status=erp_status)
    found = check_exchanges(tape.exchanges, manifest=a_manifest(), release=PROFIT_8, token=given)

    assert [each.exchange for each in found if each.code == "TOKEN-OF-ANOTHER"] == expected


@pytest.mark.parametrize(("ok", "expected"), [(True, []), (False, [1]), (None, [1])])
def test_who_comes_to_the_right_token_by_itself_is_not_held_to_the_wrong_one(ok, expected):
    tape = Tape().read(status=401, erp_status=401, turn=1)
    found = check_exchanges(
        tape.exchanges,
        manifest=a_manifest(),
        release=PROFIT_8,
        token="<data>[token:aaaaaaaa]</data>",
        triggers=[TriggerRecord(operation="sync", input=None, ok=ok)],
    )

    assert [each.exchange for each in found if each.code == "TOKEN-OF-ANOTHER"] == expected

import base64
import json
import time

import httpx
import pytest

from support.gateway import ENVIRONMENT, TOKEN_DATA, TOKEN_XML, Served


def test_an_exchange_is_recorded_as_it_was_on_the_wire(served):
    served.open()
    answer = served.client.get("/connectors/Uren?skip=0&take=2", headers={"X-Mine": "a"})

    seen = served.only_exchange()
    assert (seen.method, seen.path, seen.query) == ("GET", "/connectors/Uren", "skip=0&take=2")
    assert seen.header("x-mine") == "a"
    assert (seen.status, seen.response_body) == (200, answer.text)
    assert seen.response_size == len(answer.content)
    assert seen.duration_s > 0


def test_a_body_that_was_sent_is_recorded_and_reaches_the_erp(served):
    served.open()
    served.client.post("/connectors/PtRealization", json={"a": "é"})

    seen = served.only_exchange()
    assert json.loads(seen.request_body) == {"a": "é"}
    assert seen.request_size == len(served.erp.carried_out[0][2])


def test_a_body_that_comes_when_the_answer_is_there_already_is_recorded(served):
    served.erp.lets_nobody_in = True
    served.open()

    def pieces():
        for piece in (b'{"a": ', b'"' + b"x" * 300_000, b'"}'):
            yield piece
            time.sleep(0.05)

    answer = served.client.post("/connectors/PtRealization", content=pieces())

    seen = served.only_exchange()
    assert (answer.status_code, seen.status, seen.erp_status) == (401, 401, 401)
    assert json.loads(seen.request_body) == {"a": "x" * 300_000}


def test_every_value_of_a_repeated_header_is_kept(served):
    served.erp.headers = [(b"x-part", b"1"), (b"x-part", b"2")]
    served.open()
    served.client.get("/metainfo")

    parts = [value for name, value in served.only_exchange().response_headers if name == "x-part"]
    assert parts == ["1", "2"]


def test_the_base_is_recognised_in_any_case(served):
    served.open()
    served.client.get(f"http://127.0.0.1:{served.port}/{ENVIRONMENT}/profitrestservices/metainfo")

    assert served.only_exchange().path == "/metainfo"


def test_another_environment_at_this_door_is_refused_and_recorded(served):
    served.open()
    other = f"http://127.0.0.1:{served.port}/T99999AA/ProfitRestServices/metainfo"

    assert served.client.get(other).status_code == 404
    assert served.erp.carried_out == []
    assert served.only_exchange().refused.found.en.startswith("another environment (T99999AA)")


def test_a_closed_environment_is_forgotten(served):
    served.open()
    served.call("close", ENVIRONMENT)

    with pytest.raises(KeyError):
        served.recording()


def test_requests_over_one_connection_bear_the_same_number(served):
    served.open()
    served.client.get("/metainfo")
    served.client.get("/metainfo")
    httpx.get(served.base_url + "/metainfo")

    numbers = [exchange.connection for exchange in served.recording().exchanges]
    assert numbers == [1, 1, 2]


def test_a_call_bears_how_often_the_integration_was_triggered(served):
    served.open()
    served.call("mark", ENVIRONMENT)
    served.client.get("/metainfo")
    served.call("mark", ENVIRONMENT)
    served.client.get("/metainfo")

    assert [exchange.turn for exchange in served.recording().exchanges] == [1, 2]


def test_a_compressed_answer_is_recorded_as_text(served):
    served.open()
    served.client.get("/connectors/Uren", headers={"Accept-Encoding": "gzip"})

    seen = served.only_exchange()
    assert json.loads(seen.response_body)["rows"][0]["EmployeeId"] == "000001"
    assert seen.response_header("content-encoding") == "gzip"


def test_a_body_that_is_not_text_is_recorded_by_its_size_alone(served):
    served.erp.body = bytes(range(256))
    served.open()
    served.client.get("/imageconnector/1")

    seen = served.only_exchange()
    assert (seen.response_body, seen.response_size) == (None, 256)


def test_a_long_body_passes_whole_and_is_recorded_in_part(served):
    served.erp.body = b"x" * 2_000_000
    served.open()
    answer = served.client.get("/connectors/Uren")

    seen = served.only_exchange()
    assert len(answer.content) == seen.response_size == 2_000_000
    assert seen.response_body.endswith("[truncated: 2000000 bytes in all]")
    assert len(seen.response_body) < 1_100_000


def test_what_the_server_itself_answers_to_an_error_is_recorded(served):
    async def broken(scope, receive, send):
        raise RuntimeError

    with Served(broken) as other:
        other.open()
        assert other.client.get("/metainfo").status_code == 500
        assert other.only_exchange().status == 500


def test_the_token_stands_nowhere_in_what_was_recorded(served):
    served.open()
    encoded = base64.b64encode(TOKEN_XML.encode()).decode()
    served.client.post(
        f"/connectors/Uren/{TOKEN_DATA}",
        params={"token": TOKEN_XML, "other": encoded},
        headers={"Authorization": f"AfasToken {encoded}", "X-Copy": TOKEN_XML},
        content=f"a {TOKEN_XML} b {encoded}",
    )

    text = repr(served.recording())
    assert TOKEN_DATA not in text
    assert encoded[40:80] not in text
    assert dict(served.recording().redacted)["token"] >= 6


def test_the_form_of_the_authorization_header_stays(served):
    served.open()
    encoded = base64.b64encode(TOKEN_XML.encode()).decode()
    for value in (f"AfasToken {encoded}", f"AfasToken {TOKEN_XML}", f"AfasToken {TOKEN_DATA}"):
        served.client.get("/metainfo", headers={"Authorization": value})

    forms = [exchange.header("authorization") for exchange in served.recording().exchanges]
    placeholder = forms[0].removeprefix("AfasToken ")
    assert forms == [
        f"AfasToken {placeholder}",
        f"AfasToken <plain> {placeholder}",
        f"AfasToken <other> {placeholder}",
    ]


def test_an_answer_has_one_date(served):
    served.open()
    served.client.get("/metainfo")
    served.erp.headers = [(b"date", b"Tue, 24 Nov 2026 10:00:00 GMT")]
    served.client.get("/metainfo")

    dates = [
        [value for name, value in exchange.response_headers if name == "date"]
        for exchange in served.recording().exchanges
    ]
    assert len(dates[0]) == 1
    assert dates[1] == ["Tue, 24 Nov 2026 10:00:00 GMT"]

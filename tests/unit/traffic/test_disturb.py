import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.model.fault import CallFilter, FaultKind
from support.gateway import ENVIRONMENT, a_fault


def test_a_status_is_answered_without_the_erp_seeing_the_call(served):
    served.open(a_fault(FaultKind.STATUS, status=503, retry_after_s=3))
    answer = served.client.post("/connectors/PtRealization", content=b"{}")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "3"
    assert answer.json()["retry_after"] == 3
    assert served.erp.carried_out == []
    assert served.only_exchange().fault == "status"
    assert served.only_exchange().erp_status is None
    assert served.recording().faults_fired == (1,)


def test_a_status_500_is_a_functional_error_with_a_log_reference(served):
    served.open(a_fault(FaultKind.STATUS, status=500))
    answer = served.client.get("/connectors/Uren", headers={"Accept-Language": "en-us"})

    assert answer.json()["externalMessage"] == "The entered value for 'Employee' does not exist."
    assert len(answer.json()["profitLogReference"]) == 32


@pytest.mark.parametrize(("status", "length"), [(403, 0), (404, 0), (413, 0)])
def test_another_status_has_no_body(served, status, length):
    served.open(a_fault(FaultKind.STATUS, status=status))

    answer = served.client.get("/metainfo")
    assert (answer.status_code, len(answer.content)) == (status, length)


def test_an_expired_token_is_401_without_a_body(served):
    served.open(a_fault(FaultKind.EXPIRED_TOKEN))

    answer = served.client.get("/metainfo")
    assert (answer.status_code, answer.content) == (401, b"")


def test_a_blocked_connector_says_so(served):
    served.open(a_fault(FaultKind.BLOCKED_CONNECTOR))

    answer = served.client.get("/connectors/Uren")
    assert answer.status_code == 500
    assert answer.json()["externalMessage"] == "Deze GetConnector (definitie) is geblokkeerd"


def test_a_lost_answer_is_carried_out_and_the_client_gets_nothing(served):
    served.open(a_fault(FaultKind.LOST_ANSWER, calls="1"))
    with pytest.raises(httpx.RemoteProtocolError):
        served.client.post("/connectors/PtRealization", content=b"{}")

    assert len(served.erp.carried_out) == 1
    assert (served.only_exchange().status, served.only_exchange().erp_status) == (None, 201)
    assert served.recording().faults_fired == (1,)
    assert served.client.get("/metainfo").status_code == 200


def test_a_reset_never_reaches_the_erp(served):
    served.open(a_fault(FaultKind.RESET, calls="1"))
    with pytest.raises(httpx.ReadError):
        served.client.post("/connectors/PtRealization", content=b"{}")

    assert served.erp.carried_out == []
    assert served.only_exchange().status is None


def test_no_broken_connection_is_reported_as_an_error_of_the_server(served, caplog):
    served.open(a_fault(FaultKind.LOST_ANSWER, calls="1"), a_fault(FaultKind.RESET, calls="2"))
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            served.client.get("/metainfo")
    served.client.get("/metainfo")

    assert [record for record in caplog.records if record.name == "uvicorn.error"] == []


def test_a_delayed_answer_comes_later(served):
    served.open(a_fault(FaultKind.DELAY, delay_s=0.1))
    served.client.get("/metainfo")

    assert served.only_exchange().duration_s >= 0.1


def test_who_does_not_wait_for_a_delayed_answer_never_got_it(served):
    served.open(a_fault(FaultKind.DELAY, delay_s=60))
    with pytest.raises(httpx.ReadTimeout):
        served.client.get("/metainfo", timeout=0.05)
    _until(lambda: served.recording().faults_fired == (1,))

    assert served.only_exchange().status is None


def test_closing_the_environment_ends_what_still_waits(served):
    served.open(a_fault(FaultKind.DELAY, delay_s=60))
    with pytest.raises(httpx.ReadTimeout):
        served.client.get("/metainfo", timeout=0.05)

    (exchange,) = served.call("close", ENVIRONMENT).exchanges
    assert exchange.status is None


def test_closing_the_environment_breaks_off_who_still_waits(served):
    served.open(a_fault(FaultKind.DELAY, delay_s=60))
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(served.client.get, "/metainfo", timeout=30)
        _until(lambda: served.recording().exchanges)
        served.call("close", ENVIRONMENT)

        assert isinstance(waiting.exception(timeout=10), httpx.ReadError)


def test_what_is_under_way_is_counted_once(served):
    served.open(a_fault(FaultKind.DELAY, delay_s=60))
    with pytest.raises(httpx.ReadTimeout):
        served.client.get("/metainfo", headers={"Cookie": "a=b"}, timeout=0.2)
    _until(lambda: served.recording().faults_fired == (1,))

    assert dict(served.recording().redacted) == {"secret": 1}


def test_a_slow_body_arrives_whole(served):
    served.open(a_fault(FaultKind.SLOW_BODY, delay_s=0.1))

    assert len(served.client.get("/connectors/Uren").json()["rows"]) == 2
    assert served.only_exchange().duration_s >= 0.1


def test_half_a_body_breaks_off(served):
    served.open(a_fault(FaultKind.HALF_BODY))
    with pytest.raises(httpx.RemoteProtocolError):
        served.client.get("/connectors/Uren")

    assert served.only_exchange().fault == "half_body"


def test_empty_rows_keep_the_rest_of_the_answer(served):
    served.open(a_fault(FaultKind.EMPTY_ROWS))

    assert served.client.get("/connectors/Uren").json() == {"skip": 0, "take": 100, "rows": []}


def test_a_changed_answer_stays_compressed(served):
    served.open(a_fault(FaultKind.EMPTY_ROWS))

    answer = served.client.get("/connectors/Uren", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["rows"] == []


def test_without_gzip_the_answer_is_plain(served):
    served.open(a_fault(FaultKind.NO_GZIP))

    answer = served.client.get("/connectors/Uren", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert len(answer.json()["rows"]) == 2


def test_the_date_is_off(served):
    served.open(a_fault(FaultKind.CLOCK_SKEW, delay_s=86400))
    dates = served.client.get("/metainfo").headers.get_list("date")

    (date,) = dates
    assert parsedate_to_datetime(date) - SystemClock().now() > timedelta(hours=23)


def test_a_fault_that_could_not_be_carried_out_has_not_fired(served):
    served.open(a_fault(FaultKind.EMPTY_ROWS))
    served.erp.answer = {"version": "8.0.12"}

    assert served.client.get("/profitversion").json() == {"version": "8.0.12"}
    assert served.recording().faults_fired == (0,)
    assert served.only_exchange().fault is None


def test_a_fault_hits_only_the_calls_that_it_means(served):
    of = CallFilter(method="POST", connector="PtRealization")
    served.open(a_fault(FaultKind.STATUS, status=503, of=of, calls="2"))
    served.client.get("/connectors/PtRealization")
    statuses = [
        served.client.post("/connectors/PtRealization", content=b"{}").status_code for _ in range(3)
    ]

    assert statuses == [201, 503, 201]


def test_a_malformed_answer_is_not_json(served):
    served.open(a_fault(FaultKind.MALFORMED_JSON))

    with pytest.raises(json.JSONDecodeError):
        served.client.get("/connectors/Uren").json()


def _until(holds) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError


def test_faults_on_one_call_are_a_chain_from_the_erp_to_the_client(served):
    served.open(
        a_fault(FaultKind.EXTRA_FIELD),
        a_fault(FaultKind.DELAY, delay_s=0.1),
        a_fault(FaultKind.HALF_BODY),
    )
    with pytest.raises(httpx.RemoteProtocolError):
        served.client.get("/connectors/Uren")
    exchange = served.only_exchange()

    assert exchange.fault == "extra_field+delay+half_body"
    assert exchange.duration_s >= 0.1
    assert exchange.response_body.endswith('"Koppeli')
    assert served.recording().faults_fired == (1, 1, 1)


def test_a_fault_that_takes_the_erps_place_keeps_the_call_from_those_before_it(served):
    served.open(
        a_fault(FaultKind.EXTRA_FIELD), a_fault(FaultKind.STATUS), a_fault(FaultKind.CLOCK_SKEW)
    )
    answer = served.client.get("/connectors/Uren")

    assert answer.status_code == 503
    assert served.erp.carried_out == []
    assert served.only_exchange().fault == "status+clock_skew"
    assert served.recording().faults_fired == (0, 1, 1)


def test_half_of_an_answer_without_a_body_is_none(served):
    served.open(a_fault(FaultKind.HALF_BODY))
    served.erp.body = b""
    with pytest.raises(httpx.RemoteProtocolError):
        served.client.get("/connectors/Uren")

    assert served.only_exchange().status is None
    assert served.recording().faults_fired == (1,)

import json

import httpx
import pytest
from urenportaal.afas import (
    AccessError,
    AfasClient,
    AnswerLostError,
    Filter,
    RefusedError,
    Settings,
    UnavailableError,
)

SETTINGS = Settings(
    base_url="https://12345.resttest.afas.online/ProfitRestServices",
    token="<token><version>1</version><data>0</data></token>",
    integration_id="45678_102030",
)


class Profit:
    """Answers as told, and keeps what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []
        self.pauses = []

    def __call__(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self):
        return AfasClient(SETTINGS, pause=self.pauses.append, transport=httpx.MockTransport(self))


def page(*ids):
    return httpx.Response(200, json={"skip": 0, "take": 0, "rows": [{"Id": each} for each in ids]})


def test_rows_are_read_page_by_page_in_a_fixed_order():
    profit = Profit(page(*range(1000)), page(1000))

    rows = list(profit.client().rows("Urenportaal_X", columns=3, order_by=["Id"]))

    assert len(rows) == 1001
    assert [dict(each.url.params) for each in profit.asked] == [
        {"skip": "0", "take": "1000", "orderbyfieldids": "Id"},
        {"skip": "1000", "take": "1000", "orderbyfieldids": "Id"},
    ]


def test_a_value_with_a_comma_is_filtered_by_json():
    profit = Profit(page())

    list(
        profit.client().rows(
            "Urenportaal_X",
            columns=3,
            order_by=["Id"],
            filters=[Filter(field="Name", operator=1, value="Jansen, P.")],
        )
    )

    sent = json.loads(profit.asked[0].url.params["filterjson"])
    assert sent["Filters"]["Filter"][0]["Field"][0]["#text"] == "Jansen, P."


def test_every_call_carries_the_token_and_the_integration_id():
    profit = Profit(httpx.Response(201, json={"results": {"PtRealization": {"Id": "7"}}}))

    assert profit.client().insert("PtRealization", {"Ds": "Één"}) == {"Id": "7"}

    (request,) = profit.asked
    assert request.headers["Authorization"].startswith("AfasToken PHRva2Vu")
    assert request.headers["IntegrationId"] == "45678_102030"
    assert request.headers["Content-Type"] == "application/json;charset=utf-8"
    assert "Één".encode() in request.content


def test_maintenance_is_waited_for_as_long_as_afas_asks():
    profit = Profit(httpx.Response(503, headers={"Retry-After": "4"}), page())

    assert list(profit.client().rows("Urenportaal_X", columns=3, order_by=["Id"])) == []
    assert profit.pauses == [4.0]


def test_long_maintenance_is_told_and_not_waited_for():
    profit = Profit(httpx.Response(503, json={"retry_after": 7200}))

    with pytest.raises(UnavailableError, match="over 7200 seconden"):
        profit.client().insert("PtRealization", {})
    assert len(profit.asked) == 1


@pytest.mark.parametrize(("status", "error"), [(401, AccessError), (403, AccessError)])
def test_a_refused_token_or_address_is_not_tried_again(status, error):
    profit = Profit(httpx.Response(status))

    with pytest.raises(error):
        profit.client().insert("PtRealization", {})
    assert len(profit.asked) == 1


def test_a_refusal_carries_the_text_and_the_reference_of_afas():
    profit = Profit(
        httpx.Response(
            500, json={"externalMessage": "Project bestaat niet.", "profitLogReference": "AB12"}
        )
    )

    with pytest.raises(RefusedError) as caught:
        profit.client().insert("PtRealization", {})

    assert caught.value.for_user() == "Project bestaat niet. (AFAS-logreferentie AB12)"
    assert len(profit.asked) == 1


def test_a_lost_answer_is_asked_for_again_only_when_nothing_was_written():
    lost = httpx.RemoteProtocolError("gone")
    reading, writing = Profit(lost, page()), Profit(lost)

    assert list(reading.client().rows("Urenportaal_X", columns=3, order_by=["Id"])) == []
    with pytest.raises(AnswerLostError):
        writing.client().insert("PtRealization", {})
    assert len(writing.asked) == 1

"""What the other values of switches do that no page documents one way only."""

import json
from dataclasses import replace
from typing import Any

import pytest

from contract.erp1.test_endpoint_notes import imported
from support.erp1 import HOURS, HandClock, caller, element

DAY = {"EnDa": "2026-03-01", "BpDa": "2026-03-01"}
ENTRY = element(
    "FiEntryPar",
    {"Year": 2026, "Peri": 3, "UnId": 1, "JoCo": "70"},
    FiEntries=[
        {"VaAs": "2", "AcNr": "10001", **DAY, "AmDe": 121},
        {"VaAs": "1", "AcNr": "8000", **DAY, "AmCr": 121},
    ],
)


def one_row(client: Any, **query: Any) -> int:
    return len(client.get("Profit_Article", **query).rows)


def where(client: Any, *filter_: str) -> int:
    return len(client.where("Profit_Article", *filter_, take=100).rows)


def shown_moment(client: Any) -> str:
    client.post("PtRealization", element("PtRealization", {**HOURS, "Ds": "nu"}))
    return client.where("Profit_Realization", "Description", "nu").rows[0]["DateModified"][17:19]


def otp(client: Any) -> int:
    client.authorization = None
    return client.call(
        "POST", "/OtpRequest", {"apiKey": "x", "apiToken": "y", "userId": "z"}
    ).status


def plain_token(client: Any) -> int:
    xml = client.environment.first_token.xml.reveal()
    return client.call(
        "GET", "/profitversion", headers={"authorization": f"AfasToken {xml}"}
    ).status


SWITCHES = [
    ("fi_entries_results", "bare", lambda c: list(c.post("FiEntries", ENTRY).json()),
     ["results"], ["FiEntryPar"]),
    ("double_slash", "taken", lambda c: c.call("GET", "//profitversion").status, 404, 200),
    ("otp_request_status", "200", otp, 201, 200),
    ("invalid_json", "500", lambda c: c.post("KnSubject", b"{").status, 400, 500),
    ("double_slash", "taken", lambda c: c.call("GET", "/connectors//Profit_Article").status,
     404, 200),
    ("filter_wildcards", "literal", lambda c: where(c, "Description", "%model 7%", "6"), 1, 0),
    ("filter_date_z", "accepted",
     lambda c: c.where("Profit_Article", "CreateDate", "2025-01-06T00:00:00Z", "2").status,
     500, 200),
    ("not_equal_empty", "included", lambda c: where(c, "ExtraDescription", "x", "7"), 0, 40),
    ("not_equal_empty", "included", lambda c: where(c, "ExtraDescription", "x", "11"), 0, 40),
    ("datetime_output", "truncated", shown_moment, "01", "00"),
    ("take_zero", "none", lambda c: one_row(c, take=0), 1, 0),
    ("take_zero", "default", lambda c: one_row(c, take=0), 1, 40),
    ("plain_token", "unauthorized_401", plain_token, 500, 401),
    ("message_language", "en", lambda c: "niet" in c.get("Nope").message, True, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("switch", "value", "ask", "otherwise", "then"),
    SWITCHES,
    ids=[f"{each[0]}={each[1]}" for each in SWITCHES],
)
def test_a_switch_does_what_it_says(switch, value, ask, otherwise, then):
    moment = "2026-11-24T11:00:00.750000+00:00"

    assert ask(caller(clock=HandClock(moment))) == otherwise
    assert ask(caller(clock=HandClock(moment), quirks={switch: value})) == then


def test_an_answer_that_afas_lists_without_results_can_be_wrapped():
    bare = replace(imported("PtOptionList", "OlNu"), wrapped=False)
    body = element("PtOptionList", {"OlNu": 3, "Ds": "x"})

    def answered(quirks: dict[str, str]) -> dict[str, Any]:
        return json.loads(caller(imported=[bare], quirks=quirks).post("PtOptionList", body).content)

    assert answered({}) == {"PtOptionList": {"OlNu": "3"}}
    assert answered({"bare_results": "wrapped"}) == {"results": {"PtOptionList": {"OlNu": "3"}}}

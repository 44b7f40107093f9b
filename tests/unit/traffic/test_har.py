import json
from datetime import UTC, datetime, timedelta, timezone

from koppeling_harness.model.exchange import Recording
from koppeling_harness.traffic.har import to_har
from support.exchanges import Tape

BEGAN_AT = datetime(2026, 11, 24, 10, 0, tzinfo=timezone(timedelta(hours=1)))
BASE = "https://12345.resttest.afas.online/ProfitRestServices"


def entries_of(tape: Tape) -> list[dict]:
    recording = Recording(
        exchanges=tuple(tape.exchanges), faults_fired=(1,), redacted=(("token", 3),)
    )
    har = to_har(recording, base_url=BASE, began_at=BEGAN_AT)
    json.dumps(har)
    assert har["log"]["version"] == "1.2"
    assert (har["log"]["_faultsFired"], har["log"]["_redacted"]) == ([1], {"token": 3})
    return har["log"]["entries"]


def test_a_read_is_an_entry():
    (entry,) = entries_of(Tape().wait(1.5).read(query={"skip": 0, "take": ""}))

    assert entry["startedDateTime"] == "2026-11-24T10:00:01.500000+01:00"
    assert entry["request"]["url"] == f"{BASE}/connectors/Uren_Medewerkers?skip=0&take="
    assert entry["request"]["queryString"] == [
        {"name": "skip", "value": "0"},
        {"name": "take", "value": ""},
    ]
    assert "postData" not in entry["request"]
    assert entry["response"]["status"] == 200
    assert entry["response"]["statusText"] == "OK"
    assert json.loads(entry["response"]["content"]["text"])["skip"] == 0


def test_the_time_is_the_sum_of_the_timings():
    (entry,) = entries_of(Tape().call(duration_s=0.25))

    assert entry["time"] == sum(entry["timings"].values()) == 250


def test_a_write_has_its_body():
    (entry,) = entries_of(Tape().write(response_headers=(("Location", "/x"),)))
    sent = entry["request"]["postData"]

    assert sent["mimeType"] == "application/json;charset=utf-8"
    assert entry["request"]["bodySize"] == len(sent["text"])
    assert entry["response"]["redirectURL"] == "/x"


def test_every_value_of_a_repeated_header_is_kept():
    (entry,) = entries_of(Tape().call(response_headers=(("X-Part", "1"), ("X-Part", "2"))))

    assert [each["value"] for each in entry["response"]["headers"]] == ["1", "2"]


def test_an_answer_that_never_came_has_status_0():
    (entry,) = entries_of(Tape().call(status=None, fault="lost_answer", connection=7))

    assert (entry["response"]["status"], entry["response"]["statusText"]) == (0, "")
    assert (entry["_fault"], entry["connection"]) == ("lost_answer", "7")


def test_a_moment_has_its_offset():
    har = to_har(
        Recording(exchanges=tuple(Tape().call().exchanges)),
        base_url=BASE,
        began_at=datetime(2026, 1, 1, tzinfo=UTC),
    )

    assert har["log"]["entries"][0]["startedDateTime"] == "2026-01-01T00:00:00+00:00"

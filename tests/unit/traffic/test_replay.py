import base64
import json
from dataclasses import replace

import httpx
import pytest

from koppeling_harness.model.exchange import Recording, TriggerRecord
from koppeling_harness.traffic.replay import NOT_RECORDED, Replay, why_not
from support.exchanges import INTEGRATION_ID, READS, Tape, a_manifest
from support.gateway import TOKEN, Served

AUTHORIZED = {
    "Authorization": "AfasToken " + base64.b64encode(TOKEN.reveal().encode()).decode(),
    "IntegrationId": INTEGRATION_ID,
}
TOLD = (TriggerRecord(operation="sync", input={}, ok=True),)


def recorded(tape: Tape) -> Recording:
    return Recording(exchanges=tuple(tape.exchanges), triggers=TOLD)


def replay(tape: Tape) -> Replay:
    return Replay(recorded(tape), token=TOKEN, manifest=a_manifest(), key=b"now")


def get(served: Served, path: str) -> httpx.Response:
    return served.client.get(path, headers=AUTHORIZED)


def test_each_recorded_answer_is_given_once_and_in_any_order():
    tape = Tape().read(rows=1, query={"skip": 0}).read(rows=2, query={"skip": 0}).call()
    player = replay(tape)
    with Served(player) as served:
        last = get(served, "/metainfo")
        answers = [get(served, f"/connectors/{READS}?skip=0") for _ in range(3)]

    assert last.status_code == 200
    assert [len(each.json()["rows"]) for each in answers[:2]] == [1, 2]
    assert answers[2].status_code == NOT_RECORDED
    assert [each.request for each in player.unmatched] == [f"GET /connectors/{READS}"]
    assert player.unmatched[0].nearest == ""


def test_what_is_not_recorded_is_told_with_its_differences_and_no_secret():
    player = replay(Tape().read(query={"skip": 0, "filtervalues": "[field:0123abcd]"}))
    with Served(player) as served:
        answer = get(served, f"/connectors/{READS}?skip=100&filterfieldids=Name&filtervalues=Jan")

    (unmatched,) = player.unmatched
    assert answer.status_code == NOT_RECORDED
    assert unmatched.nearest == f"exchange 1: GET /connectors/{READS} -> 200"
    assert [(each.path, each.actual) for each in unmatched.differences] == [
        ("query filterfieldids", "Name"),
        ("query skip", "100"),
    ]
    assert player.missing == (f"1 x GET /connectors/{READS}",)
    assert TOKEN.reveal() not in repr(unmatched)


def test_a_value_that_was_redacted_may_be_any_but_always_the_same():
    tape = Tape()
    for _ in range(2):
        tape.read(query={"filterfieldids": "Name", "filtervalues": "[field:0123abcd]"})
    player = replay(tape)
    path = f"/connectors/{READS}?filterfieldids=Name&filtervalues="
    with Served(player) as served:
        codes = [get(served, path + each).status_code for each in ("Jan", "Piet", "Jan")]

    assert codes == [200, NOT_RECORDED, 200]


def test_a_call_that_got_no_answer_gets_none_again():
    player = replay(Tape().call(status=None, fault="lost_answer"))
    with Served(player) as served, pytest.raises(httpx.RemoteProtocolError):
        get(served, "/metainfo")


def test_an_answer_that_was_compressed_comes_whole():
    headers = (("Content-Encoding", "gzip"), ("Content-Length", "3"), ("X-Own", "1"))
    player = replay(Tape().read(rows=2, response_headers=headers))
    with Served(player) as served:
        answer = get(served, f"/connectors/{READS}")

    assert len(answer.json()["rows"]) == 2
    assert answer.headers["x-own"] == "1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"response_body": "x\n[truncated: 3000000 bytes in all]"}, "only the beginning"),
        ({"response_body": None, "response_size": 10}, "not text"),
        ({"fault": "half_body"}, "cut off on purpose"),
    ],
)
def test_what_was_not_kept_whole_cannot_be_played(changes, reason):
    assert reason in why_not(recorded(Tape().call(**changes)))


def test_without_what_it_was_told_to_do_nothing_can_be_played():
    recording = recorded(Tape().read())

    assert why_not(recording) == ""
    assert "told to do" in why_not(replace(recording, triggers=()))
    assert json.loads(recording.exchanges[0].response_body or "")["rows"]

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from koppeling_harness.errors import DocumentError
from koppeling_harness.model.exchange import Recording, TriggerRecord
from koppeling_harness.traffic.har import to_har
from koppeling_harness.traffic.har_read import from_har
from support.exchanges import Tape

BASE = "http://127.0.0.1:1/T12345AA/ProfitRestServices"


def written(recording: Recording) -> bytes:
    har = to_har(recording, base_url=BASE, began_at=datetime(2026, 11, 24, 10, tzinfo=UTC))
    return json.dumps(har).encode()


def test_what_was_written_is_read_back():
    tape = (
        Tape()
        .read(query={"skip": 0, "take": "100"})
        .write()
        .call(status=None, fault="reset", customer=2)
    )
    recording = Recording(
        exchanges=tuple(tape.exchanges),
        faults_fired=(1,),
        redacted=(("token", 3),),
        triggers=(TriggerRecord(operation="sync", input={"day": 1}, ok=False, told=True),),
    )
    found = from_har(written(recording), name="x.har")
    started = [round(each.started_s, 6) for each in found.exchanges]

    assert started == [round(each.started_s, 6) for each in recording.exchanges]
    assert [round(each.duration_s, 6) for each in found.exchanges] == [0.01] * 3
    same = {"started_s": 0.0, "duration_s": 0.0}
    assert [replace(each, **same) for each in found.exchanges] == [
        replace(each, **same) for each in recording.exchanges
    ]
    assert replace(found, exchanges=()) == replace(recording, exchanges=())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"log": {"entries": [{}]}}',
        b'{"log": {"entries": 3}}',
        b"\xff",
        b"null",
    ],
)
def test_anything_else_is_told_with_its_name(content):
    with pytest.raises(DocumentError, match=r"x\.har: expected an archive of this harness"):
        from_har(content, name="x.har")

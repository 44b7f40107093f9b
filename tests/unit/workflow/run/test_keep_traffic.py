"""Recordings on disk: scanned before they are written, and one file per time."""

import asyncio
import json
from dataclasses import replace

import pytest

from koppeling_harness.errors import ExitCode
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Level
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.run.keep_traffic import TrafficKeeper
from koppeling_harness.workflow.secret_search import Leaks
from support.exchanges import Tape, a_manifest

TOKEN = "0123456789ABCDEF" * 4


def planned(scenario: str = "reading.pages") -> PlannedScenario:
    manifest = a_manifest()
    return PlannedScenario(
        scenario=Scenario(
            scenario=scenario,
            title=Text(nl="x", en="x"),
            level=Level.REQUIRED,
            proves=("x",),
            when=(),
        ),
        manifest=manifest,
        operation=manifest.operations[0],
    )


def a_recording(body: str = "{}") -> Recording:
    return Recording(exchanges=tuple(Tape().call(response_body=body).exchanges))


@pytest.fixture
def redactor():
    made = Redactor(b"key")
    made.add_secret(Secret(f"<token><version>1</version><data>{TOKEN}</data></token>"))
    return made


def test_a_recording_is_written_as_soon_as_it_is_there(tmp_path, redactor):
    asyncio.run(TrafficKeeper(tmp_path, redactor, Leaks(), []).recorded(planned(), a_recording()))

    har = json.loads((tmp_path / "traffic/urenportaal/reading.pages.sync.har").read_bytes())
    assert len(har["log"]["entries"]) == 1


def test_a_secret_in_a_recording_costs_the_recordings_of_that_integration_only(tmp_path, redactor):
    leaks = Leaks()
    keeper = TrafficKeeper(tmp_path, redactor, leaks, [])
    other = planned()
    other = replace(other, manifest=replace(other.manifest, id="another"))
    leaks_one = a_recording(f"<data>{TOKEN.lower()}</data>")
    asyncio.run(keeper.recorded(planned("reading.leaks"), leaks_one))
    asyncio.run(keeper.recorded(planned("reading.clean"), a_recording()))
    asyncio.run(keeper.recorded(other, a_recording()))
    keeper.ended()

    (found,) = leaks.of("urenportaal")
    assert (found.place, found.kind) == ("traffic/urenportaal/reading.leaks.sync.har", "token")
    assert leaks.has("urenportaal", "reading.leaks[sync]")
    assert leaks.of("another") == ()
    assert [path.parent.name for path in tmp_path.rglob("*.har")] == ["another"]


def test_a_scenario_that_is_repeated_has_a_file_for_each_time(tmp_path, redactor):
    keeper = TrafficKeeper(tmp_path, redactor, Leaks(), [])
    for _ in range(2):
        asyncio.run(keeper.recorded(planned(), a_recording()))

    assert sorted(path.name for path in tmp_path.rglob("*.har")) == [
        "reading.pages.sync.attempt-2.har",
        "reading.pages.sync.har",
    ]


def test_a_scenario_without_traffic_has_no_file(tmp_path, redactor):
    asyncio.run(
        TrafficKeeper(tmp_path, redactor, Leaks(), []).recorded(planned(), Recording(exchanges=()))
    )

    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_told_once_and_the_run_goes_on(tmp_path, redactor):
    (tmp_path / "traffic").write_text("a file where a folder is needed", encoding="utf-8")
    lost = []
    keeper = TrafficKeeper(tmp_path, redactor, Leaks(), lost)
    asyncio.run(keeper.recorded(planned(), a_recording()))
    asyncio.run(keeper.recorded(planned(), a_recording()))
    keeper.ended()

    [told] = lost
    assert told.code is ExitCode.CONFIGURATION
    assert "traffic" in told.message
    assert "cannot be written" in told.message

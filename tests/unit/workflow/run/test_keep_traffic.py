"""Recordings on disk: scanned before they are written, and one file per time."""

import json
from dataclasses import replace

import pytest

from koppeling_harness.errors import ConfigurationError, SecretFoundError
from koppeling_harness.model.exchange import Recording, TriggerRecord
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Level
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.run.keep_traffic import TrafficKeeper
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
    TrafficKeeper(tmp_path, redactor).recorded(planned(), a_recording())

    har = json.loads((tmp_path / "traffic/urenportaal/reading.pages.sync.har").read_bytes())
    assert len(har["log"]["entries"]) == 1


def test_a_recording_with_a_secret_is_not_written_and_ends_the_run(tmp_path, redactor):
    keeper = TrafficKeeper(tmp_path, redactor)
    keeper.recorded(planned("reading.leaks"), a_recording(f"<data>{TOKEN.lower()}</data>"))
    keeper.recorded(planned("reading.clean"), a_recording())

    with pytest.raises(SecretFoundError, match=r"reading\.leaks\.sync\.har: found token") as error:
        keeper.ended()
    assert error.value.exit_code == 14
    assert TOKEN.lower() not in error.value.render().lower()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [
        "reading.clean.sync.har"
    ]


def test_a_scenario_that_is_repeated_has_a_file_for_each_time(tmp_path, redactor):
    keeper = TrafficKeeper(tmp_path, redactor)
    for _ in range(2):
        keeper.recorded(planned(), a_recording())

    assert sorted(path.name for path in tmp_path.rglob("*.har")) == [
        "reading.pages.sync.attempt-2.har",
        "reading.pages.sync.har",
    ]


def test_a_scenario_without_traffic_has_no_file(tmp_path, redactor):
    TrafficKeeper(tmp_path, redactor).recorded(planned(), Recording(exchanges=()))

    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_told_at_the_end(tmp_path, redactor):
    (tmp_path / "traffic").write_text("a file where a folder is needed", encoding="utf-8")
    keeper = TrafficKeeper(tmp_path, redactor)
    keeper.recorded(planned(), a_recording())

    with pytest.raises(ConfigurationError, match="cannot be written"):
        keeper.ended()


def test_an_input_that_a_private_field_held_stands_in_no_file(tmp_path, redactor):
    told = TriggerRecord(operation="push-customers", input={"lastName": "Bakker"}, ok=True)
    recording = a_recording(f'{{"LaNm": "{redactor.placeholder("field", "Bakker")}"}}')
    keeper = TrafficKeeper(tmp_path, redactor)

    keeper.recorded(planned(), replace(recording, triggers=(told,)))
    keeper.ended()

    (file,) = tmp_path.rglob("*.har")
    assert "Bakker" not in file.read_text(encoding="utf-8")

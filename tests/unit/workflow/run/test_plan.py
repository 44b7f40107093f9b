from pathlib import Path

from koppeling_harness.plugin.discover import Integration
from koppeling_harness.workflow.run.plan import plan_all
from support.scenarios import a_manifest, a_scenario


def an_integration(folder: Path, name: str) -> Integration:
    return Integration(
        manifest=a_manifest(name=name), folder=folder / name, digest="", scenarios=None
    )


def ids(planned):
    return {name: [each.id for each in many] for name, many in planned.items()}


def test_a_pack_scenario_in_an_integrations_folder_is_that_integrations_alone(tmp_path):
    one, other = an_integration(tmp_path, "een"), an_integration(tmp_path, "twee")
    shared = a_scenario("shared", place=f"{tmp_path}/scenarios/s.scenario.yaml:1:1")
    own = a_scenario("own", place=f"{tmp_path}/een/scenarios/o.scenario.yaml:1:1")

    planned = plan_all([one, other], [own, shared], {"een": (), "twee": ()}, release="Profit 8")

    assert ids(planned) == {"een": ["own", "shared"], "twee": ["shared"]}


def test_what_stands_in_the_pack_and_in_the_integration_is_planned_once(tmp_path):
    one = an_integration(tmp_path, "een")
    own = a_scenario("own", place=f"{tmp_path}/een/scenarios/o.scenario.yaml:1:1")

    planned = plan_all([one], [own], {"een": (own,)}, release="Profit 8")

    assert ids(planned) == {"een": ["own"]}


def test_an_integration_to_which_nothing_applies_is_left_out(tmp_path):
    planned = plan_all([an_integration(tmp_path, "een")], [], {"een": ()}, release="Profit 8")

    assert planned == {}

"""Integrations that the packs were not made beside pass as they are, and without a finding."""

import pytest

from support.cli import koppeling_process
from support.defects import PACKS, STRANGERS
from support.defects_strangers import DEFECTS_STRANGERS, MUST_NOT_PASS
from support.detection import findings

pytestmark = [pytest.mark.skipif(not PACKS.is_dir(), reason="scenarios/ is not here")]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strangers")
    ran = koppeling_process(
        *("run", "--plugin", STRANGERS, "--scenarios", PACKS, "--json", "--no-traffic"),
        *("--release", "Profit 8", "--concurrency", "16"),
        cwd=folder,
        timeout_s=600,
    )
    assert ran.code in {0, 1, 12}, ran.err
    return {each["id"]: each for each in ran.json()["integrations"]}, ran


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(each.name for each in STRANGERS.iterdir()))
def test_a_stranger_passes_without_a_finding_and_without_scenarios_of_its_own(name, judged):
    integration = judged[0].get(name)
    if integration is None or integration["verdict"]["outcome"] == "inconclusive":
        pytest.skip("a program that it needs is not here")
    against = [
        (scenario, finding["message"])
        for scenario, finding in findings(integration)
        if finding["level"] == "error" and finding["code"] != "NOT-PROVEN"
    ]

    assert against == []
    assert integration["verdict"]["outcome"] == "passed"


def test_the_six_that_once_passed_are_seeded_by_hooks_and_by_command():
    names = {each.name for each in DEFECTS_STRANGERS}

    assert len(MUST_NOT_PASS) == 6
    assert {f"{each.name}{way}" for each in MUST_NOT_PASS for way in ("", "-by-command")} <= names
    assert len(DEFECTS_STRANGERS) >= 66
    assert {each.integration for each in DEFECTS_STRANGERS} == {"dagstaat", "kassabrug"}

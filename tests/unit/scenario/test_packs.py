from koppeling_harness.scenario.packs import packs_folder


def test_the_packs_are_found_and_hold_scenarios():
    assert list(packs_folder().rglob("*.scenario.yaml"))

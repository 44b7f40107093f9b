from koppeling_harness.rules.waivers import covering, expired, unused
from support.registrations import a_waiver, day

TODAY = day("2026-11-23")


def covered(waivers, scenario):
    found = covering(waivers, scenario, release="Profit 8", as_of=TODAY)
    return found.id if found else None


def test_a_waiver_for_a_scenario_covers_each_of_its_operations():
    assert covered([a_waiver("retry")], "retry[push]") == "W1"


def test_a_waiver_for_one_operation_covers_that_one_only():
    waivers = [a_waiver("retry[push]")]

    assert covered(waivers, "retry[push]") == "W1"
    assert covered(waivers, "retry[sync]") is None
    assert covered(waivers, "retry") is None


def test_of_several_waivers_the_one_that_holds_longest_counts():
    waivers = [
        a_waiver("retry", "2026-12-01", name="W1"),
        a_waiver("retry", "2027-02-01", name="W2"),
        a_waiver("retry", "2026-01-01", name="W3"),
    ]

    assert covered(waivers, "retry") == "W2"


def test_a_waiver_expires_after_its_last_day():
    waivers = [a_waiver(until="2026-11-22", name="W1"), a_waiver(until="2026-11-23", name="W2")]

    assert [each.id for each in expired(waivers, as_of=TODAY)] == ["W1"]


def test_a_waiver_that_no_failure_needs_is_unused_on_its_releases_only():
    waivers = [
        a_waiver("retry", name="W1"),
        a_waiver("login", name="W2"),
        a_waiver("login", name="W3", releases=("Profit 9",)),
    ]

    found = unused(waivers, failed=["retry[push]"], release="Profit 8")

    assert [each.id for each in found] == ["W2"]

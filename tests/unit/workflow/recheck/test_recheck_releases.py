from pathlib import Path

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.model.order import Order
from koppeling_harness.model.policy import ReleaseRoles
from koppeling_harness.model.status import Role
from koppeling_harness.scenario.lock import make_lock
from koppeling_harness.scenario.lock_file import LOCK_FILE, render_lock
from koppeling_harness.workflow.recheck.recheck_releases import RecheckReleases
from koppeling_harness.workflow.run.releases import why_not_available

ROLES = ReleaseRoles(previous="Profit 7", current="Profit 8", accept="Profit 9")


def releases(
    folder: Path, *labels: str, roles: ReleaseRoles | None = ROLES, packs: tuple[Path, ...] = ()
) -> RecheckReleases:
    return RecheckReleases(
        Order(packs=tuple(map(str, packs)), release="", concurrency=1),
        folder,
        labels=labels,
        environments=(),
        roles=roles,
        clock=SystemClock(),
    )


def test_the_previous_and_the_current_release_count_and_accept_is_advisory(tmp_path):
    asked = [(each.label, each.role, each.advisory) for each in releases(tmp_path).asked]

    assert asked == [
        ("Profit 7", Role.PREVIOUS, False),
        ("Profit 8", Role.CURRENT, False),
        ("Profit 9", Role.ACCEPT, True),
    ]


def test_a_release_that_is_meant_keeps_its_role_and_another_has_none(tmp_path):
    asked = releases(tmp_path, "Profit 9", "Profit 6").asked

    assert [(each.label, each.role) for each in asked] == [
        ("Profit 9", Role.ACCEPT),
        ("Profit 6", None),
    ]


def test_the_settings_say_which_releases_count_unless_told_otherwise(tmp_path):
    (tmp_path / "koppeling.toml").write_text('[releases]\ncurrent = "Profit 6"\n', "utf-8")
    asked = [each.label for each in releases(tmp_path, roles=None).asked]

    assert "Profit 6" in asked
    assert [each.label for each in releases(tmp_path).asked] == ["Profit 7", "Profit 8", "Profit 9"]


@pytest.mark.parametrize(
    ("label", "where"),
    [
        ("Profit 9", ["Profit 9", "Profit 8", "Profit 7"]),
        ("Profit 7", ["Profit 7"]),
        ("Profit 6", ["Profit 6", "Profit 9", "Profit 8", "Profit 7"]),
    ],
)
def test_the_last_verdict_is_looked_for_on_the_release_itself_and_then_on_older_ones(
    tmp_path, label, where
):
    assert releases(tmp_path).with_older(label) == where


def test_a_role_for_which_no_release_is_named_is_not_available(tmp_path):
    found = releases(tmp_path, roles=ReleaseRoles(previous=None, current="Profit 8", accept=None))
    reasons = [found.why_not(each) for each in found.asked]

    assert [reason and reason.en for reason in reasons] == [
        "not available: the settings name no release",
        None,
        "not available: the settings name no release",
    ]


def test_a_release_that_erp1_does_not_know_is_not_available():
    reason = why_not_available("Profit 10", ())

    assert reason
    assert reason.en.startswith("not available: ERP1 does not know Profit 10 yet, only Profit ")


def test_a_release_for_which_a_pack_has_no_locked_list_is_not_available(tmp_path):
    lock = make_lock((), ["Profit 8"])
    (tmp_path / LOCK_FILE).write_text(render_lock(lock), encoding="utf-8")
    reason = why_not_available("Profit 9", (tmp_path,))

    assert reason
    assert reason.en == f"not available: {tmp_path} has no locked list of scenarios for Profit 9"
    assert why_not_available("Profit 8", (tmp_path,)) is None

"""A certificate is about what stands, ends with the first thing under it, and says its limits."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from koppeling_harness.model.evidence import Evidence
from koppeling_harness.model.status import Basis, Role, Status
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.certificate import objections
from support.certificates import a_certifiable, a_certificate


def english(texts) -> str:
    return " | ".join(each.en for each in texts)


def test_what_is_in_order_on_verified_evidence_gets_one():
    _, status = a_certifiable()

    assert objections(status) == ()
    assert [each.release for each in a_certificate().releases] == ["Profit 7", "Profit 8"]


@pytest.mark.parametrize(
    "status", [each for each in Status if each not in (Status.IN_ORDER, Status.ATTENTION)]
)
def test_another_status_gets_none(status):
    _, found = a_certifiable(status=status)

    assert "the status is" in english(objections(found))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"evidence": Evidence.UNSIGNED}, "Profit 8: the evidence is not verified"),
        ({"evidence": Evidence.REFUSED}, "Profit 8: the evidence is not verified"),
        ({"evidence": None}, "Profit 8: the evidence is not verified"),
        ({"outcome": Outcome.FAILED}, "Profit 8: failed"),
        ({"outcome": Outcome.NOT_RUN}, "Profit 8: not tested"),
    ],
)
def test_each_production_release_has_to_stand_on_verified_evidence(changes, says):
    _, status = a_certifiable()
    first, last = status.functional
    status = replace(status, functional=(first, replace(last, **changes)))

    assert english(objections(status)) == says
    advisory = replace(status.functional[1], role=Role.ACCEPT)
    assert objections(replace(status, functional=(first, advisory))) == ()


def test_what_a_partner_states_gets_none():
    _, status = a_certifiable(basis=Basis.STATED)

    assert "as stated" in english(objections(status))


def test_where_no_release_counts_there_is_none():
    _, status = a_certifiable(functional=())

    assert english(objections(status)) == "no release counts"


def test_it_ends_with_the_first_thing_that_it_rests_on():
    _, status = a_certifiable()
    first, last = status.functional
    waived = replace(last, waived=1, waived_until=date(2026, 12, 31))

    by_scan = a_certificate()
    by_run = a_certificate(security=replace(status.security, valid_until=None))
    by_waiver = a_certificate(functional=(first, waived))

    assert (by_scan.until, by_scan.until_why.en) == (status.security.valid_until, "the Quickscan")
    assert by_run.until == min(each.date for each in status.functional) + timedelta(days=365)
    assert "a year after the run" in by_run.until_why.en
    assert (by_waiver.until, by_waiver.until_why.en) == (
        date(2026, 12, 31),
        "Profit 8: a waiver",
    )
    assert by_run.number != by_waiver.number


def test_it_says_what_was_not_tested():
    _, status = a_certifiable()
    first, last = status.functional
    lesser = replace(last, waived=2, waived_until=date(2027, 1, 31), not_asked=3)

    said = english(a_certificate(functional=(first, lesser)).limits)

    assert "of other releases of Profit this says nothing" in said
    assert "against an emulated ERP1, and not against AFAS Profit itself" in said
    assert "The partner ran the tests" in said
    assert "another version was not tested" in said
    assert "Profit 8: 2 of 12 required scenarios did not pass, and are waived" in said
    assert "Profit 8: 3 required scenarios could not be asked there" in said
    assert "Profit 7:" not in said
    assert "the Quickscan is for that" in said

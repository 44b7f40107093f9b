from dataclasses import replace

import pytest

from koppeling_harness.model.policy import Programme
from koppeling_harness.rules.policy import PROGRAMME, SLA
from koppeling_harness.rules.validity import accepted, disputed, gaps, pending
from support.registrations import a_decision, a_registration, an_assessment, day


def counted(registration, as_of="2026-11-23"):
    return accepted(registration, as_of=day(as_of), policy=SLA)


def test_what_counts_comes_in_the_order_of_the_reports_and_the_one_that_governs_last():
    registration = a_registration(
        an_assessment("rood", "2026-09-01", name="Q3"),
        an_assessment("groen", "2024-05-14"),
        an_assessment("groen", "2026-09-01", name="Q4"),
        an_assessment("oranje", "2025-05-14", name="Q2"),
    )

    assert [each.assessment for each in counted(registration)] == ["Q1", "Q2", "Q4", "Q3"]


def test_a_report_of_a_later_day_does_not_count_yet():
    assert counted(a_registration(an_assessment("groen", "2026-11-24"))) == ()


def test_accepted_evidence_says_that_a_decision_made_it_count():
    registration = a_registration(
        an_assessment("groen", "2024-05-14"),
        an_assessment(None, "2026-05-14", name="P1", kind="pentest"),
        decisions=(a_decision("accept_evidence", "2026-06-01", assessment="P1", colour="oranje"),),
    )

    assert [(each.colour, each.by_decision) for each in counted(registration)] == [
        ("groen", False),
        ("oranje", True),
    ]


def test_evidence_awaits_a_decision_until_there_is_one():
    registration = a_registration(
        an_assessment(None, "2026-05-14", name="P1", kind="pentest"),
        decisions=(a_decision("reject_evidence", "2026-06-01", assessment="P1"),),
    )

    assert [each.id for each in pending(registration, as_of=day("2026-05-31"))] == ["P1"]
    assert pending(registration, as_of=day("2026-06-01")) == ()


def test_a_report_on_the_day_after_the_last_leaves_no_gap():
    registration = a_registration(
        an_assessment("oranje", "2024-05-14"), an_assessment("groen", "2025-05-15", name="Q2")
    )

    assert gaps(counted(registration), as_of=day("2026-11-23")) == ()


def test_an_early_red_takes_over_from_a_green_that_had_years_to_go():
    registration = a_registration(
        an_assessment("groen", "2024-05-14"), an_assessment("rood", "2025-01-01", name="Q2")
    )

    [gap] = gaps(counted(registration), as_of=day("2026-11-23"))

    assert (gap.from_, gap.to) == (day("2025-07-02"), None)


def test_no_report_leaves_no_gap_to_tell():
    assert gaps((), as_of=day("2026-11-23")) == ()


ACCEPTED = a_decision("accept_evidence", "2026-09-10", assessment="Q1", colour="groen")
REJECTED = a_decision("reject_evidence", "2026-09-10", assessment="Q1")


def by(assessor, colour="rood", when="2026-08-31", *, name="Q1", kind="quickscan"):
    return replace(an_assessment(colour, when, name=name, kind=kind), assessor=assessor)


def read_otherwise(registration, programme=PROGRAMME):
    found = counted(registration)
    return [
        (each.assessment.id, each.counts)
        for each in disputed(registration, found, as_of=day("2026-11-23"), programme=programme)
    ]


@pytest.mark.parametrize("kind", ["quickscan", "pentest"])
def test_the_colour_of_a_recognised_assessor_is_never_decided_into_another(kind):
    registration = a_registration(by("Computest", kind=kind), decisions=(ACCEPTED,))

    assert [each.colour for each in counted(registration)] == ["rood"]
    assert read_otherwise(registration) == [("Q1", True)]


def test_a_rejected_red_does_not_bring_an_older_green_back():
    green = an_assessment("groen", "2025-01-01", name="Q0")
    registration = a_registration(green, by("Computest"), decisions=(REJECTED,))

    assert [each.colour for each in counted(registration)] == ["groen", "rood"]
    assert read_otherwise(registration) == [("Q1", True)]


def test_a_rejected_green_does_not_count_over_an_older_orange():
    orange = an_assessment("oranje", "2026-01-01", name="Q0")
    registration = a_registration(orange, by("Computest", "groen"), decisions=(REJECTED,))

    assert [each.colour for each in counted(registration)] == ["oranje"]
    assert read_otherwise(registration) == [("Q1", False)]


def test_a_rejected_report_alone_leaves_nothing():
    assert counted(a_registration(by("Computest"), decisions=(REJECTED,))) == ()


def test_the_colour_of_somebody_else_is_the_one_that_afas_gives_and_both_are_told():
    registration = a_registration(by("Ander Bureau"), decisions=(ACCEPTED,))

    assert [each.colour for each in counted(registration)] == ["groen"]
    assert read_otherwise(registration) == [("Q1", False)]


@pytest.mark.parametrize(
    ("assessor", "counts"),
    [
        ("Computest", True),
        ("  computest  B.V.", True),
        ("COMPUTEST, BV", True),
        ("Defion N.V.", True),
        ("Computest Friends", False),
        ("Neef Computest", False),
        ("\N{CYRILLIC CAPITAL LETTER ES}omputest", False),
    ],
)
def test_a_quickscan_counts_at_once_only_when_its_assessor_is_recognised(assessor, counts):
    registration = a_registration(by(assessor, "groen"))

    assert bool(counted(registration)) is counts
    assert bool(pending(registration, as_of=day("2026-11-23"))) is not counts


def test_whom_afas_recognises_is_a_setting():
    own = Programme(recognised_assessors=("Ander Bureau",))
    registration = a_registration(by("Ander bureau", "groen"))

    assert accepted(registration, as_of=day("2026-11-23"), policy=SLA, programme=own)
    assert counted(registration) == ()

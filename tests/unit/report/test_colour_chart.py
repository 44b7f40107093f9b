from itertools import pairwise

from koppeling_harness.report.colour_chart import WIDTH, colour_chart
from koppeling_harness.rules.policy import SLA
from support.dossiers import AS_OF, a_full_registration
from support.registrations import a_decision, a_registration, an_assessment


def chart(registration):
    return colour_chart(registration, as_of=AS_OF, policy=SLA)


def test_colours_and_gaps_follow_one_another_within_the_picture():
    bands = chart(a_full_registration()).bands

    assert [(band.label, band.colour) for band in bands] == [
        ("Q1", "rood"),
        ("", None),
        ("Q2", "oranje"),
        ("Q3", "groen"),
    ]
    for earlier, later in pairwise(bands):
        assert abs(later.x - (earlier.x + earlier.width)) < 1.5
    assert bands[0].x >= 0
    assert bands[-1].x + bands[-1].width <= WIDTH


def test_a_newer_report_ends_the_band_of_the_older_one():
    two = chart(
        a_registration(an_assessment(), an_assessment("rood", "2026-11-01", name="Q2"))
    ).bands

    assert abs(two[1].x - (two[0].x + two[0].width)) < 0.2


def test_a_gap_that_lasts_ends_today():
    result = chart(a_registration(an_assessment("rood", "2025-01-01")))

    assert result.bands[-1].colour is None
    assert abs(result.bands[-1].x + result.bands[-1].width - result.today.x) < 0.2


def test_the_table_tells_what_counts_the_newest_first():
    rejected = a_decision("reject_evidence", "2026-07-01", assessment="P2")
    registration = a_registration(
        an_assessment(name="Q1"),
        an_assessment(report_date="2025-05-14", name="Q2"),
        an_assessment(None, "2026-06-20", name="P1", kind="pentest"),
        an_assessment(None, "2026-06-10", name="P2", kind="pentest"),
        decisions=(rejected,),
    )

    assert [(row.assessment.id, row.state) for row in chart(registration).rows] == [
        ("P1", "pending"),
        ("P2", "without_effect"),
        ("Q2", "governs"),
        ("Q1", "earlier"),
    ]


def test_evidence_that_awaits_a_decision_is_marked_and_has_no_colour():
    result = chart(a_full_registration())

    assert [mark.label for mark in result.awaiting] == ["P1"]
    assert all(band.label != "P1" for band in result.bands)


def test_every_new_year_in_the_picture_is_marked():
    assert [mark.label for mark in chart(a_registration(an_assessment())).years] == [
        "2025",
        "2026",
        "2027",
    ]

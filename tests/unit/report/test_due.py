from koppeling_harness.report.due import WEEKS, due_within, weeks
from support.dossiers import AS_OF, a_dossier
from support.registrations import a_registration, an_assessment, day


def a_red(report_date):
    """A dossier whose rescan is due six months later."""
    return a_dossier(registration=a_registration(an_assessment("rood", report_date)))


def test_what_is_late_comes_first_and_what_is_far_away_not_at_all():
    late, today, soon, far = (
        a_red(each) for each in ("2026-05-22", "2026-05-23", "2026-08-21", "2026-08-22")
    )

    due = due_within([far, soon, today, late], as_of=AS_OF, days=90)
    rescans = [(each.due, each.is_late) for each in due if not each.is_now]
    rescans = [each for each in rescans if each[0] != day("2026-11-24")]
    assert (day("2026-11-22"), True) in rescans
    assert (day("2026-11-23"), False) in rescans
    assert (day("2027-02-21"), False) in rescans
    assert all(each[0] <= day("2027-02-21") for each in rescans)
    assert rescans == sorted(rescans)


def test_what_has_no_date_is_due_now_and_comes_before_all_that_has():
    waits = a_dossier(
        registration=a_registration(an_assessment(None, "2026-10-01", name="P1", kind="pentest"))
    )

    first, *others = due_within([a_red("2026-06-30"), waits], as_of=AS_OF, days=90)

    assert (first.action.key, first.is_now, first.due) == ("evidence:P1", True, AS_OF)
    assert [each.due for each in others if not each.is_now]


def test_there_is_a_bar_for_what_is_late_and_for_each_week_also_empty_ones():
    due = due_within([a_red("2026-05-23"), a_red("2026-08-21")], as_of=AS_OF, days=90)
    bars = weeks(due, as_of=AS_OF)

    assert [bar.number for bar in bars] == list(range(-1, WEEKS))
    assert {bar.number: bar.count for bar in bars if bar.count} == {0: 1, 12: 1}
    assert bars[1].start == AS_OF


def test_what_is_late_has_a_bar_of_its_own():
    due = due_within([a_red("2025-01-01")], as_of=AS_OF, days=90)

    late = [each for each in due if not each.is_now]
    assert weeks(due, as_of=AS_OF)[0].count == len(late) > 0

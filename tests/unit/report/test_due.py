from koppeling_harness.model.registration import Agreement
from koppeling_harness.report.due import WEEKS, all_due, weeks
from support.dossiers import AS_OF, a_dossier, a_functional, passed_on_both
from support.registrations import a_registration, an_assessment, day


def a_red(report_date):
    """A dossier whose rescan is due six months later."""
    return a_dossier(registration=a_registration(an_assessment("rood", report_date)))


def test_this_week_comes_first_then_weight_then_the_date():
    reviewed = Agreement(started=day("2020-01-01"), annual_review=day("2025-12-10"))
    light = a_dossier(registration=a_registration(an_assessment(), agreement=reviewed))
    failing = a_dossier(a_functional("Profit 8", failed=("a",)), *passed_on_both("2026-10-02")[1:])
    soon, far = a_red("2026-05-29"), a_red("2026-08-21")

    due = all_due([light, far, soon, failing], as_of=AS_OF)

    assert [(each.action.key, each.is_this_week) for each in due[:4]] == [
        ("run:Profit 8", True),
        ("rescan", True),
        ("rescan", False),
        ("annual-review", False),
    ]
    assert due[1].due == day("2026-11-29")


def test_what_has_no_date_is_due_now_and_comes_before_all_that_has():
    waits = a_dossier(
        registration=a_registration(an_assessment(None, "2026-10-01", name="P1", kind="pentest"))
    )

    first, *others = all_due([a_red("2026-06-30"), waits], as_of=AS_OF)

    assert (first.action.key, first.is_now, first.due) == ("evidence:P1", True, AS_OF)
    assert [each.due for each in others if not each.is_now]


def test_there_is_a_bar_for_what_is_late_and_for_each_week_also_empty_ones():
    due = all_due([a_red("2026-05-23"), a_red("2026-08-21")], as_of=AS_OF)
    bars = weeks(due, as_of=AS_OF)

    assert [bar.number for bar in bars] == list(range(-1, WEEKS))
    assert {bar.number: bar.count for bar in bars if bar.count} == {0: 1, 12: 1}
    assert bars[1].start == AS_OF


def test_what_is_late_has_a_bar_of_its_own():
    due = all_due([a_red("2025-01-01")], as_of=AS_OF)

    late = [each for each in due if not each.is_now]
    assert weeks(due, as_of=AS_OF)[0].count == len(late) > 0

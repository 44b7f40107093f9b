from koppeling_harness.report.changes import changes, day_before_last
from support.dossiers import a_dossier, a_functional, a_refused, earlier_of, passed_on_both
from support.registrations import a_decision, a_registration, an_assessment, day


def lines(dossier) -> list[str]:
    return [line.en for line in changes(dossier, earlier_of(dossier)).lines]


def test_runs_of_one_day_are_one_verdict():
    assert day_before_last(passed_on_both()) is None
    assert day_before_last([*passed_on_both(), a_functional(when="2026-10-02")]) == day(
        "2026-10-02"
    )


def test_without_an_earlier_verdict_there_is_nothing_to_compare_with():
    assert changes(a_dossier(), None).since is None
    assert changes(a_refused(), None).lines == ()


def test_the_same_again_is_no_change():
    assert lines(a_dossier(*passed_on_both(), *passed_on_both("2026-10-02"))) == []


def test_a_scenario_that_fails_now_is_named():
    dossier = a_dossier(
        a_functional("Profit 8", failed=("hours.push",)),
        a_functional("Profit 7"),
        *passed_on_both("2026-10-02"),
    )

    assert lines(dossier)[:3] == [
        "The status went from in order to action required.",
        "Profit 8: from passed to failed.",
        "Profit 8: now fails too: hours.push.",
    ]


def test_a_scenario_that_no_longer_fails_is_named():
    dossier = a_dossier(
        *passed_on_both(),
        a_functional("Profit 8", "2026-10-02", failed=("hours.push",)),
        a_functional("Profit 7", "2026-10-02"),
    )

    assert "Profit 8: no longer fails: hours.push." in lines(dossier)


def test_a_colour_that_lapsed_since_is_told_with_what_it_replaced():
    dossier = a_dossier(
        *passed_on_both(),
        *passed_on_both("2026-10-02"),
        registration=a_registration(an_assessment("groen", "2023-11-01")),
    )

    assert "New: Colour green has lapsed: 1 November 2026 was the last day." in lines(dossier)
    assert any(line.startswith("No longer: The validity ends soon") for line in lines(dossier))


def test_decisions_and_reports_since_are_told_and_older_ones_are_not():
    dossier = a_dossier(
        *passed_on_both(),
        *passed_on_both("2026-10-02"),
        registration=a_registration(
            an_assessment(),
            an_assessment(report_date="2026-11-02", name="Q2"),
            decisions=(
                a_decision("annual_review", "2026-11-10"),
                a_decision("annual_review", "2025-11-10"),
            ),
        ),
    )

    assert [line for line in lines(dossier) if "decision" in line] == [
        "A. Reviewer took a decision on 10 November 2026 (see Decisions)."
    ]
    assert "A report of Computest came, dated 2 November 2026." in lines(dossier)


def test_a_release_that_was_run_for_the_first_time_is_compared_with_not_tested():
    dossier = a_dossier(*passed_on_both(), a_functional("Profit 7", "2026-10-02"))

    assert "Profit 8: from not tested to passed." in lines(dossier)

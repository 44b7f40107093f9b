import re
from dataclasses import replace

from koppeling_harness.model.verdict import Level, Outcome
from koppeling_harness.report.dossier_page import EXPLAINED_AT_MOST, Evidence, matrix
from koppeling_harness.report.texts import Language
from support.dossiers import (
    a_dossier,
    a_full_dossier,
    a_functional,
    a_hostile_dossier,
    a_refused,
    page_of,
    passed_on_both,
    some_evidence,
)
from support.pages import is_harmless, text_of
from support.records import a_failure, a_result, an_integration
from support.registrations import a_registration, a_waiver, day


def test_a_dossier_starts_with_this_week_and_goes_on_with_what_changed_and_why():
    page = page_of(a_full_dossier(), some_evidence())

    assert re.findall(r'<h2 id="(\w+)"', page) == [
        "week",
        "changed",
        "why",
        "criteria",
        "colours",
        "functional",
        "decisions",
        "registration",
    ]


def test_status_and_reasons_name_rule_and_source():
    shown = text_of(page_of(a_dossier()))

    assert "Colour green, report of 14 May 2024: valid until 14 May 2027. R3" in shown
    assert "Groen is 36 maanden geldig vanaf de rapportdatum." in shown
    assert "AFAS, partner.afas.nl/sla/koppeling" in shown


def test_waivers_come_with_their_end_date_first_and_the_nearest_end_on_top():
    shown = text_of(page_of(a_full_dossier(), some_evidence()))

    assert shown.index("t/m until 31 december 2026") < shown.index("t/m until 31 januari 2027")
    assert "Gedekt door ontheffing W1 t/m 31 december 2026" in shown


def test_an_expired_waiver_is_marked():
    registration = a_registration(waivers=(a_waiver(until="2026-10-31"),))
    shown = text_of(page_of(a_dossier(registration=registration)))

    assert "t/m until 31 oktober 2026 31 October 2026 verlopen expired" in shown


def test_failures_are_explained():
    shown = text_of(page_of(a_full_dossier(), some_evidence()))

    assert "rows.0.Qu 8.0 7.5" in shown
    assert "koppeling explain EXPECT" in shown


def test_what_a_verdict_rests_on_stands_beside_it():
    (first, *_) = some_evidence()
    record = replace(
        first.record, isolation="sandbox", variables=("PROXY_OF_OURS",), state=("own/*.db",)
    )
    shown = text_of(page_of(a_full_dossier(), [replace(first, record=record)]))

    assert "Uitgevoerd binnen een sandbox." in shown
    assert "Of this machine it was given the variables PROXY_OF_OURS." in shown
    assert "By its manifest it keeps data in own/*.db;" in shown


def test_a_cell_comes_only_from_a_run_and_says_its_day():
    groups = matrix(some_evidence())

    assert {group: sorted(cells) for group, cells in groups.items()} == {
        "hours": ["Profit 8"],
        "paging": ["Profit 7", "Profit 8"],
        "structure": ["Profit 7", "Profit 8"],
    }
    assert groups["hours"]["Profit 8"].outcome is Outcome.FAILED
    assert groups["hours"]["Profit 8"].day == day("2026-11-20")


def test_a_cell_says_the_worst_of_its_group_and_how_many_passed():
    mixed = Evidence(
        release="Profit 8",
        run_id="mixed",
        day=day("2026-11-20"),
        record=an_integration(a_result("hours.a"), a_failure("hours.b"), a_result("hours.c")),
    )
    cell = matrix([mixed])["hours"]["Profit 8"]

    assert (cell.outcome, cell.passed, cell.total) == (Outcome.FAILED, 2, 3)


def test_an_empty_cell_reads_not_tested():
    page = page_of(a_full_dossier(), some_evidence())

    assert '<td class="quiet"><span lang="nl">niet getest</span>' in page


def test_without_any_run_nothing_is_tested():
    assert "Er is nog geen testrun: niet getest." in text_of(page_of(a_dossier()))


def test_a_release_that_does_not_count_any_more_is_still_shown():
    old = Evidence(
        release="Profit 6",
        run_id="old",
        day=day("2025-01-01"),
        record=an_integration(a_result()),
    )
    page = page_of(a_dossier(), [old])

    assert '<th scope="col">Profit 6</th>' in page


def test_more_failures_than_a_page_bears_are_named():
    failures = [a_failure(f"hours.n{number:02}") for number in range(EXPLAINED_AT_MOST + 1)]
    many = Evidence(
        release="Profit 8",
        run_id="many",
        day=day("2026-11-20"),
        record=an_integration(*failures),
    )
    page = page_of(a_dossier(), [many])

    assert page.count("<article") == EXPLAINED_AT_MOST
    assert "Ook niet geslaagd:" in text_of(page)


def test_a_file_with_problems_shows_them():
    shown = text_of(page_of(a_refused()))

    assert "Het registratiebestand bevat fouten" in shown
    assert "kapot.yaml:3:1: unknown key 'nmae'" in shown


def test_a_registration_without_anything_says_so():
    shown = text_of(page_of(a_dossier(registration=a_registration())))

    assert "Er is nog geen beoordeling vastgelegd." in shown
    assert "Er is geen besluit vastgelegd." in shown
    assert "Er is geen signaal vastgelegd." in shown


def test_nothing_changed_is_said_with_the_day():
    shown = text_of(page_of(a_dossier(*passed_on_both(), *passed_on_both("2026-10-02"))))

    assert "Niets, sinds 2 oktober 2026" in shown


def test_no_earlier_verdict_is_said():
    assert "Er is geen eerdere stand" in text_of(page_of(a_dossier(a_functional())))


def test_the_page_says_that_the_quickscan_stands_apart_and_names_the_policy():
    shown = text_of(page_of(a_dossier(), language=Language.EN))

    assert "Automatic checks do not replace the Quickscan and never change a colour." in shown
    assert "terms by the contractpagina (SLA) contract page (SLA)" in shown


def test_hostile_text_is_shown_and_not_obeyed():
    page = page_of(a_hostile_dossier(), some_evidence())

    assert is_harmless(page)
    assert r"geslaagd\u202edkaazeg" in page


def test_what_fails_on_several_releases_is_told_once_the_current_one_first():
    accept, previous, current = (
        Evidence(
            release=release,
            run_id=f"run-{release[-1]}",
            day=day("2026-11-20"),
            record=an_integration(
                a_failure("hours.push", operation=None),
                a_failure("hours.more", operation=None, level=Level.RECOMMENDED),
            ),
        )
        for release in ("Profit 9", "Profit 7", "Profit 8")
    )
    page = page_of(a_dossier(), [accept, previous, current])
    shown = text_of(page)

    assert page.count("<article") == 2
    assert shown.index("run-8") < shown.index("run-7") < shown.index("run-9")
    assert shown.index("Wat niet slaagde en verplicht is") < shown.index("Wat niet slaagde en niet")


def test_a_group_counts_what_is_required_and_tells_the_rest_and_what_is_waived_apart():
    run = Evidence(
        release="Profit 8",
        run_id="r",
        day=day("2026-11-20"),
        record=an_integration(
            a_result("hours.a"),
            a_failure("hours.push", operation=None),
            a_failure("hours.more", operation=None, level=Level.RECOMMENDED),
        ),
    )
    waivers = (a_waiver("hours.push", until="2026-12-31"),)
    cell = matrix([run], waivers, as_of=day("2026-11-23"))["hours"]["Profit 8"]

    assert (cell.outcome, cell.passed, cell.total, cell.waived) == (Outcome.PASSED, 2, 2, 1)
    assert (cell.more_passed, cell.more) == (0, 1)


def test_a_release_says_what_was_run_where_and_links_to_the_runs_page():
    dossier = a_dossier(
        a_functional("Profit 8", version="3.2.0", digest="ab" * 32, harness="0.1.0")
    )
    first = replace(some_evidence()[0], link="../../runs/20261120-8/index.html")
    page = page_of(dossier, [first])

    assert 'href="../../runs/20261120-8/index.html"' in page
    shown = text_of(page)
    assert "3.2.0" in shown
    assert "abababababab" in shown
    assert "12 van 12 verplichte" in shown
    assert "koppeling-harness 0.1.0" in shown

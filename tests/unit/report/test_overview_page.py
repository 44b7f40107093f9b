import re

from koppeling_harness.model.registration import Onboarding
from koppeling_harness.model.status import Status
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.urgency import URGENCY
from support.dossiers import (
    a_dossier,
    a_full_dossier,
    a_functional,
    a_hostile_dossier,
    a_refused,
    overview_of,
)
from support.pages import is_harmless, text_of
from support.registrations import a_registration, an_assessment, day


def a_lapsed():
    return a_dossier(
        registration=a_registration(an_assessment("groen", "2023-11-01"), registration="verlopen")
    )


def rows(page) -> list[str]:
    return [text_of(row) for row in re.findall(r'<tr role="row" data-row.*?</tr>', page, re.DOTALL)]


def test_every_status_has_its_place_in_the_order():
    assert sorted(URGENCY) == sorted(Status)


def test_every_registration_has_a_row_the_most_urgent_first():
    shown = rows(overview_of(a_dossier(), a_lapsed(), a_full_dossier(), a_refused()))

    assert ["kapot" in shown[0], "niet gecertificeerd" in shown[1]] == [True, True]
    assert "in orde" in shown[3]


def test_a_row_tells_status_colour_validity_releases_and_what_is_next():
    (row,) = rows(
        overview_of(
            a_dossier(a_functional("Profit 8", failed=("hours.push",)), a_functional("Profit 7"))
        )
    )

    for part in (
        "Voorbeeld B.V.",
        "actie vereist",
        "groen",
        "14 mei 2027",
        "niet geslaagd",
        "20 nov 2026",
        "Herstel wat faalt op Profit 8",
    ):
        assert part in row


def test_a_row_links_to_its_dossier():
    assert 'href="dossiers/0.html"' in overview_of(a_dossier())


def test_counts_are_per_status_and_colour():
    page = overview_of(a_dossier(), a_lapsed(), a_refused())
    tiles = re.findall(r'<li data-value="(\w+)"><span class="big">(\d+)', page)

    assert tiles == [
        ("input_error", "1"),
        ("not_certified", "1"),
        ("in_order", "1"),
        ("groen", "2"),
        ("none", "1"),
    ]


def test_what_is_due_stands_in_a_picture_and_in_a_list():
    page = overview_of(a_lapsed())

    assert "<svg" in page
    assert "uiterlijk by 1 november 2026 1 November 2026 22 dagen te laat 22 days late" in text_of(
        page
    )


def test_nothing_due_is_said():
    assert "Deze week hoeft er niets te gebeuren." in text_of(overview_of(a_dossier()))


def test_per_release_the_outcomes_are_counted():
    page = overview_of(a_dossier(a_functional("Profit 8", failed=("a",)), a_functional("Profit 7")))
    counts = re.findall(r'<tr><th scope="row">(Profit \d).*?</tr>', page, re.DOTALL)
    table = text_of(page[page.index('id="releases"') :])

    assert counts == ["Profit 7", "Profit 8"]
    assert "Profit 7 vorige previous 1 0 0 0" in table
    assert "Profit 8 huidige current 0 1 0 0" in table


def test_the_policy_and_the_day_are_named():
    shown = text_of(overview_of(a_dossier(), language=Language.EN))

    assert "1 registration," in shown
    assert "peildatum 23 november 2026 as of 23 November 2026" in shown
    assert "termijnen volgens de terms by the contractpagina (SLA) contract page (SLA)" in shown


def test_hostile_text_is_shown_and_not_obeyed():
    page = overview_of(a_hostile_dossier(), a_refused("<script>alert(1)</script>\u202e"))

    assert is_harmless(page)


def test_an_applicant_whose_time_is_over_has_a_tile_of_its_own():
    applicants = [
        a_dossier(registration=a_registration(registration=name, onboarding=begun))
        for name, begun in (
            ("op-tijd", Onboarding(started=day("2026-09-01"))),
            ("te-laat", Onboarding(started=day("2025-03-01"))),
        )
    ]

    page = overview_of(*applicants)

    tiles = re.findall(r'<li data-value="([a-z_]+)"><span class="big">(\d+)', page)
    assert [each for each in tiles if each[0] in {"overdue", "applying"}] == [
        ("overdue", "1"),
        ("applying", "1"),
    ]
    assert re.findall(r'data-registration data-status="([a-z_]+)"', page) == ["overdue", "applying"]

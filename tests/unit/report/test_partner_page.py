"""One partner over all its integrations, and the sheet for its yearly review."""

from dataclasses import replace

from koppeling_harness.model.history import Done
from koppeling_harness.model.partnership import (
    Subscription,
)
from koppeling_harness.report.due import all_due
from koppeling_harness.report.partner_page import partners_of, render_partner, render_review
from koppeling_harness.rules.criteria import criteria
from koppeling_harness.rules.policy import SLA
from koppeling_harness.rules.words import said
from support.dossiers import AS_OF, RELEASES, a_dossier, a_refused
from support.pages import text_of
from support.partnerships import a_partners_dossier
from support.registrations import a_registration, an_assessment, day


def shown(partner):
    links = {each.place: f"../dossiers/{each.place}.html" for each in partner.dossiers}
    return text_of(
        render_partner(
            partner, policy=SLA, releases=RELEASES, links=links, review="../reviews/12345.html"
        )
    )


def test_integrations_of_one_subscription_stand_on_one_page_by_the_name_that_afas_keeps():
    one, other = a_partners_dossier("een"), a_partners_dossier("twee")
    stranger = a_dossier(registration=a_registration(an_assessment(), registration="vreemd"))
    stranger = replace(
        stranger,
        registration=replace(
            stranger.registration,
            partner=replace(stranger.registration.partner, subscription="99", name="Ander"),
        ),
    )
    found = partners_of([one, stranger, other, a_refused()])

    assert [(each.name, len(each.dossiers)) for each in found] == [("Ander", 1), ("Vastgelegd", 2)]


def test_what_is_of_the_partner_is_asked_once_and_stands_in_each_of_its_dossiers():
    both = [a_partners_dossier("een"), a_partners_dossier("twee")]
    keys = [each.action.key for each in all_due(both, as_of=AS_OF)]

    assert keys.count("invoice:F2026-0113") == 1
    assert all("invoice:F2026-0113" in [one.key for one in each.status.actions] for each in both)


def test_the_page_shows_all_that_is_kept_of_a_partner():
    (partner,) = partners_of([a_partners_dossier("een"), a_partners_dossier("twee")])
    page = shown(partner)

    for text in (
        "Factuur F2026-0113 staat open sinds 1 oktober 2026",
        "A. Jansen",
        "versie 2025, akkoord op 1 februari 2025",
        "Documentatie bijwerken",
        "Klacht van een klant",
        "2 maart 2026",
    ):
        assert text in page


def test_the_last_review_is_the_last_talk_and_the_next_follows_from_it():
    (partner,) = partners_of([a_partners_dossier("een")])

    assert partner.last_review == day("2026-03-02")
    assert partner.next_review == day("2027-03-02")


def test_the_sheet_says_what_was_done_since_the_last_review_and_how_late():
    gone = Done(
        key="rescan",
        what=said("Laat scannen", "Have it scanned"),
        first=day("2026-04-01"),
        gone=day("2026-05-01"),
        days_late=3,
    )
    before = replace(gone, gone=day("2026-02-01"))
    (partner,) = partners_of([a_partners_dossier("een")], {"een": [before, gone]})
    sheet = text_of(render_review(partner, policy=SLA, releases=RELEASES))

    assert "Sinds het vorige gesprek is 1 punt afgehandeld" in sheet
    assert "Daarvan was er 1 te laat" in sheet


def test_what_afas_keeps_of_the_partner_confirms_its_subscription_and_contacts():
    dossier = a_partners_dossier("een")
    known = {each.number: (each.known, each.holds) for each in criteria(dossier)}
    ended = replace(
        dossier,
        partner=replace(
            dossier.partner, runs=Subscription(started=day("2020-01-01"), ends=day("2026-01-01"))
        ),
    )

    assert known[6] == ("confirmed", True)
    assert known[8] == ("confirmed", True)
    assert criteria(ended)[5].holds is False

"""What AFAS keeps of a partner, in the status of its integrations."""

from koppeling_harness.model.partnership import (
    Appointment,
    Contact,
    Invoice,
    Partnership,
    Talk,
)
from koppeling_harness.model.registration import Agreement
from koppeling_harness.model.status import Status, Who
from koppeling_harness.rules.partnership import open_invoices, partner_facts, with_partner
from support.registrations import a_registration, day

AS_OF = day("2026-11-23")


def a_partner(**more):
    return Partnership(subscription="12345", name="Voorbeeld B.V.", **more)


def test_a_talk_is_the_yearly_review_of_each_integration_and_contacts_win():
    registration = a_registration(agreement=Agreement(started=day("2024-01-01")), contacts=1)
    partner = a_partner(
        talks=(Talk(date=day("2026-03-02"), by="A"),),
        contacts=(Contact(name="A"), Contact(name="B"), Contact(name="C")),
    )
    joined = with_partner(registration, partner)

    assert (joined.agreement.annual_review, joined.contacts) == (day("2026-03-02"), 3)
    assert with_partner(registration, None) is registration


def test_an_invoice_is_open_until_it_is_paid_and_says_when_the_partner_was_reminded():
    partner = a_partner(
        invoices=(
            Invoice(number="F2", open_since=day("2026-10-01"), reminders=(day("2026-10-15"),)),
            Invoice(number="F1", open_since=day("2026-09-01"), paid=day("2026-11-20")),
            Invoice(number="F3", open_since=day("2026-12-01")),
        )
    )
    (fact,) = partner_facts(partner, as_of=AS_OF)

    assert [each.number for each in open_invoices(partner, as_of=AS_OF)] == ["F2"]
    assert [each.number for each in open_invoices(partner, as_of=day("2026-11-01"))] == ["F1", "F2"]
    assert fact.text.nl == (
        "Factuur F2 staat open sinds 1 oktober 2026; herinneringen: 1, de laatste op "
        "15 oktober 2026."
    )
    assert (fact.actions[0].key, fact.actions[0].who) == ("invoice:F2", Who.PARTNER)
    assert fact.demands is Status.IN_ORDER  # a signal by itself changes nothing


def test_what_was_agreed_is_a_duty_until_it_is_done():
    agreed = (
        Appointment(what="Documentatie bijwerken", who=Who.PARTNER, due=day("2026-12-01")),
        Appointment(what="Nakijken", who=Who.AFAS, due=day("2026-10-01"), done=day("2026-09-30")),
        Appointment(what="Nabellen", who=Who.AFAS, due=day("2026-11-01")),
    )
    partner = a_partner(talks=(Talk(date=day("2026-03-02"), by="A", agreed=agreed),))
    found = [
        (f.actions[0].who, f.actions[0].due, f.flag) for f in partner_facts(partner, as_of=AS_OF)
    ]

    assert found == [
        (Who.PARTNER, day("2026-12-01"), ""),
        (Who.AFAS, day("2026-11-01"), "AGREED-OVERDUE"),
    ]

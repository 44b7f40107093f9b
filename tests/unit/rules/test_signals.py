"""The course of a signal: received, both sides heard, decided, closed."""

from koppeling_harness.model.decisions import Decisions, SignalStep
from koppeling_harness.model.registration import Signal
from koppeling_harness.rules.signals import course_problems
from support.registrations import a_registration, an_assessment, day, status_of

SIGNAL = Signal(date=day("2026-10-03"), kind="code_of_conduct", text="Klacht van een klant")


def a_step(step, when="2026-10-05", **more):
    return SignalStep(
        signal=more.pop("signal", SIGNAL.date), date=day(when), step=step, by="A", **more
    )


def duty(*steps, word=True):
    registration = a_registration(an_assessment(), signals=(SIGNAL,))
    status = status_of(registration, word=Decisions(of="voorbeeld", course=steps) if word else None)
    return next((each.what.nl for each in status.actions if each.rule == "R9"), "")


def test_each_step_asks_for_the_next_until_it_is_closed():
    received = a_step("received")
    reporter, partner = (a_step("heard", side=each) for each in ("reporter", "partner"))
    decided, closed = a_step("decided"), a_step("closed")

    assert duty() == "Bevestig de ontvangst van het signaal van 3 oktober 2026."
    assert duty(received) == "Hoor de melder en de partner over het signaal van 3 oktober 2026."
    assert duty(received, reporter) == "Hoor de partner over het signaal van 3 oktober 2026."
    assert duty(received, reporter, partner) == "Besluit over het signaal van 3 oktober 2026."
    assert "sluit het af" in duty(received, reporter, partner, decided)
    assert duty(received, reporter, partner, decided, closed) == ""


def test_what_a_partner_states_itself_is_no_duty_of_afas():
    assert duty(word=False) == ""


def test_a_step_of_a_later_day_is_not_known_yet():
    assert duty(a_step("closed", "2026-11-28")) != ""


def test_a_step_belongs_to_a_signal_comes_after_it_and_says_who_was_heard():
    registration = a_registration(an_assessment(), signals=(SIGNAL,))
    steps = [
        a_step("received", signal=day("2026-10-04")),
        a_step("received", "2026-10-01"),
        a_step("heard"),
        a_step("decided", side="partner"),
        a_step("heard", side="partner"),
    ]

    assert [each.path for each in course_problems(steps, registration)] == [
        ("course", 0, "signal"),
        ("course", 1, "date"),
        ("course", 2, "step"),
        ("course", 3, "step"),
    ]

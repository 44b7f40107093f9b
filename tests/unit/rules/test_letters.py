"""A letter says what is true on its day, or is not drafted."""

import pytest

from koppeling_harness.report.letter import letter_kinds
from koppeling_harness.rules.letters import untrue_in
from support.registrations import a_registration, a_run, an_assessment, day, status_of

AS_OF = day("2026-11-23")
VALID = status_of(a_registration(an_assessment("groen", "2024-05-14")))
LAPSED = status_of(a_registration(an_assessment("rood", "2026-01-14")))
ORANGE = status_of(
    a_registration(an_assessment("oranje", "2026-03-10")),
    runs=(a_run("Profit 7"), a_run("Profit 8", failed=("a",))),
)


@pytest.mark.parametrize(
    ("status", "untrue"),
    [
        (VALID, {"reminder-0", "follow-up", "request-evidence"}),
        (LAPSED, {"reminder-90", "reminder-30", "listing-restored", "request-evidence"}),
        (ORANGE, {"reminder-0"}),
        (status_of(a_registration(), runs=()), set()),
    ],
)
def test_what_a_letter_says_has_to_be_so(status, untrue):
    found = {kind for kind in letter_kinds() if untrue_in(kind, status, day=AS_OF)}

    assert found == untrue


def test_it_is_said_why_a_letter_does_not_fit():
    why = untrue_in("reminder-30", LAPSED, day=AS_OF)

    assert why.nl == "de beoordeling is verlopen: 14 juli 2026 was de laatste dag"

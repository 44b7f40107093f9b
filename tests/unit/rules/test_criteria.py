from dataclasses import replace

import pytest

from koppeling_harness.model.decisions import AuditorReport, Decisions
from koppeling_harness.model.registration import Onboarding
from koppeling_harness.rules.auditor_report import INFORMATION, ORANGE, RED, read_auditor_report
from koppeling_harness.rules.criteria import criteria
from support.dossiers import a_dossier, a_functional, a_refused
from support.registrations import a_decision, a_registration, an_assessment, day

ASKED = ("identity.integration-id", "reading.complete")


def known(dossier):
    return {each.number: (each.known.value, each.holds) for each in criteria(dossier)}


def test_what_nobody_said_is_unknown_and_never_met():
    silent = a_registration(an_assessment(), contacts=None, active_customers=None, onboarding=None)

    assert known(a_dossier(registration=silent)) == {
        1: ("unknown", None),
        2: ("unknown", None),
        3: ("confirmed", True),
        4: ("unknown", None),
        5: ("unknown", None),
        6: ("unknown", None),
        7: ("unknown", None),
        8: ("unknown", None),
    }


def test_what_a_partner_states_is_told_as_stated():
    dossier = a_dossier(
        registration=a_registration(
            an_assessment("groen", "2023-01-01"),
            contacts=1,
            active_customers=9,
            onboarding=Onboarding(started=day("2023-01-01"), open_tasks=2),
        )
    )
    found = known(dossier)

    assert found[3] == ("confirmed", False)
    assert found[4] == ("stated", False)
    assert (found[7], found[8]) == (("stated", True), ("stated", False))


def test_what_afas_says_is_confirmed_with_its_day():
    dossier = a_dossier(
        registration=a_registration(
            an_assessment(),
            active_customers=6,
            onboarding=Onboarding(started=day("2026-01-01")),
            decisions=(a_decision("finish_onboarding", "2026-06-01"),),
        )
    )
    report = AuditorReport(date=day("2026-10-01"), red=0, orange=2, justified=("PERF-32",))
    word = Decisions(of="voorbeeld", active_customers=6, auditor=report)
    dossier = replace(dossier, word=word)
    by_number = {each.number: each for each in criteria(dossier)}

    assert known(dossier)[1] == ("confirmed", True)
    assert known(dossier)[2] == ("confirmed", False)
    assert by_number[1].day == day("2026-10-01")
    assert known(dossier)[4] == ("confirmed", True)
    assert by_number[4].day == day("2026-06-01")
    assert known(dossier)[7] == ("confirmed", True)


@pytest.mark.parametrize(
    ("run", "holds"),
    [
        ({"asked": ASKED, "passed": 2}, True),
        ({"asked": ASKED, "passed": 1, "failed": ("identity.integration-id",)}, False),
        ({"asked": ASKED, "passed": 1, "failed": ("reading.complete",)}, True),
        ({"asked": ASKED, "passed": 1, "inconclusive": 1}, None),
        ({"asked": ("reading.complete",), "passed": 1}, None),
        ({"passed": 2}, None),
    ],
)
def test_the_integration_id_is_measured_by_runs_that_looked_at_it(run, holds):
    dossier = a_dossier(a_functional("Profit 8", **run))
    found = {each.number: each for each in criteria(dossier)}[5]

    assert found.holds is holds
    assert found.known.value == ("unknown" if holds is None else "measured")
    if holds is not None:
        assert found.day == day("2026-11-20")


def test_a_file_with_problems_has_no_checklist():
    assert criteria(a_refused()) == ()


def test_the_auditors_ids_are_read_each_once_whatever_the_form():
    text = "<td>STRUCT-28</td> | DATA-24 | data-24 STRUCT-28 PERF\u201146 AUT-99 XSTRUCT-280"
    found = read_auditor_report(text)

    assert (found.red, found.orange, found.unknown) == (("STRUCT-28",), ("DATA-24",), ("AUT-99",))
    assert len(RED | ORANGE | INFORMATION) == len(RED) + len(ORANGE) + len(INFORMATION)

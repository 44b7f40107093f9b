"""Rechecks to report on: a test names only what it is about."""

from dataclasses import replace
from datetime import timedelta

from koppeling_harness.model.finding import Difference
from koppeling_harness.model.recheck import (
    Attribution,
    Basis,
    Cell,
    Movement,
    RecheckedIntegration,
    RecheckedRelease,
    RecheckedScenario,
    RecheckRecord,
    Table,
    Whose,
)
from koppeling_harness.model.run import HarnessInfo, RequiredCount, Verdict
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Role
from koppeling_harness.model.verdict import Level, Outcome
from support.records import STARTED_AT


def a_table(**changes) -> Table:
    table = Table(
        old_release="Profit 7 (7.7.10)",
        new_release="Profit 8 (8.0.12)",
        certified_version="1.0.0",
        present_version="1.1.0",
        certified_old=Cell(outcome=Outcome.PASSED, basis=Basis.RECORD),
        certified_new=Cell(note=Text(nl="geef de map", en="give the folder")),
        present_old=Cell(
            outcome=Outcome.FAILED,
            basis=Basis.RECORDING,
            note=Text(nl="GET /x staat niet in de opname", en="GET /x is not in the recording"),
            differences=(Difference(path="query skip", expected="0", actual="100"),),
        ),
        present_new=Cell(outcome=Outcome.FAILED, basis=Basis.LIVE),
        same_integration=False,
        same_release=False,
    )
    return replace(table, **changes)


def a_scenario(name: str = "paging.all", **changes) -> RecheckedScenario:
    scenario = RecheckedScenario(
        scenario=name,
        title=Text(nl="Alle bladzijden", en="Every page"),
        level=Level.REQUIRED,
        movement=Movement.NEWLY_FAILING,
        before=Outcome.PASSED,
        outcome=Outcome.FAILED,
        message=Text(nl="Er zijn te weinig rijen.", en="There are too few rows."),
        attribution=Attribution(
            whose=Whose.CANNOT_TELL,
            why=Text(nl="Bewijs ontbreekt.", en="Proof is missing."),
            missing=(Text(nl="de gecertificeerde versie", en="the certified version"),),
        ),
        table=a_table(),
    )
    return replace(scenario, **changes)


def a_recheck(*scenarios: RecheckedScenario, **changes) -> RecheckRecord:
    integration = RecheckedIntegration(
        id="urenportaal",
        version="1.1.0",
        digest="9f2c" * 16,
        title=Text(nl="Urenportaal", en="Hours portal"),
        verdict=Verdict(
            outcome=Outcome.FAILED, required=RequiredCount(total=3, executed=3, passed=2)
        ),
        last_run="20261101T000000Z-000000",
        last_release="Profit 7",
        scenarios=scenarios,
    )
    record = RecheckRecord(
        recheck_id="recheck-20261123T083015Z-1a2b3c",
        started_at=STARTED_AT,
        finished_at=STARTED_AT + timedelta(seconds=9),
        harness=HarnessInfo(version="0.1.0"),
        releases=(
            RecheckedRelease(
                release="Profit 8",
                role=Role.CURRENT,
                advisory=False,
                available=True,
                version="8.0.12",
                run_id="20261123T083015Z-aaaaaa",
                integrations=(integration,),
            ),
            RecheckedRelease(
                release="",
                role=Role.ACCEPT,
                advisory=True,
                available=False,
                note=Text(nl="niet beschikbaar: geen release", en="not available: no release"),
            ),
        ),
    )
    return replace(record, **changes)

"""Run records to report on: a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from koppeling_harness.document import dump_json
from koppeling_harness.model.finding import Difference, Finding
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.run import (
    ErpInfo,
    ErpKind,
    ExchangeRecord,
    HarnessInfo,
    IntegrationRecord,
    RequiredCount,
    RunRecord,
    ScenarioLock,
    ScenarioResult,
    Scope,
    StepRecord,
    Verdict,
)
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Level, Outcome, Severity
from koppeling_harness.rules.lists import ListBook
from koppeling_harness.rules.verdict import result_id, verdict

STARTED_AT = datetime(2026, 11, 23, 8, 30, 15, tzinfo=UTC)


def a_result(scenario: str = "structure.integration-id", **changes) -> ScenarioResult:
    result = ScenarioResult(
        scenario=scenario,
        title=Text(
            nl="Elke aanroep draagt de IntegrationId", en="Every call carries the IntegrationId"
        ),
        level=Level.REQUIRED,
        operation=None,
        outcome=Outcome.PASSED,
        cause=None,
        duration_s=0.1204,
        place="scenarios/structure/integration-id.scenario.yaml:1:1",
        proves=("R18",),
    )
    return replace(result, **changes)


def a_finding(code: str = "EXPECT", **changes) -> Finding:
    finding = Finding(
        code=code,
        level=Severity.ERROR,
        message="rows.0.Qu is 7.5, expected 8.0",
        where="scenarios/hours/push.scenario.yaml:31:7",
        hint="Send the number of hours as Profit stores it.",
        text=Text(
            nl="Het aantal uren in Profit is niet wat de koppeling had moeten schrijven.",
            en="The number of hours in Profit is not what the integration had to write.",
        ),
        advice=Text(
            nl="Stuur het aantal uren met een punt als decimaalteken, zonder af te ronden.",
            en="Send the number of hours with a decimal point, and do not round it.",
        ),
        differences=(
            Difference(path="rows.0.Qu", expected="8.0", actual="7.5"),
            Difference(path="rows.0.Ds", expected='"Overleg"', actual="(absent)"),
        ),
        exchange=2,
        curl=(
            "curl -X GET 'http://127.0.0.1:40123/T12345AA/ProfitRestServices/connectors/"
            "Uren?skip=0&take=100' -H 'Authorization: AfasToken …'"
        ),
    )
    return replace(finding, **changes)


def a_failure(scenario: str = "hours.push", **changes) -> ScenarioResult:
    return a_result(
        scenario,
        **{
            "title": Text(nl="Uren komen één keer aan", en="Hours arrive exactly once"),
            "operation": "push-hours",
            "outcome": Outcome.FAILED,
            "cause": Cause.INTEGRATION,
            "findings": (a_finding(),),
            "steps": (
                StepRecord(
                    name="when 1: operation push-hours",
                    place="scenarios/hours/push.scenario.yaml:24",
                    outcome=Outcome.PASSED,
                    duration_s=0.31,
                ),
                StepRecord(
                    name="then 1: get Uren",
                    place="scenarios/hours/push.scenario.yaml:31",
                    outcome=Outcome.FAILED,
                    duration_s=0.02,
                ),
            ),
            "exchanges": (
                ExchangeRecord(
                    number=1,
                    method="POST",
                    path="/connectors/PtRealization",
                    status=None,
                    duration_s=0.05,
                    fault="lost_response",
                ),
                ExchangeRecord(
                    number=2,
                    method="GET",
                    path="/connectors/Uren",
                    status=200,
                    duration_s=0.012,
                ),
            ),
            "log": "pushed 1 of 1 rows\nretrying after lost response",
            "place": "scenarios/hours/push.scenario.yaml:1:1",
            **changes,
        },
    )


IDENTITY = Identity(integration_id="12345_678900", subscription="12345")


def an_integration(*results: ScenarioResult, **changes) -> IntegrationRecord:
    """An integration with the verdict that follows from its results, all of them asked of it."""
    required = changes.pop("required_ids", None) or tuple(
        dict.fromkeys(result_id(each) for each in results if each.level is Level.REQUIRED)
    )
    record = IntegrationRecord(
        id="urenportaal",
        version="3.2.0",
        digest="9f2c" * 16,
        verdict=verdict(results, required=required, release="Profit 8", as_of=STARTED_AT.date()),
        results=results,
        title=Text(nl="Urenportaal", en="Hours portal"),
        partner="Voorbeeld B.V.",
        required_ids=required,
        own_ids=required,
        scope=Scope(whole=True),
        identity=IDENTITY,
    )
    return replace(record, **changes)


def a_set_aside(**changes) -> IntegrationRecord:
    return an_integration(
        **{
            "id": "kapot",
            "version": "",
            "digest": "",
            "title": None,
            "partner": "",
            "verdict": Verdict(
                outcome=Outcome.NOT_RUN, required=RequiredCount(total=0, executed=0, passed=0)
            ),
            "problem": "plugins/kapot/koppeling.yaml:3:1: unknown key 'nmae'\n"
            "    hint: did you mean 'name'?",
            **changes,
        }
    )


LIST = "51ab" * 16
"""SHA-256 of the list that these records were held against."""

BOOK = ListBook(known=(), own={LIST: "of the tests"}, version="0.1.0")
"""A reader that lets that list count."""

NOW = datetime(2026, 12, 31, tzinfo=UTC)


def run_id_of(number: int) -> str:
    """Return an id for the run of day `number` after `STARTED_AT`."""
    return f"{STARTED_AT + timedelta(number):%Y%m%dT%H%M%SZ}-{number % 0x1000000:06x}"


def a_run(*integrations: IntegrationRecord, **changes) -> RunRecord:
    record = RunRecord(
        run_id="20261123T083015Z-1a2b3c",
        started_at=STARTED_AT,
        finished_at=STARTED_AT + timedelta(seconds=4.5),
        harness=HarnessInfo(version="0.1.0"),
        erp=ErpInfo(kind=ErpKind.EMULATOR, environment="ERP1", version="8.0.12", label="Profit 8"),
        scenario_lock=ScenarioLock(digest=LIST, required=12),
        integrations=integrations,
    )
    return replace(record, **changes)


def stored(reports: Path, record: RunRecord) -> RunRecord:
    """Write a record where runs are kept, and return it."""
    folder = reports / record.run_id
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(dump_json(record), encoding="utf-8")
    return record


def every_outcome() -> RunRecord:
    """A run with each outcome, each cause, and an integration that was set aside."""
    return a_run(
        an_integration(
            a_result(),
            a_result("paging.sorted", level=Level.RECOMMENDED, operation="sync-employees"),
            a_failure(),
            a_failure(
                "retry.after-503",
                outcome=Outcome.INCONCLUSIVE,
                cause=Cause.ENVIRONMENT,
                findings=(a_finding("ERP-UNAVAILABLE", text=None, advice=None, differences=()),),
            ),
            a_result("paging.skipped", outcome=Outcome.NOT_RUN, cause=Cause.HARNESS),
            a_failure("setup.rows", cause=Cause.CONFIGURATION),
        ),
        an_integration(
            a_result(),
            id="planner",
            title=Text(nl="Planbord", en="Planning board"),
            partner="Planwijs",
        ),
        a_set_aside(),
    )

"""How long the pages for reviewers take, from a reviewers' folder with two years of history.

python -m bench site [REGISTRATIONS] [RUNS] [FOLDER]

With FOLDER the files are left there, to look at: `cd FOLDER && koppeling report registrations`.
"""

import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from koppeling_harness.document import dump_json
from koppeling_harness.model.finding import Difference, Finding
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.run import (
    ErpInfo,
    ErpKind,
    HarnessInfo,
    IntegrationRecord,
    RunRecord,
    ScenarioLock,
    ScenarioResult,
    Scope,
)
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Level, Outcome, Severity
from koppeling_harness.rules.verdict import result_id, verdict
from koppeling_harness.store.history import keep
from koppeling_harness.workflow.review.publish import publish
from koppeling_harness.workflow.review.status import StatusRequest, judge_registrations

SCENARIOS = 40
COLOURS = ("rood", "oranje", "groen", "groen")
RELEASES = ("Profit 7", "Profit 8", "Profit 9")
DAY_0 = datetime(2025, 1, 6, 9, tzinfo=UTC)
AS_OF = date(2026, 11, 23)
LIST = "51ab" * 16
SETTINGS = f"""[review]
folder = "registrations"
lists = {{bench = "{LIST}"}}

[releases]
previous = "Profit 7"
current = "Profit 8"
accept = "Profit 9"
"""
WEEKS = 104
WEEKS_OF_A_QUARTER = 13


class _Day:
    """Clock that stands still at noon of a day."""

    def __init__(self, day: date) -> None:
        self._now = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now


def _partner(number: int) -> int:
    """Return the number of an integration's partner: a fifth of them have a second one."""
    return number - number // 5 if number % 5 else number * 4 // 5


def _registration(number: int) -> str:
    colour = COLOURS[number % len(COLOURS)]
    return f"""registration: koppeling-{number:03}
title: {{nl: Koppeling {number}, en: Integration {number}}}
partner: {{name: Partner {_partner(number)}, subscription: "{10000 + _partner(number)}"}}
integration: koppeling-{number:03}
integration_id: "{10000 + _partner(number)}_{number}"
onboarding: {{started: 2023-01-01, finished: 2023-06-01}}
agreement: {{started: 2023-01-01}}
listing: {{partner_site: true, help_center: true}}
contacts: 2
active_customers: 7
assessments:
  - {{id: Q1, kind: quickscan, assessor: Computest, report_date: 2024-{number % 12 + 1:02}-14,
     colour: oranje}}
  - {{id: Q2, kind: quickscan, assessor: Computest, report_date: 2026-{number % 9 + 1:02}-14,
     colour: {colour}}}
{_signals(number)}"""


def _signals(number: int) -> str:
    if number % 6:
        return ""
    return f"""signals:
  - {{date: 2026-10-0{number % 9 + 1}, kind: {("code_of_conduct", "other")[number % 2]},
     text: Klacht van een klant over de ondersteuning}}
"""


def _decisions(number: int) -> str:
    signal, last = f"2026-10-0{number % 9 + 1}", f"2026-12-{number % 28 + 1:02}"
    course = f"""course:
  - {{signal: {signal}, date: 2026-10-12, step: received, by: M. de Wit}}
  - {{signal: {signal}, date: 2026-10-20, step: heard, side: reporter, by: J. Bakker}}
"""
    return f"""schema: koppeling/decisions@1
of: koppeling-{number:03}
assignee: {("M. de Wit", "J. Bakker")[number % 2]}
decisions:
  - {{date: 2026-0{number % 9 + 1}-10, by: M. de Wit, decision: annual_review,
     reason: Gesprek gevoerd over de samenwerking}}
waivers:
  - {{id: W1, scenario: structure.n0, releases: [Profit 8], reason: Hersteld in december,
     owner: Ontwikkeling, approved_by: M. de Wit, approved: 2026-10-01, until: {last}}}
plans:
  - {{for: W1, owner: Ontwikkeling, due: {last},
     steps: [Afronden van uren herstellen, Opnieuw laten draaien]}}
{course if number % 6 == 0 else ""}letters:
  - {{date: 2026-0{number % 9 + 1}-02, kind: follow-up, by: M. de Wit}}
auditor: {{date: 2026-03-02, red: 0, orange: {number % 3}, justified: []}}
"""


def _partnership(number: int) -> str:
    invoice = f"""invoices:
  - {{number: F2026-{number:04}, open_since: 2026-10-01, reminders: [2026-10-15, 2026-11-01]}}
"""
    return f"""schema: koppeling/partner@1
subscription: "{10000 + number}"
name: Partner {number}
runs: {{started: 2023-01-01}}
contacts: [{{name: A. Jansen, role: Partnercommunicatie}}, {{name: P. Smit}}]
conduct: {{version: "2025", agreed: 2025-02-0{number % 9 + 1}}}
{"" if number % 7 else invoice}talks:
  - date: 2026-0{number % 9 + 1}-10
    by: M. de Wit
    agreed:
      - {{what: Documentatie van de koppeling bijwerken, who: partner, due: 2026-12-01}}
      - {{what: Vermelding in Help Center nakijken, who: afas, due: 2026-10-01, done: 2026-09-28}}
"""


def _result(index: int, *, fails: bool) -> ScenarioResult:
    finding = Finding(
        code="EXPECT",
        level=Severity.ERROR,
        message="rows.0.Qu is 7.5, expected 8.0",
        text=Text(
            nl="Het aantal uren in Profit is niet wat de koppeling had moeten schrijven.",
            en="The number of hours in Profit is not what the integration had to write.",
        ),
        where="scenarios/hours/push.scenario.yaml:31:7",
        hint="Send the number of hours as Profit stores it.",
        differences=(Difference(path="rows.0.Qu", expected="8.0", actual="7.5"),),
    )
    return ScenarioResult(
        scenario=f"{('structure', 'behaviour', 'paging', 'hours')[index % 4]}.n{index}",
        title=Text(nl=f"Scenario nummer {index}", en=f"Scenario number {index}"),
        level=Level.REQUIRED,
        operation=None,
        outcome=Outcome.FAILED if fails else Outcome.PASSED,
        cause=Cause.INTEGRATION if fails else None,
        findings=(finding,) if fails else (),
        duration_s=0.1,
        place=f"scenarios/n{index}.scenario.yaml:1:1",
    )


def _run(number: int, run: int) -> RunRecord:
    started_at = DAY_0 + timedelta(days=28 * run, minutes=number)
    failing = 3 if (number + run) % 5 == 0 else 0
    results = tuple(_result(index, fails=index < failing) for index in range(SCENARIOS))
    release = RELEASES[run % len(RELEASES)]
    required = tuple(result_id(each) for each in results)
    return RunRecord(
        run_id=f"{started_at:%Y%m%dT%H%M%SZ}-{number:06x}",
        started_at=started_at,
        finished_at=started_at + timedelta(seconds=5),
        harness=HarnessInfo(version="0.1.0"),
        erp=ErpInfo(
            kind=ErpKind.EMULATOR,
            environment="ERP1",
            version=f"{7 + run % len(RELEASES)}.0.12",
            label=release,
        ),
        scenario_lock=ScenarioLock(digest=LIST, required=SCENARIOS),
        integrations=(
            IntegrationRecord(
                id=f"koppeling-{number:03}",
                title=Text(nl=f"Koppeling {number}", en=f"Integration {number}"),
                partner=f"Partner {_partner(number)}",
                version="1.0",
                digest="9f2c" * 16,
                verdict=verdict(
                    results, required=required, release=release, as_of=started_at.date()
                ),
                results=results,
                required_ids=required,
                own_ids=required,
                scope=Scope(whole=True),
                identity=Identity(
                    integration_id=f"{10000 + _partner(number)}_{number}",
                    subscription=f"{10000 + _partner(number)}",
                ),
            ),
        ),
    )


def write_files(folder: Path, registrations: int, runs: int) -> None:
    """Write settings, registrations with their decisions, and runs of each on three releases."""
    (folder / "registrations").mkdir(parents=True)
    (folder / "koppeling.toml").write_text(SETTINGS, encoding="utf-8")
    for number in range(registrations):
        file = folder / "registrations" / f"{number:03}.yaml"
        file.write_text(_registration(number), encoding="utf-8")
        beside = file.with_suffix(".decisions.yaml")
        beside.write_text(_decisions(number), encoding="utf-8")
        of_partner = file.with_name(f"{10000 + _partner(number)}.partner.yaml")
        of_partner.write_text(_partnership(_partner(number)), encoding="utf-8")
        for run in range(runs):
            record = _run(number, run)
            path = folder / "reports" / record.run_id / "run.json"
            path.parent.mkdir(parents=True)
            path.write_text(dump_json(record), encoding="utf-8")


def write_history(folder: Path) -> None:
    """Write what a report of each week of two years would have told: judged once a quarter."""
    for week in range(0, WEEKS, WEEKS_OF_A_QUARTER):
        day = AS_OF - timedelta(weeks=WEEKS - week)
        judged = judge_registrations(_request(folder, day), clock=_Day(AS_OF))
        for later in range(WEEKS_OF_A_QUARTER):
            told = day + timedelta(weeks=later)
            keep(
                folder / "registrations",
                [replace(each.status, as_of=told) for each in judged.dossiers],
            )


def _request(folder: Path, as_of: date) -> StatusRequest:
    return StatusRequest(
        paths=(folder / "registrations",), runs=folder / "reports", folder=folder, as_of=as_of
    )


def main() -> int:
    given = [*sys.argv[1:], *("500", "24", "")[len(sys.argv) - 1 :]]
    registrations, runs = int(given[0]), int(given[1])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(given[2] or place)
        write_files(folder, registrations, runs)
        write_history(folder)
        started_s = time.perf_counter()
        published = publish(_request(folder, AS_OF), folder / "site", clock=_Day(AS_OF))
        elapsed_s = time.perf_counter() - started_s
        sizes = {name: (folder / "site" / name).stat().st_size for name in published.files}
        largest = sorted(sizes, key=lambda name: sizes[name])[-3:][::-1]
        print(f"{registrations} registrations, {registrations * runs} runs: {elapsed_s:.1f} s")
        print(f"{len(sizes)} files; the largest:")
        for name in largest:
            print(f"  {name}: {sizes[name] / 1024:.0f} KiB")
        untested = sum(
            release.outcome is Outcome.NOT_RUN
            for each in published.judged.dossiers
            for release in each.status.functional
        )
        for each in published.problems[:5]:
            print(each)
        print(f"{untested} releases not tested")  # nothing is measured where nothing is judged
        return 1 if published.problems or untested else 0


if __name__ == "__main__":
    sys.exit(main())

"""How long the pages for reviewers take: 500 registrations with 24 runs each.

python -m bench site [REGISTRATIONS] [RUNS]
"""

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from koppeling_harness.clock import SystemClock
from koppeling_harness.document import dump_json
from koppeling_harness.model.finding import Difference, Finding
from koppeling_harness.model.run import (
    ErpInfo,
    ErpKind,
    HarnessInfo,
    IntegrationRecord,
    RequiredCount,
    RunRecord,
    ScenarioLock,
    ScenarioResult,
    Verdict,
)
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Level, Outcome, Severity
from koppeling_harness.workflow.review.publish import publish
from koppeling_harness.workflow.review.status import StatusRequest

SCENARIOS = 40
COLOURS = ("rood", "oranje", "groen", "groen")
DAY_0 = datetime(2025, 1, 6, 9, tzinfo=UTC)


def _registration(number: int) -> str:
    colour = COLOURS[number % len(COLOURS)]
    return f"""registration: koppeling-{number:03}
title: {{nl: Koppeling {number}, en: Integration {number}}}
partner: {{name: Partner {number}, subscription: "{10000 + number}"}}
integration: koppeling-{number:03}
integration_id: "{10000 + number}_{number}"
onboarding: {{started: 2023-01-01, finished: 2023-06-01}}
listing: {{partner_site: true, help_center: true}}
contacts: 2
active_customers: 7
assessments:
  - {{id: Q1, kind: quickscan, assessor: Computest, report_date: 2024-{number % 12 + 1:02}-14,
     colour: oranje}}
  - {{id: Q2, kind: quickscan, assessor: Computest, report_date: 2026-{number % 9 + 1:02}-14,
     colour: {colour}}}
"""


def _result(index: int, *, fails: bool) -> ScenarioResult:
    finding = Finding(
        code="EXPECT",
        level=Severity.ERROR,
        message="rows.0.Qu is 7.5, expected 8.0",
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
    return RunRecord(
        run_id=f"{started_at:%Y%m%dT%H%M%SZ}-{number:06x}",
        started_at=started_at,
        finished_at=started_at + timedelta(seconds=5),
        harness=HarnessInfo(version="0.1.0"),
        erp=ErpInfo(
            kind=ErpKind.EMULATOR,
            environment="ERP1",
            version="8.0.12",
            label=f"Profit {7 + run % 2}",
        ),
        scenario_lock=ScenarioLock(digest="00" * 32, required=SCENARIOS),
        integrations=(
            IntegrationRecord(
                id=f"koppeling-{number:03}",
                version="1.0",
                digest="00" * 32,
                verdict=Verdict(
                    outcome=Outcome.FAILED if failing else Outcome.PASSED,
                    required=RequiredCount(
                        total=SCENARIOS, executed=SCENARIOS, passed=SCENARIOS - failing
                    ),
                ),
                results=results,
            ),
        ),
    )


def main() -> None:
    registrations, runs = (int(each) for each in [*sys.argv[1:], "500", "24"][:2])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for number in range(registrations):
            file = folder / "registrations" / f"{number}.yaml"
            file.parent.mkdir(exist_ok=True)
            file.write_text(_registration(number), encoding="utf-8")
            for run in range(runs):
                record = _run(number, run)
                path = folder / "runs" / record.run_id / "run.json"
                path.parent.mkdir(parents=True)
                path.write_text(dump_json(record), encoding="utf-8")
        started_s = time.perf_counter()
        request = StatusRequest(
            paths=(folder / "registrations",),
            runs=folder / "runs",
            folder=folder,
            as_of=datetime(2026, 11, 23, tzinfo=UTC).date(),
        )
        published = publish(request, folder / "site", clock=SystemClock())
        elapsed_s = time.perf_counter() - started_s
        sizes = {name: (folder / "site" / name).stat().st_size for name in published.files}
        largest = max(sizes, key=lambda name: sizes[name])
        print(f"{registrations} registrations, {registrations * runs} runs: {elapsed_s:.1f} s")
        print(f"{len(sizes)} files; largest {largest}: {sizes[largest] / 1024:.0f} KiB")
        print(f"index.html: {sizes['index.html'] / 1024:.0f} KiB")


if __name__ == "__main__":
    main()

"""What can be released is answered from stored verdicts, and from what AFAS granted."""

from pathlib import Path

import pytest

from koppeling_harness.model.releasable import Answer
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.workflow.review.can_release import Question, can_release
from support.clock import FixedClock
from support.evidence import a_run_folder
from support.records import LIST, a_finding, a_result, a_run, an_integration
from support.registrations import REGISTRATION

NOW = FixedClock("2026-11-24T09:00:00+00:00")
WAIVER = """\
waivers:
  - id: W-1
    scenario: paging.sorted
    releases: [Profit 8]
    reason: Wordt hersteld.
    owner: Voorbeeld B.V.
    approved_by: M. de Wit
    approved: 2026-11-01
    until: 2026-12-31
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one run, of which a failure is marked as waived."""
    failed = a_result(
        "paging.sorted",
        outcome=Outcome.FAILED,
        cause=Cause.INTEGRATION,
        findings=(a_finding(),),
        waiver="W-1",
    )
    a_run_folder(tmp_path / "reports", a_run(an_integration(a_result(), failed)))
    return tmp_path


def answer(project: Path, settings: str) -> Answer:
    own = f'[review.lists]\ntests = "{LIST}"\n'
    (project / "koppeling.toml").write_text(settings + own)
    question = Question(
        integration="urenportaal",
        version="3.2.0",
        release="Profit 8",
        runs=project / "reports",
        folder=project,
    )
    found, _ = can_release(question, clock=NOW)
    return found.answer


def test_where_no_reviewers_folder_is_named_the_marks_of_the_record_stand(project):
    assert answer(project, "") is Answer.YES


@pytest.mark.parametrize(
    ("waivers", "integration_id", "expected"),
    [
        ("", "12345_678900", Answer.NO),
        (WAIVER, "12345_678900", Answer.YES),
        (WAIVER.replace("2026-12-31", "2026-11-23"), "12345_678900", Answer.NO),
        (WAIVER.replace("Profit 8", "Profit 7"), "12345_678900", Answer.NO),
        (WAIVER, "99999_1", Answer.NO),
    ],
    ids=["none", "granted", "ended", "another release", "another integration"],
)
def test_in_a_reviewers_folder_a_waiver_counts_that_afas_granted(
    waivers, integration_id, expected, project
):
    registration = REGISTRATION.replace("integration: voorbeeld", "integration: urenportaal")
    folder = project / "registrations"
    folder.mkdir()
    text = registration.replace("12345_678900", integration_id) + waivers
    (folder / "urenportaal.yaml").write_text(text, encoding="utf-8")

    assert answer(project, '[review]\nfolder = "registrations"\n') is expected

"""A folder of runs that is kept small: what something follows from stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.workflow.review.prune import as_lines, as_plain, prune
from support.clock import FixedClock
from support.records import (
    STARTED_AT,
    a_failure,
    a_result,
    a_run,
    an_integration,
    run_id_of,
    stored,
)


def night(reports, number, *results, **changes):
    """Keep the run of a night; return its id."""
    name = run_id_of(number)
    record = a_run(
        replace(an_integration(*results), **changes),
        run_id=name,
        started_at=STARTED_AT + timedelta(number),
        finished_at=STARTED_AT + timedelta(number, 5),
    )
    stored(reports, record)
    return name


def left(reports):
    return sorted(each.name for each in reports.iterdir())


@pytest.fixture
def clock():
    return FixedClock((STARTED_AT + timedelta(400)).isoformat())


def test_the_newest_are_kept_and_what_a_scenario_last_passed_in(tmp_path, clock):
    reports = tmp_path / "reports"
    read, write = a_result("read"), a_result("write")
    fails = [a_failure("read"), a_failure("write")]
    names = [
        night(reports, 0, read, write),  # its newer twin says the same
        night(reports, 1, read, write),  # the newest that passed, and in which `write` passed
        night(reports, 2, read, fails[1]),
        night(reports, 3, read, fails[1]),  # the newest in which `read` passed
        *(night(reports, number, *fails) for number in range(4, 12)),
    ]

    found = prune(reports, keep=3, clock=clock, project=tmp_path)

    assert left(reports) == [names[1], names[3], *names[-3:]]
    assert dict(found.kept)[names[1]] == "the newest passed of a version"
    assert dict(found.kept)[names[3]] == "the newest in which something passed"
    assert len(found.removed) == 7
    again = prune(reports, keep=3, clock=clock, project=tmp_path)
    assert again.removed == ()


def test_every_version_keeps_its_verdict(tmp_path, clock):
    reports = tmp_path / "reports"
    old = night(reports, 0, a_result("read"), version="1.0.0")
    for number in range(1, 6):
        night(reports, number, a_result("read"), version="2.0.0")

    prune(reports, keep=1, clock=clock, project=tmp_path)

    assert left(reports) == [old, run_id_of(5)]


def test_what_could_not_judge_pushes_no_verdict_out(tmp_path, clock):
    reports = tmp_path / "reports"
    judged = night(reports, 0, a_failure("read"))
    away = a_failure("read", outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT)
    for number in range(1, 6):
        night(reports, number, away)

    prune(reports, keep=2, clock=clock, project=tmp_path)

    assert left(reports) == [judged, run_id_of(4), run_id_of(5)]


def test_what_is_no_run_or_damaged_is_left_alone(tmp_path, clock):
    reports = tmp_path / "reports"
    for number in range(3):
        night(reports, number, a_result("read"))
    (reports / f"{run_id_of(0)}.urenportaal.zip").write_bytes(b"x")
    (reports / "notes").mkdir()
    (reports / "notes" / "a.txt").write_text("mine")
    (reports / "broken").mkdir()
    (reports / "broken" / "run.json").write_text("{")
    other = reports / "moved by hand"
    (reports / run_id_of(1)).rename(other)
    before = left(reports)

    trial = prune(reports, keep=1, clock=clock, is_trial=True, project=tmp_path)
    assert left(reports) == before
    assert [each.name for each in trial.removed] == [
        run_id_of(0),
        f"{run_id_of(0)}.urenportaal.zip",
    ]
    found = prune(reports, keep=1, clock=clock, project=tmp_path)

    assert left(reports) == sorted(["broken", "moved by hand", "notes", run_id_of(2)])
    assert len(found.damaged) >= 1
    assert as_plain(found)["kept"] == [{"run": run_id_of(2), "why": "of the newest"}]
    assert next(iter(as_lines(found, is_trial=False))) == "kept 1 run: 1 of the newest"


def test_rechecks_go_by_their_number(tmp_path, clock):
    reports = tmp_path / "reports"
    for number in range(53):
        (reports / f"recheck-202611{number % 30 + 1:02}T0{number // 30}0000Z-abc").mkdir(
            parents=True
        )

    found = prune(reports, clock=clock, project=tmp_path)

    assert len(found.removed) == 3
    assert len(left(reports)) == 50


def test_a_folder_that_is_not_there_is_said_so(tmp_path, clock):
    with pytest.raises(ConfigurationError, match="expected a folder of runs"):
        prune(tmp_path / "none", clock=clock, project=tmp_path)


def test_what_was_recorded_goes_where_nothing_follows_from_it_and_records_stay(tmp_path, clock):
    reports = tmp_path / "reports"
    read = a_result("read")
    fails = a_failure("read")
    old, passed, signed, newest = (
        night(reports, number, result) for number, result in enumerate([read, read, fails, fails])
    )
    for name in (old, passed, signed, newest):
        (reports / name / "traffic" / "acme").mkdir(parents=True)
        (reports / name / "traffic" / "acme" / "read.har").write_text("{}")
    (reports / signed / "evidence.intoto.json").write_text("{}")

    told = prune(reports, keep=0, clock=clock, project=tmp_path, is_trial=True, traffic_only=True)
    done = prune(reports, keep=0, clock=clock, project=tmp_path, traffic_only=True)

    assert told.removed == done.removed == (reports / old / "traffic",)
    assert left(reports) == [old, passed, signed, newest]
    assert sorted(each.parent.name for each in reports.glob("*/traffic")) == [
        passed,
        signed,
        newest,
    ]
    assert dict(done.kept)[newest] == "the newest whole of a version"


def test_what_is_signed_is_never_removed(tmp_path, clock):
    reports = tmp_path / "reports"
    names = [night(reports, number, a_failure("read")) for number in range(4)]
    (reports / names[0] / "evidence.intoto.json").write_text("{}")

    found = prune(reports, keep=1, clock=clock, project=tmp_path)

    assert left(reports) == [names[0], names[-1]]
    assert dict(found.kept)[names[0]] == "signed"

"""Every edit that is acknowledged is in the file afterwards, however many are made at once."""

import subprocess
import sys

import pytest

from koppeling_harness.config.decisions import decisions_path
from koppeling_harness.config.registration import load_registration
from support.registrations import REGISTRATION

_DECIDE = """
import sys
from pathlib import Path
from koppeling_harness.config.registration_edit import add_decision
from support.registrations import a_decision
from dataclasses import replace
path, name, times = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(times):
    decision = replace(a_decision("annual_review", "2026-11-02"), by=f"Beoordelaar {name} {number}")
    add_decision(path, decision, objections=lambda _: ())
    print(f"Beoordelaar {name} {number}", flush=True)
"""
PROCESSES = 8


def edited_at_once(path, times):
    """Return who was acknowledged, by processes that each decide so many times."""
    command = [sys.executable, "-c", _DECIDE, str(path)]
    running = [
        subprocess.Popen(
            [*command, chr(ord("A") + number), str(times)],
            env={"PYTHONPATH": ":".join(sys.path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    said = [each.communicate(timeout=300)[0] for each in running]
    assert [each.returncode for each in running] == [0] * PROCESSES
    return [line for text in said for line in text.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("where", ["one file", "two files"])
@pytest.mark.parametrize("files", [1, pytest.param(20, marks=pytest.mark.long)])
def test_no_decision_of_eight_processes_is_lost(tmp_path, where, files):
    """Each process decides ten times in each file: 20 times in two files, 200 in as many more."""
    for number in range(files):
        folder = tmp_path / str(number)
        folder.mkdir()
        none_is_lost(folder / "voorbeeld.yaml", where, times=10)


def none_is_lost(path, where, *, times):
    if where == "one file":
        path.write_text(REGISTRATION, encoding="utf-8")
    else:
        path.write_text(REGISTRATION.replace("decisions: []\n", ""), encoding="utf-8")
        text = "schema: koppeling/decisions@1\nof: voorbeeld\ndecisions: []\n"
        decisions_path(path).write_text(text, encoding="utf-8")

    acknowledged = edited_at_once(path, times)

    kept = [each.by for each in load_registration(path).decisions]
    assert len(acknowledged) == PROCESSES * times
    assert sorted(kept) == sorted(acknowledged)

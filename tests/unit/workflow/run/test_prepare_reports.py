import sys
import time
from types import SimpleNamespace

import pytest

from koppeling_harness.workflow.run.certify import Progress
from koppeling_harness.workflow.run.prepare_reports import Meanwhile
from support.records import a_result

PLANNED = SimpleNamespace(manifest=SimpleNamespace(id="acme"))


def forms_of(meanwhile):
    """Return the forms, as soon as what makes them is imported."""
    until = time.monotonic() + 30
    while meanwhile.forms is None and time.monotonic() < until:
        time.sleep(0.01)
    return meanwhile.forms


def test_what_is_told_is_told_first_and_results_get_their_forms():
    told = []
    meanwhile = Meanwhile()
    progress = meanwhile.during(
        Progress(on_collected=told.append, on_result=lambda *each: told.append(each))
    )
    result = a_result()

    progress.on_collected(2)
    forms = forms_of(meanwhile)
    progress.on_result(PLANNED, result)

    assert told == [2, (PLANNED, result)]
    line_of = forms.of("run.json")
    assert line_of("acme", result) is line_of("acme", result)
    assert "koppeling_harness.workflow.run.conclude" in sys.modules


def test_a_result_that_comes_before_the_import_is_only_told():
    told = []
    meanwhile = Meanwhile()

    meanwhile.during(Progress(on_result=lambda *each: told.append(each))).on_result(
        PLANNED, result := a_result()
    )

    assert told == [(PLANNED, result)]
    assert meanwhile.forms is None


def test_a_result_that_no_report_can_show_does_not_end_the_run():
    meanwhile = Meanwhile()
    meanwhile.during(Progress()).on_collected(1)
    line_of = forms_of(meanwhile).of("run.json")
    cannot_be_shown = a_result(log=object())

    meanwhile.during(Progress()).on_result(PLANNED, cannot_be_shown)

    with pytest.raises(TypeError):
        line_of("acme", cannot_be_shown)

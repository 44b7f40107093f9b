import sys
import time
from types import SimpleNamespace

import pytest

from koppeling_harness.workflow.run.prepare_reports import ReportPreparer
from support.records import a_result

PLANNED = SimpleNamespace(manifest=SimpleNamespace(id="acme"), release="Profit 8")


def forms_of(preparer):
    """Return the forms, as soon as what makes them is imported."""
    until = time.monotonic() + 30
    while preparer.forms is None and time.monotonic() < until:
        time.sleep(0.01)
    return preparer.forms


def test_results_get_their_forms_while_the_run_goes_on():
    preparer = ReportPreparer()
    result = a_result()

    preparer.started([PLANNED])
    forms = forms_of(preparer)
    preparer.scenario_ended(PLANNED, result)

    line_of = forms.of("run.json")
    assert line_of("acme", "Profit 8", result) is line_of("acme", "Profit 8", result)
    assert "koppeling_harness.workflow.run.conclude" in sys.modules


def test_a_result_that_comes_before_the_import_is_left_to_the_end():
    preparer = ReportPreparer()

    preparer.scenario_ended(PLANNED, a_result())

    assert preparer.forms is None


def test_a_result_that_no_report_can_show_does_not_end_the_run():
    preparer = ReportPreparer()
    preparer.started([PLANNED])
    line_of = forms_of(preparer).of("run.json")
    cannot_be_shown = a_result(log=object())

    preparer.scenario_ended(PLANNED, cannot_be_shown)

    with pytest.raises(TypeError):
        line_of("acme", "Profit 8", cannot_be_shown)

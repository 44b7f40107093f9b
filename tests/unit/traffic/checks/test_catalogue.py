from dataclasses import replace

import pytest

from koppeling_harness.model.exchange import Sender
from koppeling_harness.model.shape import Release
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks import CATALOGUE_VERSION, RULE_BROKE, RULES
from support.exchanges import HEADERS, WRITES, Tape, rows_of
from support.judging import codes, judged


def polite() -> Tape:
    """What a well-made integration does on a bad day."""
    sort = {"take": 50, "orderbyfieldids": "EmployeeId"}
    since = {"filterfieldids": "Modified", "filtervalues": "2026-11-01T09:55:00"}
    tape = Tape().call(path="/profitversion").call(path="/metainfo")
    tape.call(path="/metainfo/update/PtRealization")
    tape.read(rows=50, query={"skip": 0, **sort})
    tape.read(query={"skip": 50, **sort}, status=503, response_headers=(("Retry-After", "1"),))
    tape.wait(1.0)
    tape.read(rows=rows_of(60)[50:], query={"skip": 50, **sort})
    tape.write({"EmId": "1", "Qu": "7.5"}).write({"EmId": "2", "Qu": "7.5"}, status=None)
    tape.read(rows=0, query={"filterfieldids": "EmployeeId", "filtervalues": "2"})
    tape.write({"EmId": "2", "Qu": "7.5"})
    tape.write({"EmId": "x"}, status=500, response_body='{"externalMessage":"bestaat niet"}')
    tape.read(query=since | {"operatortypes": 2, **sort}, turn=1)
    tape.call("DELETE", f"/connectors/{WRITES}/{WRITES}/@Id/1")
    return tape.call(status=401)


def test_nothing_is_said_of_a_polite_integration():
    assert judged(polite()) == ()


def test_what_the_harness_itself_sends_is_not_judged():
    assert codes(Tape().call(request_headers={}, sender=Sender.HARNESS)) == []


def test_nothing_recorded_means_nothing_found():
    assert codes(Tape()) == []


def test_the_heaviest_finding_comes_first():
    tape = Tape().call(request_headers=HEADERS | {"Connection": "close"}).call(request_headers={})
    levels = [finding.level for finding in judged(tape)]

    assert levels == sorted(levels, key=list(Severity).index)
    assert levels[0] is Severity.ERROR


def test_a_finding_speaks_both_languages():
    (finding,) = judged(Tape().call(query="token=x"))

    assert finding.message == finding.text.en
    assert finding.hint == finding.advice.en
    assert finding.text.nl != finding.text.en


def test_many_objections_to_one_thing_are_one_finding():
    tape = Tape()
    for _ in range(9):
        tape.call(query="token=x")
    (finding,) = judged(tape)

    assert finding.message.endswith("(also exchange 2, 3, 4, 5, 6, …)")


def test_codes_are_unique_and_written_alike():
    names = [rule.code for rule in RULES]

    assert len(set(names)) == len(names)
    assert all(name == name.upper() and " " not in name for name in names)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_explains_itself_with_its_source(rule):
    texts = [rule.title, rule.why, rule.fix]

    assert all(text.nl and text.en for text in texts)
    assert rule.source
    assert rule.holds_for("Profit 8")


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.inferred], ids=lambda rule: rule.code
)
def test_a_rule_that_concludes_what_nobody_saw_is_no_error_and_changes_no_outcome(rule):
    assert rule.level is not Severity.ERROR
    assert not rule.orange


def test_a_rule_is_silent_on_a_release_that_it_does_not_hold_for():
    headers = HEADERS | {"Authorization": "AfasToken <plain> [token:0123abcd]"}
    tape = Tape().call(request_headers=headers)

    assert judged(tape, release=Release(label="Profit 6", version="6.6.9")) == ()
    assert [each.code for each in judged(tape)] == ["AUTH-PLAIN"]


def test_the_catalogue_has_a_version():
    year, _, number = CATALOGUE_VERSION.partition(".")
    assert year.isdigit()
    assert number.isdigit()


def test_a_rule_that_breaks_is_a_finding_about_that_rule_and_the_others_judge_all_the_same(
    monkeypatch,
):
    def breaks(_scene):
        raise ZeroDivisionError

    broken = replace(RULES[0], check=breaks)
    monkeypatch.setattr("koppeling_harness.traffic.checks.RULES", (broken, *RULES[1:]))
    found = judged(Tape().call(query="token=x"))

    assert [each.code for each in found] == [RULE_BROKE, "TOKEN-IN-URL"]
    assert broken.code in found[0].message

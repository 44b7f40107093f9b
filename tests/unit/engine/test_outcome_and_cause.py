"""Which outcome goes with which cause: each pair is made to happen, or cannot be."""

from dataclasses import dataclass
from itertools import product

import pytest

from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import ErpUnavailableError
from koppeling_harness.model.verdict import Cause, Outcome
from support.carried_out import Opened, carried_out
from support.tiny import READ, tiny_plugin

HEAD = """
scenario: {id}
title: {{nl: Lezen, en: Read}}
level: required
proves: [test]
"""
READS = "when: [{operation: read}]\n"
HANGS = "time.sleep(60)"


class Down(Opened):
    """An ERP1 of which no environment can be had."""

    async def open(self, planned):
        message = "ERP1 is down"
        raise ErpUnavailableError(message)


class Broken(Opened):
    """A harness with a mistake in it."""

    async def open(self, planned):
        return {}["nothing"]


@dataclass(frozen=True)
class Made:
    """How an outcome comes about: what the scenario says, what the integration does, against what.

    Attributes:
        says: The scenario below its head; several when it takes several.
        does: Body of the operation.
        source: Where environments come from.
        code: Of the first finding; empty when there is none.
    """

    says: str = READS
    does: str = READ
    source: type = Opened
    code: str = ""
    times: int = 1


MADE = {
    (Outcome.PASSED, None): [Made()],
    (Outcome.FAILED, Cause.INTEGRATION): [
        Made(says="when: [{operation: read, expect: {output: {count: -1}}}]", code="EXPECTATION"),
        Made(does="raise ValueError", code="PLUGIN-RAISED"),
        Made(does="os._exit(3)", code="PLUGIN-CRASHED"),
        Made(does=HANGS, code="PLUGIN-HUNG"),
        Made(
            says="timeout_s: 0.8\nwhen: [{operation: read, timeout_s: 20}]",
            does=HANGS,
            code="SCENARIO-TIMEOUT",
        ),
    ],
    (Outcome.INCONCLUSIVE, Cause.CONFIGURATION): [
        Made(says="given: [{insert: KnNothing, fields: {A: b}}]\n" + READS, code="ERP-REFUSED"),
        Made(
            says=READS + "then: [{exchanges: {}, expect: {count: 1}, save: {x: items.7.path}}]",
            code="EXPRESSION",
        ),
        Made(says="when: [{operation: unknown}]", code="EXPRESSION"),
    ],
    (Outcome.INCONCLUSIVE, Cause.ENVIRONMENT): [
        Made(source=Down, code="ERP-UNAVAILABLE"),
        Made(
            says="when: [{request: {path: /connectors/x, authorised: false}}]",
            code="ERP-UNAVAILABLE",
        ),
    ],
    (Outcome.INCONCLUSIVE, Cause.HARNESS): [Made(source=Broken, code="HARNESS-ERROR")],
    (Outcome.NOT_RUN, Cause.INTEGRATION): [
        Made(
            says="for_each: operations\nwhen: [{operation: '${operation.name}'}]",
            does="return OperationResult()",
            code="NO-CALL",
        ),
        Made(does=HANGS, code="ONLY-HANGS", times=4),
    ],
    (Outcome.NOT_RUN, Cause.CONFIGURATION): [
        Made(
            says="faults: [{fault: status, status: 503, of: {connector: Other}}]\n" + READS,
            code="FAULT-NOT-FIRED",
        ),
    ],
}
"""By outcome and cause."""

NEVER = {
    **{(Outcome.PASSED, cause): "what passed has no cause" for cause in Cause},
    **{(outcome, None): "what did not pass has one" for outcome in Outcome
       if outcome is not Outcome.PASSED},
    **{(Outcome.FAILED, cause): "only an integration fails" for cause in Cause
       if cause is not Cause.INTEGRATION},
    (Outcome.INCONCLUSIVE, Cause.INTEGRATION): "what it does wrong is a failure",
    (Outcome.NOT_RUN, Cause.ENVIRONMENT): "what was tried and could not be judged is inconclusive",
    (Outcome.NOT_RUN, Cause.HARNESS): "the same",
}  # fmt: skip


class Results(Observer):
    def __init__(self):
        self.all = []

    def scenario_ended(self, planned, result):
        self.all.append(result)


def test_every_pair_is_made_here_or_said_never_to_be():
    assert not set(MADE) & set(NEVER)
    assert set(MADE) | set(NEVER) == set(product(Outcome, (None, *Cause)))


@pytest.mark.parametrize(
    ("pair", "made"),
    [
        pytest.param(pair, made, id=f"{pair[0]}-{pair[1]}-{made.code}")
        for pair, all_made in MADE.items()
        for made in all_made
    ],
)
def test_an_outcome_comes_about_with_its_cause(pair, made, tmp_path):
    (tmp_path / "scenarios").mkdir()
    for number in range(made.times):
        text = HEAD.format(id=f"s{number}") + made.says
        (tmp_path / "scenarios" / f"s{number}.scenario.yaml").write_text(text, encoding="utf-8")
    tiny_plugin(tmp_path / "tiny", body=made.does)
    results = Results()
    carried_out(tmp_path, results, source=made.source, step_limit_s=1.0)
    last = results.all[-1]

    assert (last.outcome, last.cause) == pair
    assert [each.code for each in last.findings[:1]] == ([made.code] if made.code else [])


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("{connector: Other}", "* Other never fired"),
        ("{method: GET, path: /x}", "GET /x never fired"),
        ("{kind: writes}", "* (writes) never fired"),
    ],
)
def test_a_fault_that_never_fired_is_called_by_what_it_was_to_hit(of, said, tmp_path):
    (tmp_path / "scenarios").mkdir()
    fault = f"faults: [{{fault: status, status: 503, of: {of}}}]\n"
    text = HEAD.format(id="s") + fault + READS
    (tmp_path / "scenarios" / "s.scenario.yaml").write_text(text, encoding="utf-8")
    tiny_plugin(tmp_path / "tiny")
    results = Results()
    carried_out(tmp_path, results)

    assert said in results.all[0].findings[0].message

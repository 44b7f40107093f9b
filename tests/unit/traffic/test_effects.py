"""What the report says that an integration did about a fault."""

from koppeling_harness.model.fault import CallFilter, Fault, FaultKind
from koppeling_harness.model.operation import OperationKind
from koppeling_harness.traffic.effects import fault_effects, retried
from support.exchanges import Tape

MAINTENANCE = Fault(
    fault=FaultKind.STATUS,
    of=CallFilter(kind=OperationKind.WRITES),
    calls="1-2",
    place="x.yaml:9:5",
)
LOST = Fault(fault=FaultKind.LOST_ANSWER, of=CallFilter(method="POST"), calls="1")


def test_attempts_waits_and_total_time_are_those_of_the_disturbed_request():
    tape = Tape().write(status=503, fault="status", duration_s=0.1).wait(1)
    tape.read().write(status=503, fault="status", duration_s=0.1).wait(2)
    tape.write(status=201, erp_status=201, duration_s=0.1)
    (effect,) = fault_effects([MAINTENANCE], [2], tape.exchanges)

    assert (effect.fault, effect.calls, effect.of, effect.place) == (
        "status",
        "1-2",
        "writes",
        "x.yaml:9:5",
    )
    assert (effect.fired, effect.attempts, effect.last_status, effect.written) == (2, 3, 201, 1)
    assert [round(wait_s) for wait_s in effect.waits_s] == [1, 2]
    assert round(effect.duration_s, 1) == 3.3


def test_what_was_written_twice_because_an_answer_was_lost_is_counted_twice():
    tape = Tape().write(status=None, fault="lost_answer", erp_status=201)
    tape.write(status=201, erp_status=201)
    (effect,) = fault_effects([LOST], [1], tape.exchanges)

    assert (effect.attempts, effect.written, effect.last_status) == (2, 2, 201)


def test_each_fault_of_a_chain_has_its_own_line():
    slow = Fault(fault=FaultKind.DELAY)
    tape = Tape().write(status=None, fault="lost_answer+delay", erp_status=201).read(fault="delay")
    lost, delay = fault_effects([LOST, slow], [1, 2], tape.exchanges)

    assert (lost.attempts, delay.attempts) == (1, 2)


def test_a_fault_that_never_fired_has_no_attempts():
    (effect,) = fault_effects([LOST], [0], Tape().read().exchanges)

    assert (effect.fired, effect.attempts, effect.waits_s, effect.duration_s) == (0, 0, (), 0.0)


def test_a_request_that_was_sent_at_the_same_time_or_when_triggered_again_is_no_retry():
    tape = Tape().call(duration_s=1.0).call(started_s=0.5).call(turn=1).call(turn=1)

    assert retried(tape.exchanges) == {4: 3}

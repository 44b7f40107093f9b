import pytest

from koppeling_harness.model.fault import CallFilter, Fault, FaultKind
from koppeling_harness.traffic.fault_plan import FaultPlan, asks_for_a_nonce

POST_HOURS = CallFilter(method="POST", connector="PtRealization")


def fault(calls: str = "1-", of: CallFilter = POST_HOURS, kind=FaultKind.RESET) -> Fault:
    return Fault(fault=kind, of=of, calls=calls)


def hits(
    plan: FaultPlan, times: int, method="POST", path="/connectors/PtRealization"
) -> list[bool]:
    return [bool(plan.next(method, path)) for _ in range(times)]


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ("1", [True, False, False, False]),
        ("1-2", [True, True, False, False]),
        ("3-", [False, False, True, True]),
        ("2-3", [False, True, True, False]),
    ],
)
def test_the_calls_that_are_named_are_hit(calls, expected):
    assert hits(FaultPlan([fault(calls)]), 4) == expected


@pytest.mark.parametrize(
    ("of", "method", "path", "expected"),
    [
        (CallFilter(), "GET", "/anything", True),
        (POST_HOURS, "POST", "/Connectors/ptrealization/PtSub", True),
        (POST_HOURS, "GET", "/connectors/PtRealization", False),
        (POST_HOURS, "POST", "/connectors/PtProject", False),
        (POST_HOURS, "POST", "/metainfo/update/PtRealization", False),
        (CallFilter(path="/profitversion"), "GET", "/ProfitVersion", True),
        (CallFilter(path="/profitversion"), "GET", "/metainfo", False),
    ],
)
def test_only_calls_that_are_meant_are_hit(of, method, path, expected):
    assert hits(FaultPlan([fault(of=of)]), 1, method, path) == [expected]


def test_calls_that_are_not_meant_are_not_counted():
    plan = FaultPlan([fault("2")])

    assert hits(plan, 1) == [False]
    assert hits(plan, 5, "GET") == [False] * 5
    assert hits(plan, 1) == [True]


def test_every_line_that_means_a_call_hits_it_in_order():
    plan = FaultPlan([fault("1"), fault("1-2", kind=FaultKind.DELAY)])
    found = [plan.next("POST", "/connectors/PtRealization") for _ in range(3)]

    assert [[place for place, _ in hits] for hits in found] == [[0, 1], [1], []]


def test_a_call_that_is_only_asked_to_come_again_with_a_nonce_is_not_counted():
    [fault] = [Fault(fault=FaultKind.MALFORMED_JSON, calls="1")]
    plan = FaultPlan([fault])

    assert plan.next("GET", "/connectors/X")
    plan.uncount("GET", "/connectors/X")

    assert [bool(plan.next("GET", "/connectors/X")) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("status", "headers", "asks"),
    [
        (401, ["dpop-nonce"], True),
        (400, ["dpop-nonce"], True),
        (200, ["dpop-nonce"], False),
        (401, ["www-authenticate"], False),
        (None, [], False),
    ],
)
def test_what_asks_for_a_nonce(status, headers, asks):
    assert asks_for_a_nonce(status, headers) is asks


def test_a_fault_of_one_operation_leaves_the_others_alone():
    plan = FaultPlan([Fault(fault=FaultKind.RESET, calls="2-", during=1)])

    assert [bool(plan.next("GET", "/connectors/X", turn)) for turn in (1, 1, 1, 2, 2)] == [
        *(False, True, True),
        *(False, False),
    ]

"""A repeated run is held against the one that it repeats."""

from dataclasses import replace

from koppeling_harness.model.run import ExchangeRecord
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.repeat import calls_of, repeated
from support.records import a_failure, a_result, an_integration


def calls(*paths: str, status: int = 200) -> tuple[ExchangeRecord, ...]:
    return tuple(
        ExchangeRecord(number=at, method="GET", path=path, status=status, duration_s=0.1 * at)
        for at, path in enumerate(paths, start=1)
    )


def held(then: tuple[ExchangeRecord, ...], now: tuple[ExchangeRecord, ...], **changes):
    before = an_integration(a_result(exchanges=then))
    after = replace(an_integration(a_result(exchanges=now)), **changes)
    return repeated(before, after)


def test_the_same_calls_are_the_same():
    assert held(calls("/a", "/b"), calls("/a", "/b")).is_same


def test_calls_side_by_side_may_come_in_another_order():
    assert held(calls("/a", "/b"), calls("/b", "/a")).is_same


def test_what_each_run_draws_anew_is_not_held_against_it():
    then = calls(
        "/x?filtervalues=[field:85207e9d]",
        "/subjectconnector/26/37F4335103514831B33F72B1C7D81DA8",
        "/y?filtervalues=2026-11-30T20%3A59%3A11",
    )
    now = calls(
        "/x?filtervalues=[field:00000000]",
        "/subjectconnector/26/AAAAAAAA03514831B33F72B1C7D81DA8",
        "/y?filtervalues=2027-01-01T08:00:00Z",
    )

    assert held(then, now).is_same


def test_two_ids_that_became_one_are_another_call():
    one, two = "37F4335103514831B33F72B1C7D81DA8", "37F4335103514831B33F72B1C7D81DA9"

    assert not held(calls(f"/a/{one}", f"/a/{two}"), calls(f"/a/{one}", f"/a/{one}")).is_same


def test_the_first_call_that_differs_is_named():
    (differs,) = held(calls("/a", "/b", "/c"), calls("/a", "/z", "/c")).differs

    assert (differs.call, differs.call_then, differs.call_now) == (
        2,
        "GET /b -> 200",
        "GET /z -> 200",
    )


def test_a_call_that_is_no_longer_made_is_named():
    (differs,) = held(calls("/a", "/b"), calls("/a")).differs

    assert (differs.call, differs.call_then, differs.call_now) == (2, "GET /b -> 200", "")


def test_other_files_are_told_though_the_calls_are_the_same():
    found = held(calls("/a"), calls("/a"), digest="00" * 32)

    assert (found.is_same, found.differs) == (False, ())


def test_what_had_passed_and_does_not_is_worse():
    then = an_integration(a_result("hours.push", operation="push-hours"))
    found = repeated(then, an_integration(a_failure("hours.push")))

    assert found.is_worse
    assert found.differs[0].now == Outcome.FAILED


def test_what_had_failed_and_passes_is_not_worse():
    found = repeated(an_integration(a_failure()), an_integration(a_result("hours.push")))

    assert not found.is_worse


def test_an_integration_that_is_not_here_was_not_run_again():
    found = repeated(an_integration(a_result()), None)

    assert (found.scenarios, found.differs, found.is_same) == (0, (), False)


def test_a_fault_is_a_part_of_a_call():
    (plain,) = calls("/a")

    assert calls_of(a_result(exchanges=(plain,))) != calls_of(
        a_result(exchanges=(replace(plain, fault="lost_response"),))
    )

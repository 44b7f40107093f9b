"""Outcome of counts of required scenarios."""

from koppeling_harness.model.verdict import Outcome


def judge(*, passed: int, failed: int, inconclusive: int, not_run: int) -> Outcome:
    """Return the outcome that numbers of required scenarios come to.

    A failure is certain whatever else is missing. Without one, whatever was not executed keeps the
    verdict from being anything else, and so does an empty list: green is not evidence.

    Args:
        passed: How many passed, those with a waiver included.
        failed: How many failed without a waiver.
        inconclusive: How many could not be judged.
        not_run: How many were not executed.
    """
    if failed:
        return Outcome.FAILED
    if not_run or not passed + inconclusive:
        return Outcome.NOT_RUN
    return Outcome.INCONCLUSIVE if inconclusive else Outcome.PASSED

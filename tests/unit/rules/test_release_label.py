import pytest

from koppeling_harness.rules.release_label import did_you_mean, meant_release

KNOWN = ("Profit 7", "Profit 8", "Profit 10")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("8", "Profit 8"),
        ("profit8", "Profit 8"),
        ("PROFIT-10", "Profit 10"),
        ("Porfit 7", "Profit 7"),
        ("Profitt 7", "Profit 7"),
        ("Profit 9", ""),
        ("Porfit 9", ""),
        ("something", ""),
        ("", ""),
    ],
)
def test_the_release_that_was_probably_meant(typed, meant):
    assert meant_release(typed, KNOWN) == meant
    assert did_you_mean(typed, KNOWN) == (f"Did you mean {meant!r}?" if meant else "")

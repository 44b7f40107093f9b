import pytest

from koppeling_harness.emulator.rules.checks import is_bsn, is_iban, is_postcode


@pytest.mark.parametrize(
    ("text", "good"),
    [("111222333", True), ("123456782", True), ("123456789", False), ("000000000", False),
     ("12345678", False), ("11122233x", False), ("", False)],
)  # fmt: skip
def test_a_bsn_passes_the_eleven_test(text, good):
    assert is_bsn(text) is good


@pytest.mark.parametrize(
    ("text", "good"),
    [("NL91ABNA0417164300", True), ("nl91 abna 0417 1643 00", True), ("BE68539007547034", True),
     ("NL91ABNA0417164301", False), ("NL91", False), ("", False)],
)  # fmt: skip
def test_an_iban_has_right_check_digits(text, good):
    assert is_iban(text) is good


@pytest.mark.parametrize(
    ("text", "country", "good"),
    [
        ("3811 AB", "NL", True),
        ("3811ab", None, True),
        ("0811 AB", "NL", False),
        ("40210", "DE", True),
    ],
)
def test_only_dutch_postal_codes_have_a_form(text, country, good):
    assert is_postcode(text, country) is good

"""Whatever surrounds a secret and however it is written, it does not stay."""

import base64
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.personal import is_bsn, is_iban
from koppeling_harness.traffic.redactor import Redactor

HEX = st.text("0123456789ABCDEF", min_size=64, max_size=64)
AROUND = st.text(st.characters(codec="utf-8"), max_size=40)
PADDING = st.binary(max_size=7)


def xml(data: str) -> str:
    return f"<token><version>1</version><data>{data}</data></token>"


def redactor_of(*secrets: str) -> Redactor:
    redactor = Redactor(b"key")
    for secret in secrets:
        redactor.add_secret(Secret(secret))
    return redactor


@given(data=HEX, before=AROUND, after=AROUND)
def test_the_data_of_a_token_stays_nowhere(data, before, after):
    redactor = redactor_of(xml(data))

    assert data not in redactor.text(before + data + after)
    assert redactor.find_secrets((before + data + after).encode()) == ("token",)


@given(data=HEX, before=PADDING, after=PADDING)
def test_a_token_is_found_at_every_place_inside_base64(data, before, after):
    redactor = redactor_of(xml(data))
    encoded = base64.b64encode(before + xml(data).encode() + after).decode()

    assert redactor.text(encoded).startswith("[token:")
    assert redactor.text(quote(encoded, safe="")).startswith("[token:")


@given(secret=st.text(min_size=4, max_size=80), before=AROUND, after=AROUND)
def test_any_secret_is_found_plain(secret, before, after):
    assert redactor_of(secret).find_secrets((before + secret + after).encode()) != ()


@given(data=HEX)
def test_redacting_twice_changes_nothing_more(data):
    redactor = redactor_of(xml(data))
    once = redactor.text(f"{data} jan@example.nl 111222333 {xml(data)}")

    assert redactor.text(once) == once


@given(digits=st.text("0123456789", min_size=9, max_size=9))
def test_one_wrong_digit_makes_it_no_bsn(digits):
    if is_bsn(digits):
        other = str((int(digits[4]) + 1) % 10)
        assert not is_bsn(digits[:4] + other + digits[5:])


@given(account=st.text("0123456789", min_size=10, max_size=10))
def test_an_iban_has_one_pair_of_check_digits(account):
    right = [check for check in range(2, 99) if is_iban(f"NL{check:02d}ABNA{account}")]

    assert len(right) == 1

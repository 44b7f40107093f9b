"""Whatever surrounds a secret and however it is written, it does not stay."""

import base64
import re
import string
from urllib.parse import quote

from hypothesis import example, given
from hypothesis import strategies as st

from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.base64_runs import base64_runs
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
@example(data="A" * 20 + "18E4E2E05ECEDBB262BA41FC88D76540A6905224D669", before=b"", after=b"")
def test_a_token_is_found_at_every_place_inside_base64(data, before, after):
    redactor = redactor_of(xml(data))
    encoded = base64.b64encode(before + xml(data).encode() + after).decode()

    assert redactor.text(encoded).startswith("[token:")
    assert redactor.text(quote(encoded, safe="")).startswith("[token:")


@given(
    secret=st.text(string.ascii_letters + string.digits, min_size=18, max_size=64),
    before=PADDING,
    after=PADDING,
    around=st.text('é😀 <"', max_size=6),
)
def test_any_secret_is_found_inside_base64_whatever_stands_around(secret, before, after, around):
    redactor = redactor_of(secret)
    encoded = base64.b64encode(before + secret.encode() + after).decode()
    redacted = redactor.text(around + encoded + around)

    assert re.fullmatch(rf"{around}\[token:[0-9a-f]{{8}}\]{around}", redacted)
    assert redactor.find_secrets((around + encoded + around).encode()) == ("token",)


@given(text=st.text("Aé😀= /_%-", max_size=120))
def test_base64_is_looked_for_where_its_characters_stand(text):
    run = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}={0,2}")

    assert list(base64_runs(text)) == [each.span() for each in run.finditer(text)]


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

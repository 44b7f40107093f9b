import base64
import hashlib
import html
import json
from collections import Counter
from urllib.parse import quote, quote_plus

import pytest

from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.base85 import base85_forms
from koppeling_harness.traffic.private_values import PrivateValues
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.traffic.spellings import views

DATA = "949C1A9CFFEF4D73A2D2BEFA1E1F6B5C0011223344556677889900AABBCCDDEE"
TOKEN = f"<token><version>1</version><data>{DATA}</data></token>"
CLIENT_SECRET = "p&ss <wörd>/+ 'of' \"an\" OAuth client, long enough"


@pytest.fixture
def redactor() -> Redactor:
    made = Redactor(b"key")
    made.add_secret(Secret(TOKEN))
    made.add_secret(Secret(CLIENT_SECRET), kind="secret")
    return made


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


FORMS = {
    "plain": TOKEN,
    "data": DATA,
    "lower case": DATA.lower(),
    "xml": html.escape(TOKEN),
    "json": json.dumps({"token": TOKEN}),
    "json with escapes": TOKEN.replace("<", r"\u003c").replace(">", r"\u003e"),
    "url": quote(TOKEN, safe=""),
    "form": quote_plus(TOKEN),
    "base64": encoded(TOKEN),
    "base64, one further": encoded("x" + TOKEN),
    "base64, two further": encoded("xy" + TOKEN),
    "base64 of the data": encoded(DATA),
    "url-safe base64": base64.urlsafe_b64encode(b"?>" + TOKEN.encode()).decode(),
    "base64 in a url": quote(encoded(TOKEN), safe=""),
    "base64 behind other letters": "abc" + encoded(TOKEN),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_the_token_is_found_in_every_form(redactor, form):
    text = f"before {form} after"
    redacted = redactor.text(text)

    assert redacted.startswith("before ")
    assert redacted.endswith(" after")
    assert redactor.placeholder("token", DATA) in redacted
    assert redactor.find_secrets(text.encode()) == ("token",)
    assert redactor.find_secrets(redacted.encode()) == ()


def test_nothing_of_the_token_stays_around_its_placeholder(redactor):
    placeholder = redactor.placeholder("token", DATA)

    assert redactor.text(f"a {TOKEN} b") == f"a {placeholder} b"
    assert redactor.text(f"a {encoded(TOKEN)} b") == f"a {placeholder} b"


@pytest.mark.parametrize(
    "form",
    [
        CLIENT_SECRET,
        html.escape(CLIENT_SECRET, quote=False),
        json.dumps(CLIENT_SECRET),
        json.dumps(CLIENT_SECRET, ensure_ascii=False),
        quote(CLIENT_SECRET, safe=""),
        quote_plus(CLIENT_SECRET),
        encoded(f"id:{CLIENT_SECRET}"),
    ],
)
def test_another_secret_is_found_in_every_form(redactor, form):
    assert redactor.find_secrets(form.encode()) == ("secret",)
    assert redactor.placeholder("secret", CLIENT_SECRET) in redactor.text(form)


def test_a_short_secret_is_found(redactor):
    redactor.add_secret(Secret("hunter2"), kind="secret")

    assert "hunter2" not in redactor.text("password=hunter2;")


def test_a_secret_inside_another_is_replaced_with_it(redactor):
    redactor.add_secret(Secret("OAuth"), kind="secret")
    redacted = redactor.text(f"<{CLIENT_SECRET}>")

    assert redacted == f"<{redactor.placeholder('secret', CLIENT_SECRET)}>"


def test_a_token_that_nobody_told_of_is_recognised_by_its_form():
    unknown = Redactor(b"key")

    assert DATA not in unknown.text(TOKEN)
    assert DATA not in unknown.text(f"and later {DATA} alone")
    assert Redactor(b"key").find_secrets(encoded(TOKEN).encode()) == ("token",)


def test_a_digest_is_no_token(redactor):
    digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    assert redactor.text(f"sha256:{digest}") == f"sha256:{digest}"


def test_equal_values_stay_equal_within_a_run_only(redactor):
    other = Redactor(b"another key")

    assert redactor.text(TOKEN) == redactor.text(encoded(TOKEN))
    assert redactor.text(TOKEN) != other.text(TOKEN)


def test_every_one_of_many_tokens_is_found():
    redactor = Redactor(b"key")
    tokens = [hashlib.sha256(bytes([at])).hexdigest().upper() for at in range(200)]
    for data in tokens:
        redactor.add_secret(Secret(TOKEN.replace(DATA, data)))

    assert redactor.text(" ".join(tokens)).count("[token:") == len(tokens)
    joined = redactor.text(f"xx{tokens[77]}{tokens[78]}yy")
    assert joined.count("[token:") == 2


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("bsn 111222333.", "bsn [bsn:"),
        ("iban NL91ABNA0417164300", "iban [iban:"),
        ("iban NL91 ABNA 0417 1643 00,", "iban [iban:"),
        ("iban=NL91+ABNA+0417+1643+00", "iban=[iban:"),
        ("mail j.de-vries+x@example.nl!", "mail [email:"),
        ("mail=jan%40example.nl", "mail=[email:"),
    ],
)
def test_personal_data_is_recognised_by_its_form(redactor, text, redacted):
    assert redactor.text(text).startswith(redacted)


@pytest.mark.parametrize(
    "text",
    [
        "order 111222334",
        "employee 000001004",
        "id 1112223330",
        "guid 7AA21E2A111222333",
        "amount 0.111222333",
        "NL92ABNA0417164300",
        "XX00AAAAAAAAAAAAAAA",
        '{"@EmId": 1}',
        "user@host",
    ],
)
def test_what_only_looks_like_it_stays(redactor, text):
    assert redactor.text(text) == text


def test_personal_data_inside_base64_is_found(redactor):
    inside = encoded("Medewerker 111222333 bestaat niet")

    assert redactor.text(f"X-PROFIT-ERROR: {inside}").startswith("X-PROFIT-ERROR: [personal:")
    harmless = encoded("Medewerker bestaat niet, echt niet")
    assert redactor.text(harmless) == harmless


def test_what_is_replaced_is_counted_by_kind(redactor):
    counts: Counter[str] = Counter()
    redactor.text(f"{TOKEN} {DATA} 111222333", counts)

    assert counts == {"token": 2, "bsn": 1}


def test_a_number_in_a_report_is_no_secret(redactor):
    assert redactor.find_secrets(b"111222333 jan@example.nl") == ()


def test_bytes_that_are_no_text_can_be_searched(redactor):
    assert redactor.find_secrets(b"\xff\xfe\x00" + DATA.encode()) == ("token",)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("op NL91 ABNA 0417 1643 00 voor Jansen", "op {} voor Jansen"),
        ("NL91ABNA0417164300 abcd efgh", "{} abcd efgh"),
        ("iban=NL91%20ABNA%200417%201643%2000&x=1", "iban={}&x=1"),
    ],
)
def test_words_behind_an_iban_do_not_hide_it(text, left):
    redactor = Redactor(b"key")

    assert redactor.text(text) == left.format(redactor.placeholder("iban", "NL91ABNA0417164300"))


def test_a_log_reference_whose_remainder_happens_to_be_that_of_an_iban_is_none():
    reference = "AD66" + "0" * 28
    assert int(reference[4:] + "1013" + reference[2:4]) % 97 == 1

    assert Redactor(b"key").text(f"[{reference}]") == f"[{reference}]"


@pytest.mark.parametrize(
    "text",
    [
        "bsn 1112.22.333",
        "bsn 111.222.333 van hem",
        "bsn 111 222 333",
        "BSN 12345672.",
        '{"SoSe": "12345672"}',
        "burgerservicenummer: 1234.56.72",
        "iban NL91.ABNA.0417.1643.00",
        "iban NL91-ABNA-0417-1643-00",
        "mail jan@bücher.example",
        "mail jörg@example.nl",
        "mail jan@xn--bcher-kva.example",
        'mail "jan de vries"@example.nl',
        json.dumps({"mail": '"jan de vries"@example.nl'}),
        "mail=jan%40example.nl&x=1",
        encoded("naam;bsn\r\nJansen;111222333\r\n"),
        encoded(json.dumps({"mail": "jan@example.nl"}, indent=2)),
        base64.encodebytes(b"regel een\nbsn 111222333\n" * 6).decode(),
    ],
)
def test_personal_data_is_recognised_as_people_write_it(text):
    redacted = Redactor(b"key").text(text)

    assert redacted != text or not text
    assert not any(each in redacted for each in ("222", "5672", "56.72", "0417", "vries", "jan@"))


@pytest.mark.parametrize(
    "text",
    [
        "order 12345672",
        "bedrag 1.234.567,89",
        "bedrag 111.222.334",
        "bedrag 111.222.333",
        "IP 111.222.333.12",
        "versie 111.222.333.4",
        "datum 2026.11.30 en 30-11-2026",
        "bsn staat niet in 20261130 en 500001",
        '{"@odata.context": "x", "rows": []}',
        "a @b.c d",
        "https://example.nl/a?b=c",
        "user@localhost",
    ],
)
def test_what_people_write_that_is_no_personal_data_stays(text):
    assert Redactor(b"key").text(text) == text


@pytest.mark.parametrize("before", ["", "naam: ", "\u00e9\u00e8", "PjA5x"])
def test_a_private_value_is_found_inside_base64_whatever_stands_beside_it(before):
    values = PrivateValues()
    values.add("Zwartewaterschans")
    text = f"{encoded('order 12')} {before}{encoded('Zwartewaterschans')} {encoded('order 13')}"

    redacted = Redactor(b"key").text(text, private=values)

    assert encoded("Zwartewaterschans")[4:20] not in redacted


def test_a_token_in_ascii85_is_found_between_the_quotes_of_json():
    data = next(
        each
        for each in (hashlib.sha256(bytes([at])).hexdigest().upper() for at in range(99))
        if b'"' in base64.a85encode(each.encode())
    )
    redactor = Redactor(b"key")
    redactor.add_secret(Secret(TOKEN.replace(DATA, data)))
    packed = base64.a85encode(data.encode()).decode()

    for text in (packed, json.dumps(packed), json.dumps(json.dumps({"key": packed}))):
        assert redactor.find_secrets(text.encode()) == ("token",)


@pytest.mark.parametrize("alphabet", range(3), ids=["base85", "ascii85", "z85"])
def test_hexadecimal_digits_are_found_in_base85_in_either_case_wherever_they_begin(alphabet):
    secrets = [hashlib.sha256(bytes([at])).hexdigest()[: 32 + at % 33] for at in range(99)]
    redactor = Redactor(b"key")
    for each in secrets:
        redactor.add_secret(Secret(each))

    for at, each in enumerate(secrets):
        for written in (each, each.upper()):
            packed = "x" * (at % 5) + base85_forms(written)[alphabet]
            for text in (packed, json.dumps(packed), json.dumps(json.dumps({"key": packed}))):
                assert redactor.find_secrets(text.encode()) == ("token",), text


def test_a_text_that_was_seen_is_looked_at_again_once_another_secret_is_known():
    redactor = Redactor(b"key")
    secret = hashlib.sha256(b"told later").hexdigest()
    text = f"said {secret} and {DATA}"

    assert redactor.secrets(text) == text
    redactor.add_secret(Secret(secret))
    assert secret not in redactor.secrets(text)
    assert DATA in redactor.secrets(text)
    redactor.secrets(TOKEN)  # learned by its form
    assert DATA not in redactor.secrets(text)
    counts = Counter()
    assert redactor.secrets(text, counts)
    assert counts == {"token": 2}


@pytest.mark.parametrize("spelled", [TOKEN, encoded(TOKEN), quote(TOKEN), DATA[:40]])
@pytest.mark.parametrize("length", [0, 5_000])
def test_a_secret_is_found_in_a_document_whatever_it_stands_in(redactor, spelled, length):
    text = "woord " * (length // 6) + spelled
    for document in ({"a": [{"b": text}]}, {text: 1}, [1, None, text], text):
        assert redactor.find_secrets_in(document) == ("token",)
    assert redactor.find_secrets_in({"a": "woord " * 1_000, "b": [1.5, True, None]}) == ()


def test_half_of_a_secret_is_found_in_either_of_two_long_texts_of_a_document(redactor):
    for half in (DATA[:32], DATA[32:]):
        assert redactor.find_secrets_in(["woord " * 100 + half, "woord " * 100]) == ("token",)


def test_a_secret_that_many_values_of_a_document_spell_is_found(redactor):
    assert redactor.find_secrets_in([ord(each) for each in TOKEN]) == ("token",)
    assert redactor.find_secrets_in([TOKEN[at : at + 8] for at in range(0, len(TOKEN), 8)])


def test_a_text_is_known_to_be_clean_until_another_secret_is_known(redactor):
    other = "another secret, as long as those"
    text = "woord " * 100 + other

    assert not redactor.is_known_clean(text)
    assert redactor.find_secrets_in(text) == ()
    assert redactor.is_known_clean(text)
    redactor.add_secret(Secret(other), kind="secret")
    assert not redactor.is_known_clean(text)
    assert redactor.find_secrets_in(text) == ("secret",)
    assert not redactor.is_known_clean(text)


def test_a_short_text_is_undone_once_for_however_many_scenarios(redactor, monkeypatch):
    undone = []

    def counted(text, **more):
        undone.append(text)
        return views(text, **more)

    monkeypatch.setattr("koppeling_harness.traffic.redactor.views", counted)
    header = "application/json; naam=Anna%20Berg"
    assert redactor.personal(header, private=holding("Piet Post")) == header
    times = len(undone)

    assert redactor.personal(header, private=holding("Jan Jansen")) == header
    assert len(undone) == times
    assert redactor.personal(header) == header


def test_a_text_in_which_nothing_was_private_is_looked_at_again_for_other_values(redactor):
    packed = encoded("a=b; naam=Anna Berg")
    for header in ("text/plain; naam=Anna%20Berg", "naam=Anna Berg", f"x {packed}"):
        assert redactor.personal(header, private=holding("Piet Post")) == header
        assert redactor.personal(header, private=holding("Anna Berg")) != header
        assert redactor.personal(header, private=holding("Piet Post")) == header


def test_what_is_personal_by_its_form_is_replaced_and_counted_each_time(redactor):
    for text in (
        "mail: piet@voorbeeld.nl",
        "bsn 111222333",
        f"x {encoded('mail: piet@voorbeeld.nl')}",
    ):
        counts: Counter[str] = Counter()
        once = redactor.personal(text, counts, private=holding("Piet Post"))

        assert redactor.personal(text, counts, private=holding("Piet Post")) == once != text
        assert set(counts.values()) == {2}


def holding(value: str) -> PrivateValues:
    values = PrivateValues()
    values.add(value)
    return values

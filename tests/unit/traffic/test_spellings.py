"""A secret is found in whatever spelling and layout it is written; what is harmless stays."""

import base64
import gzip
import hashlib
import html
import json
import secrets
import zlib
from urllib.parse import quote

import pytest

from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic import spellings
from koppeling_harness.traffic.private_values import PrivateValues
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.traffic.view import View
from support.spellings import PARTS, SPELLINGS, b64, lines

DATA = "949C1A9CFFEF4D73A2D2BEFA1E1F6B5C0011223344556677889900AABBCCDDEE"
TOKEN = f"<token><version>1</version><data>{DATA}</data></token>"
CLIENT_SECRET = "kX3v9Q-2mZpL7sT_bR8wY4nC6hJ1dF5gA0eUqVxM2oE"
BEARER = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm5hNDIifQ.Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZg3k9X2"
ONE_DIGIT = "hpEeqx_PYgKRqxB_YyRoYjhiwTyyNh0m"
CORE = {
    TOKEN: DATA,
    DATA: DATA,
    CLIENT_SECRET: CLIENT_SECRET,
    ONE_DIGIT: ONE_DIGIT,
    BEARER: BEARER.partition(".")[2],
}
"""Of a secret what nobody knows: all tokens begin alike, and all JWTs of a kind."""
CASES = [(secret, spell) for secret in CORE for spell in SPELLINGS]
CASES += [(secret, part) for secret in (DATA, CLIENT_SECRET) for part in PARTS]


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    made = Redactor(b"key")
    made.add_secret(Secret(TOKEN))
    made.add_secret(Secret(CLIENT_SECRET), kind="secret")
    made.add_secret(Secret(ONE_DIGIT), kind="secret")
    made.add_secret(Secret(BEARER), kind="secret")
    return made


def longest(secret: str, text: str) -> int:
    """How many characters of a secret stand in a text in one piece."""
    best, at = 0, 0
    while at + best < len(secret):
        if secret[at : at + best + 1] in text:
            best += 1
        else:
            at += 1
    return best


def read(text: str) -> str:
    """What somebody can make of a text: escapes, tags and white space gone."""
    return "".join(html.unescape(text.replace("\\n", "").replace("\x1b[0m", "")).split())


@pytest.mark.parametrize(("secret", "name"), CASES)
def test_a_secret_is_replaced_in_every_spelling(redactor, secret, name):
    spell = {**SPELLINGS, **PARTS}[name]
    written, core = spell(secret), spell(CORE[secret])
    text = f"Key of today: {written} (end of it)"
    redacted = redactor.text(text)

    assert redactor.find_secrets(text.encode()) != ()
    assert redactor.find_secrets(redacted.encode()) == ()
    assert redacted.startswith("Key of tod")
    assert redacted.endswith("(end of it)")
    assert longest(core, redacted) < max(16, len(core) // 3)
    assert longest(CORE[secret], read(redacted)) < 12
    assert redactor.text(redacted) == redacted


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_secret_is_found_inside_a_body_of_json(redactor, spell):
    body = json.dumps({"KnSubject": {"Element": {"Fields": {"Ds": spell(TOKEN)}}}})
    redacted = redactor.text(body)

    assert redactor.find_secrets(redacted.encode()) == ()
    assert longest(DATA, read(redacted)) < 12


HARMLESS = {
    "digest": hashlib.sha256(b"x").hexdigest(),
    "digests": " ".join(hashlib.sha256(bytes([at])).hexdigest() for at in range(50)),
    "random base64": base64.b64encode(hashlib.shake_128(b"x").digest(6000)).decode(),
    "base64 in lines": lines(b64(hashlib.shake_128(b"y").digest(3000)), 76),
    "text in base64": b64("De koppeling leest medewerkers en schrijft uren. " * 30),
    "hex dump": hashlib.shake_128(b"z").digest(2000).hex(" "),
    "numbers": str(list(hashlib.shake_128(b"n").digest(800))),
    "uuids": " ".join(f"5f3e7a1c-9b2d-4e6f-8a1b-{at:012d}" for at in range(100)),
    "another token": secrets.token_hex(32),
    "words": "integrations integration_id 12345_100001 Profit_Employees orderbyfieldids " * 20,
    "log": "\n".join(f"2026-11-30 12:{at:02d}:07 info: 500{at:03d} geschreven" for at in range(60)),
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_is_long_and_harmless_stays(redactor, text):
    assert redactor.text(text) == text
    assert redactor.find_secrets(text.encode()) == ()


@pytest.mark.parametrize(
    "secret",
    ["integration-of-example", "ProfitRestServicesConnectors", "KnSubjectLinkPersonOrganisation"],
)
def test_a_secret_that_is_no_random_text_is_found_whole_only(secret):
    redactor = Redactor(b"key")
    redactor.add_secret(Secret(secret), kind="secret")

    assert redactor.text(f"the {secret[:-4]} is fine") == f"the {secret[:-4]} is fine"
    assert redactor.text(secret).startswith("[secret:")
    assert redactor.find_secrets(b64(f"x: {secret}").encode()) == ("secret",)


def test_other_tokens_of_the_same_kind_are_told_apart(redactor):
    other = BEARER.partition(".")[0] + ".e30.c29tZXRoaW5nIGVsc2U"

    assert redactor.text(other) == other


def test_lines_of_one_secret_become_one_placeholder(redactor):
    placeholder = redactor.placeholder("token", DATA)

    assert redactor.text(f"a\n{lines(b64(TOKEN), 76)}\nb") == f"a\n{placeholder}\nb"


def test_what_only_begins_like_something_packed_or_dumped_stays(redactor):
    text = f"H4sI{'A' * 60} eJw{'B' * 40} 1f8b08{'00' * 40}\n00000010  41 42 43 44 45 46\n"

    assert redactor.text(text) == text


@pytest.mark.parametrize("packed", [gzip.compress, zlib.compress])
@pytest.mark.parametrize("written", [b64, lambda data: b64(data).replace("/", "%2F")])
@pytest.mark.parametrize("path", ["/connectors/X/{}/Y", "/connectors/X/{}", "/eJxx/{}?skip=0"])
def test_what_is_packed_is_found_as_a_segment_of_an_address(redactor, packed, written, path):
    for number in range(20):  # some have a slash within
        text = path.format(written(packed(f"{number}{TOKEN}".encode())))

        assert redactor.secrets(text) != text, text


def test_a_packed_text_without_end_is_not_followed_for_ever(redactor):
    text = b64(gzip.compress(b"0" * 50_000_000, mtime=0))

    assert redactor.text(text) == text


@pytest.mark.parametrize("spell", [str, quote, lambda text: quote(quote(text)), str.encode])
def test_a_secret_with_an_accent_is_found_in_a_url_and_in_bytes(redactor, spell):
    secret = "wachtwoörd-van-één-beheerder"
    redactor.add_secret(Secret(secret))

    assert redactor.secrets(f"a={spell(secret)}") in {
        f"a={redactor.placeholder('token', secret)}",
        f"a=b'{redactor.placeholder('token', secret)}'",
    }


def row(at: int) -> str:
    return f"{at:08x}: 4142 4344 4546 4748 4142 4344 4546 4748  ABCDEFGHABCDEFGH"


def test_four_times_the_dump_is_hardly_more_than_four_times_the_work(monkeypatch):
    looked = []
    made = View.__init__

    def counting(view, text, where, **more):
        def counted(start, end):
            looked[-1] += 1
            return where(start, end)

        made(view, text, counted, **more)

    *others, packed = spellings._PARTS

    def counting_packed(view):
        looked[-1] += len(view.text)
        yield from packed(view)

    monkeypatch.setattr(View, "__init__", counting)
    monkeypatch.setattr(spellings, "_PARTS", (*others, counting_packed))
    for count in (100, 400):
        looked.append(0)
        for _ in spellings.views("\n".join(map(row, range(count)))):
            pass

    assert looked[1] <= 5 * looked[0]


def test_a_dump_that_ends_with_its_characters_stands_where_it_was_packed():
    row = "0020 3133 3233 3333 3433 3533 3633 3733 3833  |1323334353637383"
    text = base64.b64encode(row.encode("utf-16-be")).decode()
    places = [view.locate(0, len(view.text)) for view in spellings.views(text)]

    assert len(places) > 2
    assert all(0 <= start < end <= len(text) for start, end in places)


def test_a_private_letter_that_is_longer_in_lower_case_breaks_nothing_off(redactor):
    private = PrivateValues()
    private.add("Piet van den Berg")
    text = ("\u0130" * 30 + " Piet van den Berg").encode().hex()

    assert redactor.text(text, private=private) != text


class Counted(bytes):
    """Bytes that count how often they are gone through from end to end."""

    times = 0

    def translate(self, *args, **more):
        self.times += 1
        return super().translate(*args, **more)


def test_bytes_with_many_texts_in_them_are_not_gone_through_for_each():
    data = Counted(b"hello world, it is text\0\0" * 100)

    assert len(list(spellings._texts(data))) == 100
    assert data.times <= 2


def test_what_a_text_says_is_reckoned_once_for_secrets_and_for_words(monkeypatch):
    reckoned = []
    *others, packed = spellings._PARTS

    def counting_packed(view):
        reckoned.append(view.text)
        yield from packed(view)

    monkeypatch.setattr(spellings, "_PARTS", (*others, counting_packed))
    for_words = (*spellings._PARTS_FOR_WORDS[:-1], counting_packed)
    monkeypatch.setattr(spellings, "_PARTS_FOR_WORDS", for_words)
    text = f"{b64('hello world, it is text')} Anna%20Berg"
    undone: spellings.Undone = {}
    for_secrets = [each.text for each in spellings.views(text, undone=undone)]
    once = len(reckoned)
    for_words = [each.text for each in spellings.views(text, words=True, undone=undone)]

    assert "hello world, it is text" in "".join(for_secrets)
    assert [each for each in for_words if "Anna Berg" in each]  # a blank is no secret, and a word
    assert not [each for each in for_secrets if "Anna Berg" in each]
    assert set(reckoned[once:]).isdisjoint(reckoned[:once])


def test_what_was_left_off_for_want_of_room_is_reckoned_again(monkeypatch):
    monkeypatch.setattr(spellings, "_ROOM", 0)
    monkeypatch.setattr(spellings, "_ROOM_AT_LEAST", 1)
    text = f"{b64('hello world, it is text')} \\x41 {b64('another text, after that')}"
    undone: spellings.Undone = {}
    few = list(spellings.views(text, undone=undone))
    monkeypatch.undo()

    assert len(few) == 2
    assert [each.text for each in spellings.views(text, undone=undone)] == [
        each.text for each in spellings.views(text)
    ]


def test_no_more_is_undone_than_four_times_a_text(monkeypatch):
    monkeypatch.setattr(spellings, "_ROOM_AT_LEAST", 0)
    text = "\n".join(b64(f"{at} hello world %41 &lt; \\x41 =41 " * 40) for at in range(40))
    read = list(spellings.views(text))
    longest_one = max(len(each.text) for each in read[1:])

    assert sum(len(each.text) for each in read[1:]) <= 4 * len(text) + longest_one


def test_what_is_no_longer_undone_is_searched_as_it_stands(monkeypatch, redactor):
    monkeypatch.setattr(spellings, "_ROOM", 0)
    monkeypatch.setattr(spellings, "_ROOM_AT_LEAST", 0)

    assert redactor.find_secrets(f"a room of nought: {TOKEN}".encode()) == ("token",)
    assert redactor.find_secrets(f"a room of nought: {b64(TOKEN)}".encode()) == ()


def test_a_secret_is_replaced_wherever_an_equal_text_stands(redactor):
    packed = b64(f"before {quote(TOKEN, safe='')} after")
    redacted = redactor.text("\n-- \n".join([packed] * 5))

    assert redacted.count(redactor.placeholder("token", DATA)) == 5
    assert redactor.find_secrets(redacted.encode()) == ()

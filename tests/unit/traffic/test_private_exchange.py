"""What is private is replaced wherever it stands, and what is harmless stays."""

import base64
import json
import quopri
import string
import unicodedata
from dataclasses import replace
from urllib.parse import parse_qs, quote, quote_plus, unquote

import pytest

from koppeling_harness.model.exchange import Exchange, Recording, TriggerRecord
from koppeling_harness.model.manifest import PrivacyField, UpdateConnectorUse
from koppeling_harness.model.shape import Text
from koppeling_harness.traffic.private_exchange import NOT_KEPT, Privacy
from koppeling_harness.traffic.redactor import Redactor
from support.exchanges import READS, WRITES, Tape, a_manifest

NAME = "Annelies Meulen"
IBAN = "NL02BANK0123456780"
PATH = f"/connectors/{READS}"
REASON = Text(nl="x", en="x")
MANIFEST = a_manifest(
    privacy_fields=tuple(
        PrivacyField(connector=connector, field=field, reason=REASON)
        for connector, field in (
            (READS, "Name"),
            (READS, "Gender"),
            (READS, "Born"),
            (READS, "House"),
            (READS, "Salary"),
            ("KnOrganisation", "KnBankAccount.Iban"),
        )
    ),
    update_connectors=(
        UpdateConnectorUse(id=WRITES, fields=("DaTi",)),
        UpdateConnectorUse(id="KnOrganisation", fields=("KnBankAccount.Iban",)),
    ),
)


@pytest.fixture
def run() -> Redactor:
    return Redactor(b"key")


@pytest.fixture
def privacy(run: Redactor) -> Privacy:
    return Privacy(run, MANIFEST)


def called(method: str = "GET", path: str = PATH, **values) -> Exchange:
    return Tape().call(method, path, **values).exchanges[0]


def answer(*rows: dict, **values) -> Exchange:
    return called(response_body=json.dumps({"skip": 0, "take": 1, "rows": list(rows)}), **values)


def body_of(privacy: Privacy, body: str) -> str:
    return privacy.exchange(called(response_body=body)).response_body or ""


# by place


def test_private_members_are_replaced_and_the_layout_stays(privacy, run):
    name = run.placeholder("field", "Jan")

    assert body_of(privacy, '{ "rows" : [ { "Name" : "Jan",\r\n "Nr": 7 } ] }') == (
        f'{{ "rows" : [ {{ "Name" : "{name}",\r\n "Nr": 7 }} ] }}'
    )


def test_numbers_and_keys_are_private_too(privacy):
    fields = json.loads(body_of(privacy, '{"@name":"Jan","Salary":-12.50,"Born":"1990-01-01"}'))

    assert all(value.startswith("[field:") for value in fields.values())


def test_an_empty_private_field_stays_empty(privacy):
    assert body_of(privacy, '{"Name":null}') == '{"Name":null}'


def test_a_private_value_with_quotes_in_it_goes_whole(privacy):
    redacted = json.loads(body_of(privacy, r'{"Name":"a\"b\\","Nr":1}'))

    assert redacted["Nr"] == 1
    assert redacted["Name"].startswith("[field:")


def test_a_private_value_that_was_cut_off_goes_too(privacy):
    cut = '{"rows":[{"Name":"Ja\n[truncated: 2000000 bytes in all]'

    assert '"Ja' not in body_of(privacy, cut)


def test_fields_of_another_connector_are_not_private(privacy):
    other = called("POST", f"/connectors/{WRITES}", request_body='{"Name":"Jan"}')

    assert privacy.exchange(other).request_body == '{"Name":"Jan"}'


def test_filter_values_of_private_fields_are_replaced(privacy, run):
    query = "filterfieldids=Nr,Name&filtervalues=7,Jan&operatortypes=1,1&take=5"
    name = run.placeholder("field", "Jan")

    assert privacy.exchange(called(query=query)).query == (
        f"filterfieldids=Nr,Name&filtervalues=7,{name}&operatortypes=1,1&take=5"
    )


FIELDS = [
    {"@FieldId": "Name", "#text": NAME, "@OperatorType": "1"},
    {"@FieldId": "Nr", "#text": "7", "@OperatorType": "1"},
]
FILTER = json.dumps({"Filters": {"Filter": {"Field": FIELDS}}})


def test_filter_values_in_json_are_replaced_and_the_others_stay(privacy):
    query = privacy.exchange(called(query="filterjson=" + quote(FILTER))).query
    (text,) = parse_qs(query)["filterjson"]
    name, number = json.loads(text)["Filters"]["Filter"]["Field"]

    assert name["#text"].startswith("[field:")
    assert number["#text"] == "7"


QUERIES = {
    "once": "filterjson=" + quote(FILTER),
    "twice": "filterjson=" + quote(quote(FILTER)),
    "three times": "filterjson=" + quote(quote(quote(FILTER))),
    "other case": "FilterJSON=" + quote(FILTER.replace("FieldId", "fieldid")),
    "broken": "filterjson=" + quote(FILTER[:-3]),
    "given twice": "filterfieldids=Nr&filterfieldids=Name&filtervalues=7&filtervalues="
    + quote(NAME),
    "more values than names": f"filterfieldids=Name&filtervalues=7,{quote(NAME)}",
    "name encoded": f"filterfieldids=%4eame&filtervalues={quote(NAME)}",
    "value encoded twice": f"filterfieldids=Name&filtervalues={quote(quote(NAME))}",
    "every character encoded": "filterfieldids=Name&filtervalues="
    + "".join(f"%{ord(char):02x}" for char in NAME),
    "key encoded": f"filter%66ieldids=Name&filter%76alues={quote(NAME)}",
    "plus": f"filterfieldids=Name&filtervalues={NAME.replace(' ', '+')}",
    "elsewhere": f"filterfieldids=Name&filtervalues={quote(NAME)}&q={quote(NAME)}",
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_a_filter_on_a_private_field_is_not_kept_in_whatever_shape(privacy, query):
    kept = privacy.exchange(called(query=query)).query
    for _ in range(4):
        kept = unquote(kept)

    assert "Meulen" not in kept
    assert "Annelies" not in kept


def test_filter_values_in_the_path_are_replaced(privacy, run):
    name = run.placeholder("field", "Jan")
    kept = privacy.exchange(called(path=f"{PATH}/Name,Nr/Jan,7")).path

    assert kept == f"{PATH}/Name,Nr/{name},7"
    assert privacy.exchange(called(path=f"{PATH}/{READS}/@Nr/7")).path == f"{PATH}/{READS}/@Nr/7"


BODIES = {
    "form": f"Name={quote(NAME)}&x=1",
    "xml": f"<Name>{NAME}</Name>",
    "multipart": f'--b\r\nContent-Disposition: form-data; name="Name"\r\n\r\n{NAME}\r\n--b--',
    "broken": f'{{"Name": "{NAME}", ',
    "single quotes": f"{{'Name': '{NAME}'}}",
    "text": f"Beste {NAME}",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_body_that_is_not_understood_is_not_kept(privacy, body):
    kept = privacy.exchange(called("POST", "/connectors/KnOrganisation", request_body=body))

    assert (kept.request_body or "").startswith(NOT_KEPT)
    assert str(len(body)) in (kept.request_body or "")


def test_of_an_undeclared_connector_no_value_is_kept(privacy):
    row = {"Name": "Piet Jansen", "Born": "1980-02-03", "Phone": "06-12345678", "Active": True}
    kept = privacy.exchange(answer(row, path="/connectors/Undeclared_People")).response_body or ""

    assert set(json.loads(kept)["rows"][0]) == set(row)
    assert not any(value in kept for value in ("Jansen", "1980", "1234"))


def test_the_error_of_an_undeclared_connector_stays_readable(privacy):
    body = '{"errorNumber":26,"externalMessage":"Geen rechten","profitLogReference":"A1B2"}'
    kept = privacy.exchange(
        called(path="/connectors/Undeclared_People", status=403, response_body=body)
    )

    assert kept.response_body == body


def test_of_a_file_digest_size_and_sort_are_kept(privacy):
    data = base64.b64encode(b"%PDF-1.7 " + b"x" * 3000).decode()
    body = json.dumps({"KnSubjectAttachment": {"FileName": "a.pdf", "FileStream": data}})
    sent = called("POST", f"/connectors/{WRITES}", request_body=body)
    kept = privacy.exchange(sent).request_body or ""

    assert data[:40] not in kept
    assert json.loads(kept)["KnSubjectAttachment"]["FileStream"].endswith("] 3009 bytes, pdf")


# by value


SEEN = {
    "Name": NAME,
    "Gender": "M",
    "Born": "1980-02-03T00:00:00Z",
    "House": "12",
    "Salary": 123456,
}

SPELLED = {
    "plain": NAME,
    "upper case": NAME.upper(),
    "json": json.dumps({"naam": NAME}),
    "url": quote(NAME),
    "url twice": quote(quote(NAME)),
    "entities": "".join(f"&#{ord(char)};" for char in NAME),
    "escapes": "".join(f"\\u{ord(char):04x}" for char in NAME),
    "two blanks": NAME.replace(" ", "  "),
    "over two lines": NAME.replace(" ", "\n"),
    "in a table": NAME.replace(" ", " " * 24),
    "in cells": f"| {NAME.replace(' ', '             | ')}          |",
    "in columns of tabs": NAME.replace(" ", "\t\t\t\t\t"),
    "underscore": NAME.replace(" ", "_"),
    "base64": base64.b64encode(f"Beste {NAME}, welkom".encode()).decode(),
    "base64 of lines": base64.b64encode(f"naam;plaats\r\n{NAME};Amersfoort\r\n".encode()).decode(),
    "base64 of json": base64.b64encode(json.dumps({"a": NAME}, indent=2).encode()).decode(),
    "base64 in lines": base64.encodebytes(f"Beste {NAME}, ".encode() * 5).decode(),
    "hex": f"Beste {NAME}".encode().hex(),
    "a date in Dutch": "geboren 03-02-1980",
    "a date": "born 1980-02-03",
    "a number": "salaris 123456 per jaar",
}


@pytest.mark.parametrize("text", SPELLED.values(), ids=SPELLED.keys())
def test_a_value_that_a_private_field_held_is_replaced_in_every_text(privacy, text):
    privacy.see([answer(SEEN)])
    kept = privacy.text(text)

    assert "[" in kept
    assert "meulen" not in unquote(unquote(kept)).lower()
    assert text not in kept


ACCENTED = "Fietsen Zoë Kwispelstaart"
APART = unicodedata.normalize("NFD", ACCENTED)
ACCENTED_SPELLED = {
    "plain": str,
    "upper case": str.upper,
    "url": quote,
    "form": quote_plus,
    "url twice": lambda text: quote(quote(text)),
    "url four times": lambda text: quote(quote(quote(quote(text)))),
    "url of every byte": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "bytes of Python": lambda text: repr(text.encode()),
    "bytes of Python in JSON": lambda text: json.dumps(repr(text.encode())),
    "octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "json": json.dumps,
    "json in a url": lambda text: quote(json.dumps(text, ensure_ascii=False)),
    "read as Latin-1": lambda text: text.encode().decode("latin-1"),
    "base64": lambda text: base64.b64encode(f"Beste {text}, welkom".encode()).decode(),
    "base64 in a url": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
    "hex": lambda text: text.encode().hex(),
}


@pytest.mark.parametrize("written", [ACCENTED, APART], ids=["composed", "accents apart"])
@pytest.mark.parametrize("held", [ACCENTED, APART], ids=["held composed", "held apart"])
@pytest.mark.parametrize("spell", ACCENTED_SPELLED.values(), ids=ACCENTED_SPELLED.keys())
def test_a_value_with_an_accent_is_replaced_in_every_text(privacy, spell, held, written):
    privacy.see([answer({"Name": held})])
    text = spell(written)
    kept = privacy.text(f"a={text}&b=1")

    assert "[" in kept
    assert text[:8] not in kept
    assert text[-8:-2] not in kept


@pytest.mark.parametrize(
    "name", ["Ångström", "Ødegård", "Жукова", "Łukasiewicz", "Straßenbahn", "王小明李四"]
)
def test_a_name_of_other_letters_is_replaced_in_a_query(privacy, name):
    privacy.see([answer({"Name": name})])

    assert privacy.text(f"a={quote(name)}&b={quote(name)}").count("[field:") == 2


def test_a_value_with_an_accent_stays_nowhere_in_another_call(privacy):
    privacy.see([answer({"Name": ACCENTED})])
    said = quote(ACCENTED)
    other = called(
        "POST",
        f"/metainfo/{said}",
        query=f"filtervalues={said}",
        request_headers=(("X-Name", said),),
        request_body=f"name={quote_plus(ACCENTED)}",
    )
    kept = privacy.exchange(replace(other, number=2))

    assert "Kwispelstaart" not in repr(kept)
    assert "Zo" not in repr(kept)


def test_other_words_with_accents_stay(privacy):
    privacy.see([answer({"Name": ACCENTED})])
    text = "a=Caf%C3%A9%20Zo%C3%AB&b=re\u0301sume\u0301&c=" + repr("geïnd €12".encode())

    assert privacy.text(text) == text


def test_a_value_is_replaced_in_headers_answers_and_other_calls(privacy):
    message = f"Iban {IBAN} is niet geldig"
    refused = called(
        "PUT",
        "/connectors/KnOrganisation",
        status=500,
        request_body=json.dumps({"KnBankAccount": {"Iban": IBAN}}),
        response_body=json.dumps({"externalMessage": message}),
        response_headers=(("X-PROFIT-ERROR", base64.b64encode(message.encode()).decode()),),
    )
    named = ((f"X-{IBAN}", "1"),)
    query = f"x={IBAN[:4]}%20{IBAN[4:]}"
    other = replace(called(path="/metainfo", query=query, request_headers=named), number=2)
    kept = privacy.kept(Recording(exchanges=(refused, other)))
    shown = repr(kept)

    assert "0123456780" not in shown
    assert base64.b64encode(message.encode()).decode()[8:24] not in shown


def test_equal_values_stay_comparable(privacy, run):
    privacy.see([answer(SEEN)])

    assert privacy.text(f"a {NAME}, b {NAME}").count(run.placeholder("field", NAME)) == 2


def test_what_an_operation_was_given_is_hidden_where_a_private_field_held_the_same(privacy, run):
    given = {"customers": [{"nr": "W-1", "lastName": NAME, "sex": "M", "born": 1980, "new": True}]}
    told = TriggerRecord(operation="push", input=given, ok=True)
    recording = Recording(exchanges=(answer(SEEN),), triggers=(told,))
    (customer,) = privacy.kept(recording).triggers[0].input["customers"]

    assert customer["lastName"] == run.placeholder("field", NAME)
    assert (customer["nr"], customer["born"], customer["new"]) == ("W-1", 1980, True)


def test_a_short_value_is_replaced_as_the_whole_of_a_member_only(privacy):
    privacy.see([answer({"Name": "Jan"})])
    body = '{"naam":"Jan","maand":"Jan 2026"}'
    kept = privacy.exchange(
        replace(called("POST", f"/connectors/{WRITES}", request_body=body), number=2)
    )

    assert json.loads(kept.request_body or "")["naam"].startswith("[field:")
    assert json.loads(kept.request_body or "")["maand"] == "Jan 2026"
    assert privacy.text("in Jan was het koud") == "in Jan was het koud"


@pytest.mark.parametrize("held", ["Zoë", unicodedata.normalize("NFD", "Zoë")])
@pytest.mark.parametrize("written", ["Zoë", "Zoe\u0308", r"Zo\u00eb", r"Zoe\u0308"])
def test_a_short_value_with_an_accent_is_replaced_however_it_is_written(privacy, held, written):
    privacy.see([answer({"Name": held})])
    other = called("POST", f"/connectors/{WRITES}", request_body=f'{{"naam":"{written}"}}')
    kept = privacy.exchange(replace(other, number=2))

    assert json.loads(kept.request_body or "")["naam"].startswith("[field:")


HARMLESS = [
    *(
        "M",
        "V",
        "de",
        "van",
        "12",
        "7",
        "7.5",
        "1000",
        "99999",
        "true",
        "false",
        "NL",
        "EUR",
        "uur",
    ),
    *("2026-11-30", "2026-11-30T08:00:00Z", "08:30", "0", "-1", "1e3", "3,14", "10%", "A4", "kg"),
    *(f"P-{number}" for number in range(40)),
    *(str(number) for number in range(13, 73)),
    *(a + b for a in string.ascii_lowercase[:8] for b in string.ascii_lowercase[:9]),
]


def test_two_hundred_short_and_common_values_do_no_harm(privacy):
    rows = [{"Name": word, "Gender": word, "House": word, "Salary": word} for word in HARMLESS]
    privacy.see([answer(*rows)])
    text = " ".join(f"<{word}>" for word in HARMLESS)
    body = json.dumps({"Sc": "M", "Qu": 12, "Un": "kg", "Da": "2026-11-30", "Ds": text})
    sent = replace(called("POST", f"/connectors/{WRITES}", request_body=body), number=2)

    assert len(HARMLESS) >= 196
    assert privacy.text(text) == text
    assert privacy.exchange(sent).request_body == body


def test_names_of_the_harness_and_of_the_manifest_are_nobodys(privacy):
    privacy.see([answer({"Name": "urenportaal"}, {"Name": "EmployeeId"}, {"Name": READS})])
    text = f"urenportaal reads EmployeeId of {READS}"

    assert privacy.text(text) == text


def test_whole_words_only(privacy):
    privacy.see([answer({"Name": "Meulen"})])

    assert privacy.text("Vermeulen en Meulenbelt") == "Vermeulen en Meulenbelt"
    assert "Meulen" not in privacy.text("mevrouw Meulen.")

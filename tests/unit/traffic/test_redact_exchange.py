import json
from urllib.parse import parse_qs, quote

import pytest

from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.redact_exchange import ExchangeRedactor
from koppeling_harness.traffic.redactor import Redactor

PATH = "/connectors/Uren"


@pytest.fixture
def run() -> Redactor:
    return Redactor(b"key")


@pytest.fixture
def redactor(run: Redactor) -> ExchangeRedactor:
    return ExchangeRedactor(run, {"Uren": frozenset({"Name", "KnPerson.BiDa", "Salary"})})


def test_private_members_are_replaced_and_the_layout_stays(redactor, run):
    name = run.placeholder("field", "Jan")
    body = '{ "rows" : [ { "Name" : "Jan",\r\n "Nr": 7 } ] }'

    assert redactor.body(body, PATH) == (f'{{ "rows" : [ {{ "Name" : "{name}",\r\n "Nr": 7 }} ] }}')


def test_numbers_and_keys_and_sub_objects_are_private_too(redactor):
    body = '{"Fields":{"@name":"Jan","Salary":-12.50,"BiDa":"1990-01-01"}}'
    fields = json.loads(redactor.body(body, PATH))["Fields"]

    assert all(value.startswith("[field:") for value in fields.values())
    assert redactor.counts["field"] == 3


def test_an_empty_private_field_stays_empty(redactor):
    assert redactor.body('{"Name":null}', PATH) == '{"Name":null}'


def test_a_private_value_with_quotes_in_it_goes_whole(redactor):
    redacted = redactor.body(r'{"Name":"a\"b\\","Nr":1}', PATH)

    assert json.loads(redacted)["Nr"] == 1
    assert "b" not in json.loads(redacted)["Name"].partition(":")[0]


def test_a_private_value_that_was_cut_off_goes_too(redactor):
    assert "Ja" not in redactor.body('{"rows":[{"Name":"Ja', PATH)


def test_fields_of_another_connector_are_not_private(redactor):
    assert redactor.body('{"Name":"Jan"}', "/connectors/Andere") == '{"Name":"Jan"}'


def test_filter_values_of_private_fields_are_replaced(redactor, run):
    query = "filterfieldids=Nr,Name&filtervalues=7,Jan&operatortypes=1,1&take=5"
    name = run.placeholder("field", "Jan")

    assert redactor.query(query, PATH) == (
        f"filterfieldids=Nr,Name&filtervalues=7,{name}&operatortypes=1,1&take=5"
    )


def test_filter_values_in_json_are_replaced(redactor):
    fields = [
        {"@FieldId": "Name", "#text": "Jan", "@OperatorType": "1"},
        {"@FieldId": "Nr", "#text": "7", "@OperatorType": "1"},
    ]
    query = "filterjson=" + quote(json.dumps({"Filters": {"Filter": {"Field": fields}}}))
    (text,) = parse_qs(redactor.query(query, PATH))["filterjson"]
    name, number = json.loads(text)["Filters"]["Filter"]["Field"]

    assert name["#text"].startswith("[field:")
    assert number["#text"] == "7"


def test_a_filter_that_is_not_json_does_no_harm(redactor):
    assert redactor.query("filterjson=%7B", PATH) == "filterjson=%7B"


def test_filter_values_in_the_path_are_replaced(redactor, run):
    name = run.placeholder("field", "Jan")

    assert redactor.path(f"{PATH}/Name,Nr/Jan,7") == f"{PATH}/Name,Nr/{name},7"
    assert redactor.path(f"{PATH}/Uren/@Nr/7") == f"{PATH}/Uren/@Nr/7"


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("Bearer abcdefghijklmnopqrst", "Bearer [token:"),
        ("DPoP abcdefghijklmnopqrst", "DPoP [token:"),
        ("Basic abcdefghijklmnopqrst", "Basic [token:"),
        ("AfasToken nonsense", "AfasToken <other> [token:"),
        ("nonsense", "[token:"),
    ],
)
def test_the_scheme_of_a_token_stays(redactor, value, form):
    ((_, redacted),) = redactor.headers([(b"Authorization", value.encode())])

    assert redacted.startswith(form)
    assert value.split()[-1] not in redacted


def test_a_bearer_token_is_known_from_then_on(redactor, run):
    token = "eyJhbGciOiJSUzI1NiJ9.abcdef"
    redactor.headers([(b"authorization", f"Bearer {token}".encode())])

    assert run.find_secrets(f"log: {token}".encode()) == ("token",)


def test_headers_that_hold_secrets_are_replaced(redactor):
    headers = [(b"Cookie", b"session=1"), (b"X-Other", b"plain"), (b"IntegrationId", b"1_2")]
    redacted = dict(redactor.headers(headers))

    assert redacted["Cookie"].startswith("[secret:")
    assert (redacted["X-Other"], redacted["IntegrationId"]) == ("plain", "1_2")


def test_oauth_secrets_are_replaced_in_forms_answers_and_urls(redactor, run):
    form = "grant_type=refresh_token&client_secret=abcdefghijklmnop&refresh_token=x%2By"
    answer = '{"access_token":"qrstuvwxyzabcdefgh","expires_in":3600}'
    location = [(b"location", b"https://partner.example/back?code=12345&state=1")]

    sent = redactor.body(form, "/oauth/token")
    assert sent.startswith("grant_type=refresh_token&client_secret=[secret:")
    assert "x%2By" not in sent
    assert json.loads(redactor.body(answer, "/oauth/token"))["expires_in"] == 3600
    assert run.find_secrets(b"abcdefghijklmnop qrstuvwxyzabcdefgh") == ("secret",)
    ((_, url),) = redactor.headers(location)
    assert "12345" not in url
    assert url.endswith("&state=1")


def test_a_secret_in_a_url_leaves_its_placeholder(redactor, run):
    run.add_secret(Secret("an OAuth secret that is long enough"), kind="secret")
    query = "a=an%20OAuth%20secret%20that%20is%20long%20enough"

    assert redactor.query(query, "/metainfo").startswith("a=[secret:")

import json

import pytest

from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.redact_exchange import ExchangeRedactor
from koppeling_harness.traffic.redactor import Redactor

PATH = "/connectors/Uren"
TOKEN_DATA = "949C1A9CFFEF4D73A2D2BEFA1E1F6B5C0011223344556677889900AABBCCDDEE"


@pytest.fixture
def run() -> Redactor:
    return Redactor(b"key")


@pytest.fixture
def redactor(run: Redactor) -> ExchangeRedactor:
    return ExchangeRedactor(run)


def test_what_is_private_and_no_secret_stays_to_be_judged(redactor):
    body = '{"Name":"Jan","Mail":"jan@example.nl","SoSe":"111222333"}'

    assert redactor.body(body, PATH) == body
    assert redactor.query("filtervalues=Jan", PATH) == "filtervalues=Jan"
    assert redactor.path(f"{PATH}/Name/Jan") == f"{PATH}/Name/Jan"


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


def test_a_secret_in_the_name_of_a_header_is_replaced(redactor, run):
    run.add_secret(Secret(TOKEN_DATA))
    ((name, value),) = redactor.headers([(b"X-" + TOKEN_DATA.lower().encode(), b"1")])

    assert name.startswith("X-[token:")
    assert value == "1"


def test_a_secret_over_several_headers_is_in_none_of_them(redactor, run):
    run.add_secret(Secret(TOKEN_DATA))
    half = len(TOKEN_DATA) // 2
    sent = [(b"A", TOKEN_DATA[:half].encode()), (b"B", TOKEN_DATA[half:].encode())]
    redacted = redactor.headers(sent)

    assert [name for name, _ in redacted] == ["A", "B"]
    assert not any(TOKEN_DATA[at : at + 8] in str(redacted) for at in range(0, 56, 8))

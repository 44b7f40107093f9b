"""A client of OAuth that is not ours signs in over sockets, through the recording gateway."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
import requests
import trustme
from requests_oauth2client import (
    DPoPKey,
    InvalidClient,
    OAuth2Client,
    PrivateKeyJwt,
)

from contract.erp1.table import shows
from koppeling_harness.emulator import AppConnector, Erp1
from koppeling_harness.traffic.har import to_har
from support.gateway import Served
from support.signing import certificate_of, key, sha1

BACK = "https://app.example/back"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """Let everything in this process trust one authority more."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@pytest.fixture
def profit_9():
    """Serve Profit 9 behind the gateway."""
    erp1 = Erp1(release="Profit 9", rows=3)
    with Served(erp1.app) as served:
        yield erp1, served
    erp1.close()


def opened(profit_9, **options):
    erp1, served = profit_9
    app = AppConnector(client_id="acme", redirect_uris=(BACK,), **options)
    access = erp1.open_environment(name="T12345AA", app_connector=app)
    served.open()
    return f"http://127.0.0.1:{served.port}{access.path}"


def session():
    made = requests.Session()
    made.trust_env = False
    return made


def client_of(base, auth, http):
    return OAuth2Client(f"{base}/oauth/token", auth=auth, session=http, testing=True)


def test_private_key_jwt_as_an_independent_client_does_it(profit_9):
    certificate = certificate_of(key("PS256"))
    base = opened(profit_9, certificates=(certificate,))
    private = key("PS256") | {"kid": sha1(certificate).hex()}

    with session() as http:
        auth = PrivateKeyJwt("acme", private, alg="PS256")
        token = client_of(base, auth, http).client_credentials()
        rows = http.get(f"{base}/connectors/Profit_Article?take=2", auth=token).json()["rows"]

    assert token.token_type == "Bearer"
    assert len(rows) == 2


@pytest.mark.parametrize("quirks", [{}, {"dpop_nonce_on_calls": "required"}])
def test_dpop_as_an_independent_client_does_it(quirks):
    erp1 = Erp1(release="Profit 9", rows=3, quirks=quirks)
    with Served(erp1.app) as served, session() as http:
        base = opened((erp1, served), public=True)
        client = OAuth2Client(
            f"{base}/oauth/token",
            client_id="acme",
            authorization_endpoint=f"{base}/oauth/authorize",
            redirect_uri=BACK,
            session=http,
            dpop_bound_access_tokens=True,
            testing=True,
        )
        ask = client.authorization_request(dpop_key=DPoPKey.generate("ES256"))
        sent_to = http.get(ask.uri, allow_redirects=False).headers["location"]
        token = client.authorization_code(ask.validate_callback(sent_to))
        first = http.get(f"{base}/connectors/Profit_Article?take=2", auth=token)
        other = http.get(f"{base}/metainfo", auth=token)
        again = client.refresh_token(token)
        second = http.get(f"{base}/profitversion", auth=again)
        stolen = http.get(
            f"{base}/profitversion", headers={"Authorization": f"Bearer {again.access_token}"}
        )
    erp1.close()

    assert token.token_type == "DPoP"
    assert [each.status_code for each in (first, other, second, stolen)] == [200, 200, 200, 401]
    assert len(first.json()["rows"]) == 2


def test_nothing_of_signing_in_stands_in_what_is_kept(profit_9):
    certificate = certificate_of(key("ES256"))
    base = opened(profit_9, certificates=(certificate,))
    _, served = profit_9
    private = key("ES256") | {"kid": sha1(certificate).hex()}
    sent: list[requests.PreparedRequest] = []

    def keep(request):
        sent.append(request)
        return request

    with session() as http:
        client = client_of(base, PrivateKeyJwt("acme", private, alg="ES256"), http)
        client.session.hooks["response"].append(lambda answer, **_: keep(answer.request) and None)
        token = client.client_credentials(dpop=True, dpop_key=DPoPKey.generate("ES256"))
        http.get(f"{base}/connectors/Profit_Article?take=1", auth=token)
        http.get(f"{base}/profitversion", headers={"DPoP": "a-proof-that-is-not-one-at-all"})
    recording = served.recording()
    kept = json.dumps(to_har(recording, base_url=base, began_at=recording.began_at))

    asserted = [parse_qs(each.body)["client_assertion"][0] for each in sent if each.body]
    proofs = [each.headers["DPoP"] for each in sent if "DPoP" in each.headers]
    assert [each.status for each in recording.exchanges] == [400, 200, 200, 401]
    assert (token.token_type, len(asserted), len(proofs)) == ("DPoP", 2, 4)
    planted = [token.access_token, *asserted, *proofs, private["d"]]
    for secret in (part for each in planted for part in each.split(".")):
        assert secret not in kept
    assert kept.count("[secret:") >= len(asserted) + len(proofs)


class _Keys(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        status, body, more = self.server.answer
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def key_set(authority):
    """Serve a key set over HTTPS."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Keys)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.asked = 0
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    server.uri = f"https://127.0.0.1:{server.server_address[1]}/keys"
    server.answer = (200, published(key("ES256")), {})
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def published(*keys, **more):
    listed = [each.public_jwk().to_dict() | {"kid": each.kid} | more for each in keys]
    unknown = {"kty": "OKP", "crv": "Ed25519", "x": "AA"}
    return json.dumps({"keys": [unknown, {"kty": "oct", "k": "AA"}, 7, *listed]}).encode()


def sign_in(base, http, private):
    auth = PrivateKeyJwt("acme", private | {"kid": private.kid}, alg=private.alg)
    return client_of(base, auth, http).client_credentials()


@shows("oauth.jwt-jwks", "oauth.jwt-jwks-cached")
def test_the_keys_may_stand_at_an_address_and_are_fetched_once_an_hour(profit_9, trusted, key_set):
    base = opened(profit_9, jwks_uri=key_set.uri)

    with session() as http:
        for _ in range(2):
            assert sign_in(base, http, key("ES256")).token_type == "Bearer"
        key_set.answer = (200, published(key("ES256", 1)), {})
        with pytest.raises(InvalidClient, match="kid is of no key"):
            sign_in(base, http, key("ES256", 1))

    assert key_set.asked == 1


@shows("oauth.jwt-jwks-limits")
@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((302, b"", {"Location": "/other"}), "answered 302, expected 200"),
        ((200, b" " * (64 * 1024 + 1), {}), "is larger than 64 KB"),
        ((200, b"[]", {}), "expected a JSON Web Key Set"),
        ((200, published(key("ES256"), use="enc"), {}), "the client registered no key"),
        ((200, published(key("ES256"), alg="RS256"), {}), "kid is of no key"),
    ],
)
def test_a_key_set_that_may_not_be_used_is_told(profit_9, trusted, key_set, answer, problem):
    base = opened(profit_9, jwks_uri=key_set.uri)
    key_set.answer = answer

    with session() as http, pytest.raises(InvalidClient, match=problem):
        sign_in(base, http, key("ES256"))


def test_a_key_set_of_an_untrusted_server_is_not_read(profit_9, trusted, key_set, monkeypatch):
    base = opened(profit_9, jwks_uri=key_set.uri)
    monkeypatch.setenv("SSL_CERT_FILE", "")

    with session() as http, pytest.raises(InvalidClient, match="cannot be fetched"):
        sign_in(base, http, key("ES256"))
    assert key_set.asked == 0

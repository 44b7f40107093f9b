"""What nobody honest sends to the token endpoint, and what nobody honest serves as a key set."""

import base64
import hashlib
import hmac
import json
import re
import ssl
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import pytest
import requests
import trustme
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from koppeling_harness.clock import SystemClock
from koppeling_harness.emulator import AppConnector, Erp1, key_set
from koppeling_harness.emulator.jwt_rules import JwtError
from koppeling_harness.emulator.key_set import fetched_key_set
from support.erp1 import HandClock, caller
from support.gateway import Served
from support.signing import TYPE, certificate_of, key, proof, signed

FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": ""}
DEEP = "[" * 50_000


def part(content):
    text = content if isinstance(content, str) else json.dumps(content)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def claims(**changed):
    now = int(HandClock().now().timestamp())
    made = {"iss": "acme", "sub": "acme", "exp": now + 60, "jti": uuid.uuid4().hex}
    return {**made, "aud": "http://erp1.example/T12345AA/ProfitRestServices", **changed}


def by_public_key(private):
    """Sign as a client does that takes the public key for a shared secret."""
    public = private.public_jwk().cryptography_key
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims())}"
    digest = hmac.new(pem, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def with_header(**header):
    return signed(claims(), key("ES256", 1), typ="JWT", **header)


def hostile_assertions():
    mine, other = key("ES256"), key("ES256", 1)
    good = signed(claims(), mine, typ="JWT")
    head, body, signature = good.split(".")
    own = other.public_jwk().to_dict()
    return {
        "none": f"{part({'alg': 'none'})}.{part(claims())}.",
        "none, signed": f"{part({'alg': 'None'})}.{part(claims())}.{signature}",
        "no alg": f"{part({'typ': 'JWT'})}.{part(claims())}.{signature}",
        "alg is a list": f"{part({'alg': ['ES256']})}.{part(claims())}.{signature}",
        "HS256 with the public key": by_public_key(mine),
        "its own key": with_header(jwk=own),
        "a key elsewhere": with_header(jku="https://evil.example/keys", kid="x"),
        "a certificate of its own": with_header(x5c=["AAAA"], x5u="https://evil.example/"),
        "critical": signed(claims(), mine, typ="JWT", crit=["exp"], exp=1),
        "payload not encoded": signed(claims(), mine, typ="JWT", crit=["b64"], b64=False),
        "other claims": f"{head}.{part(claims(sub='acme', extra=1))}.{signature}",
        "another's claims": f"{head}.{part(claims(iss='other', sub='other'))}.{signature}",
        "nested": signed({"jwt": good}, mine, typ="JWT", cty="JWT"),
        "deep header": f"{part(DEEP)}.{body}.{signature}",
        "deep claims": f"{head}.{part(DEEP)}.{signature}",
        "huge": f"{head}.{part(claims(x='a' * 20_000))}.{signature}",
        "huge header": f"{part({'alg': 'ES256', 'x': 'a' * 9_000})}.{body}.{signature}",
        "bad base64": f"{head}.{body}!.{signature}",
        "five parts": f"{good}.a.b",
        "dots": "." * 2_000,
        "null bytes": f"{head}\x00.{body}.{signature}",
        "not ascii": f"{head}é.{body}.{signature}",
        "lone surrogate": f"{head}.{body}.\udcff",
        "claims are a list": f"{head}.{part([1])}.{signature}",
        "expired": signed(claims(exp=1), mine, typ="JWT"),
        "for ever": signed(claims(exp=10**12), mine, typ="JWT"),
        "later than any clock": signed(claims(exp=10**400), mine, typ="JWT"),
        "no moment": f"{head}.{part(json.dumps(claims()).replace('}', ', x: NaN}'))}.{signature}",
        "not yet": signed(claims(nbf=10**11), mine, typ="JWT"),
        "true": signed(claims(exp=True), mine, typ="JWT"),
        "jti is a list": signed(claims(jti=["a"]), mine, typ="JWT"),
        "empty jti": signed(claims(jti=""), mine, typ="JWT"),
        "aud is a mapping": signed(claims(aud={"a": 1}), mine, typ="JWT"),
        "port that is none": signed(claims(aud="http://erp1.example:x/"), mine, typ="JWT"),
        "kid is a path": signed(claims(), mine, typ="JWT", kid="../../etc/passwd"),
        "kid is null": f"{part({'alg': 'ES256', 'kid': None})}.{body}.{signature}",
    }


ASSERTIONS = hostile_assertions()


@pytest.fixture(scope="module")
def client():
    certificates = (certificate_of(key("ES256")),)
    app = AppConnector(client_id="acme", certificates=certificates)
    made = caller(release="Profit 9", clock=HandClock(), app_connector=app, name="T12345AA")
    yield made
    made.erp1.close()


def asked(client, token, **headers):
    form = {"grant_type": "client_credentials", "client_assertion_type": TYPE}
    content = urlencode(form | {"client_assertion": token}, errors="surrogatepass").encode()
    return client.call("POST", "/oauth/token", content, headers={**FORM, **headers})


@pytest.mark.parametrize("kind", ASSERTIONS)
def test_a_forged_or_broken_assertion_is_an_invalid_client_and_costs_nothing(client, kind):
    reply = asked(client, ASSERTIONS[kind])

    body = reply.json()
    assert (reply.status, body["error"]) == (400, "invalid_client"), kind
    assert body.get("error_description", "client assertion: ").startswith("client assertion: ")
    assert asked(client, signed(claims(), key("ES256"), typ="JWT")).status == 200


@pytest.mark.parametrize(
    "value",
    ["", ".", "..", "a.b.c", "x" * 60_000, f"{part({'alg': 'none'})}.{part({})}.", "é.é.é",
     f"{part(DEEP)}.{part(DEEP)}.x"],
)  # fmt: skip
def test_a_broken_proof_is_refused_at_the_token_endpoint_and_on_a_call(client, value):
    good = signed(claims(), key("ES256"), typ="JWT")

    reply = asked(client, good, dpop=value)
    assert (reply.status, reply.json()["error"]) == (400, "invalid_dpop_proof")
    call = client.call("GET", "/profitversion", headers={"authorization": "DPoP x", "dpop": value})
    assert (call.status, call.content) == (401, b"")
    assert asked(client, good).status == 200  # it was not spent by the proof


def test_a_proof_that_is_played_again_elsewhere_is_refused():
    app = AppConnector(client_id="acme", certificates=(certificate_of(key("ES256")),))
    client = caller(release="Profit 9", clock=HandClock(), app_connector=app, name="T12345AA")
    base = f"http://erp1.example{client.access.path}"
    now = client.environment.setup.clock.now().timestamp()

    def made(url, method="POST", **more):
        return proof(key("ES256", 1), method, url, now=now, **more)

    first = asked(
        client, signed(claims(), key("ES256"), typ="JWT"), dpop=made(f"{base}/oauth/token")
    )
    nonce = first.headers["dpop-nonce"]
    good = made(f"{base}/oauth/token", nonce=nonce)
    token = asked(client, signed(claims(), key("ES256"), typ="JWT"), dpop=good).json()
    assert token["token_type"] == "DPoP"

    def called(value, path="/profitversion"):
        headers = {"authorization": f"DPoP {token['access_token']}", "dpop": value}
        return client.call("GET", path, headers=headers).status

    bearer = token["access_token"]
    fresh = made(f"{base}/profitversion", "GET", nonce=nonce, token=bearer)
    assert called(good) == 401  # that of the token endpoint
    assert [called(fresh, "/metainfo"), called(fresh), called(fresh)] == [401, 200, 401]


class _Hostile(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        try:
            self.server.answer(self)
        except OSError:
            self.close_connection = True  # it was cut off

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def evil(authority, tmp_path, monkeypatch):
    """Serve whatever `answer` does, over HTTPS that is trusted."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    monkeypatch.setattr(key_set, "ANSWER_WITHIN_S", 0.7)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hostile)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    server.uri = f"https://127.0.0.1:{server.server_address[1]}/keys"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def begins(handler, status=200, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def trickles(handler):
    begins(handler, Content_Length="9000")
    for _ in range(600):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def trickles_before_the_body(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for at in range(600):
        handler.wfile.write(f"X-{at}: 1\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.05)


def is_silent(_handler):
    time.sleep(1.5)


def never_ends(handler):
    begins(handler)
    while True:
        handler.wfile.write(b'{"keys": [' + b" " * 65_536)


def breaks_off(handler):
    begins(handler, Content_Length="9000")
    handler.wfile.write(b'{"keys": []}')
    handler.close_connection = True


def redirects(handler):
    begins(handler, 302, Location="https://169.254.169.254/latest/meta-data/", Content_Length="0")


def answers(body, **headers):
    def answer(handler):
        begins(handler, Content_Length=str(len(body)), **headers)
        handler.wfile.write(body)

    return answer


SETS = [
    (trickles, "did not come whole within|cannot be fetched"),
    (trickles_before_the_body, "cannot be fetched|did not come whole|expected a JSON Web Key Set"),
    (is_silent, "cannot be fetched"),
    (never_ends, "larger than 64 KB"),
    (breaks_off, "did not come whole"),
    (redirects, "answered 302"),
    (answers(b"<html>"), "expected a JSON Web Key Set"),
    (answers(b""), "expected a JSON Web Key Set"),
    (answers(b"\xff\xfe"), "expected a JSON Web Key Set"),
    (answers(DEEP.encode()), "expected a JSON Web Key Set"),
    (answers(b'{"keys": {"a": 1}}'), "expected a JSON Web Key Set"),
    (answers(b'{"keys": [null, 1, [], {"kty": ["RSA"]}, {"kty": "RSA", "use": "sig"}]}'), "no key"),
    (answers(b'{"keys": []}', Cache_Control="max-age=" + "9" * 400), "no key"),
]


@pytest.mark.parametrize(("answer", "says"), SETS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_hostile_key_set_is_told_in_time_and_keeps_nobody_else_waiting(evil, answer, says):
    evil.answer = answer
    erp1 = Erp1(release="Profit 9", rows=3)
    app = AppConnector(client_id="acme", jwks_uri=evil.uri)
    access = erp1.open_environment(name="T12345AA", app_connector=app)
    replies = []
    with Served(erp1.app) as served_, requests.Session() as http:
        http.trust_env = False
        served_.open()
        base = f"http://127.0.0.1:{served_.port}{access.path}"
        now = int(SystemClock().now().timestamp())
        token = signed(claims(exp=now + 60, aud=base), key("ES256"), typ="JWT", kid="x")
        form = {"grant_type": "client_credentials", "client_assertion_type": TYPE}
        form["client_assertion"] = token
        asking = threading.Thread(
            target=lambda: replies.append(http.post(f"{base}/oauth/token", form, timeout=20))
        )
        started = time.monotonic()
        asking.start()
        with requests.Session() as other:
            other.trust_env = False
            assert other.get(f"{base}/profitversion", timeout=5).status_code == 401
        waited_s = time.monotonic() - started
        asking.join()
        took_s = time.monotonic() - started
    erp1.close()

    body = replies[0].json()
    assert (replies[0].status_code, body["error"]) == (400, "invalid_client")
    assert re.search(says, body["error_description"]), body
    assert set(evil.asked) == {"/keys"}
    assert waited_s < took_s
    assert took_s < 20  # in whole it would be half a minute


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "0.0.0.0", "[::]", "224.0.0.1"],
)
def test_an_address_where_clouds_tell_secrets_is_not_connected_to(host):
    with pytest.raises(JwtError, match="which is no address of a service"):
        fetched_key_set(f"https://{host}/latest/meta-data/")


@pytest.mark.parametrize("uri", ["https:///keys", "https://127.0.0.1:99999/", "https://[::1/"])
def test_an_address_that_is_none_is_told(uri):
    with pytest.raises(JwtError, match="cannot be fetched"):
        fetched_key_set(uri)

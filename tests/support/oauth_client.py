"""An integration that signs in with `requests_oauth2client`, in every way that AFAS documents.

It reads articles page by page. What is done wrong is a small edit on it, as in the detection table.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import trustme

from support.signing import certificate_of, key, sha1

WAYS = ("body", "basic", "key", "code", "dpop", "mtls")

BACK = "https://app.example/back"

_OAUTH = {
    "body": "{}",
    "mtls": "{}",
    "basic": "{}",
    "key": "{client_id: acme, certificates: [acme.pem]}",
    "code": f"{{redirect_uris: ['{BACK}']}}",
    "dpop": f"{{public: true, redirect_uris: ['{BACK}']}}",
}

_MANIFEST = """
id: {id}
title: {{nl: Lezer, en: Reader}}
partner: {{name: Voorbeeld B.V., subscription: "12345"}}
version: "1.0.0"
integration_id: "12345_1"
releases: ["Profit 9"]
runtime: {{kind: python}}
oauth: {oauth}{more}
get_connectors:
  - {{id: Lezer_Artikelen, copy_of: Profit_Article, fields: [ItemCode]}}
operations:
  - name: read-articles
    title: {{nl: Artikelen lezen, en: Read articles}}
    reads: [Lezer_Artikelen]
    idempotent: true
"""

_PLUGIN = '''
import os
import time
from pathlib import Path
from urllib.parse import quote_plus

import requests
from jwskate import Jwk
from koppeling_harness import OperationResult, hookimpl
from requests.adapters import HTTPAdapter
from requests_oauth2client import (
    ClientSecretBasic,
    ClientSecretPost,
    DPoPKey,
    InvalidUseDPoPNonceResponse,
    OAuth2Client,
    OAuth2Error,
    PrivateKeyJwt,
)

WAY = "{way}"
BACK = "{back}"
PAGE = 1000
HERE = Path(__file__).parent
CUSTOMERS = {{}}


class Told(Exception):
    """What the user reads."""


class Patient(HTTPAdapter):
    """Waits for short maintenance, and tries again when nothing came."""

    def send(self, request, **options):
        for number in (1, 2, 3):
            try:
                answer = super().send(request, **options)
            except requests.ConnectionError:
                if number == 3:
                    raise
                time.sleep(0.5)
                continue
            wait_s = float(answer.headers.get("Retry-After") or 0.5)
            if answer.status_code != 503 or wait_s > 5 or number == 3:
                return answer
            answer.content
            time.sleep(wait_s)


class Customer:
    def __init__(self, context):
        self.base = context.base_url
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.mount("http://", Patient())
        if WAY == "mtls":
            self.http.verify = os.environ["REQUESTS_CA_BUNDLE"]
            self.http.cert = f"{{HERE}}/client.pem"
            self.http.mount("https://", Patient())
        self.integration_id = context.integration_id
        self.token = None
        self.proof_key = DPoPKey.generate("ES256") if WAY == "dpop" else None
        self.client = self.client_of(context)

    def client_of(self, context):
        url = self.base + "/oauth/token"
        rest = {{"session": self.http, "testing": True}}
        if WAY in ("code", "dpop"):
            rest |= {{
                "authorization_endpoint": self.base + "/oauth/authorize",
                "redirect_uri": BACK,
                "dpop_bound_access_tokens": WAY == "dpop",
            }}
        if WAY == "dpop":
            return OAuth2Client(url, client_id=context.client_id, **rest)
        if WAY == "key":
            private = Jwk.from_pem((HERE / "key.pem").read_text(), kid=(HERE / "kid").read_text())
            auth = PrivateKeyJwt(context.client_id, private, alg="ES256")
        elif WAY == "basic":
            # the library leaves it to us to encode each part (RFC 6749, section 2.3.1)
            parts = context.client_id, context.client_secret
            auth = ClientSecretBasic(*map(quote_plus, parts))
        else:
            auth = ClientSecretPost(context.client_id, context.client_secret)
        return OAuth2Client(url, auth=auth, **rest)

    def sign_in(self):
        try:
            self.token = self.asked()
        except (OAuth2Error, requests.JSONDecodeError) as error:
            raise Told("Aanmelden bij AFAS lukt niet. Laat de beheerder ernaar kijken.") from error
        except requests.ConnectionError as error:
            raise Told("AFAS is niet bereikbaar.") from error

    def asked(self):
        if WAY not in ("code", "dpop"):
            return self.client.client_credentials()
        before = self.token
        if before is not None:
            return self.client.refresh_token(before)
        asked = self.client.authorization_request(dpop_key=self.proof_key)
        sent_to = self.http.get(asked.uri, allow_redirects=False).headers.get("Location")
        if sent_to is None:
            raise Told("AFAS laat u niet inloggen. Neem contact op met uw beheerder.")
        return self.client.authorization_code(asked.validate_callback(sent_to))

    def get(self, path):
        if self.token is None:
            self.sign_in()
        answer = self.call(path)
        if answer.status_code == 401:
            self.sign_in()
            answer = self.call(path)
        if answer.status_code != 200:
            raise Told(f"AFAS weigert het lezen ({{answer.status_code}}): {{said(answer)}}")
        return answer

    def call(self, path):
        headers = {{"IntegrationId": self.integration_id}}
        try:
            return self.http.get(self.base + path, auth=self.token, headers=headers, timeout=60)
        except InvalidUseDPoPNonceResponse as error:
            return error.response  # the library takes every refusal for a nonce that is asked for

    def rows(self, connector):
        skip = 0
        while True:
            path = f"/connectors/{{connector}}?skip={{skip}}&take={{PAGE}}&orderbyfieldids=ItemCode"
            page = self.page(path)
            yield from page
            if len(page) < PAGE:
                return
            skip += PAGE

    def page(self, path):
        for number in (1, 2, 3):
            try:
                return self.get(path).json()["rows"]
            except (requests.RequestException, KeyError) as error:
                if number == 3:
                    raise Told("AFAS is niet bereikbaar, of breekt zijn antwoord af.") from error


def said(answer):
    try:
        return answer.json().get("externalMessage") or answer.status_code
    except ValueError:
        return answer.status_code


@hookimpl
def koppeling_prepare(context):
    CUSTOMERS[context.work_dir] = Customer(context)


@hookimpl
def koppeling_trigger(call):
    customer = CUSTOMERS[call.context.work_dir]
    try:
        rows = list(customer.rows("Lezer_Artikelen"))
    except Told as error:
        return OperationResult(ok=False, error=str(error))
    return OperationResult(output={{"count": len(rows)}})


@hookimpl
def koppeling_finish(context):
    CUSTOMERS.pop(context.work_dir).http.close()
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One thing that a client of OAuth does wrong.

    Attributes:
        name: Names the test.
        way: How it signs in.
        edits: Text of the plugin that stands there once, and what comes in its place.
        proved_by: The scenario of the packs that alone is run.
        caught_by: Code of the finding.
        says: Words that its message must hold.
    """

    name: str
    way: str = "body"
    edits: tuple[tuple[str, str], ...]
    proved_by: str
    caught_by: str
    says: str = ""


def oauth_client(folder: Path, name: str, way: str, *edits: tuple[str, str]) -> Path:
    """Write the integration below a folder; return its own folder.

    Raises:
        ValueError: An edit does not fit.
    """
    made = folder / name
    made.mkdir(parents=True)
    more = "\nclient_ca: client-ca.pem" if way == "mtls" else ""
    manifest = _MANIFEST.format(id=name, oauth=_OAUTH[way], more=more)
    (made / "koppeling.yaml").write_text(manifest, encoding="utf-8")
    text = _PLUGIN.format(way=way, back=BACK)
    for old, new in edits:
        if text.count(old) != 1:
            message = f"{name}: the plugin holds {text.count(old)} times: {old!r}"
            raise ValueError(message)
        text = text.replace(old, new)
    (made / "koppeling_plugin.py").write_text(text, encoding="utf-8")
    if way == "mtls":
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(made / "client-ca.pem"))
        own = authority.issue_cert("acme.example")
        own.private_key_and_cert_chain_pem.write_to_path(str(made / "client.pem"))
    if way == "key":
        private = key("ES256")
        (made / "acme.pem").write_text(certificate_of(private), encoding="utf-8")
        (made / "key.pem").write_text(private.to_pem(), encoding="utf-8")
        (made / "kid").write_text(sha1(certificate_of(private)).hex(), encoding="utf-8")
    return made


def broken_client(folder: Path, broken: Broken, packs: Path) -> Path:
    """Write the integration with one thing done wrong, and the scenario that proves it."""
    made = oauth_client(folder, broken.name, broken.way, *broken.edits)
    [scenario] = packs.rglob(f"{broken.proved_by}.scenario.yaml")
    (made / "scenarios" / scenario.parent.name).mkdir(parents=True)
    shutil.copy(scenario, made / "scenarios" / scenario.parent.name)
    return made


_RENEWS = """        if answer.status_code == 401:
            self.sign_in()
            answer = self.call(path)
"""
_TOLD = "        return OperationResult(ok=False, error=str(error))\n"
_ASKED = "            self.token = self.asked()\n"

BROKEN = (
    Broken(
        name="token-per-call",
        edits=(("        if self.token is None:\n", "        if True:\n"),),
        proved_by="token-ends-while-reading",
        caught_by="TOKEN-PER-CALL",
    ),
    Broken(
        name="never-renews",
        edits=((_RENEWS, ""),),
        proved_by="token-ends-while-reading",
        caught_by="EXPECTATION",
        says="`ok` is false",
    ),
    Broken(
        name="same-token-again",
        edits=((_RENEWS, _RENEWS.replace("            self.sign_in()\n", "")),),
        proved_by="token-ends-while-reading",
        caught_by="RETRY-401",
    ),
    Broken(
        name="knocks-again",
        edits=(
            (
                _ASKED,
                """            for number in (1, 2, 3):
                try:
                    self.token = self.asked()
                    break
                except OAuth2Error:
                    if number == 3:
                        raise
""",
            ),
        ),
        proved_by="sign-in-refused",
        caught_by="SIGN-IN-AGAIN",
    ),
    Broken(
        name="refused-in-silence",
        edits=((_TOLD, "        return OperationResult(ok=False)\n"),),
        proved_by="sign-in-refused",
        caught_by="EXPECTATION",
        says="`told` is false",
    ),
    Broken(
        name="maintenance-is-the-end",
        edits=(
            ("if answer.status_code != 503 or", "if answer.status_code == 503 or"),
            (_TOLD, "        return OperationResult(ok=False)\n"),
        ),
        proved_by="sign-in-in-maintenance",
        caught_by="EXPECTATION",
        says="`silent` is true",
    ),
    Broken(
        name="narrow-column",
        edits=(
            (
                _ASKED,
                _ASKED + "            self.token = BearerToken(self.token.access_token[:255])\n",
            ),
            (
                "    ClientSecretBasic,\n    ClientSecretPost,",
                "    BearerToken,\n    ClientSecretBasic,\n    ClientSecretPost,",
            ),
        ),
        proved_by="one-token-for-many-calls",
        caught_by="TOKEN-NOT-GIVEN",
        says="cut off",
    ),
    Broken(
        name="basic-backwards",
        way="basic",
        edits=(("*map(quote_plus, parts)", "*parts"),),
        proved_by="secret-renewed",
        caught_by="SIGN-IN-REFUSED",
        says="invalid_client",
    ),
    Broken(
        name="wrong-audience",
        way="key",
        edits=(('private, alg="ES256")', 'private, alg="ES256", aud="https://idp.example/")'),),
        proved_by="without-a-classic-token",
        caught_by="SIGN-IN-REFUSED",
        says="aud is not",
    ),
    Broken(
        name="two-minutes-slow",
        way="key",
        edits=(('private, alg="ES256")', 'private, alg="ES256", lifetime=-120)'),),
        proved_by="without-a-classic-token",
        caught_by="SIGN-IN-REFUSED",
        says="exp is",
    ),
    Broken(
        name="another-proof-key",
        way="dpop",
        edits=(
            (
                "            return self.client.refresh_token(before)\n",
                '            key = DPoPKey.generate("ES256")\n'
                "            kept = before.refresh_token\n"
                "            return self.client.refresh_token(kept, dpop_key=key)\n",
            ),
        ),
        proved_by="an-hour-later",
        caught_by="SIGN-IN-REFUSED",
        says="invalid_grant",
    ),
    Broken(
        name="refresh-token-kept",
        way="code",
        edits=(
            (
                "            return self.client.refresh_token(before)\n",
                '            self.first = getattr(self, "first", before)\n'
                "            return self.client.refresh_token(self.first.refresh_token)\n",
            ),
        ),
        proved_by="an-hour-later",
        caught_by="REFRESH-TWICE",
    ),
    Broken(
        name="nonce-for-ever",
        way="dpop",
        edits=(
            (
                'DPoPKey.generate("ES256") if WAY == "dpop" else None\n',
                'Stubborn.generate("ES256") if WAY == "dpop" else None\n',
            ),
            (
                "class Customer:\n",
                "class Stubborn(DPoPKey):\n"
                "    def handle_as_provided_dpop_nonce(self, response):\n"
                "        if self.as_nonce is None:\n"
                "            super().handle_as_provided_dpop_nonce(response)\n\n\n"
                "class Customer:\n",
            ),
        ),
        proved_by="an-hour-later",
        caught_by="EXPECTATION",
    ),
    Broken(
        name="secret-remembered",
        edits=(
            (
                "    CUSTOMERS[context.work_dir] = Customer(context)\n",
                "    CUSTOMERS.get(context.work_dir) or CUSTOMERS.update("
                "{context.work_dir: Customer(context)})\n",
            ),
        ),
        proved_by="secret-renewed",
        caught_by="SIGN-IN-REFUSED",
    ),
    Broken(
        name="token-in-a-file",
        edits=(
            (
                _ASKED,
                _ASKED + '            Path("token.txt").write_text(self.token.access_token)\n',
            ),
        ),
        proved_by="nothing-in-the-log",
        caught_by="LOG-SECRET",
    ),
    Broken(
        name="secret-in-the-log",
        edits=(
            (
                "        self.client = self.client_of(context)\n",
                "        self.client = self.client_of(context)\n"
                "        print(context.client_secret)\n",
            ),
        ),
        proved_by="nothing-in-the-log",
        caught_by="LOG-SECRET",
    ),
    Broken(
        name="needs-a-classic-token",
        edits=(
            (
                "self.base + path, auth=self.token, headers=headers",
                "self.base + path, headers=headers | self.classic",
            ),
            (
                "        self.token = None\n",
                "        self.token = None\n"
                "        encoded = b64encode(context.token.encode()).decode()\n"
                '        self.classic = {"Authorization": f"AfasToken {encoded}"}\n',
            ),
            ("import time\n", "import time\nfrom base64 import b64encode\n"),
        ),
        proved_by="without-a-classic-token",
        caught_by="EXPECTATION",
    ),
    Broken(
        name="one-token-for-all",
        edits=(
            ("        self.token = None\n", ""),
            ("class Customer:\n", "class Customer:\n    token = None\n\n"),
            (_ASKED, "            Customer.token = self.asked()\n"),
        ),
        proved_by="two-customers",
        caught_by="TOKEN-NOT-GIVEN",
        says="given for another customer",
    ),
    Broken(
        name="one-customer-alone",
        edits=(
            (
                "    CUSTOMERS[context.work_dir] = Customer(context)\n",
                "    first = next(iter(CUSTOMERS.values()), None)\n"
                "    CUSTOMERS[context.work_dir] = first or Customer(context)\n",
            ),
        ),
        proved_by="two-customers",
        caught_by="ADDRESS-UNKNOWN",
        says="another environment",
    ),
)

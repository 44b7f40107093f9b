"""Libraries of others, as npm gives them, sign an integration in, and it is certified with them.

The integration is the starter of `init` for Node.js; only the asking for a token is the library's.
"""

import shutil
from pathlib import Path

import pytest

from support.cli import koppeling_process
from support.erp1_served import installed
from support.signing import certificate_of, key

PACKS = Path(__file__).parents[2] / "scenarios"
PACKAGES = (
    "oauth4webapi@3.8.8",
    "openid-client@6.9.0",
    "simple-oauth2@5.1.0",
    "axios@1.21.1",
    "axios-oauth-client@2.2.0",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js 20 or newer, with npm"),
]

_PRIVATE = """
import { createPrivateKey, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
const pem = createPrivateKey(readFileSync(new URL("./key.pem", import.meta.url)));
const key = await webcrypto.subtle.importKey("pkcs8", pem.export({ type: "pkcs8", format: "der" }),
  { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
"""
_OAUTH4WEBAPI = """
import * as oauth from "oauth4webapi";
export async function token({ baseUrl, clientId, clientSecret }) {
  const server = { issuer: baseUrl, token_endpoint: baseUrl + "/oauth/token" };
  const client = { client_id: clientId };
  const answer = await oauth.clientCredentialsGrantRequest(server, client, PROOF, {},
    { [oauth.allowInsecureRequests]: true });
  return await oauth.processClientCredentialsResponse(server, client, answer);
}
export const met = (error) =>
  [error.status ?? error.cause?.status, error.cause?.headers?.get?.("retry-after")];
"""
_OPENID = """
import * as openid from "openid-client";
export async function token({ baseUrl, clientId, clientSecret }) {
  const server = { issuer: baseUrl, token_endpoint: baseUrl + "/oauth/token" };
  const config = new openid.Configuration(server, clientId, undefined, PROOF);
  openid.allowInsecureRequests(config);
  return await openid.clientCredentialsGrant(config);
}
export const met = (error) =>
  [error.status ?? error.cause?.status, error.cause?.headers?.get?.("retry-after")];
"""
_SIMPLE = """
import { ClientCredentials } from "simple-oauth2";
export async function token({ baseUrl, clientId, clientSecret }) {
  const base = new URL(baseUrl);
  const client = new ClientCredentials({
    client: { id: clientId, secret: clientSecret },
    auth: { tokenHost: base.origin, tokenPath: base.pathname + "/oauth/token" },
    options: { authorizationMethod: "PROOF" },
  });
  return (await client.getToken({})).token;
}
export const met = (error) =>
  [error.data?.res?.statusCode, error.data?.res?.headers?.["retry-after"]];
"""
_AXIOS = """
import axios from "axios";
import { clientCredentials } from "axios-oauth-client";
export async function token({ baseUrl, clientId, clientSecret }) {
  const http = axios.create({ proxy: false });
  return await clientCredentials(http, baseUrl + "/oauth/token", clientId, clientSecret)("");
}
export const met = (error) => [error.response?.status, error.response?.headers?.["retry-after"]];
"""
LIBRARIES = {
    "webapi-key": _PRIVATE + _OAUTH4WEBAPI.replace("PROOF", "oauth.PrivateKeyJwt(key)"),
    "webapi-post": _OAUTH4WEBAPI.replace("PROOF", "oauth.ClientSecretPost(clientSecret)"),
    "webapi-basic": _OAUTH4WEBAPI.replace("PROOF", "oauth.ClientSecretBasic(clientSecret)"),
    "openid-key": _PRIVATE + _OPENID.replace("PROOF", "openid.PrivateKeyJwt(key)"),
    "openid-post": _OPENID.replace("PROOF", "openid.ClientSecretPost(clientSecret)"),
    "simple-post": _SIMPLE.replace("PROOF", "body"),
    "simple-basic": _SIMPLE.replace("PROOF", "header"),
    "axios-post": _AXIOS,
}
FEW = ("webapi-key",)

_SIGN_IN = """
  async #signIn() {
    for (let number = 1; ; number += 1) {
      try {
        const { access_token: token } = await library.token(this.how);
        this.#authorization(`Bearer ${token}`);
        return;
      } catch (error) {
        const [status, asked] = library.met(error);
        if ([400, 401, 403].includes(status)) {
          throw new AfasError("AFAS weigert de aanmelding. Kijk naar het secret en het IP-adres.");
        }
        const pauseS = Number(asked ?? 0.5 * number);
        if (number === TRIES || pauseS > LONGEST_PAUSE_S) {
          throw new AfasError("Aanmelden bij AFAS lukt nu niet. Probeer het later opnieuw.");
        }
        await pause(pauseS * 1000);
      }
    }
  }

"""


@pytest.fixture(scope="module")
def packages(request, tmp_path_factory):
    install = (shutil.which("npm"), "install", "--silent", "--no-audit", "--no-fund")
    return installed(
        "oauth-libraries-1",
        lambda place: [*install, "--ignore-scripts", *PACKAGES, "--prefix", place],
        request,
        tmp_path_factory,
    )


def integration(folder: Path, name: str, packages: Path, release: str) -> None:
    made = folder / "plugins" / name
    ran = koppeling_process("init", name, "--runtime", "node", "--folder", made, cwd=folder)
    assert ran.code == 0, ran.err
    shutil.rmtree(made / "scenarios")
    (made / "node_modules").symlink_to(packages / "node_modules", target_is_directory=True)
    (made / "library.mjs").write_text(LIBRARIES[name], encoding="utf-8")
    afas = made / "afas.mjs"
    text = afas.read_text(encoding="utf-8")
    before, _, after = text.partition("  async #signIn() {")
    text = before + _SIGN_IN.lstrip("\n") + "  async #ask(" + after.partition("  async #ask(")[2]
    for old, new in (
        ("\nconst PAGE", '\nimport * as library from "./library.mjs";\n\nconst PAGE'),
        (
            "    this.baseUrl",
            "    this.how = { baseUrl, clientId, clientSecret };\n    this.baseUrl",
        ),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    afas.write_text(text, encoding="utf-8")
    manifest = made / "koppeling.yaml"
    text = manifest.read_text(encoding="utf-8").replace("[Profit 8]", f'["{release}"]')
    if name.endswith("-key"):
        private = key("ES256")
        (made / "acme.pem").write_text(certificate_of(private), encoding="utf-8")
        (made / "key.pem").write_text(private.to_pem(), encoding="utf-8")
        text = text.replace("oauth: {}", "oauth: {client_id: acme, certificates: [acme.pem]}")
    manifest.write_text(text, encoding="utf-8")


def certified(folder, packs, release="Profit 9"):
    ran = koppeling_process(
        *("run", "--plugin", folder / "plugins", "--scenarios", packs, "--release", release),
        *("--json", "--no-traffic"),
        cwd=folder,
        timeout_s=900,
    )
    assert ran.code in {0, 1, 12}, ran.err
    return {each["id"]: each for each in ran.json()["integrations"]}


def told(found):
    """Return what did not pass, or was said of what passed."""
    return {
        (result["scenario"], result["outcome"], finding["code"], finding["message"])
        for result in found["results"]
        for finding in result["findings"] or [{"code": "", "message": ""}]
        if result["outcome"] != "passed" or result["findings"]
    }


@pytest.mark.parametrize(
    ("names", "packs"),
    [(FEW, PACKS / "oauth"), pytest.param(tuple(LIBRARIES), PACKS, marks=pytest.mark.long)],
    ids=["few", "all"],
)
def test_an_integration_is_certified_whatever_library_signs_it_in(tmp_path, packages, names, packs):
    for name in names:
        integration(tmp_path, name, packages, "Profit 9")

    found = certified(tmp_path, packs)

    assert {name: told(each) for name, each in found.items()} == {name: set() for name in names}


def test_a_library_that_takes_no_null_is_told_what_the_answer_holds(tmp_path, packages):
    integration(tmp_path, "webapi-post", packages, "Profit 8")
    (tmp_path / "packs").mkdir()
    shutil.copy(PACKS / "oauth" / "one-token-for-many-calls.scenario.yaml", tmp_path / "packs")

    found = certified(tmp_path, tmp_path / "packs", "Profit 8")["webapi-post"]

    said = {(code, message.partition(" (")[0]) for _, _, code, message in told(found)}
    assert ("TOKEN-NOT-USED", NULL) in said
    assert "TOKEN-PER-CALL" not in {code for code, _ in said}


NULL = (
    "a token was given and not used; does the client not take the answer? It holds "
    "`refresh_token: null`"
)

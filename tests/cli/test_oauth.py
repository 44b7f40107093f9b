"""Integrations that sign in with OAuth are certified like any other, and leave no secret behind."""

import pytest

from support.cli import koppeling
from support.signing import certificate_of, key, sha1

MANIFEST = """
id: {id}
title: {{nl: Lezer, en: Reader}}
partner: {{name: Voorbeeld B.V., subscription: "12345"}}
version: "1.0.0"
integration_id: "12345_1"
releases: ["Profit 9"]
runtime: {{kind: python}}
oauth: {oauth}
get_connectors:
  - {{id: Lezer_Artikelen, copy_of: Profit_Article, fields: [ItemCode]}}
operations:
  - name: first-article
    title: {{nl: Eerste artikel, en: First article}}
    reads: [Lezer_Artikelen]
"""

PLUGIN = """
from pathlib import Path

import requests
from jwskate import Jwk
from koppeling_harness import OperationResult, hookimpl
from requests_oauth2client import DPoPKey, OAuth2Client, PrivateKeyJwt


def signed_in(context, http):
    token_url = context.base_url + "/oauth/token"
    lock = Path(__file__).with_name("key.pem")
    if context.client_secret:
        assert context.token.startswith("<token>")
        auth = (context.client_id, context.client_secret)
        return OAuth2Client(token_url, auth, session=http, testing=True).client_credentials()
    if lock.exists():
        kid = lock.with_name("kid").read_text()
        private = Jwk.from_pem(lock.read_text(), kid=kid)
        auth = PrivateKeyJwt(context.client_id, private, alg="ES256")
        return OAuth2Client(token_url, auth, session=http, testing=True).client_credentials()
    client = OAuth2Client(
        token_url,
        client_id=context.client_id,
        authorization_endpoint=context.base_url + "/oauth/authorize",
        redirect_uri="https://app.example/back",
        dpop_bound_access_tokens=True,
        session=http,
        testing=True,
    )
    asked = client.authorization_request(dpop_key=DPoPKey.generate("ES256"))
    sent_to = http.get(asked.uri, allow_redirects=False).headers["Location"]
    return client.authorization_code(asked.validate_callback(sent_to))


@hookimpl
def koppeling_trigger(call):
    with requests.Session() as http:
        http.trust_env = False
        http.headers["IntegrationId"] = call.context.integration_id
        token = signed_in(call.context, http)
        keep = Path(__file__).with_name("told.txt")
        keep.write_text("\\n".join([token.access_token, call.context.client_secret or ""]))
        url = call.context.base_url + "/connectors/Lezer_Artikelen?take=1&orderbyfieldids=ItemCode"
        rows = http.get(url, auth=token).json()["rows"]
    return OperationResult(output={"type": token.token_type, "rows": rows})
"""

SCENARIO = """
scenario: oauth.reads
title: {nl: Leest een artikel, en: Reads an article}
level: required
proves: [test]
when:
  - operation: first-article
    expect: {output: {rows: [{ItemCode: A00001}]}}
"""

WAYS = {
    "geheim": "{}",
    "sleutel": "{client_id: acme, certificates: [acme.pem]}",
    "bewijs": "{public: true, redirect_uris: ['https://app.example/back']}",
}


@pytest.mark.slow
def test_a_run_gives_an_integration_what_it_signs_in_with(tmp_path):
    for name, oauth in WAYS.items():
        folder = tmp_path / "plugins" / name
        folder.mkdir(parents=True)
        manifest = MANIFEST.format(id=name, oauth=oauth)
        (folder / "koppeling.yaml").write_text(manifest, encoding="utf-8")
        (folder / "koppeling_plugin.py").write_text(PLUGIN, encoding="utf-8")
    certificate = certificate_of(key("ES256"))
    (tmp_path / "plugins/sleutel/acme.pem").write_text(certificate, encoding="utf-8")
    (tmp_path / "plugins/sleutel/key.pem").write_text(key("ES256").to_pem(), encoding="utf-8")
    (tmp_path / "plugins/sleutel/kid").write_text(sha1(certificate).hex(), encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/reads.scenario.yaml").write_text(SCENARIO, encoding="utf-8")

    ran = koppeling("run", "--release", "Profit 9", cwd=tmp_path)

    assert ran.code == 0, ran.all
    assert ran.out.count("1 of 1 required scenarios executed and passed") == 3
    told = [each.read_text("utf-8").split("\n") for each in tmp_path.glob("plugins/*/told.txt")]
    secrets = [each for pair in told for each in pair if each]
    assert len(secrets) == 4
    reports = [each for each in (tmp_path / "reports").rglob("*") if each.is_file()]
    kept = b"".join(each.read_bytes() for each in reports)
    assert b"/oauth/token" in kept
    for secret in secrets:
        assert secret.encode() not in kept


KEEPS = """
import json
import time
from pathlib import Path

import requests
from koppeling_harness import OperationResult, hookimpl

KEPT = Path(__file__).with_name("token.json")
RENEWS = {renews}


def token(context, http, *, new):
    if KEPT.exists() and not new:
        return json.loads(KEPT.read_text())["access_token"]
    form = {{"grant_type": "client_credentials", "client_id": context.client_id}}
    form["client_secret"] = context.client_secret
    answer = http.post(context.base_url + "/oauth/token", data=form)
    KEPT.write_text(answer.text)
    return answer.json()["access_token"]


@hookimpl
def koppeling_trigger(call):
    with requests.Session() as http:
        http.trust_env = False
        http.headers["IntegrationId"] = call.context.integration_id
        url = call.context.base_url + "/connectors/Lezer_Artikelen?take=1&orderbyfieldids=ItemCode"
        for new in (False, True) if RENEWS else (False,):
            bearer = token(call.context, http, new=new)
            answer = http.get(url, headers={{"Authorization": f"Bearer {{bearer}}"}})
            if answer.status_code != 401:
                break
        day = answer.headers["Date"]
        return OperationResult(ok=answer.status_code == 200, output={{"day": day}})
"""

AGES = """
scenario: oauth.ages
title: {nl: Het token is verlopen, en: The token has ended}
level: required
proves: [test]
given:
  - request: {path: /profitversion}
when:
  - operation: first-article
    save: {day: output.day}
  - clock: "+61m"
  - operation: first-article
then:
  - request: {path: /profitversion}
  - exchanges: {path: /oauth/token}
    expect: {count: 2}
"""


@pytest.mark.slow
def test_a_token_that_grew_old_is_renewed_by_who_does_it_well_and_costs_the_other(tmp_path):
    for name, renews in (("goed", True), ("fout", False)):
        folder = tmp_path / "plugins" / name
        folder.mkdir(parents=True)
        manifest = MANIFEST.format(id=name, oauth="{}")
        (folder / "koppeling.yaml").write_text(manifest, encoding="utf-8")
        (folder / "koppeling_plugin.py").write_text(KEEPS.format(renews=renews), encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/ages.scenario.yaml").write_text(AGES, encoding="utf-8")

    ran = koppeling("run", "--release", "Profit 9", "--json", cwd=tmp_path)

    found = {each["id"]: each["verdict"]["outcome"] for each in ran.json()["integrations"]}
    assert found == {"goed": "passed", "fout": "failed"}, ran.all

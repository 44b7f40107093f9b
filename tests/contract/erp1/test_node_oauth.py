"""A client of OAuth from npm signs in at ERP1 as it is: `oauth4webapi`, below many of Node's."""

import json
import os
import shutil
import subprocess

import pytest

from contract.erp1.test_node_clients import SCRIPTS
from support.erp1_served import installed, served
from support.signing import certificate_of, key, sha1

PACKAGE = "oauth4webapi@3.8.8"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js 20 or newer, with npm"),
]


@pytest.fixture(scope="module")
def packages(request, tmp_path_factory):
    install = (shutil.which("npm"), "install", "--silent", "--no-audit", "--no-fund")
    return installed(
        PACKAGE.replace("@", "-"),
        lambda place: [*install, "--ignore-scripts", PACKAGE, "--prefix", place],
        request,
        tmp_path_factory,
    )


SECRET = "p:a%s+ w/é&="
SERVICE = (
    f"app_connector: {{client_id: acme, certificates: [acme.pem], client_secret: '{SECRET}', "
    "redirect_uris: ['https://app.example/back']}"
)
APP = "app_connector: {client_id: app, public: true, redirect_uris: ['https://app.example/back']}"
READ = {"type": "bearer", "rows": 1}
WAYS = [
    ("key", SERVICE, READ),
    ("post", SERVICE, READ),
    ("basic", SERVICE, READ),
    ("code", SERVICE, {**READ, "twice": "invalid_grant"}),
    ("certificate", SERVICE, {**READ, "refused": True}),
    # once at the token endpoint, once at the connectors: each keeps its nonce, and it is the same
    ("ES256", APP, {"type": "dpop", "rows": 1, "again": 1, "nonces": 1}),
]


@pytest.mark.parametrize(("way", "definition", "expected"), WAYS, ids=[each[0] for each in WAYS])
def test_a_client_of_npm_signs_in_and_reads(packages, tmp_path, way, definition, expected):
    private, certificate = key("RS256"), certificate_of(key("RS256"))
    (tmp_path / "acme.pem").write_text(certificate, encoding="utf-8")
    (tmp_path / "key.pem").write_text(private.to_pem(), encoding="utf-8")
    (tmp_path / "acme.yaml").write_text(definition, encoding="utf-8")
    options = ["--release", "Profit 9", "--rows", "3", "--import", "acme.yaml", "--quiet"]
    variables = {"WAY": way, "SECRET": SECRET}
    if way == "certificate":
        shown = f"{private.to_pem()}\n{certificate}"
        (tmp_path / "shown.pem").write_text(shown, encoding="utf-8")
        options += ["--tls", "--ca-out", "ca.pem", "--client-ca", "acme.pem"]
        variables["NODE_EXTRA_CA_CERTS"] = str(tmp_path / "ca.pem")
    arguments = [packages, "key.pem", sha1(certificate).hex(), tmp_path / "said.json"]

    with served(tmp_path, *options) as first:
        subprocess.run(
            ["node", SCRIPTS / "sign_in.mjs", *arguments],
            env={**os.environ, "AFAS_URL": first["base_url"], **variables},
            cwd=tmp_path,
            check=True,
            timeout=60,
        )

    assert json.loads((tmp_path / "said.json").read_text("utf-8")) == expected

"""`koppeling erp1 serve --tls`: an authority to trust, and certificates of clients."""

import asyncio
import os
import re
import ssl
import subprocess
import sys
import textwrap
from pathlib import Path
from urllib.error import URLError

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from contract.erp1.table import shows
from koppeling_harness.emulator.access import app_connector
from koppeling_harness.errors import ConfigurationError, ErpUnavailableError, HarnessError
from koppeling_harness.http.base_url import read_base_url
from koppeling_harness.http.connection import Connection
from koppeling_harness.http.trust import trusting
from koppeling_harness.workflow.authoring.erp1 import read_imports
from support.cli import koppeling
from support.serving import served
from support.signing import certificate_of, key

_OTHER_CA = {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}
"""Variables that requests heeds more than what a program says."""


@shows("tls.mutual")
@pytest.mark.slow
def test_a_client_that_must_show_a_certificate_is_let_in_with_one_only(tmp_path):
    clients, theirs = trustme.CA(), tmp_path / "clients.pem"
    clients.cert_pem.write_to_path(str(theirs))
    with served(
        "--rows", "3", "--tls", "--ca-out", tmp_path / "ca.pem", "--client-ca", theirs
    ) as erp1:
        trusting = ssl.create_default_context(cafile=tmp_path / "ca.pem")
        with pytest.raises((URLError, ssl.SSLError, ConnectionError)):
            erp1.ask("/profitversion", context=trusting)
        trustme.CA().issue_cert("stranger@example.com").configure_cert(trusting)
        with pytest.raises((URLError, ssl.SSLError, ConnectionError)):
            erp1.ask("/profitversion", context=trusting)
        clients.issue_cert("acme@example.com").configure_cert(trusting)
        assert erp1.ask("/profitversion", context=trusting) == {"version": "8.0.12"}


def asked(base_url: str, *tls_files: str | Path) -> int:
    """Return the status that the harness's own client gets; it speaks to real environments so."""

    async def ask() -> int:
        async with Connection(tls=trusting(*map(str, tls_files))) as connection:
            to = read_base_url(base_url)
            head = f"GET {to.path}/profitversion HTTP/1.1\r\nHost: {to.authority}\r\n\r\n"
            return (await connection.ask(to, head.encode())).status

    return asyncio.run(ask())


@pytest.mark.slow
def test_the_harness_shows_the_certificate_that_is_set_for_an_environment(tmp_path):
    mine, lock = tmp_path / "acme.pem", tmp_path / "acme-key.pem"
    mine.write_text(certificate_of(key("ES256")), encoding="utf-8")
    lock.write_text(key("ES256").to_pem(), encoding="utf-8")
    ca = tmp_path / "ca.pem"
    with served("--rows", "3", "--tls", "--ca-out", ca, "--client-ca", mine) as erp1:
        assert asked(erp1.url, ca, mine, lock) == 401  # let in, without a token
        with pytest.raises(ErpUnavailableError):
            asked(erp1.url, ca)


def test_a_certificate_without_its_own_key_is_a_matter_of_configuration(tmp_path):
    mine, other = tmp_path / "acme.pem", tmp_path / "other-key.pem"
    mine.write_text(certificate_of(key("ES256")), encoding="utf-8")
    private = key("ES256", 1).cryptography_key
    other.write_text(key("ES256", 1).to_pem(), encoding="utf-8")
    locked = tmp_path / "locked-key.pem"
    how = serialization.BestAvailableEncryption(b"password")
    form = serialization.PrivateFormat.PKCS8
    locked.write_bytes(private.private_bytes(serialization.Encoding.PEM, form, how))

    for files in ((mine, ""), (mine, other), (mine, locked), (tmp_path / "none", ""), ("", other)):
        with pytest.raises(ConfigurationError, match="expected a certificate and its key in PEM"):
            trusting("", *map(str, files))


PAGE = Path(__file__).parents[3] / "docs/how-to/sign-in.md"


def blocks(language):
    """Return the blocks of the page in a language."""
    found = re.findall(rf"( *)```{language}\n(.*?)\n *```", PAGE.read_text("utf-8"), re.DOTALL)
    return [textwrap.dedent(body) for _, body in found]


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1])
def test_what_the_how_to_says_works_as_it_stands(tmp_path, number):
    private = key("RS256")
    (tmp_path / "acme.pem").write_text(certificate_of(private), encoding="utf-8")
    (tmp_path / "acme-key.pem").write_text(private.to_pem(), encoding="utf-8")
    definition = tmp_path / "definition.yaml"
    definition.write_text(blocks("yaml")[number], encoding="utf-8")
    options = ("--release", "Profit 9", "--rows", "3", "--import", definition, "--tls")
    with served(*options, "--ca-out", tmp_path / "ca.pem") as erp1:
        script = re.sub('https://127.0.0.1:8443/[^"]*', erp1.url, blocks("python")[number])
        ran = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name not in _OTHER_CA},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert (ran.stdout.strip(), ran.stderr) == (blocks("text")[number], "")


def test_a_client_that_cannot_be_registered_is_told(tmp_path):
    definition, none = tmp_path / "acme.yaml", tmp_path / "none.pem"
    none.write_text("no certificate", encoding="utf-8")
    both = certificate_of(key("ES256")) + key("ES256").to_pem()
    (tmp_path / "private.pem").write_text(both, encoding="utf-8")

    def refused(text):
        definition.write_text(f"app_connector: {{{text}}}", encoding="utf-8")
        with pytest.raises(HarnessError) as caught:
            app_connector(read_imports([definition]).definition.app_connector)
        return str(caught.value)

    assert "number 1 is not a certificate in PEM" in refused("certificates: [none.pem]")
    assert "holds a private key" in refused("certificates: [private.pem]")
    assert "absent.pem: cannot be read" in refused("certificates: [absent.pem]")
    assert "jwks_uri" in refused("jwks_uri: 'http://acme.example/keys'")
    assert "a public client has no client_secret" in refused("public: true, client_secret: x")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--client-ca", "none.pem"), "--client-ca is of no use without --tls"),
        (("--ca-out", "ca.pem"), "--ca-out is of no use without --tls"),
        (("--tls", "--client-ca", "none.pem"), "expected certificates in PEM"),
        (("--tls", "--ca-out", "x/y"), "cannot be written"),
    ],
)
def test_options_of_tls_that_do_not_fit_are_told(tmp_path, options, problem):
    (tmp_path / "none.pem").write_text("no certificate", encoding="utf-8")

    ran = koppeling("erp1", "serve", "--rows", "3", *options, cwd=tmp_path)

    assert (ran.code, "Traceback" in ran.err) == (10, False)
    assert problem in ran.err

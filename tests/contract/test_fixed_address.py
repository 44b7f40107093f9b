"""An integration with a built-in address is certified through a forward proxy.

As `docs/how-to/certify-a-fixed-address.md` says; needs `mitmdump` (pip install mitmproxy).
"""

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.gateway import Served

MITMDUMP = shutil.which("mitmdump")
HOST = "12345.resttest.afas.online"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(MITMDUMP is None, reason="mitmdump is not installed"),
]


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(holds) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[tuple[Served, httpx.Client]]:
    port, authority = a_free_port(), tmp_path / "mitmproxy-ca-cert.pem"
    with Served() as gateway:
        command = [
            MITMDUMP,
            *("-q", "--listen-host", "127.0.0.1", "--listen-port", str(port)),
            *("--set", f"confdir={tmp_path}"),
            *("--set", "connection_strategy=lazy", "--set", "upstream_cert=false"),
            *("--set", r"block_list=|!~d ^12345\.resttest\.afas\.online$|444"),
            *("--map-remote", f"|^https://{HOST}/ProfitRestServices|{gateway.base_url}"),
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: listens(port) and authority.exists())
            tls = ssl.create_default_context(cafile=authority)
            proxy = f"http://127.0.0.1:{port}"
            with httpx.Client(proxy=proxy, verify=tls, trust_env=False, timeout=30) as client:
                yield gateway.open(), client
        finally:
            process.terminate()
            process.wait()


def test_what_is_sent_to_the_built_in_address_is_recorded(proxied):
    gateway, client = proxied
    answer = client.get(f"https://{HOST}/ProfitRestServices/connectors/Uren?skip=0&take=5")

    assert len(answer.json()["rows"]) == 2
    seen = gateway.only_exchange()
    assert (seen.path, seen.query, seen.status) == ("/connectors/Uren", "skip=0&take=5", 200)


def test_nothing_is_sent_to_another_address(proxied):
    gateway, client = proxied
    with pytest.raises(httpx.TransportError):
        client.get("https://12345.rest.afas.online/ProfitRestServices/metainfo")

    assert gateway.recording().exchanges == ()

"""How a program that gets in by TLS is told of the proxy, if any, and of whom it must trust.

Every variable that a runtime reads for it is set: those of curl, OpenSSL, Python, Node, PHP
and .NET. Mozilla's authorities are trusted besides, for what the program sends elsewhere.
"""

import os
from pathlib import Path

from koppeling_harness.model.operation import RunContext

_ELSEWHERE = "localhost,127.0.0.1,::1"


def proxy_environ(context: RunContext, *, home: Path) -> dict[str, str]:
    """Return the variables for an integration that gets in by TLS; none for any other.

    Args:
        context: Of the scenario.
        home: The folder of the process: what the variables name is written there.
    """
    if context.authority is None:
        return {}
    import certifi  # noqa: PLC0415 - few integrations get in by TLS

    folder = home / "trust"
    (folder / "php").mkdir(parents=True, exist_ok=True)
    own, every = folder / "authority.pem", folder / "authorities.pem"
    own.write_text(context.authority, encoding="ascii")
    mozilla = Path(certifi.where()).read_text(encoding="utf-8")
    every.write_text(f"{mozilla}\n{context.authority}", encoding="utf-8")
    ini = f'openssl.cafile = "{every}"\ncurl.cainfo = "{every}"\n'
    (folder / "php" / "koppeling.ini").write_text(ini, encoding="utf-8")
    return _proxy(context.proxy_url) | {
        "SSL_CERT_FILE": str(every),  # OpenSSL's: Python, Ruby, Go, PHP, .NET on Linux
        "REQUESTS_CA_BUNDLE": str(every),
        "CURL_CA_BUNDLE": str(every),
        "NODE_EXTRA_CA_CERTS": str(own),
        "PHP_INI_SCAN_DIR": f"{os.pathsep}{folder / 'php'}",  # beside the one compiled in
        "KOPPELING_AUTHORITY_FILE": str(own),
    }


def _proxy(url: str | None) -> dict[str, str]:
    if url is None:
        return {}
    return {
        "HTTPS_PROXY": url,
        "https_proxy": url,  # curl's, and so PHP's
        "NO_PROXY": _ELSEWHERE,
        "no_proxy": _ELSEWHERE,
        "NODE_USE_ENV_PROXY": "1",  # Node from 22.21 and 24 on
        "KOPPELING_PROXY_URL": url,
    }

"""How a program with a built-in address is told of the proxy and of whom it must trust.

Every variable that a runtime reads for it is set: those of curl, OpenSSL, Python, Node, PHP
and .NET. Mozilla's authorities are trusted besides, for what the program sends elsewhere.
"""

import os
from pathlib import Path

from koppeling_harness.model.operation import RunContext

_ELSEWHERE = "localhost,127.0.0.1,::1"


def proxy_environ(context: RunContext, *, home: Path) -> dict[str, str]:
    """Return the variables for an integration with a built-in address; none for any other.

    Args:
        context: Of the scenario.
        home: The folder of the process: what the variables name is written there.
    """
    if context.proxy_url is None or context.authority is None:
        return {}
    import certifi  # noqa: PLC0415 - few integrations have a built-in address

    folder = home / "trust"
    (folder / "php").mkdir(parents=True, exist_ok=True)
    own, every = folder / "authority.pem", folder / "authorities.pem"
    own.write_text(context.authority, encoding="ascii")
    mozilla = Path(certifi.where()).read_text(encoding="utf-8")
    every.write_text(f"{mozilla}\n{context.authority}", encoding="utf-8")
    ini = f'openssl.cafile = "{every}"\ncurl.cainfo = "{every}"\n'
    (folder / "php" / "koppeling.ini").write_text(ini, encoding="utf-8")
    return {
        "HTTPS_PROXY": context.proxy_url,
        "https_proxy": context.proxy_url,  # curl's, and so PHP's
        "NO_PROXY": _ELSEWHERE,
        "no_proxy": _ELSEWHERE,
        "SSL_CERT_FILE": str(every),  # OpenSSL's: Python, Ruby, Go, PHP, .NET on Linux
        "REQUESTS_CA_BUNDLE": str(every),
        "CURL_CA_BUNDLE": str(every),
        "NODE_EXTRA_CA_CERTS": str(own),
        "NODE_USE_ENV_PROXY": "1",  # Node from 22.21 and 24 on
        "PHP_INI_SCAN_DIR": f"{os.pathsep}{folder / 'php'}",  # beside the one compiled in
        "KOPPELING_PROXY_URL": context.proxy_url,
        "KOPPELING_AUTHORITY_FILE": str(own),
    }

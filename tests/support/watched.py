"""An environment that is watched: it can be down, and come back as another version."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def a_free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class StandIn:
    """An environment without connectors, at one address, that can be down."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = a_free_port()
        self.token = f"<token><version>1</version><data>{'AB12' * 16}</data></token>"
        url = f"http://127.0.0.1:{self.port}/ProfitRestServices"
        (folder / "koppeling.toml").write_text(f'[environments.demo]\nurl = "{url}"\n')

    @contextmanager
    def at(self, version: str, *, status: int = 200) -> Iterator[None]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asks_version = self.path.endswith("/profitversion")
                body = json.dumps({"version": version} if asks_version else {}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", self.port), Handler) as server:
            server.daemon_threads = True
            server.block_on_close = False
            serving = threading.Thread(target=server.serve_forever, args=(0.05,))
            serving.start()
            try:
                yield
            finally:
                server.shutdown()
                serving.join()

"""A time-stamping authority of our own: `openssl ts` behind a socket."""

import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = authority
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamper]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = ours
[ours]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """Stamps with keys of its own.

    Args:
        folder: Where its keys are made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True)
        (folder / "openssl.cnf").write_text(_CONFIGURATION)
        (folder / "serial").write_text("01\n")
        new = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config openssl.cnf"
        self._run(f"req -x509 {new} -keyout root.key -out root.pem -days 30 -extensions root")
        self._run(f"req {new} -keyout stamper.key -out stamper.csr -subj /CN=stamper")
        self._run(
            "x509 -req -in stamper.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 "
            "-extfile openssl.cnf -extensions stamper -out stamper.pem"
        )

    @property
    def certificates(self) -> Path:
        return self._folder / "root.pem"

    def reply(self, query: bytes) -> bytes:
        (self._folder / "query").write_bytes(query)
        self._run(
            "ts -reply -queryfile query -out reply -config openssl.cnf -section ours "
            "-signer stamper.pem -inkey stamper.key"
        )
        return (self._folder / "reply").read_bytes()

    def verifies(self, stamp: Path, data: Path) -> bool:
        """Return whether openssl verifies a stamp over what is in a file."""
        command = ["openssl", "ts", "-verify", "-data", data, "-in", stamp]
        ran = subprocess.run(
            [*command, "-CAfile", self.certificates], capture_output=True, check=False
        )
        return ran.returncode == 0

    def _run(self, command: str) -> None:
        subprocess.run(
            ["openssl", *command.split()], cwd=self._folder, capture_output=True, check=True
        )


@contextmanager
def answering(reply):
    """Serve what a function makes of each request's body; give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsr"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""A service that plants its secrets in all that it answers."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SAID = json.loads((Path(__file__).parent / "said.json").read_text(encoding="utf-8"))
sys.path.insert(0, SAID["tests"])

from support.leaks import every_spelling  # noqa: E402

secrets = []


class Service(BaseHTTPRequestHandler):
    """Answers every request with the secrets of its scenario, in every spelling."""

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.answer(200, [])

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/prepare":
            context = body["context"]
            data = context["token"].split("<data>")[1].split("<")[0]
            secrets[:] = [each for each in (context["webhook_secret"], data) if each]
            with Path(SAID["known"]).open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(each) + "\n" for each in secrets)
            self.answer(200, [])
            return
        texts = [text for each in secrets for text in every_spelling(each)]
        self.answer(200 if self.path == "/webhooks/afas" else 500, texts)

    def answer(self, status, texts):
        lines = [text.encode("ascii", "replace").decode() for text in texts]
        self.send_response(status, f"No {lines[0]}" if lines else "OK")
        for at, text in enumerate(lines[:60]):
            value = "".join(char if " " <= char <= "~" else "." for char in text)
            self.send_header(f"X-Key-{at}", value[:500])
            sys.stdout.write(f"answered {text}\n")
            sys.stdout.flush()
        body = "\n".join(texts).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Service).serve_forever()

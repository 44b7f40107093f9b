"""A stand-in for a distant ERP: answers quickly, after a delay that is asked for.

    python -m bench.stand_in [--tls CERTIFICATE KEY]

Prints its port (and with --tls a second one) and serves until it is ended. It knows no rules of
AFAS: it is there to be waited for, the same for every tool. Below `/ProfitRestServices`:

    GET    /profitversion
    GET    /connectors/{id}?filterfieldids=SbId&filtervalues=…   or the same as filterjson
    POST   /connectors/{id}                       creates a row, 201
    PUT    /connectors/{id}                       changes it; its `Ver` must be the one that stands
    DELETE /connectors/{id}/{object}/{key}/{id}   deletes it

and, for whoever measures, `/-/set?latency_ms=20&setup_ms=40&wrong=1&reset=1` and `/-/stats`.
`setup_ms` is added to the first request of each connection, as the handshakes with a distant
server would be; `wrong=1` makes it answer with a wrong amount, so that every scenario must fail.
"""

import argparse
import asyncio
import json
import ssl
import time
from urllib.parse import parse_qsl, unquote, urlsplit

BASE = "/ProfitRestServices"
FILL = {f"Free{number:02}": f"value {number}" for number in range(12)}
VERSION = {"version": "8.0.12"}
REASONS = {200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}


class Erp:
    """The rows, and what was counted."""

    def __init__(self):
        self.latency_s = self.setup_s = 0.0
        self.wrong = False
        self.reset()

    def reset(self):
        self.rows = {}
        self.last = 0
        self.calls = dict.fromkeys(("GET", "POST", "PUT", "DELETE"), 0)
        self.connections = self.in_flight = self.most_in_flight = self.refused = 0
        self.cpu_before_s = time.process_time()

    def set(self, query):
        asked = dict(parse_qsl(query))
        self.latency_s = float(asked.get("latency_ms", self.latency_s * 1000)) / 1000
        self.setup_s = float(asked.get("setup_ms", self.setup_s * 1000)) / 1000
        self.wrong = asked.get("wrong", str(int(self.wrong))) == "1"
        if "reset" in asked:
            self.reset()
        return {}

    def stats(self):
        return {
            "calls": self.calls,
            "connections": self.connections,
            "most_in_flight": self.most_in_flight,
            "refused": self.refused,
            "rows_left": len(self.rows),
            "cpu_s": time.process_time() - self.cpu_before_s,
        }

    def answer(self, method, target, body):
        url = urlsplit(target)
        self.calls[method] = self.calls.get(method, 0) + 1
        parts = url.path[len(BASE) :].strip("/").split("/")
        try:
            if parts[0] == "profitversion":
                return 200, VERSION
            return getattr(self, f"_{method.lower()}")(parts, dict(parse_qsl(url.query)), body)
        except (KeyError, ValueError, AttributeError, IndexError) as error:
            return 400, {"externalMessage": repr(error)}

    def _get(self, _parts, query, _body):
        if "filterjson" in query:
            terms = json.loads(query["filterjson"])["Filters"]["Filter"][0]["Field"]
            key = terms[0]["#text"]
        else:
            key = query.get("filtervalues")
        row = self.rows.get(key)
        skip, take = int(query.get("skip", 0)), int(query.get("take", 100))
        return 200, {"skip": skip, "take": take, "rows": [row] if row else []}

    def _post(self, parts, _query, body):
        fields = _element(body)["Fields"]
        self.last += 1
        key = str(self.last)
        self.rows[key] = {"SbId": key, "Ver": 1, **fields, **FILL}
        return 201, {"results": {parts[1]: {"SbId": key, "Ver": 1}}}

    def _put(self, parts, _query, body):
        element = _element(body)
        row = self.rows[str(element["@SbId"])]
        fields = dict(element["Fields"])
        if int(fields.pop("Ver")) != row["Ver"]:
            return 400, {"externalMessage": "another version stands there"}
        row.update(fields, Am=int(fields["Am"]), Ver=row["Ver"] + 1)
        told = {"SbId": row["SbId"], "Ver": row["Ver"], "Am": row["Am"] + self.wrong}
        return 200, {"results": {parts[1]: told}}

    def _delete(self, parts, _query, _body):
        key = unquote(parts[4] if len(parts) > 4 else parts[-1])
        del self.rows[key]
        return 200, {"results": {parts[1]: {"SbId": key, "Deleted": True}}}


def _element(body):
    return next(iter(json.loads(body).values()))["Element"]


class Connection(asyncio.Protocol):
    """One connection of a client, kept open; requests one after the other."""

    def __init__(self, erp):
        self.erp = erp
        self.data = b""
        self.is_new = True

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            head = self.data[:end].decode("latin-1")
            lines = head.split("\r\n")
            headers = {}
            for line in lines[1:]:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            if "expect" in headers and len(self.data) == end + 4:
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            size = int(headers.get("content-length", 0))
            if len(self.data) < end + 4 + size:
                return
            body = self.data[end + 4 : end + 4 + size]
            self.data = self.data[end + 4 + size :]
            self.asked(*lines[0].split(" ")[:2], headers, body)

    def asked(self, method, target, headers, body):
        erp = self.erp
        if target.startswith("/-/"):
            url = urlsplit(target)
            self.send(200, erp.set(url.query) if url.path == "/-/set" else erp.stats(), headers)
            return
        wait_s = erp.latency_s + (erp.setup_s if self.is_new else 0.0)
        erp.connections += self.is_new
        self.is_new = False
        erp.in_flight += 1
        erp.most_in_flight = max(erp.most_in_flight, erp.in_flight)
        if wait_s:
            loop = asyncio.get_running_loop()
            loop.call_later(wait_s, self.carry_out, method, target, headers, body)
        else:
            self.carry_out(method, target, headers, body)

    def carry_out(self, method, target, headers, body):
        erp = self.erp
        erp.in_flight -= 1
        if headers.get("authorization", "").startswith("AfasToken "):
            status, content = erp.answer(method, target, body)
        else:
            status, content = 401, {}
        erp.refused += status >= 400
        self.send(status, content, headers)

    def send(self, status, content, headers):
        if self.transport.is_closing():
            return
        body = json.dumps(content).encode()
        closes = headers.get("connection", "").lower() == "close"
        head = (
            f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json; charset=utf-8"
            f"\r\nContent-Length: {len(body)}\r\n{'Connection: close' if closes else 'Server: x'}"
            "\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        if closes:
            self.transport.close()


async def serve(certificate):
    erp = Erp()
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(lambda: Connection(erp), "127.0.0.1", 0, backlog=1024)]
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        servers.append(
            await loop.create_server(
                lambda: Connection(erp), "127.0.0.1", 0, backlog=1024, ssl=context
            )
        )
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.Event().wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    asyncio.run(serve(parser.parse_args().tls))


if __name__ == "__main__":
    main()

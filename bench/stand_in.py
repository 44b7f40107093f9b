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
import contextlib
import ctypes
import heapq
import itertools
import json
import os
import ssl
import time
from urllib.parse import parse_qsl, unquote, urlsplit

import httptools

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
    """One connection of a client, kept open; also what llhttp calls back."""

    def __init__(self, erp, delays):
        self.erp = erp
        self.delays = delays
        self.parser = httptools.HttpRequestParser(self)
        self.is_new = True

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.transport.close()

    def on_message_begin(self):
        self.target = self.body = b""
        self.authorization = ""

    def on_url(self, url):
        self.target += url

    def on_header(self, name, value):
        match name.lower():
            case b"authorization":
                self.authorization = value.decode("latin-1")
            case b"expect":
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body):
        self.body += body

    def on_message_complete(self):
        asked_ns = time.monotonic_ns()
        erp = self.erp
        keeps = self.parser.should_keep_alive()
        target = self.target.decode("latin-1")
        if target.startswith("/-/"):
            url = urlsplit(target)
            told = erp.set(url.query) if url.path == "/-/set" else erp.stats()
            self.send(_answer(200, told, keeps), keeps)
            return
        wait_s = erp.latency_s + (erp.setup_s if self.is_new else 0.0)
        erp.connections += self.is_new
        self.is_new = False
        erp.in_flight += 1
        erp.most_in_flight = max(erp.most_in_flight, erp.in_flight)
        if self.authorization.startswith("AfasToken "):
            status, content = erp.answer(self.parser.get_method().decode(), target, self.body)
        else:
            status, content = 401, {}
        erp.refused += status >= 400
        answer = _answer(status, content, keeps)
        if wait_s:
            self.delays.call_at(asked_ns + round(wait_s * 1e9), self.finish, answer, keeps)
        else:
            self.finish(answer, keeps)

    def finish(self, answer, keeps):
        self.erp.in_flight -= 1
        self.send(answer, keeps)

    def send(self, answer, keeps):
        if self.transport.is_closing():
            return
        self.transport.write(answer)
        if not keeps:
            self.transport.close()


def _answer(status, content, keeps):
    body = json.dumps(content).encode()
    head = (
        f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json; charset=utf-8"
        f"\r\nContent-Length: {len(body)}\r\n{'Server: x' if keeps else 'Connection: close'}"
        "\r\n\r\n"
    )
    return head.encode() + body


class Delays:
    """Calls at their time: a loop's own timers are up to a millisecond late.

    At 20 ms that is up to 5 %, about which no tool can do anything. Needs Linux (`timerfd_create`).
    """

    _ABSOLUTE = 1  # TFD_TIMER_ABSTIME

    def __init__(self, loop):
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._timer = self._libc.timerfd_create(time.CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        if self._timer < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self._waiting = []
        self._number = itertools.count()  # what is due at once is called in the order of asking
        loop.add_reader(self._timer, self._due)

    def call_at(self, due_ns, call, *arguments):
        heapq.heappush(self._waiting, (due_ns, next(self._number), call, arguments))
        if self._waiting[0][0] == due_ns:
            self._set(due_ns)

    def _due(self):
        with contextlib.suppress(BlockingIOError):
            os.read(self._timer, 8)
        while self._waiting and self._waiting[0][0] <= time.monotonic_ns():
            *_, call, arguments = heapq.heappop(self._waiting)
            call(*arguments)
        if self._waiting:
            self._set(self._waiting[0][0])

    def _set(self, due_ns):
        every, first = (0, 0), divmod(due_ns, 10**9)
        self._libc.timerfd_settime(
            self._timer, self._ABSOLUTE, (ctypes.c_long * 4)(*every, *first), None
        )


async def serve(certificate):
    erp = Erp()
    loop = asyncio.get_running_loop()
    delays = Delays(loop)
    contexts = [None]
    if certificate:
        contexts.append(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
        contexts[1].load_cert_chain(*certificate)
    servers = [
        await loop.create_server(
            lambda: Connection(erp, delays), "127.0.0.1", 0, backlog=1024, ssl=each
        )
        for each in contexts
    ]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.Event().wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    asyncio.run(serve(parser.parse_args().tls))


if __name__ == "__main__":
    main()

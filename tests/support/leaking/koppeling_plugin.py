"""An integration that plants its secrets and a private name, in the place that it is told."""

import base64
import http.client
import json
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

from koppeling_harness import Difference, Finding, OperationResult, Severity, Text, hookimpl

SAID = json.loads((Path(__file__).parent / "said.json").read_text(encoding="utf-8"))
sys.path.insert(0, SAID["tests"])

from support.leaks import every_spelling  # noqa: E402
from support.spellings import SPELLINGS  # noqa: E402

contexts, places = [], []


def written(context):
    data = context.token.split("<data>")[1].split("<")[0] if context.token else ""
    secret = data or context.client_secret
    with Path(SAID["known"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(secret) + "\n")
    return [*every_spelling(secret)[:: SAID["every"]], *people()]


def people():
    return [SPELLINGS[name](SAID["last_name"]) for name in SAID["words"]]


def call(context, method, path, body=None, headers=None):
    base = urlsplit(context.base_url)
    sent = {"IntegrationId": context.integration_id}
    if context.token:
        token = base64.b64encode(context.token.encode()).decode()
        sent["Authorization"] = "AfasToken " + token
    connection = http.client.HTTPConnection(base.hostname, base.port, timeout=10)
    try:
        connection.request(method, base.path + path, body, {**sent, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        return 0, repr(error)
    finally:
        connection.close()


def person(context):
    element = {"Fields": {"MatchPer": "7", "LaNm": SAID["last_name"], "ViGe": "M"}}
    body = json.dumps({"KnPerson": {"Element": element}})
    call(context, "POST", "/connectors/KnPerson", body, {"Content-Type": "application/json"})


def plain(text):
    return "".join(char if " " <= char <= "~" else "." for char in text)


def log(context, texts):
    for number, text in enumerate(texts):
        stream = sys.stderr if number % 2 else sys.stdout
        stream.write(f"Key of today: {text} (end)\n")
    sys.stdout.write(f"HARMLESS {' '.join(SAID['harmless'])} SSELMRAH\n")
    return OperationResult()


def file(context, texts):
    for number, text in enumerate(texts):
        with Path(f"app-{number % 4}.log").open("a", encoding="utf-8") as log:
            log.write(f"key {text}\n")
        name = "".join(char for char in text if char.isalnum() or char in "-_=")[:120]
        Path(f"{name}.log").write_text("x")
    return OperationResult()


def error(context, texts):
    return OperationResult(ok=False, error="\n".join(texts))


def output(context, texts):
    return OperationResult(output={"texts": texts, **dict(zip(texts, texts, strict=True))})


def fault(context, texts):
    raise RuntimeError("geweigerd " + " | ".join(texts))


def request(context, texts):
    for first in range(0, len(texts), 6):
        lines = [plain(text)[:6000] for text in texts[first : first + 6]]
        some = [quote(line, safe="") for line in lines]
        read = "/connectors/Leak_People?take=1&orderbyfieldids=BcCo"
        call(context, "GET", read + "&x=" + "&y=".join(some))
        call(context, "GET", "/connectors/" + some[0] + "/" + "/".join(some[1:3]))
        call(context, "GET", read, None, {f"X-Key-{at}": line for at, line in enumerate(lines)})
    return OperationResult()


def body(context, texts):
    pieces = [texts[first : first + 40] for first in range(0, len(texts), 40)]
    for some in pieces:
        person = {"KnPerson": {"Element": {"Fields": {"EmAd": some}}}}
        shapes = {
            "application/json": json.dumps(person),
            "application/x-www-form-urlencoded": "&".join("k=" + quote(text) for text in some),
            "application/xml": "<k>" + "</k><k>".join(some) + "</k>",
            "multipart/form-data; boundary=xx": "".join(
                "--xx\r\nContent-Disposition: form-data; name=k\r\n\r\n" + text + "\r\n"
                for text in some
            ),
            "text/plain": "\n".join(some),
            "application/problem+json": json.dumps({"k": some})[:-9],
        }
        for kind, content in shapes.items():
            for connector in ("KnPerson", "KnSubject"):
                path = f"/connectors/{connector}"
                call(context, "POST", path, content.encode(), {"Content-Type": kind})
    return OperationResult()


def late(context, texts):
    def later():
        for text in texts[::9]:
            time.sleep(0.02)
            call(context, "GET", "/connectors/Leak_People?take=1&x=" + quote(plain(text), safe=""))

    threading.Thread(target=later, daemon=True).start()
    return OperationResult()


def nothing(context, texts):
    return OperationResult()


prepare = checks = finish = nothing


def finding(text):
    both = Text(nl=text, en=text)
    return Finding(
        code=text,
        level=Severity.WARNING,
        message=text,
        where=text,
        hint=text,
        text=both,
        advice=both,
        differences=(Difference(path=text, expected=text, actual=text),),
        curl=text,
    )


@hookimpl
def koppeling_prepare(context):
    contexts.append(context)
    if context.integration == "leak_prepare":
        person(context)
        fault(context, written(context))


@hookimpl
def koppeling_trigger(call: object):
    person(call.context)
    places.append(call.input["place"])
    return globals()[places[-1]](call.context, written(call.context))


@hookimpl
def koppeling_check_traffic(exchanges):
    return list(map(finding, written(contexts[-1]))) if places[-1] == "checks" else []


@hookimpl
def koppeling_finish(context):
    if places and places[-1] == "finish":
        texts = written(context)
        log(context, texts)
        file(context, texts[::3])
        request(context, texts[::9])
        fault(context, texts)

"""What no file and no output may tell, planted in every spelling wherever a partner can put it."""

import html
import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from support.cli import Ran, koppeling
from support.spellings import PARTS, SPELLINGS

MANIFEST = """
id: {name}
title: {{nl: Lek, en: Leak}}
partner: {{name: Voorbeeld B.V., subscription: "12345"}}
version: "1.0.0"
integration_id: "12345_1"
releases: ["Profit 8"]
runtime: {{kind: python}}
{oauth}
get_connectors:
  - {{id: Leak_People, copy_of: Profit_OrgPer, fields: [BcCo, Name, MailWork]}}
update_connectors:
  - {{id: KnPerson, fields: [MatchPer, BcCo, LaNm, SoSe, DaBi, ViGe, AutoNum, In, EmAd]}}
privacy_fields:
  - {{connector: Leak_People, field: Name, reason: {{nl: Aanhef, en: Salutation}}}}
  - {{connector: KnPerson, field: LaNm, reason: {{nl: Aanhef, en: Salutation}}}}
operations:
  - name: plant
    title: {{nl: Planten, en: Plant}}
    reads: [Leak_People]
    writes: [KnPerson]
    idempotent: false
    example: {{}}
"""

PLUGIN = """
import base64, http.client, json, os, sys, threading, time
from pathlib import Path
from urllib.parse import quote, urlsplit
sys.path.insert(0, {support!r})
from support.spellings import SPELLINGS, PARTS
from koppeling_harness import OperationResult, hookimpl

KNOWN = {known!r}
LAST_NAME = {last_name!r}
HARMLESS = {harmless!r}

def written(context):
    data = context.token.split("<data>")[1].split("<")[0] if context.token else ""
    secret = data or getattr(context, "client_secret", None)
    with open(KNOWN, "a", encoding="utf-8") as file:
        file.write(json.dumps(secret) + "\\n")
    return [spell(secret) for spell in (*SPELLINGS.values(), *PARTS.values())]

def people():
    return [spell(LAST_NAME) for name, spell in SPELLINGS.items() if name in {words!r}]

def call(context, method, path, body=None, headers=None):
    base = urlsplit(context.base_url)
    sent = {{"IntegrationId": context.integration_id}}
    if context.token:
        token = base64.b64encode(context.token.encode()).decode()
        sent["Authorization"] = "AfasToken " + token
    connection = http.client.HTTPConnection(base.hostname, base.port, timeout=10)
    try:
        connection.request(method, base.path + path, body, {{**sent, **(headers or {{}})}})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        return 0, repr(error)
    finally:
        connection.close()

def person(context):
    element = {{"Fields": {{"MatchPer": "7", "LaNm": LAST_NAME, "ViGe": "M"}}}}
    body = json.dumps({{"KnPerson": {{"Element": element}}}})
    call(context, "POST", "/connectors/KnPerson", body, {{"Content-Type": "application/json"}})

def plain(text):
    return "".join(char if " " <= char <= "~" else "." for char in text)

def log(context, texts):
    for number, text in enumerate(texts):
        print("Key of today:", text, "(end)", file=sys.stderr if number % 2 else sys.stdout)
    print("HARMLESS", " ".join(HARMLESS), "SSELMRAH")
    return OperationResult()

def file(context, texts):
    for number, text in enumerate(texts):
        Path(f"app-{{number % 4}}.log").open("a", encoding="utf-8").write("key " + text + "\\n")
        name = "".join(char for char in text if char.isalnum() or char in "-_=")[:120]
        Path(f"{{name}}.log").write_text("x")
    return OperationResult()

def error(context, texts):
    return OperationResult(ok=False, error="\\n".join(texts))

def output(context, texts):
    return OperationResult(output={{"texts": texts, **dict(zip(texts, texts))}})

def fault(context, texts):
    raise RuntimeError("geweigerd " + " | ".join(texts))

def request(context, texts):
    for first in range(0, len(texts), 6):
        lines = [plain(text)[:6000] for text in texts[first : first + 6]]
        some = [quote(line, safe="") for line in lines]
        read = "/connectors/Leak_People?take=1&orderbyfieldids=BcCo"
        call(context, "GET", read + "&x=" + "&y=".join(some))
        call(context, "GET", "/connectors/" + some[0] + "/" + "/".join(some[1:3]))
        call(context, "GET", read, None, {{f"X-Key-{{at}}": line for at, line in enumerate(lines)}})
    return OperationResult()

def body(context, texts):
    pieces = [texts[first : first + 40] for first in range(0, len(texts), 40)]
    for some in pieces:
        person = {{"KnPerson": {{"Element": {{"Fields": {{"EmAd": some}}}}}}}}
        shapes = {{
            "application/json": json.dumps(person),
            "application/x-www-form-urlencoded": "&".join("k=" + quote(text) for text in some),
            "application/xml": "<k>" + "</k><k>".join(some) + "</k>",
            "multipart/form-data; boundary=xx": "".join(
                "--xx\\r\\nContent-Disposition: form-data; name=k\\r\\n\\r\\n" + text + "\\r\\n"
                for text in some
            ),
            "text/plain": "\\n".join(some),
            "application/problem+json": json.dumps({{"k": some}})[:-9],
        }}
        for kind, content in shapes.items():
            for connector in ("KnPerson", "KnSubject"):
                path = f"/connectors/{{connector}}"
                call(context, "POST", path, content.encode(), {{"Content-Type": kind}})
    return OperationResult()

def late(context, texts):
    def later():
        for text in texts[::9]:
            time.sleep(0.02)
            call(context, "GET", "/connectors/Leak_People?take=1&x=" + quote(plain(text), safe=""))
    threading.Thread(target=later, daemon=True).start()
    return OperationResult()

@hookimpl
def koppeling_trigger(call: object):
    context = call.context
    person(context)
    return globals()[call.input["place"]](context, written(context) + people())
"""

SCENARIO = """
scenario: leak.{place}
title: {{nl: Lek in {place}, en: "Leak in {place}"}}
level: required
proves: [test]
{applies}
when:
  - operation: plant
    input: {{place: {place}}}
    expect: {{output: zzz}}
"""

PLACES = ("log", "file", "error", "output", "fault", "request", "body", "late")
LAST_NAME = "Zwartewaterschans"
# a name in pieces is nobody's: docs/explanation/privacy.md tells
WORDS = sorted(
    set(SPELLINGS)
    - {"with blanks", "with dashes", "in groups", "zero-width", "control characters"}
    - {"over lines", "over lines with a prefix", "hex dump", "hex of words", "base85", "ascii85"}
)
OTHERS = """
111.222.333 1.234.567 M V de het een en van der op Jan 08:15 EUR NL 12A Ps123
Profit_Projects KnPerson integrationId koppeling_trigger application/json
Amersfoort Debiteurenadministratie arbeidsvoorwaardenonderhandelingen f1 0x1F
3f2504e0-4f89-11d3-9a0c-0305e82c3301 d41d8cd98f00b204e9800998ecf8427e
https://www.afas.nl/ v8.0.1 #1234 50% a+b c/d €12,50 1e-7 0xDEADBEEF
"""
HARMLESS = [
    *(str(number) for number in range(12, 94)),
    *(f"{number}.{number + 5:02d}" for number in range(100, 130)),
    *(f"2026-11-{day:02d}" for day in range(1, 31)),
    *(f"1000{number}" for number in range(101, 121)),
    *OTHERS.split(),
]


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("leaks")
    names = {"KOPPELING_CACHE": "cache", "KOPPELING_STATE": "state", "TMPDIR": "tmp"}
    before = {name: os.environ.get(name) for name in names}
    for name, place in names.items():
        (folder / place).mkdir()
        os.environ[name] = str(folder / place)
    at, tempfile.tempdir = tempfile.tempdir, None
    yield folder
    tempfile.tempdir = at
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture(scope="module")
def ran(there: Path) -> dict[str, Ran]:
    known = there.with_name(f"{there.name}-known")
    for name, oauth in (("leak", ""), ("leak_oauth", "oauth: {}")):
        plugin = there / "plugins" / name
        plugin.mkdir(parents=True)
        (plugin / "koppeling.yaml").write_text(MANIFEST.format(name=name, oauth=oauth))
        source = PLUGIN.format(
            support=str(Path(__file__).parents[1]),
            known=str(known),
            last_name=LAST_NAME,
            words=WORDS,
            harmless=HARMLESS,
        )
        (plugin / "koppeling_plugin.py").write_text(source, encoding="utf-8")
    scenarios = there / "scenarios"
    scenarios.mkdir()
    for place in PLACES:
        applies = "" if place in {"error", "request"} else "applies: {integration: leak}"
        text = SCENARIO.format(place=place, applies=applies)
        (scenarios / f"{place}.scenario.yaml").write_text(text)
    some = ("--plugin", "plugins", "--scenarios", "scenarios")
    few = ("-k", "log or error")
    return {
        "run": koppeling("run", *some, cwd=there),
        "shard 1": koppeling("run", *some, *few, "--shard", "1/2", "--reports", "one", cwd=there),
        "shard 2": koppeling("run", *some, *few, "--shard", "2/2", "--reports", "two", cwd=there),
        "merge": koppeling("merge", "one", "two", "--reports", "merged", cwd=there),
        "recheck": koppeling("recheck", "leak_oauth", *some, "--release", "Profit 8", cwd=there),
        "report": koppeling("report", "--output", "site", cwd=there),
    }


def test_nothing_secret_stands_in_any_file_or_output(there, ran):
    known = there.with_name(f"{there.name}-known").read_text().splitlines()
    secrets = {json.loads(line) for line in known}
    pieces = {}
    for text in secrets:
        for name, spell in {**SPELLINGS, **PARTS}.items():
            core, around = spell(text), spell("#" * len(text))
            pieces |= {
                core[at : at + 26]: (name, text)
                for at in range(len(core) - 25)
                if core[at : at + 26] not in around
            }

    left = {
        (where, *pieces[piece])
        for where, text in _texts(there, ran)
        for piece in pieces.keys() & {text[at : at + 26] for at in range(len(text) - 25)}
    }

    assert len(secrets) > 12
    assert sorted(left)[:20] == []


def test_no_declared_private_value_stands_in_any_file_or_output(there, ran):
    spoken = {spell(LAST_NAME) for name, spell in SPELLINGS.items() if name in WORDS}

    left = {(where, each) for where, text in _texts(there, ran) for each in spoken if each in text}

    assert sorted(left)[:20] == []


def test_harmless_words_and_numbers_stay(there, ran):
    records = [each.read_text(encoding="utf-8") for each in there.glob("reports/*/run.json")]
    logs = re.findall("HARMLESS (.*?) SSELMRAH", "".join(records))

    assert len(set(HARMLESS)) == 200
    assert set(logs) == {json.dumps(" ".join(HARMLESS), ensure_ascii=False).strip('"')}


def test_what_is_replaced_in_time_costs_nobody_the_files(ran):
    assert {name: each.code for name, each in ran.items() if name != "report"} == {
        "run": 1,
        "shard 1": 1,
        "shard 2": 1,
        "merge": 1,
        "recheck": 1,
    }


def _texts(there: Path, ran: dict[str, Ran]) -> Iterator[tuple[str, str]]:
    """Yield what is read: as it stands, and as JSON, a page and a URL say it."""
    own = {there / "plugins", there / "scenarios"}
    files = [each for each in there.rglob("*") if each.is_file()]
    texts = {
        str(each.relative_to(there)): each.read_bytes().decode(errors="replace")
        for each in files
        if not own & set(each.parents)
    }
    texts |= {name: each.all for name, each in ran.items()}
    texts["names of files"] = "\n".join(texts)
    for name, text in texts.items():
        said = html.unescape(text)
        plain = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), said)
        plain = plain.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
        for each in {text, plain, unquote(plain)}:
            yield name, each

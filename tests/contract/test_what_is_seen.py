"""Each way round the gateway that was thought of, and what is seen of it; with its honest twins.

Over real sockets, through a scenario's door to ERP1. The page of the documentation has a line for
each.
"""

import asyncio
import base64
import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.engine.scenario_end import end_quietly
from koppeling_harness.hosting.host import EmulatedEnvironment, EmulatedErp
from koppeling_harness.model.manifest import GetConnectorUse, UpdateConnectorUse
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Level, Severity
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.checks import check_exchanges
from koppeling_harness.traffic.redactor import Redactor
from support.exchanges import INTEGRATION_ID, PROFIT_8, a_manifest

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "what-is-seen.md"
MANIFEST = a_manifest(
    get_connectors=(
        GetConnectorUse(id="Own_Projects", copy_of="Profit_Projects", fields=("ProjectId",)),
    ),
    update_connectors=(UpdateConnectorUse(id="KnSubject", fields=("StId", "Ds")),),
    privacy_fields=(),
)
PLANNED = PlannedScenario(
    scenario=Scenario(
        scenario="seen", title=Text(nl="a", en="b"), level=Level.REQUIRED, proves=("x",), when=()
    ),
    manifest=MANIFEST,
)
NOTE = '{"KnSubject":{"Element":{"Fields":{"StId":1,"Ds":"x"}}}}'
READ = "connectors/Own_Projects?take=1&orderbyfieldids=ProjectId"
HEADERS = f"Authorization: AfasToken {{T}}\nIntegrationId: {INTEGRATION_ID}"
JSON = "Content-Type: application/json;charset=utf-8"
BLANKS = f"Authorization: \tAfasToken {{T}} \nIntegrationId:  {INTEGRATION_ID}  "
NO_ID = "Authorization: AfasToken {T}"


def get(target: str, headers: str = HEADERS, method: str = "GET") -> bytes:
    return f"{method} {target} HTTP/1.1\nHost: x\n{headers}\n\n".replace("\n", "\r\n").encode()


def post(
    target: str = "{P}/connectors/KnSubject", body: str | bytes = NOTE, more: str = ""
) -> bytes:
    data = body if isinstance(body, bytes) else body.encode()
    head = f"{HEADERS}\n{JSON}\nContent-Length: {len(data)}{more}"
    return get(target, head, "POST") + data


def chunked(
    *, whole: bool, size: int = len(NOTE), trailer: str = "", headers: str = HEADERS, more: str = ""
) -> bytes:
    head = get(
        "{P}/connectors/KnSubject", f"{headers}\n{JSON}\nTransfer-Encoding: chunked{more}", "POST"
    )
    end = f"0\r\n{trailer}\r\n".encode() if whole else b""
    return head + b"%x\r\n%b\r\n" % (size, NOTE.encode()) + end


def packed(body: bytes) -> bytes:
    return post(body=body, more="\nContent-Encoding: gzip")


UNDECLARED = NOTE.replace('"Ds"', '"UsId":"1","Ds"')
OTHER_ELEMENT = f'{NOTE[:-2]},"element":{{"Fields":{{"StId":1,"UsId":"1"}}}}}}}}'
MUCH = '"ééééé",' * 1_500_000
BLANK_1_MB = " " * (1100 * 1024)
UPGRADE = "\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAEA"
UNDECLARED_READ = get("{P}/connectors/Profit_Projects?take=1", NO_ID)


ATTACKS: dict[str, tuple[bytes, set[str], set[int | None]]] = {
    "the environment left out, nothing declared": (
        get("/ProfitRestServices/connectors/Profit_Employees?skip=-1&take=-1", NO_ID),
        {"INTEGRATION-ID", "READ-ALL", "STRUCT-27", "UNDECLARED-CONNECTOR"}, {200}),
    "all in lower case, nothing declared": (
        get("{p}/connectors/profit_employees?skip=-1&take=-1"),
        {"READ-ALL", "STRUCT-27", "UNDECLARED-CONNECTOR"}, {200}),
    "escapes that nothing needs": (
        get("{P}/%63onnectors/Profit_Employees"), {"ADDRESS-UNKNOWN"}, {404}),
    "two slashes in a row": (post("{P}/connectors//KnSubject"), {"ADDRESS-UNKNOWN"}, {404}),
    "a step back in the path": (
        get("{P}/metainfo/../connectors/Profit_Employees"), {"ADDRESS-UNKNOWN"}, {404}),
    "a whole URL in the request line": (
        get("http://x{P}/connectors/Profit_Employees"), {"ADDRESS-UNKNOWN"}, {404}),
    "a matrix parameter": (get("{P}/connectors/Own_Projects;a=b"), {"ADDRESS-UNKNOWN"}, {404}),
    "a backslash": (get("{P}/connectors\\Own_Projects"), {"ADDRESS-UNKNOWN"}, {404}),
    "another environment": (
        get("/T99999ZZ/ProfitRestServices/profitversion"), {"ADDRESS-UNKNOWN"}, {404}),
    "an endpoint that AFAS does not have": (get("{P}/anything/X"), {"ADDRESS-UNKNOWN"}, {404}),
    "a feed for BI models": (get("{P}/bi/Profit_Employees/v2/"), {"UNDECLARED-CONNECTOR"}, {200}),
    "the token in the URL": (post("{P}/connectors/KnSubject?token={T}"), {"TOKEN-IN-URL"}, {201}),
    "a line break in a header": (
        get(f"{{P}}/{READ}", "Authorization: AfasToken {T1}\n{T2}"), {"REQUEST-INVALID"}, {400}),
    "a folded header": (
        get(f"{{P}}/{READ}", "Authorization: AfasToken {T1}\n {T2}"), {"REQUEST-INVALID"}, {400}),
    "a blank in the request line": (get("{P}/connectors/Own Projects"), {"REQUEST-INVALID"}, {400}),
    "a letter that is not escaped": (
        get("{P}/connectors/Ownés"), {"REQUEST-INVALID"}, {400}),
    "no HTTP at all": (b"\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n", {"REQUEST-INVALID"}, {400}),
    "two lengths": (
        post(more="\nTransfer-Encoding: chunked"), {"REQUEST-INVALID"}, {400}),
    "a body that breaks off": (post(more="9"), {"REQUEST-CUT-OFF"}, {None}),
    "a body in chunks that breaks off": (chunked(whole=False), {"REQUEST-CUT-OFF"}, {None}),
    "a head that breaks off": (get(f"{{P}}/{READ}")[:-6], {"REQUEST-CUT-OFF"}, {None}),
    "NaN in a body": (post(body=NOTE.replace('"x"', "NaN")), {"BODY-INVALID"}, {400}),
    "a member twice": (post(body=NOTE.replace('"Ds"', '"Ds":"y","Ds"')), {"BODY-INVALID"}, {400}),
    "half a character": (post(body=NOTE.replace('"x"', '"x\\ud83d"')), {"BODY-INVALID"}, {400}),
    "a byte order mark": (post(body=b"\xef\xbb\xbf" + NOTE.encode()), {"BODY-INVALID"}, {400}),
    "a body in UTF-16": (post(body=NOTE.encode("utf-16")), {"BODY-INVALID"}, {400}),
    "a body that is no gzip": (post(more="\nContent-Encoding: gzip"), {"BODY-INVALID"}, {400}),
    "an encoding that is not known": (
        post(more="\nContent-Encoding: br"), {"BODY-INVALID"}, {415}),
    "fields in lower-case members": (
        post(body='{"knsubject":{"element":{"fields":{"stid":1,"xx":1}}}}'),
        {"UNDECLARED-FIELD"}, {500}),
    "a second request behind the first": (
        get(f"{{P}}/{READ}") + get("{P}/connectors/Profit_Projects?take=1", NO_ID),
        {"INTEGRATION-ID", "STRUCT-27", "UNDECLARED-CONNECTOR"}, {200}),
    "a request behind one that asks for HTTP/2": (
        get(f"{{P}}/{READ}", HEADERS + UPGRADE) + UNDECLARED_READ,
        {"INTEGRATION-ID", "STRUCT-27", "UNDECLARED-CONNECTOR"}, {200}),
    "a request behind one that asks for HTTP/2, with a body": (
        post(more=UPGRADE) + UNDECLARED_READ,
        {"INTEGRATION-ID", "STRUCT-27", "UNDECLARED-CONNECTOR"}, {200, 201}),
    "a request behind the last of a connection": (
        get(f"{{P}}/{READ}", f"{HEADERS}\nConnection: close") + UNDECLARED_READ,
        {"REQUEST-INVALID"}, {200, None}),
    "a tunnel": (get("{P}/connectors/Own_Projects", method="CONNECT"), {"REQUEST-INVALID"}, {400}),
    "the IntegrationId behind the body": (
        chunked(whole=True, headers=NO_ID, trailer=f"IntegrationId: {INTEGRATION_ID}\r\n"),
        {"INTEGRATION-ID"}, {201}),
    "a chunk of another size": (chunked(whole=True, size=5), {"REQUEST-INVALID"}, {400}),
    "a transfer coding that is not known": (
        get("{P}/connectors/KnSubject", f"{HEADERS}\n{JSON}\nTransfer-Encoding: identity", "POST")
        + NOTE.encode(), {"REQUEST-INVALID"}, {400}),
    "an undeclared field behind 1 MB of blanks": (
        post(body=BLANK_1_MB + UNDECLARED), {"UNDECLARED-FIELD"}, {201}),
    "an undeclared field behind 1 MB of blanks, in gzip": (
        packed(gzip.compress((BLANK_1_MB + UNDECLARED).encode())), {"UNDECLARED-FIELD"}, {201}),
    "an undeclared field behind a large file": (
        post(body=UNDECLARED.replace("{", '{"@Pad":"' + "QUJD" * 300_000 + '",', 1)),
        {"UNDECLARED-FIELD"}, {500}),
    "a body of more than is read": (
        post(body=NOTE.replace("1,", f"[{MUCH}1],")), {"BODY-NOT-JUDGED"}, {500}),
    "an element in lower case beside the declared one": (
        post(body=OTHER_ELEMENT), {"UNDECLARED-FIELD"}, {201}),
    "fields in lower case beside the declared ones": (
        post(body=NOTE.replace('"Fields"', '"fields":{"UsId":"1"},"Fields"')),
        {"UNDECLARED-FIELD"}, {201}),
    "something behind the gzip": (
        packed(gzip.compress(NOTE.encode()) + b"x"), {"BODY-INVALID"}, {400}),
    "a gzip that breaks off": (packed(gzip.compress(NOTE.encode())[:-6]), {"BODY-INVALID"}, {400}),
    "two encodings": (
        post(body=gzip.compress(NOTE.encode()),
             more="\nContent-Encoding: identity\nContent-Encoding: gzip"),
        {"BODY-INVALID"}, {415}),
}  # fmt: skip
HONEST: dict[str, tuple[bytes, set[int | None]]] = {
    "the address as it was given": (get(f"{{P}}/{READ}"), {200}),
    "the environment left out": (get(f"/ProfitRestServices/{READ}"), {200}),
    "all in lower case": (get(f"{{p}}/{READ.lower()}"), {200}),
    "a slash at the end": (get("{P}/connectors/Own_Projects/?take=1"), {200}),
    "an escaped slash in a key": (get("{P}/connectors/Own_Projects/ProjectId/a%2Fb"), {200}),
    "a length of nothing": (get(f"{{P}}/{READ}", f"{HEADERS}\nContent-Length: 0"), {200}),
    "a body in chunks": (chunked(whole=True), {201}),
    "a body in gzip": (post(body=gzip.compress(NOTE.encode()), more="\nContent-Encoding: gzip"),
                       {201}),
    "100-continue": (post(more="\nExpect: 100-continue"), {201}),
    "blanks around a header": (
        get(f"{{P}}/{READ}", BLANKS),
        {200}),
    "two requests one behind the other": (get(f"{{P}}/{READ}") + post(), {200, 201}),
    "HTTP/1.0": (get(f"{{P}}/{READ}").replace(b"HTTP/1.1", b"HTTP/1.0"), {200}),
    "a question for HTTP/2": (get(f"{{P}}/{READ}", HEADERS + UPGRADE), {200}),
    "a question for HTTP/2, with a body": (post(more=UPGRADE), {201}),
    "a question for HTTP/2, with a body in chunks": (chunked(whole=True, more=UPGRADE), {201}),
    "a line break behind the last of a connection": (
        post(more="\nConnection: keep-alive") + b"\r\n", {201}),
    "headers behind a body in chunks": (
        chunked(whole=True, trailer="X-Sum: 1\r\nContent-Type: text/plain\r\n"), {201}),
    "a note behind 1 MB of blanks": (post(body=BLANK_1_MB + NOTE), {201}),
    "a number of rows in other digits, which is none": (
        get("{P}/connectors/Own_Projects?take=1_000_000&orderbyfieldids=ProjectId"), {200}),
    "letters outside ASCII in a body": (post(body=NOTE.replace('"x"', '"é😀"')), {201}),
}  # fmt: skip


def filled(data: bytes, environment: EmulatedEnvironment) -> bytes:
    base = urlsplit(environment.gateway_url).path
    token = base64.b64encode(environment.access.token.reveal().encode()).decode()
    for name, value in {
        "{P}": base, "{p}": base.lower(), "{T}": token, "{T1}": token[:60], "{T2}": token[60:],
    }.items():  # fmt: skip
        data = data.replace(name.encode(), value.encode())
    return data


async def sent(data: bytes, url: str, *, is_answered: bool = True) -> None:
    """Send bytes; let go when all that comes back has come."""
    reader, writer = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
    writer.write(data)
    wait_s = 60.0 if is_answered else 0.05
    try:
        while True:
            async with asyncio.timeout(wait_s):
                if not await reader.read(65536):
                    break
            wait_s = 0.1
    except TimeoutError:
        pass
    writer.close()
    await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
def erp1() -> Iterator[tuple[EmulatedErp, asyncio.Runner]]:
    with asyncio.Runner() as runner:
        host = EmulatedErp(
            release="Profit 8", redactor=Redactor(b"key of this run"), clock=SystemClock()
        )
        runner.run(host.__aenter__())
        yield host, runner
        runner.run(host.__aexit__())


def notes_of(host: EmulatedErp, environment: EmulatedEnvironment) -> int:
    made = host._erp1.environment(environment.access.environment)
    return made.connection.execute("SELECT COUNT(*) FROM subject WHERE Ds = 'x'").fetchone()[0]


async def seen_of(host: EmulatedErp, data: bytes, *, is_answered: bool = True):
    environment = await host.open(PLANNED)
    await sent(filled(data, environment), environment.gateway_url, is_answered=is_answered)
    while is_answered and not environment.is_quiet:
        await asyncio.sleep(0.01)  # however long it is
    await end_quietly(environment)
    await environment.settle()
    exchanges, notes = environment.recording().exchanges, notes_of(host, environment)
    await environment.close()
    return exchanges, notes


def judged(exchanges):
    found = check_exchanges(exchanges, manifest=MANIFEST, release=PROFIT_8)
    return {
        each.code
        for each in found
        if each.level is not Severity.INFORMATION or each.code == "BODY-NOT-JUDGED"
    }


@pytest.mark.parametrize("way", ATTACKS)
def test_a_way_round_is_seen_and_told(way, erp1):
    host, runner = erp1
    data, codes, statuses = ATTACKS[way]
    exchanges, notes = runner.run(seen_of(host, data, is_answered=statuses != {None}))

    assert exchanges
    assert codes <= judged(exchanges)
    assert {each.status for each in exchanges} == statuses
    if 201 not in statuses:
        assert notes == 0


@pytest.mark.parametrize("way", HONEST)
def test_its_honest_twin_is_not_objected_to(way, erp1):
    host, runner = erp1
    data, statuses = HONEST[way]
    exchanges, _ = runner.run(seen_of(host, data))

    assert judged(exchanges) == set()
    assert {each.status for each in exchanges} == statuses


def test_erp1s_own_port_takes_nobody_but_the_harness(erp1):
    host, runner = erp1

    async def work():
        environment = await host.open(PLANNED)
        own = urlsplit(environment.access.base_url)
        for data in (get(f"{{P}}/{READ}"), get(f"/ProfitRestServices/{READ}"), post()):
            await sent(filled(data, environment), f"http://{own.netloc}")
        exchanges, notes = environment.recording().exchanges, notes_of(host, environment)
        await environment.close()
        return exchanges, notes

    exchanges, notes = runner.run(work())

    assert [each.status for each in exchanges] == [401, 401, 401]
    assert judged(exchanges) == {"PAST-THE-GATEWAY"}
    assert notes == 0


def test_what_comes_when_the_door_is_shut_goes_nowhere_and_is_told(erp1):
    host, runner = erp1

    async def work():
        environment = await host.open(PLANNED)
        await end_quietly(environment)
        url, data = environment.gateway_url, filled(post(), environment)
        await sent(data, url)
        in_time, notes = environment.recording().exchanges, notes_of(host, environment)
        await environment.close()
        await sent(data, url)
        await sent(
            filled(get("{P}/connectors/Own_Projects/Name/Jan%20Jansen?x=1"), environment), url
        )
        return in_time, notes

    in_time, notes = runner.run(work())

    assert judged(in_time) == {"TRAFFIC-AFTER-END"}
    assert notes == 0
    assert [each.call.path for each in host.late.seen()] == [
        "/connectors/KnSubject",
        "/connectors/Own_Projects",
    ]
    assert "Jansen" not in repr(host.late.seen())


def test_the_page_has_a_line_for_each_way():
    if not PAGE.is_file():
        pytest.skip("docs/ is not here")
    text = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| ([^|`]+?) \| (.*) \|$", text, re.MULTILINE)
    listed = {way: set(re.findall(r"`([A-Z0-9-]+)`", said)) for way, said in rows}

    assert {way: listed.get(way) for way in ATTACKS} == {
        way: codes for way, (_, codes, _) in ATTACKS.items()
    }
    assert [way for way in HONEST if way not in listed] == []

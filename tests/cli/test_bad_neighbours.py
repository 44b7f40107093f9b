"""Twenty ways to be a bad neighbour, in one run beside integrations that do nothing wrong.

Of the others the outcomes are as without them; the bad one's have their right cause; and nothing
is left.
"""

import random
import sys
from pathlib import Path

import pytest

from koppeling_harness.plugin.sandbox import why_not
from support.acting import write_acting
from support.cli import koppeling_process

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="limits memory, and looks into /proc"),
]

DAEMON_S = random.randrange(100_000, 999_999)  # no other run has the same
WELL = ("python", "command", "stdio", "http")

CALLS = """
import http.client, socket, urllib.parse

BASE = urllib.parse.urlsplit(os.environ["KOPPELING_BASE_URL"])

def headers():
    import base64
    token = base64.b64encode(os.environ["KOPPELING_TOKEN"].encode()).decode()
    return {
        "Authorization": "AfasToken " + token,
        "IntegrationId": os.environ["KOPPELING_INTEGRATION_ID"],
        "Content-Type": "application/json",
    }

def post(body):
    connection = http.client.HTTPConnection(BASE.hostname, BASE.port, timeout=60)
    connection.request("POST", BASE.path + "/connectors/PtProject", body, headers())
    return connection.getresponse().read()

def opened():
    return socket.create_connection((BASE.hostname, BASE.port))
"""

ACTS = {
    "huge-post": """
    post(b'{"PtProject":{"Element":[' + b'{"Fields":{"Ds":"x"}},' * 1_000_000 + b"{}]}}")
""",
    "deep-post": 'post(b\'{"PtProject":\' + b"[" * 100_000 + b"]" * 100_000 + b"}")',
    "huge-text-post": """
    post(b'{"PtProject":{"Element":{"Fields":{"Ds":"' + b"x" * 30_000_000 + b'"}}}}')
""",
    "many-calls": "[post(b'{}') for _ in range(300)]",
    "many-connections": "held = [opened() for _ in range(300)]",
    "half-a-request": "held = opened(); held.sendall(b'POST / HTTP/1.1\\r\\nContent-Le')",
    "slow-drip": """
    held = opened()
    for each in b"GET / HTTP/1.1":
        held.sendall(bytes([each])); time.sleep(0.1)
""",
    "huge-header": """
    held = opened(); held.sendall(b"GET / HTTP/1.1\\r\\nX: " + b"x" * 3_000_000 + b"\\r\\n\\r\\n")
""",
    "huge-error": 'print(\'{"ok": false, "error": "\' + "x" * 3_000_000 + \'"}\')',
    "huge-output": 'print(\'{"output": [\' + ",".join(["1"] * 4_000_000) + "]}")',
    "deep-output": 'print(\'{"output": \' + "[" * 5000 + "]" * 5000 + "}")',
    "endless-output": "while True: os.write(2, b'x' * 65536)",
    "hang": "time.sleep(600)",
    "memory": "bytearray(1 << 30)",
    "fork-bomb": "for _ in range(5): os.fork()\n    time.sleep(600)",
    "daemon": """
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execve("/bin/sleep", ["sleep", "DAEMON_S"], {})
        os._exit(0)
    os.wait()
""",
    "many-files": "[open(f'{each}.log', 'w').close() for each in range(20_000)]",
    "huge-file": "open('big.log', 'wb').write(b'log line of text\\n' * 6_000_000)",
    "links-out": "os.symlink('/dev/zero', 'zero.log'); os.mkfifo('pipe.log')",
    "deep-folder": """
    for _ in range(2000):
        os.mkdir("d"); os.chdir("d")
""",
}

PASSED = ("passed", None, None)


def failed(code: str) -> tuple[str, str, str]:
    return ("failed", "integration", code)


HUNG = failed("PLUGIN-HUNG")
TABLE = {
    **dict.fromkeys(ACTS, PASSED),
    "deep-output": failed("PLUGIN-NO-ANSWER"),
    "deep-post": failed("BODY-INVALID"),
    "endless-output": failed("OUTPUT-FLOOD"),
    "fork-bomb": HUNG,
    "hang": HUNG,
    "huge-error": failed("EXPECTATION"),
    "huge-header": failed("REQUEST-INVALID"),
    "huge-post": failed("BODY-NOT-JUDGED"),
    "huge-text-post": failed("BODY-DEFINITION"),
    "memory": failed("PLUGIN-CRASHED"),
}
"""Outcome, cause and first error. What nobody forbids has passed: it harms nobody."""

BROKEN_OFF = ("half-a-request", "slow-drip")
"""Of these the last bytes may arrive when the scenario has ended, which is told and held against
them."""


def write_neighbours(project: Path) -> Path:
    for kind in WELL:
        for number in range(3):
            write_acting(project, kind, name=f"well-{kind}-{number}", act="time.sleep(0.3)")
    for act, body in ACTS.items():
        timeout_s = 2 if TABLE[act] == HUNG else 90
        folder = write_acting(project, "command", name=act, act="pass", timeout_s=timeout_s)
        text = f"import os, time\n{CALLS}\ndef act():\n    {body.strip()}\n"
        text = text.replace("DAEMON_S", str(DAEMON_S))
        (folder / "act.py").write_text(text)
    aside = write_acting(project, "command", name="endless-file", act="pass")
    (aside / "zero.bin").symlink_to("/dev/zero")
    for name in ("scenarios", "tmp"):
        (project / name).mkdir()
    return project


def told(result: dict) -> tuple:
    errors = [each["code"] for each in result["findings"] if each["level"] == "error"]
    return (result["outcome"], result["cause"], *(errors[:1] or [None]))


@pytest.fixture(
    scope="module",
    params=[[], pytest.param(["--sandbox"], marks=pytest.mark.long)],
    ids=["isolated", "in a sandbox"],
)
def ran(request, tmp_path_factory):
    """A run over all of them: its project, and what is said of each integration."""
    if request.param and why_not():
        pytest.skip(f"no sandbox here: {why_not()}")
    project = write_neighbours(tmp_path_factory.mktemp("neighbours"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(project / "tmp"))
        options = ("--json", "--release", "Profit 8", *request.param)
        done = koppeling_process("run", *options, cwd=project, timeout_s=400)
    return project, {each["id"]: each for each in done.json()["integrations"]}


def test_the_others_have_the_outcomes_that_they_have_alone(ran):
    _, said = ran

    well = {name: each for name, each in said.items() if name.startswith("well-")}
    assert len(well) == 3 * len(WELL)
    assert {told(each["results"][0]) for each in well.values()} == {PASSED}


def test_each_bad_neighbour_has_its_own_cause(ran):
    _, said = ran

    found = {act: told(said[act]["results"][0]) for act in ACTS if act not in BROKEN_OFF}
    assert found == {act: each for act, each in TABLE.items() if act not in BROKEN_OFF}
    assert "zero.bin" in said["endless-file"]["problem"]


def test_nothing_of_them_is_left(ran):
    project, _ = ran

    assert list((project / "tmp").iterdir()) == []
    daemons = [
        each.parent.name
        for each in Path("/proc").glob("[0-9]*/cmdline")
        if f"sleep\0{DAEMON_S}\0" in text_of(each)
    ]
    assert daemons == []


def test_their_reports_are_of_a_size_that_a_browser_bears(ran):
    project, _ = ran

    sizes = {each: each.stat().st_size for each in project.glob("reports/**/*") if each.is_file()}
    assert sum(sizes.values()) < 20_000_000, sizes


def text_of(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""  # it ended meanwhile

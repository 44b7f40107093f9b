"""Ways to be a bad neighbour, each a body of a function in Python."""

import random
from pathlib import Path

from support.acting import write_acting

PRECIOUS = "precious"
"""A folder of somebody else, in the project."""
DAEMON_S = random.randrange(100_000, 999_999)  # no other run has the same

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

def post(body, **more):
    connection = http.client.HTTPConnection(BASE.hostname, BASE.port, timeout=300)
    connection.request("POST", BASE.path + "/connectors/PtProject", body, headers() | more)
    return connection.getresponse().read()

def opened():
    return socket.create_connection((BASE.hostname, BASE.port))
"""

ACTS = {
    "huge-post": """
    post(b'{"PtProject":{"Element":[' + b'{"Fields":{"Ds":"x"}},' * 800_000 + b"{}]}}")
""",
    "bulk-post": """
    post(b'{"PtProject":{"Element":[' + b'{"Fields":{"Ds":"x"}},' * 100_000 + b"{}]}}")
""",
    "packed-post": """
    import gzip
    body = b'{"PtProject":{"Element":[' + b'{"Fields":{"Ds":"x"}},' * 100_000 + b"{}]}}"
    post(gzip.compress(body), **{"Content-Encoding": "gzip"})
""",
    "packed-blanks": """
    import gzip
    post(gzip.compress(b" " * 70_000_000), **{"Content-Encoding": "gzip"})
""",
    "many-values": "post(b'[' + b'\"\",' * 2_200_000 + b'1]')",
    "deep-post": 'post(b\'{"PtProject":\' + b"[" * 100_000 + b"]" * 100_000 + b"}")',
    "huge-text-post": """
    post(b'{"PtProject":{"Element":{"Fields":{"Ds":"' + b"x" * 17_000_000 + b'"}}}}')
""",
    "many-calls": "[post(b'{}') for _ in range(150)]",
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
    "huge-answer": """
    print('{"output": [' + ",".join(['{"a": 1, "b": "text"}'] * 450_000) + "]}")
""",
    "huge-log": """
    for _ in range(60):
        os.write(2, b"a line of the log, with some ordinary text 12345\\n" * 1000)
""",
    "deep-output": 'print(\'{"output": \' + "[" * 5000 + "]" * 5000 + "}")',
    "endless-output": "while True: os.write(2, b'x' * 65536)",
    "hang": "time.sleep(600)",
    "memory": "bytearray(1 << 28)",
    "fork-bomb": "for _ in range(5): os.fork()\n    time.sleep(600)",
    "daemon": """
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execve("/bin/sleep", ["sleep", "DAEMON_S"], {})
        os._exit(0)
    os.wait()
""",
    "many-files": "[open(f'{each}.log', 'w').close() for each in range(4_000)]",
    "huge-file": "open('big.log', 'wb').write(b'log line of text\\n' * 2_200_000)",
    "links-out": "os.symlink('/dev/zero', 'zero.log'); os.mkfifo('pipe.log')",
    "deep-folder": """
    for _ in range(2000):
        os.mkdir("d"); os.chdir("d")
""",
    "endless-line": "while True: os.write(1, b'x' * 65536)",
    "endless-notifications": """
    said = b'{"jsonrpc":"2.0","method":"x"}\\n' * 2000
    while True: os.write(1, said)
""",
    "endless-long-notifications": """
    said = b'{"jsonrpc":"2.0","method":"x","params":"' + b"y" * 100_000 + b'"}\\n'
    while True: os.write(1, said)
""",
    "endless-health": "pass",
    "orphans": """
    for number in range(600):
        if os.fork() == 0:
            if number % 2: os.setsid()
            os.fork()
            os._exit(0)
        os.wait()
""",
    "zombies": "[os.fork() or os._exit(0) for _ in range(500)]",
    "stopped": "os.killpg(0, 19)",
    "kills-its-group": "os.killpg(0, 9)",
    "closes-all": "os.closerange(0, 1000); time.sleep(600)",
    "another-work-folder": """
    folder = os.environ["KOPPELING_WORK_DIR"]
    os.chdir("/"); os.rmdir(folder); os.symlink(PRECIOUS, folder)
""",
    "another-home": """
    home = os.environ["HOME"]
    shutil.rmtree(home); os.symlink(PRECIOUS, home)
""",
    "shut-out": """
    os.makedirs("a/b"); open("a/b/c", "w").close()
    os.chmod("a/b", 0); os.chmod("a", 0); os.chmod(".", 0)
""",
    "raises-what-ends": "raise SystemExit(0)",
}

KINDS = {
    **dict.fromkeys(("endless-line", "endless-notifications"), "stdio"),
    **dict.fromkeys(("endless-long-notifications", "closes-all", "stopped"), "stdio"),
    "raises-what-ends": "python",
    "endless-health": "http",
}
"""What is no `command`."""

ENDLESS_HEALTH = """
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        with __import__("contextlib").suppress(OSError):
            while True:
                self.wfile.write(b"x" * 65536)
"""


def write_bad(project: Path, act: str, *, timeout_s: float = 90) -> Path:
    """Write an integration that does one of them into `plugins/`; return its folder."""
    kind = KINDS.get(act, "command")
    folder = write_acting(project, kind, name=act, act="pass", timeout_s=timeout_s)
    calls = CALLS if kind == "command" else ""
    text = f"import os, shutil, time\n{calls}\ndef act():\n    {ACTS[act].strip()}\n"
    precious = repr(str(project / PRECIOUS))
    text = text.replace("DAEMON_S", str(DAEMON_S)).replace("PRECIOUS", precious)
    (folder / "act.py").write_text(text)
    if act == "endless-health":
        service = folder / "service.py"
        ordinary = "    def do_GET(self):\n        self.answer()\n"
        service.write_text(service.read_text().replace(ordinary, ENDLESS_HEALTH))
    return folder

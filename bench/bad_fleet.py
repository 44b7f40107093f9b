"""`koppeling run` for a fleet of which some are bad, each in a way of its own: what is told of it.

    python -m bench bad-fleet [--size 60] [--into FOLDER] [--scenarios identity,privacy,writing]

Copies of the starter in Python, twelve of them bad in twelve ways, on the previous and the current
release. Told: whether the first line adds up, how long each output is, and how long it took. With
`--into` the project stays there, to be looked at.
"""

import argparse
import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

HEADER = '"IntegrationId": integration_id'
NOTE = 'keys = self._afas.insert("KnSubject", {"StId": 1, "Ds": text})'
TRIGGER = "    context, given = call.context, call.input or {}\n"

WAYS = {
    "no-integration-id": ("afas.py", HEADER, '"X-No-Id": integration_id'),
    "raises": ("integration.py", NOTE, f'{NOTE}\n        raise RuntimeError("boem")'),
    "ends-the-process": ("koppeling_plugin.py", TRIGGER, f"{TRIGGER}    raise SystemExit(7)\n"),
    "syntax-error": ("integration.py", "def fetch_projects(", "def fetch_projects("[:-1] + "((("),
    "import-error": ("afas.py", "import httpx\n", "import httpx\nimport not_installed_here\n"),
    "never-calls": ("integration.py", NOTE, 'keys = {"SbId": "1"}'),
    "token-in-the-log": (
        "afas.py",
        "        encoded = ",
        '        log.error("%s", token)\n        encoded = ',
    ),
    "writes-twice": ("integration.py", NOTE, f"{NOTE}\n        {NOTE}"),
    "wrong-field": ("integration.py", '"Ds": text}', '"Ds": text, "NoSuch": 1}'),
    "calls-a-made-up-connector": (
        "integration.py",
        NOTE,
        f'{NOTE}\n        list(self._afas.rows("Other", order_by="A", filters={{}}))',
    ),
    "broken-manifest": ("koppeling.yaml", "operations:", "opperations:"),
    "program-not-here": (
        "koppeling.yaml",
        "  kind: python",
        "  kind: python\n  requires: [not-here-at-all]",
    ),
}
"""By name: file, what is replaced in it, and by what."""


def make_fleet(folder, size):
    """Write a project with so many integrations, the first twelve of them bad."""
    template = folder / "template"
    command = [sys.executable, "-m", "koppeling_harness", "init", "mijn-koppeling"]
    command += ["--runtime", "python", "--folder", str(template)]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    names = [*WAYS, *(f"good-{number:02}" for number in range(size - len(WAYS)))]
    for name in names:
        copy = folder / "plugins" / name
        shutil.copytree(template, copy)
        (copy / "registration.yaml").unlink(missing_ok=True)
        manifest = copy / "koppeling.yaml"
        text = manifest.read_text(encoding="utf-8")
        manifest.write_text(re.sub(r"(?m)^id: .*$", f"id: {name}", text), encoding="utf-8")
        if name in WAYS:
            file, before, after = WAYS[name]
            path = copy / file
            text = path.read_text(encoding="utf-8")
            assert before in text, (name, before)
            path.write_text(text.replace(before, after), encoding="utf-8")
    shutil.rmtree(template)


def adds_up(line):
    """Return whether the numbers of a first line are those of all integrations together."""
    total, *counts = map(int, re.findall(r"(?<![\w.])(\d+) (?=integrations|[a-z])", line))
    return total == sum(counts)


def main():
    reader = argparse.ArgumentParser(prog="python -m bench bad-fleet", description=__doc__)
    reader.add_argument("--size", type=int, default=60)
    reader.add_argument("--into", type=Path)
    reader.add_argument("--scenarios", default="identity,privacy,writing")
    given = reader.parse_args()
    with contextlib.ExitStack() as stack:
        if given.into:
            folder = given.into.resolve()
            folder.mkdir(parents=True)
        else:
            folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="koppeling-bench-"))
            )
        make_fleet(folder, given.size)
        command = [sys.executable, "-m", "koppeling_harness", "run"]
        for each in given.scenarios.split(","):
            command += ["--scenarios", str(ROOT / "scenarios" / each)]
        began = time.monotonic()
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        took_s = time.monotonic() - began
        lines = done.stdout.splitlines()
        print(f"exit code {done.returncode}, {took_s:.1f} s, {len(lines)} lines:\n")
        print(done.stdout)
        print("adds up:", adds_up(lines[0]))
        for path in sorted(folder.glob("reports/*/*")):
            if path.is_file():
                print(f"{path.stat().st_size:10,}  {path.relative_to(folder)}")


if __name__ == "__main__":
    main()

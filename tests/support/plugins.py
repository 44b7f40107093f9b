"""Plugin folders for tests, and proof that their processes are gone."""

import contextlib
import gc
import os
from collections.abc import Iterator
from pathlib import Path

from koppeling_harness.plugin.guard import watch_over

MANIFEST = """\
id: {id}
title:
  nl: Voorbeeld
  en: Example
partner:
  name: Voorbeeld BV
  subscription: "12345"
version: "1.0.0"
integration_id: "12345_678901"
releases: [Profit 8]
runtime:
  kind: python
get_connectors:
  - id: Voorbeeld_Medewerkers
    copy_of: Profit_Employees_basic
    fields: [EmployeeId, Name]
update_connectors:
  - id: PtRealization
    fields: [DaTi, Qu]
privacy_fields:
  - connector: Voorbeeld_Medewerkers
    field: Name
    reason:
      nl: Staat op de urenstaat
      en: Stands on the timesheet
operations:
  - name: sync-employees
    title:
      nl: Medewerkers ophalen
      en: Fetch employees
    reads: [Voorbeeld_Medewerkers]
  - name: push-hours
    title:
      nl: Uren boeken
      en: Book hours
    writes: [PtRealization]
    example:
      hours: 1
"""

HOOKS = """\
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from koppeling_harness import Finding, OperationResult, Severity, hookimpl
"""


READS_VERSION = """\
import base64, urllib.request
token = base64.b64encode(call.context.token.encode()).decode()
headers = {"Authorization": "AfasToken " + token, "IntegrationId": call.context.integration_id}
request = urllib.request.Request(call.context.base_url + "/profitversion", headers=headers)
urllib.request.urlopen(request).read()
return OperationResult()
"""
"""Body of a trigger that makes one call."""


def a_plugin(
    folder: Path,
    hooks: str = "",
    *,
    trigger: str = "return OperationResult(output=call.input)",
    manifest: str = MANIFEST,
) -> Path:
    """Write a plugin folder and return it.

    `trigger` is the body of `koppeling_trigger`; `hooks` is put before it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "koppeling.yaml").write_text(manifest.replace("{id}", folder.name), encoding="utf-8")
    body = "\n".join(f"    {line}" for line in trigger.splitlines())
    code = f"{HOOKS}\n\n{hooks}\n\n@hookimpl\ndef koppeling_trigger(call):\n{body}\n"
    (folder / "koppeling_plugin.py").write_text(code, encoding="utf-8")
    return folder


@contextlib.contextmanager
def nothing_left() -> Iterator[None]:
    """Prove that no process and no descriptor is left of what is done within (Linux).

    What an earlier test forgot is let go before, and is not missed when it goes meanwhile.
    """
    watch_over()  # the guard stays, by design, to the end of this process
    gc.collect()
    before, open_files = children(), _open_descriptors()
    yield
    assert children() <= before, "a child process was left, or was not reaped"
    assert _open_descriptors() <= open_files, "a file descriptor was left open"


def _open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def children() -> set[int]:
    """Return the ids of all processes below this one that are not reaped (Linux)."""
    found: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it ended meanwhile
        found[int(stat.parent.name)] = int(text.rpartition(")")[2].split()[1])
    return {pid for pid, parent in found.items() if parent == os.getpid()}


def is_running(pid: int) -> bool:
    """Return whether a process exists and is not a zombie (Linux)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"

"""The whole program, with releases of ERP1 that differ as a test says.

`python -m support.planted '{"Profit 8": {"trace_identifier": "absent"}}' run …`
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from koppeling_harness.cli.main import run
from koppeling_harness.emulator.releases import RELEASES
from support.cli import Ran


def planted(differences: Mapping[str, Mapping[str, str]], *arguments: str | Path, cwd: Path) -> Ran:
    """Run `koppeling` in a process of its own, with differences planted per release."""
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "support.planted", json.dumps(differences)]
    done = subprocess.run(
        [*command, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )
    return Ran(code=done.returncode, out=done.stdout, err=done.stderr)


if __name__ == "__main__":
    for label, changed in json.loads(sys.argv[1]).items():
        known = RELEASES[label]
        RELEASES[label] = replace(known, differences={**known.differences, **changed})
    sys.exit(run(sys.argv[2:]))

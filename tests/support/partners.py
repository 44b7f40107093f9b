"""Partners who certify against one environment, each in a project of its own."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.cli import unmeasured
from support.strange_environment import CLIENT, SECRET, Strange

REPOSITORY = Path(__file__).resolve().parents[2]
REFERENCE = REPOSITORY / "plugins" / "urenportaal"


@dataclass(frozen=True)
class Partner:
    """One partner's project."""

    folder: Path
    state: Path
    token: str
    by_oauth: bool = False
    secret: str = SECRET

    @property
    def given(self) -> dict[str, str]:
        """What it signs in with, as variables of the environment."""
        if self.by_oauth:
            return {"KOPPELING_SECRET_STRANGE": self.secret}
        return {"KOPPELING_TOKEN_STRANGE": self.token}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `koppeling` there, and do not wait for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "koppeling_harness", *arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **unmeasured(),
                "KOPPELING_STATE": str(self.state),
                **self.given,
            },
        )

    def run(self, *arguments: str, timeout_s: float = 180) -> tuple[int, str, str]:
        """Run `koppeling` there; return exit code, output and errors."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=timeout_s)
        return process.returncode, out, err

    def records(self) -> list[dict[str, Any]]:
        """Return its run records, oldest first."""
        found = sorted((self.folder / "reports").glob("2*/run.json"))
        return [json.loads(each.read_text(encoding="utf-8")) for each in found]

    def journaled(self) -> list[tuple[str, str]]:
        """Return which scenarios have a result in a journal."""
        found = []
        for path in sorted((self.folder / "reports").glob("2*/results.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    told = json.loads(line)
                except ValueError:
                    continue  # cut off
                if told["kind"] == "result":
                    found.append((told["integration"], told["scenario"]))
        return found


def partner(
    folder: Path,
    environment: Strange,
    *,
    name: str = "urenportaal",
    state: Path,
    by_oauth: bool = False,
    **settings: Any,
) -> Partner:
    """Lay out a partner's project: a copy of the reference integration under a name of its own.

    Args:
        folder: Of the project.
        environment: Where it is certified.
        name: Of the integration.
        state: Where runs on this machine find each other.
        by_oauth: Whether it and the harness sign in by OAuth.
        settings: More of the environment's.
    """
    plugin = folder / "plugins" / name
    shutil.copytree(
        REFERENCE, plugin, ignore=shutil.ignore_patterns("__pycache__", "registration.yaml")
    )
    manifest = plugin / "koppeling.yaml"
    text = re.sub(
        r"^id: .*$", f"id: {name}", manifest.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    if by_oauth:
        text = text.replace("\nreleases: [", "\noauth: {}\nreleases: [Profit 9, ")
        settings = {"sign_in": "client_credentials", "client_id": CLIENT} | settings
    manifest.write_text(text, encoding="utf-8")
    settings = {"packs": [str(REPOSITORY / "scenarios")], **settings}
    top = f"packs = {json.dumps(settings.pop('packs'))}\n"
    (folder / "koppeling.toml").write_text(top + environment.settings(**settings), encoding="utf-8")
    return Partner(folder=folder, state=state, token=environment.token, by_oauth=by_oauth)


def outcomes(record: dict[str, Any]) -> dict[str, list[str]]:
    """Return the scenarios of a record by outcome."""
    found: dict[str, list[str]] = {}
    for integration in record["integrations"]:
        for each in integration["results"]:
            if each["required_from"] is not None:
                continue  # judged and told, and it turns nobody red
            found.setdefault(each["outcome"], []).append(each["scenario"])
    return found

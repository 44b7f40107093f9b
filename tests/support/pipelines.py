"""Jobs of the CI pipelines that `koppeling init ci` writes, carried out in bash.

What a CI system does itself (check out, artifacts, caches) is copied by hand; the bash of each step
runs as it stands. `python -m pip`, `apt-get`, `gh` and `curl` are stand-ins that write down how
they were called; `koppeling run` gives what was prepared, and every other command is the real one.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from koppeling_harness.document import read_yaml
from koppeling_harness.value import dataclass

PROGRAMS = {
    "python": """
if [ "$1 $2" = "-m pip" ]; then echo "pip $*" >> "$CALLS"; exit "${PIP_CODE:-0}"; fi
exec "$REAL_PYTHON" "$@"
""",
    "koppeling": """
echo "koppeling $*" >> "$CALLS"
if [ -n "$KOPPELING_CODE" ]; then exit "$KOPPELING_CODE"; fi
if [ "$1" = run ]; then
  shard="${3%%/*}"
  mkdir -p "$(dirname "$5")"
  if [ -d "$PREPARED/$shard" ]; then cp -R "$PREPARED/$shard" "$5"; fi
  exit "$(cat "$PREPARED/$shard.code")"
fi
exec "$REAL_PYTHON" -m koppeling_harness "$@"
""",
    "apt-get": 'echo "apt-get $*" >> "$CALLS"; exit "${APT_CODE:-0}"',
    "gh": """
echo "gh $*" >> "$CALLS"
case "$*" in *--paginate*) printf "$OURS";; esac
""",
    "curl": """
echo "curl $*" >> "$CALLS"
case "$*" in
  *--request*) ;;
  */user) echo '{"id": 7}' ;;
  *) printf '%s' "$COMMENTS" ;;
esac
""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The bash of one step.

    Attributes:
        name: As the pipeline calls it; empty when it does not.
        script: What runs.
        always: Whether it runs after a failure too.
        may_fail: Whether its failure is passed by.
    """

    name: str
    script: str
    always: bool = False
    may_fail: bool = False


def steps(kind: str, text: str, job: str) -> list[Step]:
    """Return the steps of a job, `certify` or `verdict`, that are bash."""
    if kind == "kubernetes":
        documents = [read_yaml(each, name=kind).data for each in text.split("\n---\n")]
        (container,) = (
            each["spec"]["template"]["spec"]["containers"][0]
            for each in documents
            if each["kind"] == "Job"
            and each["spec"]["template"]["spec"]["containers"][0]["name"] == job
        )
        return [Step(name="", script=container["args"][0])]
    data: Any = read_yaml(text, name=kind).data
    if kind == "gitlab":
        found = data[job]
        return [
            *(Step(name="", script=each) for each in found["script"]),
            *(
                Step(name="after", script=each, always=True, may_fail=True)
                for each in found.get("after_script", ())
            ),
        ]
    if kind == "github":
        return [
            Step(
                name=each.get("name", ""),
                script=each["run"],
                always="always()" in each.get("if", ""),
                may_fail=each.get("continue-on-error", False),
            )
            for each in data["jobs"][job]["steps"]
            if "run" in each
        ]
    (found,) = (each for each in data["jobs"] if each["job"] == job)
    return [
        Step(
            name=each["displayName"],
            script=each["bash"],
            always="always()" in each.get("condition", ""),
            may_fail=str(each.get("continueOnError", "")).lower() == "true",
        )
        for each in found["steps"]
        if "bash" in each
    ]


class Machine:
    """An empty machine on which jobs run, one after the other.

    Attributes:
        folder: Everything that is on it.
        variables: What a job finds set.
    """

    def __init__(self, folder: Path, prepared: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir(parents=True)
        for name, script in PROGRAMS.items():
            path = folder / "bin" / name
            path.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
            path.chmod(0o755)
        self.variables = {
            "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
            "HOME": str(folder),
            "CALLS": str(folder / "calls"),
            "REAL_PYTHON": sys.executable,
            "PREPARED": str(prepared),
            "GITHUB_STEP_SUMMARY": str(folder / "step-summary"),
            "HARNESS": "koppeling-harness==0.0.0",
            "SHARDS": "3",
        }

    @property
    def calls(self) -> list[str]:
        """How the stand-ins were called."""
        path = self.folder / "calls"
        return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []

    def run(self, script: str, where: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the bash of one step, as the CI systems do: it ends at what fails."""
        records = self.folder / "records"
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script.replace("/records", str(records))],
            cwd=where,
            env={**self.variables, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def job(self, kind: str, text: str, job: str, where: Path, **variables: str) -> int:
        """Run the steps of a job; return its exit code, that of the first step that failed."""
        code = 0
        for step in steps(kind, text, job):
            if code and not step.always:
                continue
            if step.name == "Comment the summary":
                continue  # it has tests of its own, and runs for a pull request alone
            ran = self.run(step.script, where, **variables)
            if not step.may_fail:
                code = code or ran.returncode
        return code

    def night(self, kind: str, text: str, project: Path, *, dead: int = 0) -> tuple[int, Path]:
        """Run a pipeline whole.

        Args:
            kind: Its kind.
            text: The pipeline.
            project: What is checked out.
            dead: Number of a shard of which nothing arrives.

        Returns:
            The exit code of the verdict, and the folder in which that job ran.
        """
        number = len(list(self.folder.glob("night-*")))
        night = self.folder / f"night-{number}"
        arrived = night / "shards"
        arrived.mkdir(parents=True)
        for shard in ("1", "2", "3"):
            where = night / f"certify-{shard}"
            shutil.copytree(project, where)
            if int(shard) != dead:
                index = str(int(shard) - 1)
                self.job(kind, text, "certify", where, SHARD=shard, JOB_COMPLETION_INDEX=index)
            for left in (where / "shard", where / "shards"):
                if left.is_dir():
                    shutil.copytree(left, arrived / shard, dirs_exist_ok=True)
        where = night / "verdict"
        shutil.copytree(project, where)
        if kind != "kubernetes":  # it has them on a volume
            shutil.copytree(arrived, where / "shards")
        kept = self.folder / "kept"
        if kept.is_dir():
            place = "earlier/koppeling-records-1" if kind == "azure" else "reports"
            shutil.copytree(kept, where / place)
        code = self.job(kind, text, "verdict", where)
        if kind != "kubernetes" and (where / "reports").is_dir():
            shutil.copytree(where / "reports", kept, dirs_exist_ok=True)
        return code, where


def prepared(folder: Path, project: Path) -> Path:
    """Return a folder with what each of three shards of a project leaves, and its exit code."""
    from support.cli import koppeling  # noqa: PLC0415 - only where a run is wanted

    for number in (1, 2, 3):
        place = folder / str(number)
        ran = koppeling("run", "--shard", f"{number}/3", "--reports", place, cwd=project)
        (folder / f"{number}.code").write_text(str(ran.code), encoding="utf-8")
    return folder


def without_bash() -> bool:
    """Return whether there is no bash to run a pipeline with."""
    return os.name == "nt" or shutil.which("bash") is None


def as_notes(*bodies: str, author: int = 7) -> str:
    """Return comments as GitLab tells them."""
    return json.dumps(
        [{"id": n, "author": {"id": author}, "body": body} for n, body in enumerate(bodies, 1)]
    )

"""The tools that are measured: how each is found and started, and what it is asked to report."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

LANES = 16


@dataclass(frozen=True)
class Tool:
    """One way to run the workload.

    Attributes:
        name: As the table shows it.
        suite: Whose form of the workload it reads.
        program: Its executable, looked for below the folder of tools and on PATH.
        arguments: `{program}`, `{python}`, `{server}` and `{out}` are filled in; an argument with
            `*` stands for the files it matches.
        lanes: Scenarios in flight at once.
        kind: `tool`, or `report` for one that is measured for what its reports cost.
        tls: Whether it takes a certificate of our own.
        package: The Python package that knows its version, where the program does not tell.
    """

    name: str
    suite: str
    program: str
    arguments: tuple[str, ...]
    lanes: int = 1
    kind: str = "tool"
    tls: bool = True
    package: str = ""


_PYTEST = ("{bin}/python", "-m", "pytest", "-q", "-p", "no:cacheprovider")
_HURL = ("{program}", "--test", "--no-color", "--jobs", str(LANES))
_ROBOT_QUIET = ("--report", "NONE", "--log", "NONE", "--output", "NONE", "--console", "none")
_KOPPELING = ("{python}", "-m", "bench.koppeling", "{server}", "{out}", str(LANES))

TOOLS = (
    Tool("koppeling", "koppeling", "koppeling", _KOPPELING, LANES),
    Tool("bare loop", "bare loop", "python3", ("{python}", "loop.py", "{host}"), LANES, tls=False),
    Tool("hurl", "hurl", "hurl", (*_HURL, "--insecure", "."), LANES),
    Tool("k6", "k6", "k6", ("{program}", "run", "-q", "script.js"), LANES),
    Tool("pytest + httpx", "pytest + httpx", "pytest", _PYTEST),
    Tool(
        "pytest -n16 + httpx",
        "pytest + httpx",
        "pytest",
        (*_PYTEST, "-n", str(LANES)),
        LANES,
        package="pytest-xdist",
    ),
    Tool("robot", "robot", "robot", ("{program}", *_ROBOT_QUIET, "."), 1),
    Tool(
        "stepci",
        "stepci",
        "stepci",
        ("{program}", "run", "workflow.yml", "--concurrency", str(LANES)),
        LANES,
        tls=False,
    ),
    Tool(
        "httpyac",
        "httpyac",
        "httpyac",
        ("{program}", "send", "*.http", "--all", "--silent", "-o", "none", "--parallel", "16"),
        LANES,
        tls=False,
    ),
    Tool("tavern", "tavern", "tavern-ci", _PYTEST, tls=False, package="tavern"),
    Tool(
        "newman",
        "newman",
        "newman",
        ("{program}", "run", "collection.json", "--insecure", "--silent"),
    ),
    Tool(
        "gabbi",
        "gabbi",
        "gabbi-run",
        ("{program}", "-q", "{host}", "--", "*.yaml"),
        tls=False,
        package="gabbi",
    ),
    Tool("bruno", "bruno", "bru", ("{program}", "run", "-r", "--sandbox", "developer"), tls=False),
    Tool(
        "artillery",
        "artillery",
        "artillery",
        ("node", "--require", "./no_telemetry.js", "{program}", "run", "-q", "test.yml"),
        LANES,
        tls=False,
    ),
)

REPORTING = (
    Tool(
        "koppeling: without",
        "koppeling",
        "koppeling",
        (*_KOPPELING, "--without-reports"),
        LANES,
    ),
    Tool("koppeling: JUnit, CTRF, JSON, HTML", "koppeling", "koppeling", _KOPPELING, LANES),
    Tool("hurl: without", "hurl", "hurl", (*_HURL, "."), LANES),
    Tool(
        "hurl: HTML",
        "hurl",
        "hurl",
        (*_HURL, "--report-html", "{out}", "."),
        LANES,
    ),
    Tool(
        "hurl: JSON",
        "hurl",
        "hurl",
        (*_HURL, "--report-json", "{out}", "."),
        LANES,
    ),
    Tool("robot: without", "robot", "robot", ("{program}", *_ROBOT_QUIET, ".")),
    Tool("robot: HTML", "robot", "robot", ("{program}", "--console", "none", "-d", "{out}", ".")),
    Tool("pytest + httpx: without", "pytest + httpx", "pytest", _PYTEST),
    Tool(
        "pytest + httpx: JUnit, HTML",
        "pytest + httpx",
        "pytest",
        (*_PYTEST, "--junitxml={out}/j.xml", "--html={out}/r.html", "--self-contained-html"),
    ),
)


def find(tool, folder):
    """Return the program of a tool, None when it is not installed."""
    if tool.name.startswith("koppeling"):
        return Path(sys.executable)
    places = []
    if folder is not None:
        places.append(str(folder))
        # a virtual environment or an npm folder for each tool, or executables themselves
        for pattern in ("*/bin", "*/*/bin", "*/node_modules/.bin", "*/*/node_modules/.bin"):
            places += [str(each) for each in sorted(folder.glob(pattern))]
    for place in places:
        if tool.program == "pytest" and not _has_httpx(Path(place)):
            continue
        found = shutil.which(tool.program, path=place)
        if found:
            return Path(found)
    return None if tool.program == "pytest" and folder else _on_path(tool.program)


def _on_path(program):
    found = shutil.which(program)
    return Path(found) if found else None


def _has_httpx(place):
    """Return whether an environment is the one of pytest by hand, and not another with pytest."""
    packages = place.parent
    return all(
        any(packages.glob(f"lib/python*/site-packages/{each}")) for each in ("httpx", "pytest_html")
    )

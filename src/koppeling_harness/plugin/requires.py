"""Programs that integrations need: whether they are there, and how to install them."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from koppeling_harness.model.manifest import Program, PythonRuntime
from koppeling_harness.model.shape import Text
from koppeling_harness.plugin.discover import Discovery, Integration, SetAside
from koppeling_harness.plugin.environ import base_environ

_VERSION_LIMIT_S = 10.0
_SHELL_NAME = re.compile(r"[A-Za-z0-9][\w.+-]*")
_NUMBER = re.compile(r"\d+(?:\.\d+)+|\d+")

_INSTALL: Mapping[str, Text] = {
    "node": Text(
        nl="Installeer Node.js: https://nodejs.org, of `apt install nodejs`.",
        en="Install Node.js: https://nodejs.org, or `apt install nodejs`.",
    ),
    "php": Text(
        nl="Installeer PHP: https://www.php.net/downloads, of `apt install php-cli`.",
        en="Install PHP: https://www.php.net/downloads, or `apt install php-cli`.",
    ),
    "dotnet": Text(
        nl="Installeer .NET: https://dotnet.microsoft.com/download.",
        en="Install .NET: https://dotnet.microsoft.com/download.",
    ),
    "java": Text(
        nl="Installeer een JDK: https://adoptium.net, of `apt install default-jdk-headless`.",
        en="Install a JDK: https://adoptium.net, or `apt install default-jdk-headless`.",
    ),
}


Programs = Mapping[str, str | None]
"""The programs that a machine has, with their version; None where that cannot be told, or nobody
asked."""


def with_runtimes(found: Discovery) -> Discovery:
    """Set every integration aside whose programs are not there.

    Looks at what manifests say under `requires`, and for the program that `command` begins with.
    """
    return with_runtimes_of(found, [programs_here(all_needed(found))])


def with_runtimes_of(found: Discovery, machines: Sequence[Programs]) -> Discovery:
    """Set every integration aside of which no machine has all programs.

    Args:
        found: The integrations.
        machines: What each machine has of `all_needed`; at least one.
    """
    kept: list[Integration] = []
    set_aside: list[SetAside] = []
    for each in found.integrations:
        # of the machine that has most
        lacks = min((lacking(each, machine) for machine in machines), key=len)
        if lacks:
            set_aside.append(_set_aside(each, lacks))
        else:
            kept.append(each)
    return replace(found, integrations=tuple(kept), set_aside=(*found.set_aside, *set_aside))


def lacking(integration: Integration, machine: Programs) -> list[tuple[Program, str]]:
    """Return the programs of an integration that a machine lacks, each with what is wrong."""
    return [
        (program, problem)
        for program in _needed(integration)
        if (problem := _problem(program, machine))
    ]


def all_needed(found: Discovery) -> dict[str, bool]:
    """Return the programs that integrations need, each with whether its version matters."""
    needed: dict[str, bool] = {}
    for program in (one for each in found.integrations for one in _needed(each)):
        name = program.program
        needed[name] = needed.get(name, False) or program.version is not None
    return needed


def programs_here(asked: Mapping[str, bool]) -> dict[str, str | None]:
    """Return which programs this machine has, with their version where that matters."""
    here = [name for name in asked if shutil.which(name) is not None]
    versions = _versions(name for name in here if asked[name])
    return {name: versions.get(name) for name in here}


def needed_programs(found: Discovery) -> frozenset[str]:
    """Return the programs that integrations need, found by PATH, whether they are there or not."""
    return frozenset(name for name in all_needed(found) if _SHELL_NAME.fullmatch(name))


def _needed(integration: Integration) -> tuple[Program, ...]:
    runtime = integration.manifest.runtime
    command = () if isinstance(runtime, PythonRuntime) else runtime.command or ()
    named = {each.program for each in runtime.requires}
    implied = [name for name in command[:1] if name not in named and _is_searched(name)]
    return (*runtime.requires, *(Program(program=name) for name in implied))


def _is_searched(name: str) -> bool:
    """Return whether a program is found by PATH, and not by a path of its own."""
    return not any(each in name for each in "/\\{")


def _versions(programs: Iterable[str]) -> dict[str, str | None]:
    """Return what version each program says it is; None when that cannot be told."""
    names = sorted(programs)
    if not names:
        return {}
    with ThreadPoolExecutor(max_workers=len(names)) as pool:
        return dict(zip(names, pool.map(_version, names), strict=True))


def _version(program: str) -> str | None:
    path = shutil.which(program)
    if path is None:
        return None
    try:
        said = subprocess.run(  # noqa: S603 - found on PATH
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=base_environ(home=Path(tempfile.gettempdir())),
            check=False,
            timeout=_VERSION_LIMIT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    number = _NUMBER.search(said.stdout.decode(errors="replace"))
    return number.group() if number else None


def _problem(needed: Program, machine: Programs) -> str:
    """Return what is wrong with a program; empty when it will do."""
    name = needed.program
    if name not in machine:
        return f"needs `{name}`, which is not found on PATH"
    if needed.version is None:
        return ""
    found = machine[name]
    if found is None:
        return f"needs `{name}` {needed.version}, but `{name} --version` tells no version"
    if not satisfies(found, needed.version):
        return f"needs `{name}` {needed.version}, found {found}"
    return ""


def satisfies(version: str, conditions: str) -> bool:
    """Return whether a version keeps to conditions such as `>=8.1,<9`.

    A version is compared as far as the condition goes: 8.2.36 is `==8.2`, and `<=8.2`, not `>8.2`.
    """
    return all(_satisfies(version, each) for each in conditions.split(","))


def _satisfies(version: str, condition: str) -> bool:
    sign = condition.rstrip("0123456789.")
    wanted = _numbers(condition[len(sign) :])
    found = (*_numbers(version), *(0 for _ in wanted))[: len(wanted)]
    return {
        ">=": found >= wanted,
        "<=": found <= wanted,
        "==": found == wanted,
        ">": found > wanted,
        "<": found < wanted,
    }[sign]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _set_aside(integration: Integration, lacking: list[tuple[Program, str]]) -> SetAside:
    advice = [each.install or _INSTALL.get(each.program) or _by_name(each) for each, _ in lacking]
    both = Text(  # as one line each: a partner wrote them
        nl=" ".join(" ".join(each.nl for each in advice).split()),
        en=" ".join(" ".join(each.en for each in advice).split()),
    )
    return SetAside(
        name=integration.manifest.id,
        where=str(integration.folder),
        problem="; ".join(problem for _, problem in lacking),
        hint=both.en,
        missing=tuple(each.program for each, _ in lacking),
        advice=both,
        folders=(integration.folder,),
    )


def _by_name(needed: Program) -> Text:
    wanted = f"{needed.program} {needed.version or ''}".strip()
    return Text(nl=f"Installeer {wanted}.", en=f"Install {wanted}.")

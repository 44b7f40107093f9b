"""An environment of its own for each integration in Python, with what it requires and no more.

Environments are kept, under a name that says what is in them: the digest of the requirements and of
the interpreter. The harness is not installed in them; see `foreign_interpreter`.
"""

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from koppeling_harness.errors import PluginError
from koppeling_harness.model.manifest import PythonRuntime
from koppeling_harness.plugin.discover import Discovery, Integration, SetAside
from koppeling_harness.plugin.environ import installing_environ

CACHE_VARIABLE = "KOPPELING_CACHE"
"""Names the folder in which environments are kept, instead of the user's own cache folder."""

_BY_CUSTOM = "requirements.txt"
_INSTALL_LIMIT_S = 600.0
_LINES_SHOWN = 5
_COMPLETE = "koppeling-complete"
_PINNED = re.compile(r"==| @ |^\.|^/|\.whl\b|^-")
"""A version, an address, a file of one's own, or an option of pip."""


def with_environments(found: Discovery, *, everyone: bool = False) -> Discovery:
    """Give integrations in Python an interpreter of their own, made when it is not there yet.

    Args:
        found: The integrations; whose environment cannot be made is set aside.
        everyone: Whether also those get one whose manifest names no requirements: with what
            `requirements.txt` beside it says, and nothing where there is none.
    """
    kept: list[Integration] = []
    set_aside: list[SetAside] = []
    for each in found.integrations:
        try:
            kept.append(_with_environment(each, everyone=everyone))
        except PluginError as error:
            set_aside.append(
                SetAside(
                    name=each.manifest.id,
                    where=str(each.folder),
                    problem=error.message,
                    hint=error.hint,
                )
            )
    return Discovery(integrations=tuple(kept), set_aside=(*found.set_aside, *set_aside))


def _with_environment(integration: Integration, *, everyone: bool) -> Integration:
    runtime = integration.manifest.runtime
    if not isinstance(runtime, PythonRuntime) or not (everyone or runtime.requirements):
        return integration
    path = integration.folder.resolve() / (runtime.requirements or _BY_CUSTOM)
    requirements = path if runtime.requirements or path.is_file() else None
    python = own_interpreter(integration.manifest.id, requirements, cache=cache_folder())
    return replace(integration, python=python)


def cache_folder() -> Path:
    """Return where environments are kept."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named).resolve()
    import platformdirs  # noqa: PLC0415 - takes longer to import than all else here

    return platformdirs.user_cache_path("koppeling")


def own_interpreter(name: str, requirements: Path | None, *, cache: Path) -> Path:
    """Return the interpreter of an environment, made when it is not there yet.

    Args:
        name: Id of the integration.
        requirements: What is installed in it, pinned; None: nothing.
        cache: Folder in which environments are kept.

    Raises:
        PluginError: Something is not pinned, or cannot be installed.
    """
    import filelock  # noqa: PLC0415 - most runs need none

    content = requirements.read_bytes() if requirements else b""
    if requirements:
        _require_pinned(requirements, content.decode("utf-8", errors="replace"))
    key = hashlib.sha256(f"{sys.version}\0{sys.base_prefix}\0".encode() + content).hexdigest()
    folder = cache / "environments" / f"{name}-{key[:16]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folder.with_name(f"{folder.name}.lock")):
        if not (folder / _COMPLETE).is_file():
            _make(folder, requirements)
            (folder / _COMPLETE).touch()
    return _python_in(folder)


def _require_pinned(path: Path, text: str) -> None:
    loose = list(_loose(path.name, text))
    if loose:
        hint = (
            "Pin every requirement: `name==1.2.3`. `pip freeze` and `pip-compile` write such files."
        )
        raise PluginError("\n".join(loose), hint=hint)


def _loose(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        requirement = line.partition(" #")[0].strip()
        if requirement and not requirement.startswith("#") and not _is_pinned(requirement):
            yield f"{name}:{number}: `{requirement}` is not pinned"


def _is_pinned(requirement: str) -> bool:
    return _PINNED.search(requirement.partition(";")[0]) is not None


def _make(folder: Path, requirements: Path | None) -> None:
    import venv  # noqa: PLC0415 - most runs make none

    has_pip = importlib.util.find_spec("pip") is not None
    symlinks = sys.platform != "win32"
    try:
        venv.create(folder, clear=True, symlinks=symlinks, with_pip=not has_pip)
    except (OSError, subprocess.CalledProcessError) as error:
        message = f"{folder}: its environment cannot be made: {error}"
        raise PluginError(message, hint=f"{CACHE_VARIABLE} names another folder.") from None
    if requirements is not None:
        python = str(_python_in(folder))
        _install([sys.executable, "-m", "pip", "--python", python], requirements)


def _install(pip: list[str], requirements: Path) -> None:
    options = ["--quiet", "--no-input", "--disable-pip-version-check"]
    try:
        done = subprocess.run(  # noqa: S603 - our own words, and a file
            [*pip, "install", *options, "-r", requirements.name],
            cwd=requirements.parent,
            env=installing_environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=_INSTALL_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        message = f"{requirements.name} was not installed within {_INSTALL_LIMIT_S:g} s"
        raise PluginError(message, hint="See whether the package index can be reached.") from None
    if done.returncode != 0:
        lines = done.stdout.decode(errors="replace").strip().splitlines()
        said = "\n".join(lines[-_LINES_SHOWN:])
        message = f"{requirements.name} cannot be installed in its environment:\n{said}"
        raise PluginError(message, hint="Its requirements must go together, and be obtainable.")


def _python_in(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

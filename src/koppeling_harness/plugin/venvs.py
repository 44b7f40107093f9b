"""An environment of its own for each integration in Python, with what it requires and no more.

Environments are kept, under a name that says what is in them: the digest of the requirements and of
the interpreter. Integrations that require the same share one, several are made side by side, and
one that was not used for long goes. The harness is not installed in them: `foreign_interpreter`.
"""

import contextlib
import functools
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from koppeling_harness.errors import PluginError
from koppeling_harness.model.manifest import PythonRuntime
from koppeling_harness.plugin.discover import Discovery, Integration, SetAside
from koppeling_harness.plugin.environ import installing_environ
from koppeling_harness.plugin.guard import folder_prefix
from koppeling_harness.plugin.sandbox import installing_within

CACHE_VARIABLE = "KOPPELING_CACHE"
"""Names the folder in which environments are kept, instead of the user's own cache folder."""

_BY_CUSTOM = "requirements.txt"
_INSTALL_LIMIT_S = 600.0
_LINES_SHOWN = 5
_COMPLETE = "koppeling-complete"
_KEPT_S = 30 * 24 * 3600.0
"""An environment that no run used for so long is removed when another is made."""
_AT_ONCE = 4
"""So many are made side by side: pip waits for the index and the disk most of the time."""
_ELSEWHERE = re.compile(r"^\s*(?:-|\.|/)|file:|\.whl\b", re.MULTILINE)
"""Something that stands beside the file, so that an equal text elsewhere may mean another thing."""
_PINNED = re.compile(r"==| @ |^\.|^/|\.whl\b|^-")
"""A version, an address, a file of one's own, or an option of pip."""


def with_environments(
    found: Discovery, *, everyone: bool = False, sandbox: bool = False
) -> Discovery:
    """Give integrations in Python an interpreter of their own, made when it is not there yet.

    Args:
        found: The integrations; whose environment cannot be made is set aside.
        everyone: Whether also those get one whose manifest names no requirements: with what
            `requirements.txt` beside it says, and nothing where there is none.
        sandbox: Whether what is installed runs its own code within walls.
    """
    given_own = functools.partial(_given_own, sandbox=sandbox)
    own = [each for each in found.integrations if _has_own(each, everyone=everyone)]
    if not own:
        return found
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        made = dict(zip([each.manifest.id for each in own], pool.map(given_own, own), strict=True))
    given = [made.get(each.manifest.id, each) for each in found.integrations]
    return Discovery(
        integrations=tuple(each for each in given if isinstance(each, Integration)),
        set_aside=(*found.set_aside, *(each for each in given if isinstance(each, SetAside))),
    )


def _has_own(integration: Integration, *, everyone: bool) -> bool:
    runtime = integration.manifest.runtime
    return isinstance(runtime, PythonRuntime) and bool(everyone or runtime.requirements)


def _given_own(integration: Integration, *, sandbox: bool) -> Integration | SetAside:
    """Return an integration with an interpreter of its own, or why that cannot be made."""
    runtime = integration.manifest.runtime
    named = runtime.requirements if isinstance(runtime, PythonRuntime) else None
    path = integration.folder.resolve() / (named or _BY_CUSTOM)
    try:
        python = own_interpreter(
            path if named or path.is_file() else None, cache=cache_folder(), sandbox=sandbox
        )
    except PluginError as error:
        return SetAside(
            name=integration.manifest.id,
            where=str(integration.folder),
            problem=error.message,
            hint=error.hint,
            folders=(integration.folder,),
        )
    return replace(integration, python=python)


def cache_folder() -> Path:
    """Return where environments are kept."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named).resolve()
    import platformdirs  # noqa: PLC0415 - takes longer to import than all else here

    return platformdirs.user_cache_path("koppeling")


def own_interpreter(requirements: Path | None, *, cache: Path, sandbox: bool = False) -> Path:
    """Return the interpreter of an environment, made when it is not there yet.

    Args:
        requirements: What is installed in it, pinned; None: nothing.
        cache: Folder in which environments are kept.
        sandbox: Whether what is installed runs its own code within walls.

    Raises:
        PluginError: Something is not pinned, or cannot be installed.
    """
    import filelock  # noqa: PLC0415 - most runs need none

    content = requirements.read_bytes() if requirements else b""
    if requirements:
        _require_pinned(requirements, content.decode("utf-8", errors="replace"))
    folder = cache / "environments" / _name_of(content, requirements)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folder.with_name(f"{folder.name}.lock")):
        complete = folder / _COMPLETE
        is_new = not complete.is_file()
        if is_new:
            _make(folder, requirements, sandbox=sandbox)
        complete.touch()  # it is used now
        if is_new:
            _remove_unused(folder.parent, now_s=complete.stat().st_mtime)
    return _python_in(folder)


def _name_of(content: bytes, requirements: Path | None) -> str:
    """Return the name of an environment: the same for all that install the same."""
    text = content.decode("utf-8", errors="replace")
    place = str(requirements.parent) if requirements and _ELSEWHERE.search(text) else ""
    key = f"{sys.version}\0{sys.base_prefix}\0{place}\0".encode() + content
    return hashlib.sha256(key).hexdigest()[:24]


def _remove_unused(environments: Path, *, now_s: float) -> None:
    """Remove environments that no run used for long; one that is being made is locked."""
    import filelock  # noqa: PLC0415 - most runs need none

    for each in list(environments.iterdir()):
        with contextlib.suppress(OSError, filelock.Timeout):
            if each.suffix == ".lock" or not (each / "pyvenv.cfg").is_file():
                continue
            used = each / _COMPLETE if (each / _COMPLETE).is_file() else each
            if now_s - used.stat().st_mtime > _KEPT_S:
                with filelock.FileLock(each.with_name(f"{each.name}.lock"), timeout=0):
                    shutil.rmtree(each)


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


def _make(folder: Path, requirements: Path | None, *, sandbox: bool) -> None:
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
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-input"]
        command = [*pip, "--disable-pip-version-check", "-r", requirements.name]
        if not sandbox:
            _install(command, requirements, installing_environ())
            return
        with tempfile.TemporaryDirectory(prefix=folder_prefix()) as own:
            environ = {**installing_environ(), **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), own)}
            write = (folder.resolve(), Path(own).resolve())
            command = installing_within(command, read=requirements.parent, write=write)
            _install(command, requirements, environ)


def _install(command: list[str], requirements: Path, environ: Mapping[str, str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - our own words, and a file
            command,
            cwd=requirements.parent,
            env=environ,
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

"""Load a plugin's file and its hooks, within the integration's own process."""

import difflib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from koppeling_harness.plugin import spec
from koppeling_harness.value import dataclass

_PREFIX = "koppeling_"
_MODULE = "koppeling_plugin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a call has no result.

    Attributes:
        kind: A value of `BreakdownKind`.
        message: What was found and what was expected.
        hint: What to do about it.
    """

    kind: str
    message: str
    hint: str = ""


class Refused(Exception):  # noqa: N818 - never leaves the child process
    """A call has no result, for a reason that can be told in a sentence."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin:
    """A plugin that is ready to be called.

    Attributes:
        hook: Calls hooks, by name and with keyword arguments.
        implemented: The hooks that it implements.
    """

    hook: Any
    implemented: Sequence[Any]


def load_plugin(folder: Path, file: str) -> LoadedPlugin:
    """Load a plugin.

    Args:
        folder: The integration's folder; its packages can be imported from then on.
        file: The file with the hooks, relative to the folder.

    Raises:
        Refused: It cannot be loaded, or its hooks are not those of the specification.
    """
    sys.path.insert(0, str(folder))
    module = _import(folder, file)
    _check_functions(module, file)
    manager = pluggy.PluginManager(spec.PROJECT)
    manager.add_hookspecs(spec)
    try:
        manager.register(module, name=file)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        message = f"{file}: {str(error).splitlines()[-1]}"
        hint = "A hook has the name and takes only the arguments that its specification has."
        raise _refused(message, hint) from None
    implemented = manager.get_hookcallers(module) or []
    if not any(hook.name == "koppeling_trigger" for hook in implemented):
        message = f"{file} has no hook `koppeling_trigger`, the one that every plugin must have"
        raise _refused(message, "Write it, and mark it with `@hookimpl`.")
    return LoadedPlugin(hook=manager.hook, implemented=implemented)


def _import(folder: Path, file: str) -> ModuleType:
    path = folder / file
    found = importlib.util.spec_from_file_location(_MODULE, path)
    if found is None or found.loader is None:
        message = f"{file} is not a Python file"
        raise _refused(message, "`runtime.plugin` in koppeling.yaml names the file with the hooks.")
    module = importlib.util.module_from_spec(found)
    sys.modules[_MODULE] = module
    try:
        found.loader.exec_module(module)
    except FileNotFoundError as error:
        if error.filename != str(path):
            raise _broken(folder, file, error) from None
        message = f"{file} does not exist in {folder.name}"
        hint = "`runtime.plugin` in koppeling.yaml names the file with the hooks."
        raise _refused(message, hint) from None
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises is an answer
        raise _broken(folder, file, error) from None
    return module


def _broken(folder: Path, file: str, error: Exception) -> Refused:
    print_own_traceback(folder, error)
    if isinstance(error, SyntaxError):
        name = Path(error.filename or file)
        if name.is_relative_to(folder):
            name = name.relative_to(folder)
        message = f"{name.as_posix()}:{error.lineno}: {error.msg}"
        return _refused(message, "Mend the Python code.")
    where = place_within(folder, error) or file
    hint = "Install it where the harness runs." if isinstance(error, ImportError) else ""
    return _refused(f"{where}: {type(error).__name__}: {error}", hint)


def place_within(folder: Path, error: BaseException) -> str:
    """Return `file:line` of the innermost frame that is the integration's own; else empty."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    if not own:
        return ""
    return f"{Path(own[-1].filename).relative_to(folder).as_posix()}:{own[-1].lineno}"


def print_own_traceback(folder: Path, error: BaseException) -> None:
    """Print a traceback from the first frame that is the integration's own."""
    first = error.__traceback__
    while first and not Path(first.tb_frame.f_code.co_filename).is_relative_to(folder):
        first = first.tb_next
    traceback.print_exception(error.with_traceback(first or error.__traceback__))


def _check_functions(module: ModuleType, file: str) -> None:
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if not name.startswith(_PREFIX):
            continue
        where = f"{file}:{function.__code__.co_firstlineno}"
        known = [each for each in vars(spec) if each.startswith(_PREFIX)]
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean `{near[0]}`?" if near else f"There are {', '.join(known)}."
            message = f"{where}: there is no hook `{name}`"
            raise _refused(message, hint)
        if not hasattr(function, f"{spec.PROJECT}_impl"):
            message = f"{where}: `{name}` is not marked as a hook, so it would never be called"
            raise _refused(message, "Write `@hookimpl` above it.")
        for parameter in inspect.signature(function).parameters.values():
            if parameter.default is not parameter.empty:
                message = f"{where}: argument `{parameter.name}` of `{name}` has a default"
                raise _refused(message, "Hooks take their arguments without defaults.")


def _refused(message: str, hint: str) -> Refused:
    return Refused(Refusal(kind="not_started", message=message, hint=hint))

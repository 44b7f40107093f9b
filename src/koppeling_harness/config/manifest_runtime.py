"""Check the part `runtime` of an integration's manifest."""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from koppeling_harness.config.manifest_files import below
from koppeling_harness.document import Source
from koppeling_harness.errors import Problem
from koppeling_harness.model.manifest import (
    CommandRuntime,
    HttpRuntime,
    Manifest,
    PythonRuntime,
    StdioRuntime,
)

_PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)\}")
_OF_A_COMMAND = ("folder", "work_dir", "operation", "input_file")
_OF_A_CHILD = ("folder",)
_OF_A_SERVICE = ("folder", "port")
_OF_THIS_MACHINE = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\]):\{port\}(?:/|$)")
_OURS = "KOPPELING_"


def runtime_problems(manifest: Manifest, source: Source, folder: Path) -> Iterator[Problem]:
    """Return what is wrong with how an integration is to be started.

    Args:
        manifest: The manifest.
        source: Where it was read from.
        folder: The integration's folder.
    """
    yield from _environ(manifest, source)
    match manifest.runtime:
        case PythonRuntime() as runtime:
            yield from _file(runtime.plugin, "plugin", source, folder)
            if runtime.requirements is not None:
                yield from _file(runtime.requirements, "requirements", source, folder)
        case CommandRuntime() as runtime:
            yield from _command(runtime.command, _OF_A_COMMAND, source, folder)
        case StdioRuntime() as runtime:
            yield from _command(runtime.command, _OF_A_CHILD, source, folder)
        case HttpRuntime() as runtime:
            yield from _command(runtime.command or (), _OF_A_SERVICE, source, folder)
            yield from _service(runtime, manifest, source)
        case _:
            assert_never(manifest.runtime)


def _environ(manifest: Manifest, source: Source) -> Iterator[Problem]:
    for number, name in enumerate(manifest.runtime.environ):
        if name.upper().startswith(_OURS):
            yield Problem(
                where=source.place(("runtime", "environ", number)),
                message=f"`{name}` belongs to the harness and is not passed on",
                hint="The integration is given its token and base URL with every scenario.",
            )


def _file(name: str, member: str, source: Source, folder: Path) -> Iterator[Problem]:
    why = below(folder, name)[1]
    if why:
        what = "the hooks" if member == "plugin" else "the pinned requirements"
        yield Problem(
            where=source.place(("runtime", member)),
            message=why,
            hint=f"Write {what} in it, or name the file that has them.",
        )


def _command(
    command: tuple[str, ...], known: tuple[str, ...], source: Source, folder: Path
) -> Iterator[Problem]:
    for number, argument in enumerate(command):
        where = source.place(("runtime", "command", number))
        names = _PLACEHOLDER.findall(argument)
        for name in names:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                there_are = ", ".join(f"`{{{each}}}`" for each in known)
                yield Problem(
                    where=where,
                    message=f"`{{{name}}}` cannot be filled in here",
                    hint=f"Did you mean `{{{near[0]}}}`?" if near else f"There are {there_are}.",
                )
        inside = argument.removeprefix("{folder}/")
        if inside != argument and names == ["folder"] and not (folder / inside).exists():
            yield Problem(
                where=where,
                message=f"there is no `{inside}` beside the manifest",
                hint="Build it first, or name a file that is there; `{folder}` is the folder of "
                "the manifest.",
            )


def _service(runtime: HttpRuntime, manifest: Manifest, source: Source) -> Iterator[Problem]:
    wants_port = "{port}" in runtime.url
    if runtime.command is not None and not wants_port:
        yield Problem(
            where=source.place(("runtime", "url")),
            message="a service that the harness starts is given a free port, but `url` has no "
            "`{port}`",
            hint="Write `http://127.0.0.1:{port}`.",
        )
    elif runtime.command is not None and not _OF_THIS_MACHINE.match(runtime.url):
        yield Problem(
            where=source.place(("runtime", "url")),
            message=f"a service that the harness starts listens on loopback, found `{runtime.url}`",
            hint="Write `http://127.0.0.1:{port}`.",
        )
    if runtime.command is None and wants_port:
        yield Problem(
            where=source.place(("runtime", "url")),
            message="`{port}` is a port that the harness gives, but there is no `command` to start",
            hint="Write the port at which the service listens, or how to start it.",
        )
    declared = [each.name for each in manifest.operations]
    for name in runtime.operations:
        if name not in declared:
            near = difflib.get_close_matches(name, declared, n=1)
            yield Problem(
                where=source.place(("runtime", "operations", name), key=True),
                message=f"`{name}` is not a declared operation",
                hint=f"Did you mean `{near[0]}`?" if near else "Declare it under `operations`.",
            )

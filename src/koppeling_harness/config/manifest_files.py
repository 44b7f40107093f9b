"""The files that a manifest names: definitions of GetConnectors, and connectors to import."""

import difflib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from koppeling_harness.document import Source, load_yaml, read_content, read_text, to_plain
from koppeling_harness.document.gcn import is_gcn, read_gcn
from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.model.connector import GetDefinition, OwnGetConnector
from koppeling_harness.model.manifest import GetConnectorUse, Manifest
from koppeling_harness.place import Place

_KINDS = "Name a definition in YAML (`koppeling schema definition`) or an export of AFAS (.gcn)."


def with_files(
    manifest: Manifest, source: Source, folder: Path
) -> tuple[Manifest, tuple[Problem, ...]]:
    """Return a manifest with what its files hold, and what is wrong with them and how they fit.

    Args:
        manifest: As it is written.
        source: Where it was read from.
        folder: The integration's folder; nothing outside of it is read.
    """
    problems: list[Problem] = []
    uses = []
    for number, use in enumerate(manifest.get_connectors):
        reading = _Definition(use, source.place(("get_connectors", number, "definition")), folder)
        uses.append(reading.read())
        problems += reading.problems
    imports = []
    for number, name in enumerate(manifest.imports):
        path, why = below(folder, name)
        if why:
            where = source.place(("imports", number))
            hint = "Name a file in the integration's folder, or in one below it."
            problems.append(Problem(where=where, message=why, hint=hint))
        imports.append(str(path))
    found = replace(manifest, get_connectors=tuple(uses), imports=tuple(imports))
    return found, tuple(problems)


def below(folder: Path, name: str) -> tuple[Path, str]:
    """Return the path of a file that a partner names, and why it cannot be used.

    A link that leads out of the integration's folder is outside of it.
    """
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return path, f"`{name}` lies outside the integration's folder"
        if not path.is_file():
            return path, f"there is no file `{name}` beside the manifest"
    except (OSError, ValueError, RuntimeError) as error:  # a name with a NUL, links in a circle
        return path, f"`{name}` cannot be used: {error}"
    return path.resolve(), ""


class _Definition:
    """Reads what one GetConnector selects, and holds it against what the manifest says of it."""

    def __init__(self, use: GetConnectorUse, place: Place, folder: Path) -> None:
        self._use, self._place, self._folder = use, place, folder
        self.problems: list[Problem] = []

    def read(self) -> GetConnectorUse:
        """Return the use with its definition; as it is when that cannot be read."""
        use = self._use
        if use.definition is None:
            return use
        try:
            found = self._found(use.definition)
        except DocumentError as error:
            self.problems += error.problems
            return use
        self.problems += self._misfits(found)
        copy_of = use.copy_of or found.copy_of
        own = replace(found, id=use.id, copy_of=copy_of)
        return replace(use, definition=own, copy_of=copy_of, fields=use.fields or own.names)

    def _found(self, definition: GetDefinition | str) -> OwnGetConnector:
        if not isinstance(definition, str):
            members = {name: getattr(definition, name) for name in to_plain(definition)}
            return OwnGetConnector(id=self._use.id, **members)
        path, why = below(self._folder, definition)
        if why:
            raise DocumentError([Problem(where=self._place, message=why, hint=_KINDS)])
        name = str(self._folder / definition)
        content = read_content(path)
        if path.suffix.lower() == ".gcn" or is_gcn(content):
            return read_gcn(content, name=name)
        if path.suffix.lower() not in {".yaml", ".yml"}:
            message = f"`{definition}` is neither YAML nor an export of AFAS"
            raise DocumentError([Problem(where=self._place, message=message, hint=_KINDS)])
        return load_yaml(OwnGetConnector, read_text(path), name=name)

    def _misfits(self, found: OwnGetConnector) -> Iterator[Problem]:
        use = self._use
        if found.id.lower() != use.id.lower():
            yield self._problem(
                f"`{use.definition}` describes `{found.id}`, expected `{use.id}`",
                "Give the connector the id that it has in Profit.",
            )
        if use.copy_of and found.copy_of and use.copy_of.lower() != found.copy_of.lower():
            yield self._problem(
                f"it starts from `{found.copy_of}`, and `copy_of` says `{use.copy_of}`",
                "Leave `copy_of` out here.",
            )
        if found.view is not None and use.copy_of is None:
            yield self._problem(
                "an export does not say which supplied GetConnector has the same data",
                f"Add `copy_of` to `{use.id}`; `koppeling erp1 connectors` lists them.",
            )
        for name in use.fields if found.names else ():
            if name not in found.names:
                near = difflib.get_close_matches(name, found.names, n=1)
                hint = f"Did you mean `{near[0]}`?" if near else "Add it to the definition."
                yield self._problem(f"the definition of `{use.id}` shows no `{name}`", hint)

    def _problem(self, message: str, hint: str) -> Problem:
        return Problem(where=self._place, message=message, hint=hint)

"""Connectors that come from files: one reader for `erp1 serve --import`, manifests and settings.

AFAS's OpenAPI files, snapshots of metainfo, AFAS's exports of GetConnectors (`.gcn`), definitions
in YAML, and the catalogues that `koppeling erp1 import --out` writes.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.document import load, read_content, read_text, read_yaml
from koppeling_harness.document.gcn import is_gcn, read_gcn
from koppeling_harness.emulator.definition import Definition
from koppeling_harness.emulator.openapi_import import import_openapi, merge
from koppeling_harness.emulator.own_definition import without_data
from koppeling_harness.emulator.snapshot import read_snapshot
from koppeling_harness.emulator.specification import UpdateConnector, read_catalogue
from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.model.connector import (
    AppConnectorDefinition,
    EnvironmentDefinition,
    OwnGetConnector,
)
from koppeling_harness.place import Place
from koppeling_harness.value import dataclass

NOTHING = EnvironmentDefinition()
_WHAT_IS_READ = (
    "Read are AFAS's OpenAPI files, snapshots of `koppeling erp1 snapshot`, exports of "
    "GetConnectors (.gcn), and definitions in YAML."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """What came out of files with connectors."""

    updates: tuple[UpdateConnector, ...] = ()
    gets: tuple[Definition, ...] = ()
    definition: EnvironmentDefinition = NOTHING
    """GetConnectors of its own, custom fields, app connector, receivers of webhooks."""
    not_understood: tuple[str, ...] = ()
    """One line each: where, and why."""


def read_imports(paths: Sequence[Path]) -> Imports:
    """Read connectors from files; of an equal id the later one wins, or for updates both count.

    Raises:
        DocumentError: Files cannot be read, or nothing in them was understood; all problems of all
            files are in it.
    """
    problems: list[Problem] = []
    found: list[Imports] = []
    for path in paths:
        try:
            found.append(_read_once(path))
        except DocumentError as error:
            problems += error.problems
    if problems:
        raise DocumentError(problems)
    return _joined(found)


def _joined(found: Sequence[Imports]) -> Imports:
    updates: dict[str, UpdateConnector] = {}
    gets: dict[str, Definition] = {}
    whole = NOTHING
    for one in found:
        for each in one.updates:
            key = each.id.lower()
            updates[key] = merge(updates[key], each) if key in updates else each
        gets |= {each.id.lower(): each for each in one.gets}
        whole = EnvironmentDefinition(
            get_connectors=whole.get_connectors + one.definition.get_connectors,
            custom_fields=whole.custom_fields + one.definition.custom_fields,
            app_connector=one.definition.app_connector or whole.app_connector,
            webhooks=whole.webhooks + one.definition.webhooks,
        )
    return Imports(
        updates=tuple(updates.values()),
        gets=tuple(gets.values()),
        definition=whole,
        not_understood=tuple(line for each in found for line in each.not_understood),
    )


_ONCE: dict[tuple[Path, int, int], Imports] = {}
"""What was read, by path, moment and size: a run asks before it begins, and when it opens ERP1."""


def _read_once(path: Path) -> Imports:
    try:
        found = path.stat()
    except (OSError, ValueError):  # told by the reader, as for any file
        return _read(path)
    key = (path, found.st_mtime_ns, found.st_size)
    if key not in _ONCE:
        _ONCE[key] = _read(path)
    return _ONCE[key]


def _read(path: Path) -> Imports:
    content = read_content(path)
    if is_gcn(content):
        own = read_gcn(content, name=str(path))
        line = f"{path.name}: GetConnector {own.id}: its data is unknown, it gives no rows"
        return Imports(gets=(without_data(own),), not_understood=(line,))
    if content.startswith(b"PK\x03\x04"):
        raise _refused(path, "it is a ZIP", "Unpack it, and name the files that were in it.")
    text = read_text(path, encoding="utf-8-sig")
    reader = _BY_SUFFIX.get(path.suffix.lower(), _connectors)
    return reader(text, path)


def _refused(path: Path, message: str, hint: str = _WHAT_IS_READ) -> DocumentError:
    return DocumentError([Problem(where=Place(str(path)), message=message, hint=hint)])


def _yaml(text: str, path: Path) -> Imports:
    source = read_yaml(text, name=str(path))
    if isinstance(source.data, Mapping) and ("id" in source.data or "schema" in source.data):
        own = load(OwnGetConnector, source)
        return Imports(definition=EnvironmentDefinition(get_connectors=(own,)))
    loaded = load(EnvironmentDefinition, source)
    app = _with_certificates(loaded.app_connector, path.parent)
    return Imports(definition=replace(loaded, app_connector=app))


def _with_certificates(
    app: AppConnectorDefinition | None, folder: Path
) -> AppConnectorDefinition | None:
    """Return an app connector with its certificates in place of the files that hold them."""
    if app is None or not app.certificates:
        return app
    texts = (read_text(folder / each, encoding="utf-8-sig") for each in app.certificates)
    return replace(app, certificates=tuple(texts))


def _catalogue(text: str, path: Path) -> Imports:
    try:
        return Imports(updates=tuple(read_catalogue(text).values()))
    except (ValueError, KeyError, IndexError, RecursionError) as error:
        message = f"expected a catalogue as `koppeling erp1 import --out` writes it: {error!r}"
        raise _refused(path, message) from None


def _connectors(text: str, path: Path) -> Imports:
    if '"openapi"' in text[:2000]:
        imported = import_openapi(text, name=path.name)
        found = Imports(
            updates=imported.connectors, gets=imported.gets, not_understood=imported.not_understood
        )
    else:
        snapshot = read_snapshot(text, name=path.name)
        found = Imports(
            updates=snapshot.updates, gets=snapshot.gets, not_understood=snapshot.not_understood
        )
    if not found.updates and not found.gets:
        _require_json(text, path)
        lines = found.not_understood or (f"{path.name}: it holds no connector",)
        problems = [
            Problem(where=Place(str(path)), message=each, hint=_WHAT_IS_READ) for each in lines
        ]
        raise DocumentError(problems)
    return found


def _require_json(text: str, path: Path) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        where = Place(str(path), error.lineno, error.colno)
        message = f"expected JSON: {error.msg.lower()}"
        raise DocumentError([Problem(where=where, message=message, hint=_WHAT_IS_READ)]) from None
    except (ValueError, RecursionError) as error:
        message = f"expected JSON: {type(error).__name__}"
        raise _refused(path, message) from None


_BY_SUFFIX: Mapping[str, Callable[[str, Path], Imports]] = {
    ".yaml": _yaml,
    ".yml": _yaml,
    ".tsv": _catalogue,
}

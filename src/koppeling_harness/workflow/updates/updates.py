"""Changes by an AFAS update, and the integrations that they touch."""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from koppeling_harness.document import dump_json, load_json, read_content, read_text, to_plain
from koppeling_harness.errors import DocumentError, NothingToRunError, Problem
from koppeling_harness.model.change import ChangeList
from koppeling_harness.model.impact import Impact
from koppeling_harness.plugin.discover import Integration, SetAside, discover
from koppeling_harness.report.texts import Language
from koppeling_harness.report.updates_page import render_changes_page
from koppeling_harness.report.updates_sarif import render_changes_sarif
from koppeling_harness.report.updates_text import render_changes_text, render_impacts_text
from koppeling_harness.store.files import write_files
from koppeling_harness.store.recordings import newest_recordings
from koppeling_harness.traffic.har_read import from_har
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.watch.change_table import read_change_table
from koppeling_harness.watch.compare import compare
from koppeling_harness.watch.impact import impacts
from koppeling_harness.watch.interface import Interface, interface_of
from koppeling_harness.watch.metainfo import snapshot_of
from koppeling_harness.watch.openapi import read_openapi
from koppeling_harness.watch.usage import Usage, declared_use, observed_use
from koppeling_harness.workflow.secret_search import without_secrets

T = TypeVar("T")


class Format(StrEnum):
    """In what form changes are shown."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    SARIF = "sarif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What an update does to the integrations that were found.

    Attributes:
        impacts: By the integration's id.
        set_aside: Integrations whose manifest cannot be read; nothing is said of them.
        problems: Recordings that cannot be read; what is observed goes without them.
    """

    impacts: tuple[Impact, ...]
    set_aside: tuple[SetAside, ...]
    problems: tuple[str, ...]


def diff(old: Path, new: Path) -> ChangeList:
    """Compare two releases.

    Args:
        old: A snapshot, an OpenAPI file, or a folder of OpenAPI files.
        new: The same, of the later release.

    Raises:
        DocumentError: One of them cannot be read, or is none of these.
    """
    return compare(read_interface(old), read_interface(new))


def read_interface(path: Path) -> Interface:
    """Read a snapshot, an OpenAPI file, or a folder of OpenAPI files.

    Raises:
        DocumentError: It cannot be read, or is none of these.
    """
    if path.is_dir():
        files = sorted(path.glob("*.json"))
        if not files:
            raise _problem(path, "found no .json file, expected AFAS's OpenAPI files")
        return read_openapi(files, name=str(path))
    raw = _json(path)
    if not isinstance(raw, dict):
        raise _problem(path, "expected a snapshot or an OpenAPI document, found no JSON object")
    if "openapi" in raw:
        return read_openapi([path], name=str(path))
    return interface_of(snapshot_of(raw, name=str(path)), name=str(path))


def import_changes(path: Path) -> ChangeList:
    """Read one of AFAS's change tables, or changes that were written as JSON before.

    Raises:
        DocumentError: It cannot be read, or holds no changes.
    """
    text = _text(path)
    if text.lstrip().startswith("{"):
        return load_json(ChangeList, text, name=str(path))
    return read_change_table(text, name=str(path))


def impact(changes: ChangeList, folders: Sequence[Path], *, runs: Path) -> Touched:
    """Return which changes touch which integration.

    Args:
        changes: Of the update.
        folders: Where integrations are, each a plugin's folder or a folder of them.
        runs: A folder with runs below it, whose recordings tell what was used.

    Raises:
        NothingToRunError: There is no integration.
    """
    found = discover(folders)
    if not found.integrations and not found.set_aside:
        message = f"{', '.join(map(str, folders))}: found no integration"
        raise NothingToRunError(message, hint="Name a folder that holds koppeling.yaml.")
    problems: list[str] = []
    usages = [_usage(each, runs, problems) for each in found.integrations]
    return Touched(
        impacts=impacts(changes.changes, usages),
        set_aside=found.set_aside,
        problems=tuple(problems),
    )


def show(changes: ChangeList, form: Format, *, lang: str, touched: Sequence[Impact] = ()) -> str:
    """Return changes in a form; a page shows what they do to integrations too.

    Args:
        changes: What to show.
        form: The form.
        lang: `nl` or `en`, of the text, and in which a page opens.
        touched: What they do to integrations.
    """
    changes, touched = _clean(changes), _clean(touched)
    match form:
        case Format.TEXT:
            return render_changes_text(changes, lang=lang)
        case Format.JSON:
            return dump_json(changes, indent=1)
        case Format.HTML:
            return render_changes_page(changes, impacts=touched, language=Language(lang))
        case Format.SARIF:
            return render_changes_sarif(changes)


def show_impacts(found: Sequence[Impact], *, as_json: bool, lang: str) -> str:
    """Return what changes do to integrations, as JSON or as text."""
    found = _clean(found)
    if as_json:
        return json.dumps([to_plain(each) for each in found], ensure_ascii=False, indent=1)
    return render_impacts_text(found, lang=lang)


def _clean(value: T) -> T:
    """Return changes without the tokens that somebody wrote in names and descriptions."""
    redactor = Redactor(secrets.token_bytes(32))  # it knows tokens by their form only
    return without_secrets(value, redactor)[0]


def write(path: Path, text: str) -> None:
    """Write a file, so that a reader never sees half of it.

    Raises:
        ConfigurationError: It cannot be written.
    """
    write_files(path.parent, {path.name: text.encode()})


def _usage(integration: Integration, runs: Path, problems: list[str]) -> Usage:
    manifest = integration.manifest
    recordings = newest_recordings(runs, manifest.id)
    exchanges = [each for path in recordings for each in _exchanges(path, problems)]
    return Usage(
        integration=manifest.id,
        declared=declared_use(manifest),
        observed=observed_use(exchanges, manifest) if recordings else None,
    )


def _exchanges(path: Path, problems: list[str]) -> Iterable[Any]:
    try:
        return from_har(read_content(path), name=str(path)).exchanges
    except DocumentError as error:
        problems += _lines(error)
    return ()


def _lines(error: DocumentError) -> Iterator[str]:
    return (each.render() for each in error.problems)


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise _problem(path, f"expected JSON: {error}") from None


def _text(path: Path) -> str:
    return read_text(path, encoding="utf-8-sig")


def _problem(path: Path, message: str) -> DocumentError:
    return DocumentError([Problem(where=str(path), message=message)])

"""Changes by an AFAS update, and the integrations that they touch."""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from koppeling_harness.config.registration import contact_of
from koppeling_harness.document import dump_json, load_json, read_content, read_text, to_plain
from koppeling_harness.emulator.definition import supplied
from koppeling_harness.emulator.environment import own_catalogue
from koppeling_harness.errors import DocumentError, ExitCode, NothingToRunError, Problem
from koppeling_harness.model.change import ChangeList
from koppeling_harness.model.impact import Impact
from koppeling_harness.model.operation import ENDPOINTS
from koppeling_harness.plugin.discover import Integration, SetAside, discover
from koppeling_harness.report.texts import Language
from koppeling_harness.report.updates_page import render_changes_page
from koppeling_harness.report.updates_sarif import render_changes_sarif
from koppeling_harness.report.updates_text import (
    render_changes_text,
    render_impacts_text,
    render_touched_text,
)
from koppeling_harness.rules.scope import OWN_LIST
from koppeling_harness.store.files import write_files
from koppeling_harness.store.recordings import newest_recordings
from koppeling_harness.store.runs import RUN, load_run
from koppeling_harness.traffic.har_read import from_har
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.watch.change_table import read_change_table
from koppeling_harness.watch.compare import compare
from koppeling_harness.watch.impact import by_change, impacts
from koppeling_harness.watch.interface import Interface, interface_of
from koppeling_harness.watch.metainfo import snapshot_of
from koppeling_harness.watch.openapi import read_openapi
from koppeling_harness.watch.usage import Usage, declared_use, observed_use
from koppeling_harness.workflow.secret_search import without_secrets

T = TypeVar("T")

_AS_TEXT = "Of a workbook or a page, save the table as CSV in UTF-8, as HTML or as Markdown."


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
    try:
        text = _text(path)
    except DocumentError as error:
        if not path.is_file():
            raise
        problems = [replace(each, hint=each.hint or _AS_TEXT) for each in error.problems]
        raise DocumentError(problems) from None
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
    whole = _WholeRuns()
    usages = [_usage(each, runs, whole, problems) for each in found.integrations]
    return Touched(
        impacts=impacts(changes, usages, known=_there_is()),
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
            return render_changes_page(
                changes, impacts=touched, by_change=by_change(touched), language=Language(lang)
            )
        case Format.SARIF:
            return render_changes_sarif(changes)


def show_impacts(found: Sequence[Impact], *, as_json: bool, lang: str, turned: bool = False) -> str:
    """Return what changes do to integrations, as JSON or as text.

    Args:
        found: What they do.
        as_json: Whether a program reads it.
        lang: `nl` or `en`, of the text.
        turned: Whether it is told per change, with whom it touches.
    """
    found = _clean(found)
    if as_json:
        shown: Sequence[object] = by_change(found) if turned else found
        return json.dumps([to_plain(each) for each in shown], ensure_ascii=False, indent=1)
    if turned:
        return render_touched_text(by_change(found), lang=lang)
    return render_impacts_text(found, lang=lang)


def exit_code(changes: ChangeList) -> ExitCode:
    """Return what the process says: 11 when there is a row that nobody can say the effect of."""
    return ExitCode.ENVIRONMENT if changes.not_understood else ExitCode.PASSED


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


def _there_is() -> frozenset[str]:
    """Return the connectors and other endpoints that ERP1 knows, in lower case."""
    return frozenset({*own_catalogue(), *supplied(), *ENDPOINTS})


class _WholeRuns:
    """Tells of which integrations the run in a folder was about all that is asked of them."""

    def __init__(self) -> None:
        self._known: dict[Path, frozenset[str]] = {}

    def has(self, run: Path, integration: str) -> bool:
        if run not in self._known:
            self._known[run] = _judged_whole(run / RUN)
        return integration in self._known[run]


def _judged_whole(path: Path) -> frozenset[str]:
    try:
        record = load_run(path)
    except DocumentError:  # it is not there yet, or damaged: nothing follows from it
        return frozenset()
    return frozenset(
        each.id
        for each in record.integrations
        if each.scope is not None and not set(each.scope.because) - {OWN_LIST}
    )


def _usage(integration: Integration, runs: Path, whole: _WholeRuns, problems: list[str]) -> Usage:
    manifest = integration.manifest
    recordings = newest_recordings(runs, manifest.id)
    exchanges = [each for path in recordings for each in _exchanges(path, problems)]
    return Usage(
        integration=manifest.id,
        declared=declared_use(manifest),
        observed=observed_use(exchanges, manifest) if recordings else None,
        is_whole=bool(recordings) and whole.has(recordings[0].parents[2], manifest.id),
        partner=manifest.partner.name,
        contact=contact_of([integration.folder], manifest.partner),
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

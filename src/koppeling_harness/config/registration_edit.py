"""Write registrations safely: what would be invalid is refused, and the file stays as it was."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from koppeling_harness.config.decisions import decisions_path
from koppeling_harness.config.file_edit import alone_with, write_whole
from koppeling_harness.config.registration import (
    NamedText,
    Placed,
    load_placed,
    parse_registration,
    read_text,
)
from koppeling_harness.config.yaml_edit import append_item, flow, taken_out, with_value
from koppeling_harness.document import read_yaml, to_plain
from koppeling_harness.errors import ConfigurationError, DocumentError
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.registration import (
    Assessment,
    Decision,
    DecisionKind,
    Registration,
    Waiver,
)
from koppeling_harness.rules.registration_input import InputProblem
from koppeling_harness.value import dataclass

Objections = Callable[[Registration], Iterable[InputProblem]]
"""What cannot be true in a registration as it would become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A registration before and after an edit.

    Attributes:
        before: As it was.
        after: As it is now, or would be when nothing was written.
        path: The file that was changed: the partner's, or AFAS's beside it.
    """

    before: Registration
    after: Registration
    path: Path


def add_assessment(
    path: Path, made: Callable[[Registration], Assessment], *, objections: Objections
) -> Edited:
    """Add an assessment to a registration.

    Args:
        path: The registration.
        made: Gives the assessment for the registration as it is when nobody else edits it.
        objections: What cannot be true afterwards.

    Raises:
        DocumentError: The file has problems, or would get them; it is left as it was.
        ConfigurationError: It cannot be written.
    """
    with alone_with(path):
        before = load_placed(path)
        item = to_plain(made(before.registration))
        return _append(
            path, path, "assessments", item, before, lambda after: objections(after.registration)
        )


def add_decision(
    path: Path, decision: Decision, *, objections: Objections, dry_run: bool = False
) -> Edited:
    """Add a decision to a registration, in the file where its decisions stand.

    One about the listing is carried out in it as well: `listing` says what it leads to.

    Args:
        path: The registration.
        decision: The decision.
        objections: What cannot be true afterwards.
        dry_run: Whether nothing is written.

    Raises:
        DocumentError: The file has problems, or would get them; it is left as it was.
        ConfigurationError: It cannot be written.
    """
    with alone_with(path):
        before = load_placed(path)
        beside = decisions_path(path)
        file = beside if beside.is_file() else path
        item = to_plain(decision)
        listed = _LISTED_BY.get(decision.decision)
        also = {"listing": dict.fromkeys(_PLACES, listed)} if listed is not None else {}
        return _append(
            path,
            file,
            "decisions",
            item,
            before,
            lambda after: objections(after.registration),
            also=also,
            dry_run=dry_run,
        )


_LISTED_BY = {DecisionKind.REMOVE_LISTING: False, DecisionKind.RESTORE_LISTING: True}
_PLACES = ("partner_site", "help_center")


def set_in_word(path: Path, values: Mapping[str, Any]) -> Path:
    """Write members of AFAS's file beside a registration; return that file.

    Raises:
        DocumentError: One of the files has problems, or would get them; it is left as it was.
        ConfigurationError: There is no such file, or it cannot be written.
    """
    with alone_with(path):
        load_placed(path)
        file = _file_of_word(path)
        text = read_text(file)
        for key, value in values.items():
            text = with_value(text, read_yaml(text, name=str(file)), key, value)
        _parsed(path, file, text)
        write_whole(file, text)
        return file


def add_to_word(
    path: Path,
    key: str,
    item: object,
    *,
    objections: Callable[[Placed], Iterable[InputProblem]] = lambda _: (),
) -> Path:
    """Add an item to a list of AFAS's file beside a registration; return that file.

    Args:
        path: The registration.
        key: Name of the list.
        item: A value of the model.
        objections: What cannot be true afterwards.

    Raises:
        DocumentError: One of the files has problems, or would get them; it is left as it was.
        ConfigurationError: There is no such file, or it cannot be written.
    """
    with alone_with(path):
        before = load_placed(path)
        return _append(path, _file_of_word(path), key, to_plain(item), before, objections).path


def _file_of_word(path: Path) -> Path:
    file = decisions_path(path)
    if not file.is_file():
        message = f"{path}: what AFAS records stands in AFAS's own file, {file.name}: there is none"
        raise ConfigurationError(message, hint=f"koppeling registration split {path}")
    return file


def decisions_text(registration: Registration, *, waivers: Sequence[Waiver], given: date) -> str:
    """Return a file of AFAS's decisions with waivers in it, for a partner's own runs."""
    lines = [
        "# AFAS's waivers, for `koppeling run --decisions`; docs: reference/registration-file.md",
        "schema: koppeling/decisions@1",
        f"of: {registration.registration}",
        f"integration: {registration.integration}",
        f"given: {given}",
        *_listed("waivers", [to_plain(each) for each in waivers]),
    ]
    return "\n".join(lines) + "\n"


def split_registration(path: Path) -> Path:
    """Move decisions and waivers of a registration into AFAS's file beside it; return that.

    AFAS's file is written first: should the second write not happen, both hold the same, which
    every reader tells, and nothing is lost.

    Raises:
        DocumentError: The registration has problems.
        ConfigurationError: There is such a file already, or one of the two cannot be written.
    """
    beside = decisions_path(path)
    with alone_with(path):
        if beside.exists():
            message = f"{beside}: expected no file yet, found one"
            raise ConfigurationError(message, hint="The registration stands in two files already.")
        text = read_text(path)
        placed = load_placed(path)
        stated, moved = taken_out(text, placed.source, ("decisions", "waivers"))
        lists = {each: placed.source.data.get(each) or [] for each in ("decisions", "waivers")}
        written = moved or "\n".join(
            line for key, items in lists.items() for line in _listed(key, items)
        )
        head = (
            "# AFAS's word; docs: reference/registration-file.md\n"
            f"schema: koppeling/decisions@1\nof: {placed.registration.registration}\n"
        )
        decided = NamedText(name=str(beside), text=f"{head}{written.rstrip()}\n")
        after = parse_registration(stated, name=str(path), decided=decided)
        if after.registration != placed.registration:
            message = f"{path}: cannot be split without touching what stands around the decisions"
            raise ConfigurationError(message, hint=f"Move them to {beside} by hand.")
        write_whole(beside, decided.text)
        write_whole(path, stated)
    return beside


def _listed(key: str, items: Sequence[Mapping[str, Any]]) -> list[str]:
    if not items:
        return [f"{key}: []"]
    kept = [{name: value for name, value in each.items() if value is not None} for each in items]
    return [f"{key}:", *(f"  - {flow(each)}" for each in kept)]


def new_registration(path: Path, manifest: Manifest, *, started: date) -> Registration:
    """Write the registration of an integration that applies; return it.

    Args:
        path: Where; nothing may be there yet.
        manifest: The integration's own description.
        started: First day of the onboarding.

    Raises:
        ConfigurationError: There is a file already, or it cannot be written.
    """
    if path.exists():
        message = f"{path}: expected no file yet, found one"
        raise ConfigurationError(message, hint="Edit it, or choose another path.")
    text = _TEMPLATE.format(
        id=flow(manifest.id),
        title=flow(to_plain(manifest.title)),
        partner=flow(to_plain(manifest.partner)),
        integration_id=flow(manifest.integration_id),
        started=started.isoformat(),
    )
    placed = parse_registration(text, name=str(path))
    write_whole(path, text)
    return placed.registration


_TEMPLATE = """\
# One integration's file at the programme; docs: reference/registration-file.md
registration: {id}
title: {title}
partner: {partner}
integration: {id}
integration_id: {integration_id}
onboarding: {{started: {started}}}
listing: {{partner_site: false, help_center: false}}
agreement: {{started: {started}}}
assessments: []           # the colour only, never the report
planned_assessments: []
signals: []
"""


def _append(
    path: Path,
    file: Path,
    key: str,
    item: Mapping[str, Any],
    before: Placed,
    objections: Callable[[Placed], Iterable[InputProblem]],
    *,
    also: Mapping[str, Any] = MappingProxyType({}),
    dry_run: bool = False,
) -> Edited:
    """Add an item to a list in one of a registration's two files, and set other keys of it."""
    text = read_text(file)
    source = read_yaml(text, name=str(file))
    written = {each: value for each, value in item.items() if value not in (None, [])}
    edited = append_item(text, source, key, written)
    for name, value in also.items():
        edited = with_value(edited, read_yaml(edited, name=str(file)), name, value)
    after = _parsed(path, file, edited)
    wrong = after.problems(objections(after))
    if wrong:
        raise DocumentError(wrong)
    known = {**source.data, **also}
    _require_only_addition(file, known, key, written, read_yaml(edited, name=str(file)).data)
    if not dry_run:
        write_whole(file, edited)
    return Edited(before=before.registration, after=after.registration, path=file)


def _parsed(path: Path, file: Path, edited: str) -> Placed:
    """Return a registration as it would be with the new text of one of its two files."""
    beside = decisions_path(path)
    name = f"{file} (with the addition)"
    if file != path:
        decided = NamedText(name=name, text=edited)
        return parse_registration(read_text(path), name=str(path), decided=decided)
    if beside.is_file():
        decided = NamedText(name=str(beside), text=read_text(beside))
        return parse_registration(edited, name=name, decided=decided)
    return parse_registration(edited, name=name)


def _require_only_addition(
    path: Path, before: Mapping[str, Any], key: str, item: Mapping[str, Any], after: Any
) -> None:
    """Refuse an edit that changed anything else; the text may be laid out in an unforeseen way.

    Raises:
        ConfigurationError: It did.
    """
    if after != {**before, key: [*(before.get(key) or []), item]}:
        message = f"{path}: cannot add to `{key}` without touching what stands around it"
        raise ConfigurationError(message, hint=f"Add this by hand: - {flow(item)}")

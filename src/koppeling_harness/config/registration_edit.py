"""Write registrations safely: what would be invalid is refused, and the file stays as it was."""

import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from koppeling_harness.config.registration import parse_registration, read_text
from koppeling_harness.config.yaml_edit import append_item, flow
from koppeling_harness.document import read_yaml, to_plain
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.registration import Assessment, Decision, Registration


def add_assessment(path: Path, assessment: Assessment) -> Registration:
    """Add an assessment to a registration; return the registration as it is now.

    Raises:
        DocumentError: The file has problems, or would get them; it is left as it was.
        ConfigurationError: It cannot be written.
    """
    return _append(path, "assessments", to_plain(assessment))


def add_decision(path: Path, decision: Decision) -> Registration:
    """Add a decision to a registration; return the registration as it is now.

    Raises:
        DocumentError: The file has problems, or would get them; it is left as it was.
        ConfigurationError: It cannot be written.
    """
    return _append(path, "decisions", to_plain(decision))


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
    registration = parse_registration(text, name=str(path))
    _write(path, text)
    return registration


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
decisions: []
waivers: []
"""


def _append(path: Path, key: str, item: Mapping[str, Any]) -> Registration:
    text = read_text(path)
    name = str(path)
    parse_registration(text, name=name)
    source = read_yaml(text, name=name)
    written = {each: value for each, value in item.items() if value not in (None, [])}
    edited = append_item(text, source, key, written)
    registration = parse_registration(edited, name=f"{name} (with the addition)")
    _require_only_addition(path, source.data, key, written, read_yaml(edited, name=name).data)
    _write(path, edited)
    return registration


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


def _write(path: Path, text: str) -> None:
    """Write beside the file and rename, so that it is never half written.

    Raises:
        ConfigurationError: The folder cannot be written to.
    """
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(text.encode("utf-8"))
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o777)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        message = f"{path}: expected to write it, but {error.strerror}"
        raise ConfigurationError(message) from None

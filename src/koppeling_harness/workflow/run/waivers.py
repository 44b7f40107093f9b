"""The waivers that AFAS granted, for a run: from its decisions, never from a partner's file."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.config.decisions import read_decisions
from koppeling_harness.config.folders import is_a_partners
from koppeling_harness.config.registration import find_registrations, load_placed
from koppeling_harness.config.settings import Settings, load_settings
from koppeling_harness.document import Source, read_text
from koppeling_harness.errors import ConfigurationError, DocumentError, NothingToRunError, Problem
from koppeling_harness.model.decisions import Decisions
from koppeling_harness.model.registration import Waiver
from koppeling_harness.rules.registration_input import waiver_problems

Granted = Mapping[str, tuple[Waiver, ...]]
"""Waivers by the integration that they are for."""


def granted_waivers(
    files: Sequence[Path], integrations: Sequence[str], *, folder: Path, now: datetime
) -> Granted:
    """Return what AFAS granted to the integrations of a run.

    Args:
        files: Files of AFAS's decisions (`koppeling/decisions@1`), as they are or signed by AFAS.
        integrations: Ids of the integrations that are run.
        folder: The project; where its settings name a reviewers' folder, that counts too.
        now: The present moment: its day is that on which waivers are held against their longest
            term.

    Raises:
        DocumentError: A file has problems, or grants what may not be; all of it is in it.
        ConfigurationError: A file is about an integration that is not run, or is signed and no key
            of AFAS is named here.
        EvidenceError: The signature of a file does not hold.
    """
    settings = load_settings(folder)
    today = now.astimezone(AMSTERDAM).date()
    found: dict[str, tuple[Waiver, ...]] = {}
    problems: list[Problem] = []
    for path in files:
        text = _text_of(path, settings, now)
        decisions, source = read_decisions(text, name=str(path))
        name = decisions.integration or decisions.of
        if name not in integrations:
            message = f"{path}: decides about {name}, expected one of {', '.join(integrations)}"
            raise ConfigurationError(message, hint="Give the file of an integration that is run.")
        problems += _wrong(decisions, source, settings, today)
        found[name] = (*found.get(name, ()), *decisions.waivers)
    if problems:
        raise DocumentError(problems)
    for name, waivers in _in_reviewers_folder(settings, integrations, today):
        found.setdefault(name, waivers)
    return found


def _text_of(path: Path, settings: Settings, now: datetime) -> str:
    """Return a file of decisions; of one in an envelope what is in it, once its signature holds."""
    text = read_text(path)
    if not text.lstrip().startswith("{"):
        return text
    # seldom needed, and slow to load
    from koppeling_harness.workflow.evidence.decided import given_decisions  # noqa: PLC0415

    return given_decisions(path, settings, now=now).text


def _wrong(
    decisions: Decisions, source: Source, settings: Settings, today: date
) -> Iterator[Problem]:
    for each in waiver_problems(decisions.waivers, programme=settings.programme, today=today):
        yield Problem(where=source.place(each.path), message=each.text.en)


def _in_reviewers_folder(
    settings: Settings, integrations: Sequence[str], today: date
) -> Iterator[tuple[str, tuple[Waiver, ...]]]:
    if settings.review is None:
        return
    try:
        paths = find_registrations([settings.review])
    except NothingToRunError:
        return
    for path in paths:
        if is_a_partners(path, review=settings.review):
            continue  # what lies beside a manifest is the partner's word
        placed = load_placed(path)
        registration = placed.registration
        if registration.integration in integrations and registration.waivers:
            wrong = placed.problems(
                waiver_problems(registration.waivers, programme=settings.programme, today=today)
            )
            if wrong:
                raise DocumentError(wrong)
            yield registration.integration, registration.waivers

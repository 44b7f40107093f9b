"""What is known of the evidence of each record that a status rests on.

Beside a record that is read every day it is enough that the signature holds, is of a key that
counts, and is over this record: what else was signed is looked at when a pack is taken in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from koppeling_harness.config.settings import Settings
from koppeling_harness.model.evidence import Evidence, EvidenceWord
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.words import said
from koppeling_harness.store.runs import RUN, FoundRun, FoundRuns

ENVELOPE = "evidence.intoto.json"
"""Known here too, so that where nothing is signed nothing of signatures is imported."""

_UNSIGNED = said("niet ondertekend", "unsigned")
_VERIFIED = said("geverifieerd", "verified")
_NOBODY_KNOWN = said(
    "niet geverifieerd: hier zijn geen sleutels geregistreerd",
    "not verified: no keys are registered here",
)


def with_evidence(found: FoundRuns, settings: Settings, *, now: datetime) -> FoundRuns:
    """Return what was found, each record with what is known of its evidence.

    Where no keys are registered nothing is known of any, and nothing is said.

    Args:
        found: The records.
        settings: Say whom the reader trusts, and what counts.
        now: The present moment.

    Raises:
        DocumentError: The file with registered keys has problems.
        ConfigurationError: The file with revoked keys is none.
    """
    if settings.signers is None and not settings.requires_evidence:
        return found
    signed = {
        path
        for each in found.runs
        for path in (each.path, *each.copies)
        if path.name == RUN and (path.parent / ENVELOPE).is_file()
    }
    words = _words(signed, settings, now) if signed else {}
    runs = tuple(_with_word(each, words, settings) for each in found.runs)
    return replace(found, runs=runs)


def _with_word(
    each: FoundRun, words: Mapping[Path, tuple[Evidence, Text]], settings: Settings
) -> FoundRun:
    """Return a record with its evidence; of several copies that of the one that is verified."""
    states = [words[path] for path in (each.path, *each.copies) if path in words]
    verified = next((one for one in states if one[0] is Evidence.VERIFIED), None)
    state, name = verified or next(iter(states), (Evidence.UNSIGNED, _UNSIGNED))
    wanted = settings.requires_evidence
    counts = state is Evidence.VERIFIED if wanted else state is not Evidence.REFUSED
    word = EvidenceWord(state=state, name=name, counts=counts)
    return replace(each, result=replace(each.result, evidence=word))


def _words(
    paths: Iterable[Path], settings: Settings, now: datetime
) -> dict[Path, tuple[Evidence, Text]]:
    # seldom needed, and slow to load
    from koppeling_harness.evidence.bundle import Folder  # noqa: PLC0415
    from koppeling_harness.scenario.known_lists import list_book  # noqa: PLC0415
    from koppeling_harness.workflow.evidence.trust import trust_of  # noqa: PLC0415
    from koppeling_harness.workflow.evidence.verify import Look, refusal_of_record  # noqa: PLC0415

    trust = trust_of(settings)
    if trust is None:
        return dict.fromkeys(paths, (Evidence.UNSIGNED, _NOBODY_KNOWN))
    look = Look(trust=trust, book=list_book(settings.lists), now=now)
    found = {}
    for path in paths:
        refused = refusal_of_record(Folder(path.parent, only=(RUN,)), str(path), look)
        found[path] = (
            (Evidence.VERIFIED, _VERIFIED)
            if refused is None
            else (
                Evidence.REFUSED,
                said("bewijs geweigerd: {why}", "evidence refused: {why}", why=refused),
            )
        )
    return found

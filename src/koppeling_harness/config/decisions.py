"""Read AFAS's decisions beside a registration, and join them with what the partner states."""

import re
from dataclasses import replace
from pathlib import Path

from koppeling_harness.document import Source, load, read_yaml
from koppeling_harness.model.decisions import Decisions
from koppeling_harness.model.registration import Decision, DecisionKind, Registration

ENDING = ".decisions.yaml"
"""`X.decisions.yaml` stands beside `X.yaml`."""
NOTICE = "notice"
"""Kind of the letter from whose date a notice runs."""
SIGNED_ENDING = ".decisions.dsse.json"
"""`X.decisions.dsse.json` stands beside `X.yaml`: what AFAS decided, signed by AFAS."""
_NAMED_SO = re.compile(r"\.decisions\.ya?ml$", re.IGNORECASE)
_SAYS_SO = re.compile(r"^schema:[ \t]*[\"']?koppeling/decisions@", re.MULTILINE)


def decisions_path(registration: Path) -> Path:
    """Return where AFAS's decisions about a registration stand, whether or not they do."""
    return registration.with_name(f"{registration.stem}{ENDING}")


def signed_decisions_path(registration: Path) -> Path:
    """Return where a partner keeps what AFAS signed for a registration, whether or not it does."""
    return registration.with_name(f"{registration.stem}{SIGNED_ENDING}")


def holds_decisions(path: Path, text: str) -> bool:
    """Return whether a file holds AFAS's decisions, by its name or by what it says it is."""
    return _NAMED_SO.search(path.name) is not None or _SAYS_SO.search(text) is not None


def read_decisions(text: str, *, name: str) -> tuple[Decisions, Source]:
    """Return the decisions that a text holds, and where each of them stands.

    Raises:
        DocumentError: It has problems; all of them are in it, with their places.
    """
    source = read_yaml(text, name=name)
    return load(Decisions, source), source


def joined(registration: Registration, decisions: Decisions) -> Registration:
    """Return a registration with AFAS's word in it; where both say something, AFAS's counts."""
    onboarding, agreement = registration.onboarding, registration.agreement
    if onboarding is not None and decisions.onboarding is not None:
        onboarding = replace(onboarding, finished=decisions.onboarding.finished)
    if agreement is not None and decisions.annual_review is not None:
        agreement = replace(agreement, annual_review=decisions.annual_review)
    customers = decisions.active_customers
    return replace(
        registration,
        decisions=_from_their_letters(decisions),
        waivers=decisions.waivers,
        onboarding=onboarding,
        agreement=agreement,
        listing=decisions.listing or registration.listing,
        active_customers=registration.active_customers if customers is None else customers,
    )


def _from_their_letters(decisions: Decisions) -> tuple[Decision, ...]:
    """Return the decisions, each notice dated on the day on which its letter was sent."""
    found = list(decisions.decisions)
    for letter in sorted(decisions.letters, key=lambda each: each.date):
        if letter.kind != NOTICE:
            continue
        waiting = [
            number
            for number, each in enumerate(found)
            if each.decision is DecisionKind.GIVE_NOTICE and each.date <= letter.date
        ]
        if waiting:
            last = max(waiting, key=lambda number: found[number].date)
            withdrawn = any(
                each.decision is DecisionKind.WITHDRAW_NOTICE
                and found[last].date <= each.date <= letter.date
                for each in found
            )
            if not withdrawn:
                found[last] = replace(found[last], date=letter.date)
    return tuple(found)

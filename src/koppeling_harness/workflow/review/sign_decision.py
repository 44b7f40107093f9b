"""Sign a decision, over the integration that it rests on."""

import re
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.evidence.decision import SignedDecision, decision_statement
from koppeling_harness.evidence.dsse import sealed
from koppeling_harness.evidence.keys import SigningKey
from koppeling_harness.model.status import RegistrationStatus, ReleaseStatus
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.store.files import write_files
from koppeling_harness.workflow.review.registration import Decided

_NOT_IN_A_PROPERTY = re.compile(r"[^A-Z0-9]+")


def require_subjects(status: RegistrationStatus) -> tuple[ReleaseStatus, ...]:
    """Return what a decision rests on: what stands and passed, on each release.

    Raises:
        ConfigurationError: Nothing does.
    """
    found = tuple(
        each for each in status.functional if each.outcome is Outcome.PASSED and each.digest
    )
    if not found:
        message = f"{status.registration}: no run stands that passed, so there is nothing to sign"
        raise ConfigurationError(
            message, hint="Take in the partner's evidence, or decide without it."
        )
    return found


def sign_decision(decided: Decided, key: SigningKey, *, clock: Clock) -> Path:
    """Write the signed statement of a decision beside it; return the file.

    Args:
        decided: What was decided, and what follows.
        key: Of who decides.
        clock: Tells when that is.

    Raises:
        ConfigurationError: No run stands that it could be about, or it cannot be written.
    """
    rests_on = require_subjects(decided.after)
    status, decision = decided.after, decided.decision
    properties = [f"KOPPELING_DECISION_{decision.decision.upper()}"]
    for each in rests_on:
        properties.append(release_property("KOPPELING_PASSED", each.release))
        if each.evidence is not None:
            properties.append(release_property(f"KOPPELING_EVIDENCE_{each.evidence}", each.release))
    digests = dict.fromkeys(each.digest for each in rests_on)
    said = SignedDecision(
        subjects=tuple((status.registration, each) for each in digests),
        verifier=f"urn:koppeling:verifier:{key.public.fingerprint}",
        created=clock.now(),
        properties=tuple(properties),
    )
    payload = decision_statement(said, policies=[f"urn:koppeling:policy:{status.policy}"])
    path = _free(decided.path, f"{status.registration}.{decision.date}-{decision.decision}")
    write_files(path.parent, {path.name: sealed(payload, [key])})
    return path


def release_property(name: str, release: str) -> str:
    """Return a property of a statement about a release: `KOPPELING_PASSED_PROFIT_8`."""
    return _NOT_IN_A_PROPERTY.sub("_", f"{name}_{release}".upper()).strip("_")


def _free(beside: Path, name: str) -> Path:
    """Return a file that is not there: of the same decision on one day there may be two."""
    number = 1
    while True:
        more = f"-{number}" if number > 1 else ""
        path = beside.with_name(f"{name}{more}.intoto.json")
        if not path.exists():
            return path
        number += 1

"""Evidence looked at: each step of verifying it, and what that comes to."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from koppeling_harness.model.shape import Text
from koppeling_harness.value import dataclass


class Step(StrEnum):
    """The steps of verifying evidence, in their order."""

    ENVELOPE = "envelope"
    KEY_KNOWN = "key_known"
    KEY_VALID = "key_valid"
    IDENTITY = "identity"
    FILES = "files"
    RECORD = "record"
    LIST = "list"
    VERDICT = "verdict"
    REDACTION = "redaction"
    AGE = "age"

    @property
    def number(self) -> int:
        """From 1."""
        return list(Step).index(self) + 1


class StepOutcome(StrEnum):
    """What a step came to."""

    HOLDS = "holds"
    REFUSED = "refused"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken:
    """One step, and what is said of it.

    Attributes:
        step: Which one.
        outcome: What it came to.
        said: What was found, in a few words.
        code: Why it is refused, the same for the same reason; empty when it is not.
    """

    step: Step
    outcome: StepOutcome
    said: Text
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """One scenario that a record marks with a waiver.

    Attributes:
        integration: Id of the integration.
        integration_id: By which AFAS knows it.
        scenario: `scenario` or `scenario[operation]`.
    """

    integration: str
    integration_id: str
    scenario: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What verifying a bundle came to.

    Attributes:
        file: What was looked at.
        steps: All ten.
        run_id: The run; empty when it could not be read.
        statement: SHA-256 over the signed statement; empty when there is none.
        integrations: What it is about, `id version` each.
        integration_ids: By which AFAS knows them.
        release: Label of the release.
        result: What the statement says: `PASSED`, `WARNED`, `FAILED`.
        missing: What keeps it from having passed; empty when it has, or a step before is refused.
        waived: What passed by a waiver.
        signer: Fingerprint of the key; empty while no signature holds.
        signed_at: When it was signed.
        is_stamped: Whether somebody else than the signer says so.
    """

    file: str
    steps: tuple[StepTaken, ...]
    run_id: str = ""
    statement: str = ""
    integrations: tuple[str, ...] = ()
    integration_ids: tuple[str, ...] = ()
    release: str = ""
    result: str = ""
    missing: tuple[str, ...] = ()
    waived: tuple[Waived, ...] = ()
    signer: str = ""
    signed_at: datetime | None = None
    is_stamped: bool = False

    @property
    def holds(self) -> bool:
        """Whether every step holds."""
        return all(each.outcome is StepOutcome.HOLDS for each in self.steps)

    @property
    def refused(self) -> Sequence[StepTaken]:
        """The steps at which it is refused."""
        return [each for each in self.steps if each.outcome is StepOutcome.REFUSED]


class Evidence(StrEnum):
    """What is known of the evidence of a run, where a verdict is read."""

    VERIFIED = "verified"
    UNSIGNED = "unsigned"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWord:
    """What the reader knows of the evidence of a record.

    Attributes:
        state: Verified, unsigned or refused.
        name: The same in words, with the reason.
        counts: Whether the record can count, as the reader's settings have it.
    """

    state: Evidence
    name: Text
    counts: bool

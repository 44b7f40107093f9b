"""Answer to whether a version can be released: `koppeling can-release --json`."""

from datetime import datetime
from enum import StrEnum

from koppeling_harness.model.evidence import Evidence
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.run import ErpInfo, RequiredCount
from koppeling_harness.model.shape import OPEN, Text
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.value import dataclass


class Answer(StrEnum):
    """Whether it can be released."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRow:
    """One stored verdict of that version on that release."""

    __pydantic_config__ = OPEN

    run_id: str
    started_at: datetime
    erp: ErpInfo
    version: str
    """Of the integration."""
    digest: str
    """SHA-256 over the integration's files."""
    outcome: Outcome
    required: RequiredCount
    waived: int
    counts: bool = False
    """Whether the answer follows from it: it is the standing, or a part of that."""
    list: Text | None = None
    """The list of required scenarios that it was held against."""
    lesser: tuple[Text, ...] = ()
    """Why it does not count, such as `by keyword`; empty when it could."""
    identity: Identity | None = None
    """By which numbers AFAS knows the integration; null when the record does not say."""
    evidence: Evidence | None = None
    """Whether it is `verified`, `unsigned` or `refused`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasable:
    """The answer, with the rows it follows from."""

    __pydantic_config__ = OPEN

    integration: str
    version: str
    release: str
    """The Profit release, as it was asked for."""
    answer: Answer
    why: Text
    rows: tuple[VerdictRow, ...]
    """The newest first."""

"""Statement of evidence as JSON has it, for its published schema.

An in-toto Statement v1 with predicate `test-result/v0.1`; what is of this program stands in the
annotations of `configuration`. Source: github.com/in-toto/attestation.
"""

from typing import Annotated, Any, Final, Literal

from koppeling_harness.model.constraint import Limit
from koppeling_harness.model.partner import IntegrationId
from koppeling_harness.model.shape import OPEN, NonEmpty
from koppeling_harness.value import dataclass

_IN_TOTO: Final[dict[str, Any]] = {
    **OPEN,
    "alias_generator": lambda name: {
        "type_": "_type",
        "predicate_type": "predicateType",
        "passed_tests": "passedTests",
        "warned_tests": "warnedTests",
        "failed_tests": "failedTests",
    }.get(name, name),
}

Test = Annotated[str, Limit(pattern=r"^[^/]+/.+$")]
"""`<integration>/<scenario>` or `<integration>/<scenario>[<operation>]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """By which something is known."""

    __pydantic_config__ = OPEN

    sha256: Annotated[str, Limit(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectNotes:
    """Which version of which integration."""

    __pydantic_config__ = OPEN

    version: str
    integration_id: IntegrationId
    subscription: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSubject:
    """An integration that was run."""

    __pydantic_config__ = OPEN

    name: NonEmpty
    """Its id."""
    digest: Digest
    """Over its files."""
    annotations: SubjectNotes


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceEntry:
    """What it was run with, and what it left: list, ERP1, program, run, integration, file."""

    __pydantic_config__ = OPEN

    name: NonEmpty
    """`scenarios.lock`, `erp`, `program`, `run`; `integration:`, `aside:`, `file:` with a name."""
    uri: str | None = None
    digest: Digest | None = None
    annotations: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """What it came to."""

    __pydantic_config__ = _IN_TOTO

    result: Literal["PASSED", "WARNED", "FAILED"]
    """Passed: whole, and every required scenario passed; warned: so, some by a waiver; failed: all
    else, also when something is missing."""
    configuration: Annotated[tuple[EvidenceEntry, ...], Limit(min_length=5)]
    passed_tests: tuple[Test, ...]
    warned_tests: tuple[Test, ...]
    failed_tests: tuple[Test, ...]
    """What did not run is in none of the three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceStatement:
    """What a signed run says."""

    __pydantic_config__ = _IN_TOTO

    type_: Literal["https://in-toto.io/Statement/v1"]
    subject: Annotated[tuple[EvidenceSubject, ...], Limit(min_length=1)]
    predicate_type: Literal["https://in-toto.io/attestation/test-result/v0.1"]
    predicate: TestResult

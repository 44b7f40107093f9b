"""What was held against AFAS: `koppeling/parity@1`, and the ledger that is made of it.

Forms only: nothing that an environment holds, no id, address or token of it.
"""

from dataclasses import field
from datetime import date
from enum import StrEnum
from typing import Literal

from koppeling_harness.model.shape import OPEN
from koppeling_harness.value import dataclass

Day = date
"""A calendar day."""


class Sight(StrEnum):
    """What became of one behaviour of ERP1 in a comparison."""

    AS_HERE = "as_here"
    """The environment does as ERP1 does by itself."""
    OTHERWISE = "otherwise"
    """It does as ERP1 does with another value of the switch."""
    NOT_SHOWN = "not_shown"
    """Its probe was sent, and the answers fit several values: the data there does not show it."""
    NOT_ASKED = "not_asked"
    """Its probe was not sent, or it has none that a stranger could send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerForm:
    """The form of one answer."""

    __pydantic_config__ = OPEN

    label: str
    """Which answer of its probe, such as `POST KnSubject`."""
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    """By name in lower case: the value where it is a constant of the service, else its form."""
    layout: dict[str, str] = field(default_factory=dict)
    """How its JSON is written: `colons`, `lines`, `slash`."""
    shape: dict[str, str] = field(default_factory=dict)
    """By place in its JSON, `rows[].Description`, the form of the value."""
    message: str = ""
    """The words of its message that are the service's own; others as `…`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRecord:
    """What one probe got from the environment."""

    __pydantic_config__ = OPEN

    probe: str
    answers: tuple[AnswerForm, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)
    """What the probe concluded, such as `rows: none`."""
    not_asked: str = ""
    """Why it was not sent; empty when it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourSight:
    """What became of one behaviour."""

    __pydantic_config__ = OPEN

    behaviour: str
    sight: Sight
    value: str = ""
    """The value of the switch with which ERP1 answers as the environment did."""
    why: str = ""
    """Why it was not asked or shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityDifference:
    """One way in which the environment answers otherwise than ERP1."""

    __pydantic_config__ = OPEN

    what: str
    """`status`, `header`, `shape`, `values`, `message`, `layout`, `note`."""
    of: str
    """What it is about: a header, a place in the JSON, an answer."""
    erp1: str
    environment: str
    probes: tuple[str, ...]
    """In which probes it was seen."""
    behaviour: str = ""
    """The switch that explains it; empty when no value of any does."""
    value: str = ""
    """Of that switch, as the environment has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityRecord:
    """One comparison of ERP1 with an environment."""

    __pydantic_config__ = OPEN

    schema: Literal["koppeling/parity@1"] = "koppeling/parity@1"
    day: Day
    harness: str
    release: str
    """Label, as `/profitversion` tells it."""
    version: str
    at_afas: bool
    """Whether it was an environment of AFAS; only of these the ledger takes anything."""
    wrote: bool
    """Whether the probes that write were sent too."""
    behaviours: tuple[BehaviourSight, ...]
    differences: tuple[ParityDifference, ...]
    probes: tuple[ProbeRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParitySide:
    """Of which environment a comparison was: its release, and when."""

    __pydantic_config__ = OPEN

    day: Day
    release: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDifference:
    """One way in which two environments answer the same probe otherwise."""

    __pydantic_config__ = OPEN

    what: str
    """As in a comparison with ERP1."""
    of: str
    one: str
    other: str
    probes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairBehaviour:
    """A behaviour that both environments show, and not alike."""

    __pydantic_config__ = OPEN

    behaviour: str
    one: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityPair:
    """Two comparisons held against each other: test and accept, or two days."""

    __pydantic_config__ = OPEN

    schema: Literal["koppeling/parity-pair@1"] = "koppeling/parity-pair@1"
    one: ParitySide
    other: ParitySide
    compared: tuple[str, ...]
    """The probes that both got answers to."""
    differences: tuple[PairDifference, ...]
    behaviours: tuple[PairBehaviour, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One behaviour as it was last seen at AFAS on one release."""

    __pydantic_config__ = OPEN

    behaviour: str
    release: str
    version: str
    day: Day
    value: str
    """The value of the switch with which ERP1 answers so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Everything that was seen at AFAS: `koppeling/parity-ledger@1`."""

    __pydantic_config__ = OPEN

    schema: Literal["koppeling/parity-ledger@1"] = "koppeling/parity-ledger@1"
    seen: tuple[Seen, ...] = ()

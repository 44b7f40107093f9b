"""The journal of what a run wrote into an environment that others use too."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from koppeling_harness.model.exchange import Sender
from koppeling_harness.model.shape import OPEN


class WriteKind(StrEnum):
    """What a write did."""

    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"


class Fate(StrEnum):
    """What became of something that was written."""

    DELETED = "deleted"
    GONE = "gone"
    """It is not there, or never came to be."""
    NEUTRALISED = "neutralised"
    """AFAS does not let it be deleted; it was made harmless."""
    LEFT = "left"
    """It is still there, and a person has to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRun:
    """The first line: which run wrote it."""

    __pydantic_config__ = OPEN

    kind: Literal["run"] = "run"
    run_id: str
    environment: str
    started_at: str
    copies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By supplied GetConnector, the integrations' own copies of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalScenario:
    """A scenario begins; `marks` follow it as they are made."""

    __pydantic_config__ = OPEN

    kind: Literal["scenario"] = "scenario"
    integration: str
    scenario: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalWrite:
    """A write is about to be sent."""

    __pydantic_config__ = OPEN

    kind: Literal["write"] = "write"
    number: int
    write: WriteKind
    sender: Sender
    integration: str
    scenario: str
    connector: str
    keys: tuple[dict[str, str], ...]
    """Of each root element, the keys that stand in the body."""
    marks: tuple[str, ...] = ()
    """The run-unique texts of this scenario that stand in the body."""
    at: str
    """When, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalAnswer:
    """A write was answered; without this line it is uncertain whether it was carried out."""

    __pydantic_config__ = OPEN

    kind: Literal["answer"] = "answer"
    number: int
    status: int
    keys: tuple[dict[str, str], ...] = ()
    """Of each root element, the keys that the answer gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFate:
    """What became of a write in the end; nothing is done about it any more."""

    __pydantic_config__ = OPEN

    kind: Literal["fate"] = "fate"
    number: int
    fate: Fate
    note: str = ""


JournalLine = JournalRun | JournalScenario | JournalWrite | JournalAnswer | JournalFate


@dataclass(slots=True, kw_only=True)
class Written:
    """One write with everything that is known of it."""

    line: JournalWrite
    answer: JournalAnswer | None = None
    fate: JournalFate | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the environment answered that it did not carry it out."""
        return self.answer is not None and self.answer.status >= 400

    def element_keys(self) -> tuple[dict[str, str], ...]:
        """Return the keys of each element, of body and answer together."""
        answered = self.answer.keys if self.answer else ()
        size = max(len(self.line.keys), len(answered))
        pad: dict[str, str] = {}
        return tuple(
            {
                **(self.line.keys[place] if place < len(self.line.keys) else pad),
                **(answered[place] if place < len(answered) else pad),
            }
            for place in range(size)
        )

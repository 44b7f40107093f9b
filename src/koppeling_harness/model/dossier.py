"""A registration with its status, ready to be shown."""

from collections.abc import Mapping
from dataclasses import field

from koppeling_harness.model.decisions import Decisions
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.partnership import Partnership
from koppeling_harness.model.registration import Decision, Registration
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import RegistrationStatus
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way to answer a duty.

    Attributes:
        what: What is chosen.
        leads_to: What follows from it.
        command: The command line that does it, or that makes the letter; empty when there is none.
        decision: What is recorded by it, to see what the status becomes; None when nothing is.
    """

    what: Text
    leads_to: Text | None = None
    command: str = ""
    decision: Decision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything about one registration on one day.

    Attributes:
        place: The registration's file.
        registration: None when the file has problems; the status is then `input_error`.
        status: What follows from it.
        runs: Every run of the integration up to the as-of date, newest first.
        problem: The file's problems, a line each; None when there are none.
        word: AFAS's own file beside it; None when there is none.
        partner: What AFAS keeps of its partner; None when it keeps nothing.
        choices: By the key of a duty, how it can be answered.
    """

    place: str
    registration: Registration | None
    status: RegistrationStatus
    runs: tuple[FunctionalResult, ...] = ()
    problem: Text | None = None
    word: Decisions | None = None
    partner: Partnership | None = None
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)

"""A registration with its status, ready to be shown."""

from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.registration import Registration
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import RegistrationStatus
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything about one registration on one day.

    Attributes:
        place: The registration's file.
        registration: None when the file has problems; the status is then `input_error`.
        status: What follows from it.
        runs: Every run of the integration up to the as-of date, newest first.
        problem: The file's problems, a line each; None when there are none.
    """

    place: str
    registration: Registration | None
    status: RegistrationStatus
    runs: tuple[FunctionalResult, ...] = ()
    problem: Text | None = None

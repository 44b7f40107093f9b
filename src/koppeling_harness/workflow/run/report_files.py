"""Files of a run's report, written one by one: what goes wrong with one costs no other."""

from collections.abc import Callable, Iterable
from pathlib import Path

from koppeling_harness.errors import (
    ConfigurationError,
    ExitCode,
    SecretFoundError,
    place_of_fault,
)
from koppeling_harness.store.files import write_files
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.secret_search import SecretSearch


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwritten:
    """One file that could not be written.

    Attributes:
        message: Which one, and why.
        code: What that means for the process.
    """

    message: str
    code: ExitCode


def unwritten(path: Path, error: Exception) -> Unwritten:
    """Return why a file could not be written.

    What an unexpected exception says is left out: it may hold what is private.

    Args:
        path: The file.
        error: What was raised.
    """
    if isinstance(error, SecretFoundError):
        message = f"{path}: not written, something secret stands in it: {error.message}"
        return Unwritten(message=message, code=ExitCode.SECRET_FOUND)
    if isinstance(error, ConfigurationError):
        return Unwritten(message=error.message, code=ExitCode.CONFIGURATION)
    if isinstance(error, OSError):
        message = f"{path}: cannot be written: {error.strerror or type(error).__name__}"
        return Unwritten(message=message, code=ExitCode.CONFIGURATION)
    failed = f"the harness failed, with {type(error).__name__} in {place_of_fault(error)}"
    return Unwritten(message=f"{path}: not written: {failed}", code=ExitCode.HARNESS_ERROR)


def without_some(path: Path, error: SecretFoundError, integrations: Iterable[str]) -> Unwritten:
    """Return that a file stands without the texts of some integrations.

    Args:
        path: The file.
        error: What was found in it before.
        integrations: Their ids.
    """
    whose = ", ".join(integrations)
    message = f"{path}: without the texts of {whose}, in which something secret stands"
    return Unwritten(message=f"{message}: {error.message}", code=ExitCode.SECRET_FOUND)


class ReportFiles:
    """Writes files, each searched for what is secret, and keeps which could not be written.

    Args:
        redactor: Knows the secrets of the run.

    Attributes:
        redactor: That of the run.
        unwritten: What could not be written, in the order in which it was tried.
    """

    def __init__(self, redactor: Redactor) -> None:
        self.redactor = redactor
        self.unwritten: list[Unwritten] = []

    def write(self, path: Path, make: Callable[[], Iterable[str]]) -> bool:
        """Write one file; return whether it is there.

        Args:
            path: The file.
            make: Gives its pieces, such that nothing secret could stand in two of them.
        """
        try:
            return self.write_or_refuse(path, make)
        except SecretFoundError as error:
            self.unwritten.append(unwritten(path, error))
            return False

    def write_or_refuse(self, path: Path, make: Callable[[], Iterable[str]]) -> bool:
        """Write one file; return whether it is there.

        Args:
            path: The file.
            make: Gives its pieces, such that nothing secret could stand in two of them.

        Raises:
            SecretFoundError: Something secret stands in it; it was not written.
        """
        search = SecretSearch(self.redactor)
        try:
            pieces = search.through(path.name, make())
            write_files(path.parent, {path.name: pieces}, check=search.refuse)
        except SecretFoundError:
            raise
        except Exception as error:  # noqa: BLE001 - the verdict and the other files stand
            self.unwritten.append(unwritten(path, error))
            return False
        return True

"""Every error that the harness raises on purpose, and every exit code.

A verdict is never an error: a red integration is data. An error says that *no* verdict was
reached, and why:

    HarnessError                 3   the harness itself failed
    ├── UsageError               4   the command line cannot be carried out
    ├── NothingToRunError        5   no scenario applies
    ├── ConfigurationError      10   something that the user wrote is wrong
    │   ├── DocumentError           a file has problems (all of them at once)
    │   ├── PluginError             an integration cannot be loaded
    │   └── ProductionRefusedError  the target is a production environment
    ├── ErpUnavailableError     11   the ERP cannot be used now
    │   └── SignInRefusedError  10   it gives no token to who asks for one
    ├── NotExecutedError        12   nothing of what was required has been executed
    ├── SecretFoundError        14   something secret was about to be written
    ├── RecordError             15   a run record contradicts itself
    └── EvidenceError           15   what is signed does not hold, or is no evidence

The command line catches them in one place (`cli/main.py`) and leaves with `exit_code`.
"""

from collections.abc import Collection, Iterable, Sequence
from enum import IntEnum
from typing import Any

from koppeling_harness.place import Place
from koppeling_harness.value import dataclass


class ExitCode(IntEnum):
    """What the process says to its caller: 0 and 1 are verdicts, others that there is none."""

    PASSED = 0
    NOT_PASSED = 1
    INTERRUPTED = 2
    HARNESS_ERROR = 3
    USAGE = 4
    NOTHING_TO_RUN = 5
    CONFIGURATION = 10
    ENVIRONMENT = 11
    REQUIRED_NOT_EXECUTED = 12
    WAIVER = 13
    SECRET_FOUND = 14
    VERIFICATION = 15
    DIFFERS = 16


_FIRST_THAT_HOLDS = (
    ExitCode.INTERRUPTED,
    ExitCode.SECRET_FOUND,
    ExitCode.NOT_PASSED,
    ExitCode.HARNESS_ERROR,
    ExitCode.REQUIRED_NOT_EXECUTED,
    ExitCode.ENVIRONMENT,
    ExitCode.CONFIGURATION,
    ExitCode.WAIVER,
    ExitCode.DIFFERS,
)


def first_that_holds(codes: Collection[ExitCode]) -> ExitCode:
    """Return what the process says when several things are true of what it did.

    Args:
        codes: One for each thing that is true; PASSED when it holds nothing else.
    """
    return next((each for each in _FIRST_THAT_HOLDS if each in codes), ExitCode.PASSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a file.

    Attributes:
        where: A `Place` in the file, or the text that names it.
        message: What was found and what was expected.
        hint: What to do about it; empty when the message says it.
        dutch: Message and hint in Dutch, where reviewers read them; empty when nobody wrote it.
    """

    where: str
    message: str
    hint: str = ""
    dutch: str = ""

    def render(self) -> str:
        """Return the problem as text: one line, and an indented hint below it."""
        line = f"{self.where}: {self.message}"
        return f"{line}\n    hint: {self.hint}" if self.hint else line

    def render_dutch(self) -> str:
        """Return the problem as a line in Dutch, as far as there is one."""
        return f"{self.where}: {self.dutch or self.message}"


def in_file_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems of one file in the order of its lines, and each only once."""
    return sorted(dict.fromkeys(problems), key=_line_and_column)


def _line_and_column(problem: Problem) -> tuple[int, int]:
    where = problem.where
    return (where.line, where.column) if isinstance(where, Place) else (0, 0)


def place_of_fault(error: BaseException) -> str:
    """Return the innermost place of the harness that an exception passed."""
    import traceback  # noqa: PLC0415 - seldom needed, and slow to load

    package = __file__.removesuffix("errors.py")
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if each.filename.startswith(package)]
    if not ours:
        return "no module of it"
    last = ours[-1]
    module = last.filename.removeprefix(package).replace("\\", "/")
    return f"{module}, line {last.lineno} ({last.name})"


class HarnessError(Exception):
    """The harness could not do what was asked.

    Args:
        message: Where, what was found, what was expected.
        hint: What to do about it.
    """

    code = "HARNESS-ERROR"
    exit_code = ExitCode.HARNESS_ERROR

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def render(self) -> str:
        """Return the text for a person."""
        return f"{self.message}\n    hint: {self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle it as it is: another process may tell of it."""
        return _as_it_was, (type(self), self.args, self.__dict__)


def _as_it_was(kind: type[HarnessError], args: tuple[Any, ...], said: Any) -> HarnessError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(said)
    return error


class UsageError(HarnessError):
    """The command line asks for something that does not exist or cannot be combined."""

    code = "USAGE"
    exit_code = ExitCode.USAGE


class NothingToRunError(HarnessError):
    """No scenario applies to any integration that was found."""

    code = "NOTHING-TO-RUN"
    exit_code = ExitCode.NOTHING_TO_RUN


class ConfigurationError(HarnessError):
    """Something that the user wrote or set is wrong."""

    code = "CONFIGURATION"
    exit_code = ExitCode.CONFIGURATION


class DocumentError(ConfigurationError):
    """A file has problems; `problems` holds all of them, in the order of the file."""

    code = "DOCUMENT"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.render() for problem in self.problems))


class PluginError(ConfigurationError):
    """An integration's plugin cannot be loaded or started."""

    code = "PLUGIN"


class ProductionRefusedError(ConfigurationError):
    """The target is a production environment; the harness never sends it a request."""

    code = "PRODUCTION"


class ErpUnavailableError(HarnessError):
    """The ERP does not answer, is in maintenance, or refuses the token."""

    code = "ERP-UNAVAILABLE"
    exit_code = ExitCode.ENVIRONMENT


class SignInRefusedError(ErpUnavailableError):
    """The ERP gives no token: the secret, the key, its certificate or a clock is not right."""

    code = "NOT-SIGNED-IN"
    exit_code = ExitCode.CONFIGURATION


class NotExecutedError(HarnessError):
    """Nothing of what was required has been executed."""

    code = "NOT-EXECUTED"
    exit_code = ExitCode.REQUIRED_NOT_EXECUTED


class SecretFoundError(HarnessError):
    """Something secret was found in what was about to be written; nothing was written."""

    code = "SECRET-FOUND"
    exit_code = ExitCode.SECRET_FOUND


class RecordError(HarnessError):
    """A run record contradicts itself, and nothing can be built on it; `problems` holds all."""

    code = "RECORD"
    exit_code = ExitCode.VERIFICATION

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.render() for problem in self.problems))


class EvidenceError(HarnessError):
    """What should be evidence is none, or does not hold."""

    code = "EVIDENCE"
    exit_code = ExitCode.VERIFICATION

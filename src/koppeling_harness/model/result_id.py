"""Names of results: `scenario[operation]`, made, read and turned into a path in one place."""

import hashlib
import re
from typing import Self

TRAFFIC = "traffic"
"""Name of the folder with recordings, in that of a run."""

_LONGEST = 120
_SHORTENED = 80
_NOT_IN_A_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f\ud800-\udfff]')
_OF_WINDOWS = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")


class ResultId(str):
    """Id of a result, by which it is planned, waived and compared.

    As text it is `scenario`, or `scenario[operation]` of one that is carried out for each
    operation of an integration.

    Attributes:
        scenario: Id of the scenario.
        operation: Name of the operation; empty when the scenario names its own.
    """

    scenario: str
    operation: str

    def __new__(cls, scenario: str, operation: str | None = None) -> Self:
        """Return the id of the result of a scenario, for an operation."""
        made = super().__new__(cls, f"{scenario}[{operation}]" if operation else scenario)
        made.scenario, made.operation = scenario, operation or ""
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """Return what copies are made of."""
        return (self.scenario, self.operation)

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the id that a text shows, such as one of a run record."""
        if isinstance(text, cls):
            return text
        scenario, bracket, rest = text.partition("[")
        return cls(scenario, rest.removesuffix("]")) if bracket else cls(text)

    def recording(self, integration: str) -> str:
        """Return the path of its recording, below the folder of a run.

        Args:
            integration: Id of the integration.
        """
        name = f"{self.scenario}.{self.operation}" if self.operation else self.scenario
        return f"{TRAFFIC}/{_file_name(integration)}/{_file_name(name)}.har"


def page_name(integration: str) -> str:
    """Return the name of the page of an integration, beside the first page of a run."""
    return f"integration-{_file_name(integration)}.html"


def _file_name(name: str) -> str:
    """Return a name that every file system takes: short, and none that Windows keeps to itself.

    Source: Microsoft, learn.microsoft.com/windows/win32/fileio/naming-a-file; 255 bytes elsewhere.
    """
    plain = _NOT_IN_A_NAME.sub("_", name).rstrip(". ")
    if plain == name and len(name.encode()) <= _LONGEST and not _OF_WINDOWS.match(name):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"_{plain.encode('ascii', 'replace').decode().replace('?', '_')[:_SHORTENED]}-{digest}"

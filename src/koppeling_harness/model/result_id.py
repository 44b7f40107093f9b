"""Names of results: `scenario[operation]`, made, read and turned into a path in one place."""

from typing import Self

TRAFFIC = "traffic"
"""Name of the folder with recordings, in that of a run."""


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
        return f"{TRAFFIC}/{integration}/{name}.har"

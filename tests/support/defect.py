"""What a seeded defect is: a small edit on a copy of a reference integration."""

import shutil
from dataclasses import dataclass

SPRING = "2027-03-01"
"""From then on counts what this version asks for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Text of a file that stands there once, and what comes in its place."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing done wrong.

    Attributes:
        name: Names the test.
        description: What the integration does.
        caught_by: Codes of findings; at least one of them must be among those of the run.
        says: Words that the message of such a finding must hold, when the code alone does not
            name the defect.
        edits: What makes the clean integration have it.
        integration: The folder in `plugins/` that is edited.
        proved_by: The scenario that alone is run, by the name of its file: the integration's own,
            or else those of the packs with that name.
        program: What it needs to run, to be found on the machine; empty: nothing.
        day: From which what catches it counts, where that is still to come: it is tried as on that
            day.
    """

    name: str
    description: str
    caught_by: tuple[str, ...]
    edits: tuple[Edit, ...]
    proved_by: str
    says: str = ""
    integration: str = "urenportaal"
    program: str = ""
    day: str = ""

    @property
    def can_run(self) -> bool:
        """Whether what it needs is on this machine."""
        return not self.program or shutil.which(self.program) is not None


def edit(file: str, old: str, new: str) -> tuple[Edit, ...]:
    """Return one edit as the `edits` of a defect."""
    return (Edit(file=file, old=old, new=new),)

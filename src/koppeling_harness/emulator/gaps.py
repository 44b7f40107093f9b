"""Gaps: behaviour that a source speaks of and ERP1 does not imitate."""

from importlib import resources

from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One behaviour that is not imitated."""

    of: str
    """The connector or the part of the service."""
    what: str
    source: str


def gaps() -> tuple[Gap, ...]:
    """Return all gaps, in the order of the list."""
    text = resources.files(__package__).joinpath("data/gaps.tsv").read_text("utf-8")
    found = []
    for line in text.splitlines():
        of, what, source = line.split("\t")
        found.append(Gap(of=of, what=what, source=source))
    return tuple(found)

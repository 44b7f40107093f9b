"""What partner site and Help Center should show."""

from koppeling_harness.value import dataclass

PLACES = ("partner_site", "help_center")
"""Where integrations are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One registration, and where it should be shown.

    Attributes:
        registration: Its id.
        integration_id: By which AFAS knows it; empty when it has none yet.
        title: In both languages.
        partner: Name of the partner.
        shown: By place, whether it should be shown.
        listed: By place, whether it is, by its registration.
        decided: Whether AFAS still has to decide about it; then it stays as it is.
    """

    registration: str
    integration_id: str
    title: dict[str, str]
    partner: str
    shown: dict[str, bool]
    listed: dict[str, bool]
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is to be done at one place.

    Attributes:
        place: `partner_site` or `help_center`.
        to_place: IntegrationIds that are to be placed.
        to_remove: Those that are to be removed.
        to_decide: Those of which AFAS has to decide first whether they are placed again.
        unknown: Those that are shown now and belong to no registration.
    """

    place: str
    to_place: tuple[str, ...]
    to_remove: tuple[str, ...]
    to_decide: tuple[str, ...]
    unknown: tuple[str, ...]

"""Registrations of which something stands in another file too: which one is meant?"""

from collections.abc import Sequence
from datetime import date

from koppeling_harness.errors import Problem
from koppeling_harness.model.registration import Registration
from koppeling_harness.rules.contract import ending


def doubles(
    registrations: Sequence[tuple[str, Registration]], *, as_of: date
) -> dict[str, list[Problem]]:
    """Return by file what stands in a file before it already.

    A registration that has ended leaves its integration and IntegrationId to another.

    Args:
        registrations: Each with its file.
        as_of: The day.
    """
    first: dict[tuple[str, str], str] = {}
    found: dict[str, list[Problem]] = {}
    for place, registration in registrations:
        names = {"registration": registration.registration}
        end = ending(registration, as_of=as_of)
        if end is None or not end.has_ended(as_of=as_of):
            names["integration"] = registration.integration
            names["integration_id"] = registration.integration_id or ""
        for key, name in names.items():
            if not name:
                continue
            if (key, name) in first:
                message = f"{key} {name} stands in {first[key, name]} already"
                dutch = f"{key} {name} staat al in {first[key, name]}"
                problem = Problem(
                    where=place, message=message, hint="Leave out one of them.", dutch=dutch
                )
                found.setdefault(place, []).append(problem)
            else:
                first[key, name] = place
    return found

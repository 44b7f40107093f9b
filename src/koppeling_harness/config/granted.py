"""The waivers that AFAS granted to an integration, as the reviewers' folder has them."""

from pathlib import Path

from koppeling_harness.config.folders import is_a_partners
from koppeling_harness.config.registration import find_registrations, load_placed
from koppeling_harness.errors import DocumentError, NothingToRunError
from koppeling_harness.model.registration import Waiver


def granted_to(integration: str, *, folder: Path, integration_id: str = "") -> tuple[Waiver, ...]:
    """Return the waivers of one integration, of every registration that can be read.

    What lies beside a manifest is the partner's word, and grants nothing.

    Args:
        integration: Its id.
        folder: The reviewers' folder.
        integration_id: By which AFAS knows it; empty when only its name is known.
    """
    try:
        paths = find_registrations([folder])
    except NothingToRunError:
        return ()
    found: list[Waiver] = []
    for path in paths:
        if is_a_partners(path, review=folder):
            continue
        try:
            registration = load_placed(path).registration
        except DocumentError:
            continue  # told by `koppeling status`
        is_another = integration_id and registration.integration_id not in (None, integration_id)
        if registration.integration == integration and not is_another:
            found += registration.waivers
    return tuple(found)

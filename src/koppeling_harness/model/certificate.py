"""Certificate: what AFAS says of an integration that was tested, for how long, and its limits."""

from datetime import date

from koppeling_harness.model.registration import Colour
from koppeling_harness.model.shape import Text
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedRelease:
    """One Profit release on which an integration passed.

    Attributes:
        release: Its label.
        tested_on: The day of the run.
        where: On the emulator, or in an environment.
        list: The list of required scenarios.
        required: How many scenarios were required.
        waived: How many of them passed by a waiver.
        not_asked: How many could not be asked there.
        version: Of the integration.
        digest: SHA-256 over its files.
        run_id: The run.
    """

    release: str
    tested_on: date
    where: Text
    list: Text
    required: int
    waived: int
    not_asked: int
    version: str
    digest: str
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a certificate says.

    Attributes:
        number: By which it is known, and revoked.
        registration: Id of the registration.
        title: Of the integration.
        partner: Name of the partner.
        integration_id: By which AFAS knows it.
        issued: The day from which it counts.
        until: Its last day.
        until_why: Why it ends then.
        by: The person who issued it.
        releases: Where it passed.
        colour: Of the Quickscan; None when no report was accepted.
        colour_until: Last day of that colour.
        limits: What was not tested, or not by AFAS.
        key: Fingerprint of the key that signs it.
    """

    number: str
    registration: str
    title: Text
    partner: str
    integration_id: str
    issued: date
    until: date
    until_why: Text
    by: str
    releases: tuple[CertifiedRelease, ...]
    colour: Colour | None
    colour_until: date | None
    limits: tuple[Text, ...]
    key: str

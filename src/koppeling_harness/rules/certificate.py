"""What a certificate may say: whether there is one, until when, and what it does not say.

A certificate is about what stands: each production release that counts, on evidence that was
verified. It ends with the first thing that it rests on.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

from koppeling_harness.model.certificate import Certificate, CertifiedRelease
from koppeling_harness.model.evidence import Evidence
from koppeling_harness.model.registration import Registration
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import (
    Basis,
    RegistrationStatus,
    ReleaseStatus,
    Role,
    Status,
)
from koppeling_harness.model.verdict import ErpKind, Outcome
from koppeling_harness.rules.standing import OLD
from koppeling_harness.rules.words import BASIS, OUTCOME, STATUS, said

_FINE = (Status.IN_ORDER, Status.ATTENTION)
_ON_THE_EMULATOR = said("op de emulator", "on the emulator")
_IN_AN_ENVIRONMENT = said("in een omgeving van AFAS", "in an environment of AFAS")


def objections(status: RegistrationStatus) -> tuple[Text, ...]:
    """Return why there is no certificate; empty when there can be one."""
    return tuple(_objections(status))


def certificate(
    registration: Registration, status: RegistrationStatus, *, by: str, key: str
) -> Certificate:
    """Return what a certificate says on the day of a status.

    Args:
        registration: Of the integration.
        status: To which there are no objections.
        by: The person who issues it.
        key: Fingerprint of the key that signs it.
    """
    releases = tuple(_release(each) for each in _counting(status))
    until, why = min(_ends(status), key=lambda each: each[0])
    facts = [status.registration, f"{status.as_of}", f"{until}", key]
    facts += [f"{each.release} {each.run_id} {each.digest}" for each in releases]
    return Certificate(
        number=hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16],
        registration=status.registration,
        title=registration.title,
        partner=registration.partner.name,
        integration_id=registration.integration_id or "",
        issued=status.as_of,
        until=until,
        until_why=why,
        by=by,
        releases=releases,
        colour=status.security.colour,
        colour_until=status.security.valid_until,
        limits=tuple(_limits(releases)),
        key=key,
    )


def _counting(status: RegistrationStatus) -> list[ReleaseStatus]:
    return [each for each in status.functional if each.role is not Role.ACCEPT]


def _objections(status: RegistrationStatus) -> Iterator[Text]:
    if status.basis is not Basis.RECORDED:
        yield said("de status is {basis}", "the status is {basis}", basis=BASIS[status.basis])
    if status.status not in _FINE:
        yield said("de status is {status}", "the status is {status}", status=STATUS[status.status])
    counting = _counting(status)
    if not counting:
        yield said("er telt geen release", "no release counts")
    for each in counting:
        if each.outcome is not Outcome.PASSED:
            yield said(
                "{release}: {outcome}",
                "{release}: {outcome}",
                release=each.release,
                outcome=OUTCOME[each.outcome],
            )
        elif each.evidence is not Evidence.VERIFIED:
            yield said(
                "{release}: het bewijs is niet geverifieerd",
                "{release}: the evidence is not verified",
                release=each.release,
            )


def _release(each: ReleaseStatus) -> CertifiedRelease:
    is_emulated = each.kind is ErpKind.EMULATOR
    return CertifiedRelease(
        release=each.release,
        tested_on=each.date or date.min,
        where=_ON_THE_EMULATOR if is_emulated else _IN_AN_ENVIRONMENT,
        list=each.list or Text(nl="?", en="?"),
        required=each.required,
        waived=each.waived,
        not_asked=each.not_asked,
        version=each.version,
        digest=each.digest,
        run_id=each.run_id or "",
    )


def _ends(status: RegistrationStatus) -> Iterator[tuple[date, Text]]:
    """Yield the last day of each thing that a certificate rests on."""
    for each in _counting(status):
        if each.date is not None:
            yield (
                each.date + OLD,
                said(
                    "{release}: een jaar na de run", "{release}: a year after the run", **_of(each)
                ),
            )
        if each.waived_until is not None:
            yield (
                each.waived_until,
                said("{release}: een ontheffing", "{release}: a waiver", **_of(each)),
            )
    if status.security.valid_until is not None:
        yield status.security.valid_until, said("de Quickscan", "the Quickscan")
    if status.contract_end is not None:
        yield status.contract_end.date, said("de overeenkomst", "the agreement")
    yield status.as_of + timedelta(days=365), said("een jaar na de uitgifte", "a year after issue")


def _of(each: ReleaseStatus) -> dict[str, str]:
    return {"release": each.release}


def _limits(releases: tuple[CertifiedRelease, ...]) -> Iterator[Text]:
    names = ", ".join(each.release for each in releases)
    yield said(
        "Getest op {names}; over andere releases van Profit zegt dit niets.",
        "Tested on {names}; of other releases of Profit this says nothing.",
        names=names,
    )
    emulated = [each for each in releases if each.where is _ON_THE_EMULATOR]
    if emulated:
        yield said(
            "Op {names} tegen een nagemaakte ERP1, en niet tegen AFAS Profit zelf.",
            "On {names} against an emulated ERP1, and not against AFAS Profit itself.",
            names=", ".join(each.release for each in emulated),
        )
    yield said(
        "De partner draaide de tests zelf en ondertekende de uitkomst; AFAS verifieerde de "
        "handtekening en wat eruit volgt.",
        "The partner ran the tests and signed what they came to; AFAS verified the signature and "
        "what follows from it.",
    )
    yield said(
        "Alleen deze bestanden (SHA-256 hieronder); een andere versie is niet getest.",
        "These files alone (SHA-256 below); another version was not tested.",
    )
    for each in releases:
        if each.waived:
            yield said(
                "{release}: {count} van {required} vereiste scenario's slaagden niet en zijn "
                "ontheven.",
                "{release}: {count} of {required} required scenarios did not pass, and are waived.",
                release=each.release,
                count=each.waived,
                required=each.required,
            )
        if each.not_asked:
            yield said(
                "{release}: {count} vereiste scenario's konden daar niet worden gevraagd.",
                "{release}: {count} required scenarios could not be asked there.",
                release=each.release,
                count=each.not_asked,
            )
    yield said(
        "De tests gaan over het verkeer met Profit. Beveiliging, beheer en de rest van het product "
        "zijn niet getest; daarvoor is de Quickscan.",
        "The tests are about the traffic with Profit. Security, operation and the rest of the "
        "product were not tested; the Quickscan is for that.",
    )

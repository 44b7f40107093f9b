"""Certificates, made by the rules of a registration that is in order."""

from dataclasses import replace

from koppeling_harness.model.certificate import Certificate
from koppeling_harness.model.evidence import Evidence
from koppeling_harness.model.registration import Registration
from koppeling_harness.model.status import Basis, RegistrationStatus
from koppeling_harness.rules.certificate import certificate
from support.dossiers import a_dossier

KEY = "SHA256:" + "k" * 43


def a_certifiable(**changes) -> tuple[Registration, RegistrationStatus]:
    """Return a registration with a status to which there are no objections."""
    dossier = a_dossier()
    functional = tuple(
        replace(each, evidence=Evidence.VERIFIED, version="3.2.0", digest="9f2c" * 16)
        for each in dossier.status.functional
    )
    status = replace(dossier.status, basis=Basis.RECORDED, functional=functional)
    return dossier.registration, replace(status, **changes)


def a_certificate(**changes) -> Certificate:
    registration, status = a_certifiable(**changes)
    return certificate(registration, status, by="M. de Wit", key=KEY)

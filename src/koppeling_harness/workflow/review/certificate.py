"""Issue a certificate: a signed statement, a page that shows it, and a badge."""

import hashlib
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.folders import REPORTS
from koppeling_harness.config.registration import load_registration, registration_path
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.evidence.decision import (
    CERTIFICATE,
    UNTIL,
    SignedDecision,
    decision_statement,
)
from koppeling_harness.evidence.dsse import sealed
from koppeling_harness.evidence.keys import SigningKey
from koppeling_harness.model.certificate import Certificate
from koppeling_harness.report.certificate_page import (
    render_certificate_badge,
    render_certificate_page,
)
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.certificate import certificate, objections
from koppeling_harness.store.files import write_files
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.review.sign_decision import release_property
from koppeling_harness.workflow.review.status import StatusRequest, judging_of
from koppeling_harness.workflow.secret_search import refuse_secret_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A certificate that was issued.

    Attributes:
        certificate: What it says.
        statement: The signed statement.
        page: The page.
        badge: The badge.
    """

    certificate: Certificate
    statement: Path
    page: Path
    badge: Path


def issue(
    path: Path,
    *,
    by: str,
    key: SigningKey,
    clock: Clock,
    into: Path | None = None,
    runs: Path = REPORTS,
    language: Language = Language.NL,
) -> Issued:
    """Write the certificate of a registration: statement, page and badge.

    Args:
        path: The registration.
        by: The person who issues it.
        key: Of AFAS.
        clock: Tells the day.
        into: Folder for the three files; beside the registration when None.
        runs: A folder with run records below it.
        language: The one in which page and badge open.

    Raises:
        ConfigurationError: What stands is not what a certificate says; nothing is written.
        DocumentError: The registration, or the settings, have problems.
        SecretFoundError: Something secret stands in the registration; nothing is written.
    """
    file = registration_path(path)
    registration = load_registration(file)
    judging, _ = judging_of(StatusRequest(runs=runs), clock=clock)
    status = judging.status(registration, file, as_of=today(clock))
    found = objections(status)
    if found:
        message = f"{file}: no certificate: {'; '.join(each.en for each in found)}"
        raise ConfigurationError(message, hint="`koppeling status` says what is to be done.")
    refuse_secret_values((registration, status, by), place=str(file))
    one = certificate(registration, status, by=by, key=key.public.fingerprint)
    name = f"{one.registration}.{one.issued}.certificate"
    statement = f"{name}.intoto.json"
    page = render_certificate_page(one, statement=statement, language=language).encode()
    badge = render_certificate_badge(one, language=language).encode()
    said = SignedDecision(
        subjects=(
            *dict.fromkeys((one.registration, each.digest) for each in one.releases),
            *(
                (f"{name}{end}", hashlib.sha256(each).hexdigest())
                for end, each in ((".html", page), (".svg", badge))
            ),
        ),
        verifier=f"urn:koppeling:verifier:{one.key}",
        created=clock.now(),
        properties=(
            f"{CERTIFICATE}{one.number.upper()}",
            f"{UNTIL}{one.until:%Y%m%d}",
            *(release_property("KOPPELING_PASSED", each.release) for each in one.releases),
            *(
                release_property("KOPPELING_EVIDENCE_VERIFIED", each.release)
                for each in one.releases
            ),
        ),
    )
    payload = decision_statement(said, policies=[f"urn:koppeling:policy:{status.policy}"])
    folder = into or file.parent
    files = {f"{name}.html": page, f"{name}.svg": badge, statement: sealed(payload, [key])}
    write_files(folder, files)
    return Issued(
        certificate=one,
        statement=folder / statement,
        page=folder / f"{name}.html",
        badge=folder / f"{name}.svg",
    )


def issued_lines(issued: Issued) -> list[str]:
    """Return for a person what was issued."""
    one = issued.certificate
    return [
        f"certificate {one.number}: {one.registration} on "
        f"{', '.join(each.release for each in one.releases)}, until {one.until} "
        f"({one.until_why.en})",
        f"signed: {issued.statement}",
        f"page: {issued.page}",
        f"badge: {issued.badge}",
    ]

"""Time stamps (RFC 3161): somebody else than the signer says when a signature was there.

The library comes with the extra `time-stamps`; without it a stamp is not read, and the date is as
stated by the signer.
"""

import importlib.util
from datetime import UTC, datetime

from koppeling_harness.errors import ConfigurationError, EvidenceError

REQUEST_TYPE = "application/timestamp-query"
EXTRA = "time-stamps"


def can_read() -> bool:
    """Return whether the library is there."""
    return importlib.util.find_spec("rfc3161_client") is not None


def require_library() -> None:
    """Make sure that the library is there.

    Raises:
        ConfigurationError: It is not.
    """
    if not can_read():
        message = "time stamps need a library that is not installed"
        raise ConfigurationError(message, hint=f'pip install "koppeling-harness[{EXTRA}]"')


def stamp_request(signature: bytes) -> bytes:
    """Return what is asked of who stamps: its digest of a signature, and a number used once."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415 - an extra

    builder = TimestampRequestBuilder().data(signature).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    return request.as_bytes()


def stamped_at(stamp: bytes, signature: bytes, authorities: bytes) -> datetime:
    """Return when a signature was stamped.

    Args:
        stamp: The reply of who stamped.
        signature: What it has to be over.
        authorities: Certificates in PEM of those who are trusted to stamp.

    Raises:
        EvidenceError: It is no stamp, is over something else, or of somebody who is not trusted.
    """
    import rfc3161_client as library  # noqa: PLC0415 - an extra
    from cryptography import x509  # noqa: PLC0415 - seldom needed, and slow to load

    builder = library.VerifierBuilder()
    for each in x509.load_pem_x509_certificates(authorities):
        builder = builder.add_root_certificate(each)
    try:
        reply = library.decode_timestamp_response(stamp)
        builder.build().verify_message(reply, signature)
    except (library.VerificationError, ValueError) as error:
        message = f"the time stamp is not over this signature, or not of one who is known: {error}"
        raise EvidenceError(message) from None
    return reply.tst_info.gen_time.astimezone(UTC)


def is_stamp(content: bytes) -> bool:
    """Return whether a reply grants a stamp."""
    import rfc3161_client as library  # noqa: PLC0415 - an extra

    try:
        return library.decode_timestamp_response(content).status == 0
    except ValueError:
        return False


def read_authorities(content: bytes, *, name: str) -> bytes:
    """Return certificates in PEM, once it is sure that they are.

    Raises:
        ConfigurationError: They are not.
    """
    from cryptography import x509  # noqa: PLC0415 - seldom needed, and slow to load

    try:
        x509.load_pem_x509_certificates(content)
    except ValueError as error:
        message = f"{name}: expected certificates in PEM: {error}"
        raise ConfigurationError(message) from None
    return content

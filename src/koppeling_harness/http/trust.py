"""TLS: which authorities are trusted, and what is shown to a server that asks."""

import functools
import ssl

from koppeling_harness.errors import ConfigurationError


@functools.cache
def mozilla() -> ssl.SSLContext:
    """Return one TLS context for all connections: reading the authorities takes 20 ms."""
    return trusting("")


def trusting(ca_file: str, client_certificate: str = "", client_key: str = "") -> ssl.SSLContext:
    """Return a TLS context that trusts Mozilla's authorities, and those in a file.

    TLS 1.2 at least. Source: AFAS, docs.afas.help/profit/en/authentication; that it may ask for a
    certificate: news-profit8.

    Args:
        ca_file: More authorities; empty for none.
        client_certificate: What is shown to a server that asks; empty for nothing.
        client_key: Its private key; empty when it stands in the same file.

    Raises:
        ConfigurationError: A file cannot be read as certificates, or as the key of one.
    """
    import certifi  # noqa: PLC0415 - 20 ms, and ERP1 here speaks plain HTTP

    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            message = f"{ca_file}: expected certificates in PEM, {error}"
            raise ConfigurationError(message) from None
    if client_certificate or client_key:
        try:
            # an empty password: OpenSSL would ask for one on the terminal
            context.load_cert_chain(client_certificate or client_key, client_key or None, "")
        except (OSError, ssl.SSLError) as error:
            files = " and ".join(each for each in (client_certificate, client_key) if each)
            message = f"{files}: expected a certificate and its key in PEM, {error}"
            raise ConfigurationError(
                message, hint="The key must be that of the certificate, without a password."
            ) from None
    return context

"""The certificate authority of a run, for integrations that get in by TLS: never kept."""

import ssl


class Authority:
    """Makes the certificates with which environments of AFAS are stood in for.

    Attributes:
        pem: Its own certificate, for the integrations of the run to trust.
    """

    def __init__(self) -> None:
        import trustme  # noqa: PLC0415 - few integrations get in by TLS

        self._authority = trustme.CA(organization_name="koppeling-harness, one run")
        self._contexts: dict[tuple[str, str], ssl.SSLContext] = {}
        self.pem = self._authority.cert_pem.bytes().decode()

    def context(self, host: str, client_ca: str = "") -> ssl.SSLContext:
        """Return the TLS context of a host; it offers HTTP/1.1 only, as the gateway speaks.

        Args:
            host: Name or address that the certificate is for.
            client_ca: Whose certificates clients must show, in PEM; empty: they need show none.
        """
        if (host, client_ca) not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.set_alpn_protocols(["http/1.1"])
            self._authority.issue_cert(host).configure_cert(context)
            if client_ca:
                context.verify_mode = ssl.CERT_REQUIRED
                context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the certificate itself too
                context.load_verify_locations(cadata=client_ca)
            self._contexts[host, client_ca] = context
        return self._contexts[host, client_ca]

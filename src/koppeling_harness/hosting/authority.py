"""The certificate authority of a run, for integrations with a built-in address: never kept."""

import ssl


class Authority:
    """Makes the certificates with which the forward proxy stands in for environments of AFAS.

    Attributes:
        pem: Its own certificate, for the integrations of the run to trust.
    """

    def __init__(self) -> None:
        import trustme  # noqa: PLC0415 - few runs have an integration with a built-in address

        self._authority = trustme.CA(organization_name="koppeling-harness, one run")
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.pem = self._authority.cert_pem.bytes().decode()

    def context(self, host: str) -> ssl.SSLContext:
        """Return the TLS context of a host; it offers HTTP/1.1 only, as the gateway speaks."""
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.set_alpn_protocols(["http/1.1"])
            self._authority.issue_cert(host).configure_cert(context)
            self._contexts[host] = context
        return self._contexts[host]

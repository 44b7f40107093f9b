"""Evidence: a run signed, and read again by whoever trusts the key and nobody else.

Formats that others read too: in-toto Statement v1 with predicate `test-result/v0.1` in a DSSE
envelope, and an SSHSIG over the same statement. Here are bytes and names; whose they are and what
they say of a run is joined in `workflow/evidence`.
"""

"""Search files for tokens where no run is left that knows its secrets: by their form."""

import os

from koppeling_harness.evidence.token_marks import may_hold_token


def kinds_of_secrets(content: bytes, *, thorough: bool) -> tuple[str, ...]:
    """Return the kinds of what is secret in a file; empty when all is well.

    Args:
        content: What is in the file.
        thorough: Whether every spelling is undone, which takes a second for each megabyte, and
            not only where a mark of a token is seen.
    """
    if not thorough and not may_hold_token(content):
        return ()
    from koppeling_harness.traffic.redactor import Redactor  # noqa: PLC0415 - seldom needed

    return Redactor(os.urandom(32)).find_secrets(content)

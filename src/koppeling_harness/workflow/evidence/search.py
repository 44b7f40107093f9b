"""Search files for tokens where no run is left that knows its secrets: by their form."""

import os
from collections.abc import Iterator, Sequence

from koppeling_harness.evidence.bundle import Bundle
from koppeling_harness.evidence.token_marks import may_hold_token

_AT_ONCE = 32 * 1024**2
"""Bytes of files that are looked at together for what they have alike."""


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


def files_with_secrets(bundle: Bundle, names: Sequence[str], *, thorough: bool) -> list[str]:
    """Return which files of a bundle hold something secret.

    Args:
        bundle: The files.
        names: Those that are meant.
        thorough: See `kinds_of_secrets`.
    """
    if thorough:
        return [each for each in names if kinds_of_secrets(bundle.read(each), thorough=True)]
    return [
        each
        for some in _at_once(bundle, names)
        if may_hold_token(*map(bundle.read, some))
        for each in some
        if kinds_of_secrets(bundle.read(each), thorough=False)
    ]


def _at_once(bundle: Bundle, names: Sequence[str]) -> Iterator[list[str]]:
    """Yield files that are looked at together, so many bytes at a time."""
    some: list[str] = []
    size = 0
    for each in names:
        some.append(each)
        size += len(bundle.read(each))
        if size > _AT_ONCE:
            yield some
            some, size = [], 0
    yield some

"""Search files for tokens where no run is left that knows its secrets: by their form."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from koppeling_harness.evidence.bundle import Bundle
from koppeling_harness.evidence.token_marks import may_hold_token
from koppeling_harness.workflow.evidence.many import Told, with_each

if TYPE_CHECKING:
    from koppeling_harness.traffic.redactor import Redactor

_AT_ONCE = 32 * 1024**2
"""Bytes of files that are looked at together for what they have alike."""
_WORTH_A_PROCESS = 4 * 1024**2
"""To look so many bytes through takes longer than other processes do to start."""
_FILES_AT_ONCE = 4


def kinds_of_secrets(content: bytes, *, thorough: bool) -> tuple[str, ...]:
    """Return the kinds of what is secret in a file; empty when all is well.

    Args:
        content: What is in the file.
        thorough: Whether every spelling is undone, which takes some 0.15 s for each megabyte, and
            not only where a mark of a token is seen.
    """
    if not thorough and not may_hold_token(content):
        return ()
    return _redactor().find_secrets(content)


def secrets_in_all(files: Mapping[str, bytes], *, told: Told) -> dict[str, tuple[str, ...]]:
    """Return the kinds of what is secret in files, by name of those that hold any.

    Args:
        files: By name.
        told: Is told how far it is.
    """
    found = {}
    kinds_of_each = with_each(
        _thoroughly,
        list(files.values()),
        begin=_redactor,
        is_worth_it=sum(map(len, files.values())) > _WORTH_A_PROCESS,
        at_once=_FILES_AT_ONCE,
    )
    for done, (name, kinds) in enumerate(zip(files, kinds_of_each, strict=True), start=1):
        told(done, len(files))
        if kinds:
            found[name] = kinds
    return found


def _thoroughly(redactor: "Redactor", content: bytes) -> tuple[str, ...]:
    return redactor.find_secrets(content)


def _redactor() -> "Redactor":
    from koppeling_harness.traffic.redactor import Redactor  # noqa: PLC0415 - seldom needed

    return Redactor(os.urandom(32))


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

"""Registered keys, in the form that OpenSSH calls `allowed_signers`.

One line per key: principals, options, key. A principal is an IntegrationId, or a pattern of them.
Source: OpenSSH, ssh-keygen(1), section ALLOWED SIGNERS.
"""

import fnmatch
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from koppeling_harness.errors import DocumentError, EvidenceError, Problem
from koppeling_harness.evidence.keys import PublicKey, read_public_key
from koppeling_harness.evidence.sshsig import DECISIONS, NAMESPACE
from koppeling_harness.place import Place
from koppeling_harness.value import dataclass

_WORD = re.compile(r'(?:"[^"]*"|[^ \t\r\f"])+')
_OPTION = re.compile(r'([a-z-]+)(?:="([^"]*)"|=([^,"]*))?(?:,|$)')
_DATES = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_KNOWN = ("namespaces", "valid-after", "valid-before")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One registered key.

    Attributes:
        principals: Patterns of who it is; one with `!` before it takes away.
        key: The key.
        valid_after: From when it counts; None from ever.
        valid_before: Until when it counts; None for ever.
        namespaces: For what it counts; empty for anything.
        place: Its line.
    """

    principals: tuple[str, ...]
    key: PublicKey
    valid_after: datetime | None = None
    valid_before: datetime | None = None
    namespaces: tuple[str, ...] = ()
    place: Place

    def is_for(self, principal: str) -> bool:
        """Return whether it is registered for somebody."""
        return _matches(self.principals, principal)

    @property
    def is_for_evidence(self) -> bool:
        """Whether it counts for evidence."""
        return not self.namespaces or _matches(self.namespaces, NAMESPACE)

    @property
    def is_for_decisions(self) -> bool:
        """Whether it counts for AFAS's decisions; a line that does not name them does not."""
        return DECISIONS in self.namespaces

    def counts_at(self, moment: datetime) -> bool:
        """Return whether it counts at a moment."""
        return not (
            (self.valid_after is not None and moment < self.valid_after)
            or (self.valid_before is not None and moment >= self.valid_before)
        )


def read_signers(text: str, *, name: str, zone: tzinfo) -> tuple[Signer, ...]:
    """Return every key that a file registers.

    Args:
        text: What is in the file.
        name: Of the file, for messages.
        zone: In which a time is that does not end in `Z`.

    Raises:
        DocumentError: Lines have problems; all of them are in it.
    """
    found: list[Signer] = []
    problems: list[Problem] = []
    # lines as OpenSSH has them: a sign that only looks like the end of one would hide a key
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        place = Place(name, number, 1)
        try:
            found.append(_signer(line, place, zone))
        except EvidenceError as error:
            hint = 'A line is: 12345_678900 namespaces="koppeling-evidence@1" ssh-ed25519 AAAA…'
            problems.append(Problem(where=place, message=error.message, hint=hint))
    if problems:
        raise DocumentError(problems)
    return tuple(found)


def signers_of(key: PublicKey, signers: Sequence[Signer]) -> tuple[Signer, ...]:
    """Return the lines that register a key."""
    return tuple(each for each in signers if each.key == key)


def signer_line(
    key: PublicKey,
    principals: Sequence[str],
    *,
    after: datetime,
    before: datetime,
    namespace: str = NAMESPACE,
) -> str:
    """Return the line that registers a key, for one thing alone: evidence, or decisions."""
    options = ",".join(
        [
            f'namespaces="{namespace}"',
            f'valid-after="{after:%Y%m%d}"',
            f'valid-before="{before:%Y%m%d}"',
        ]
    )
    return f"{','.join(principals)} {options} {key.text}"


def _signer(line: str, place: Place, zone: tzinfo) -> Signer:
    words = _WORD.findall(line)
    at = next((at for at, each in enumerate(words) if at and _is_key_type(each)), 0)
    if at not in (1, 2) or len(words) <= at + 1:
        message = "expected principals, options and a key"
        raise EvidenceError(message)
    options = dict(_options(words[1])) if at == 2 else {}
    return Signer(
        principals=tuple(words[0].strip('"').split(",")),
        key=read_public_key(words[at], words[at + 1]),
        valid_after=_moment(options.get("valid-after"), zone),
        valid_before=_moment(options.get("valid-before"), zone),
        namespaces=tuple(each for each in options.get("namespaces", "").split(",") if each),
        place=place,
    )


def _is_key_type(word: str) -> bool:
    return word.startswith(("ssh-", "ecdsa-", "sk-"))


def _options(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        match = _OPTION.match(text, at)
        if match is None or match[1] not in _KNOWN:
            message = f"found option {text[at:]!r}, expected {', '.join(_KNOWN)}"
            raise EvidenceError(message)
        yield match[1], match[2] if match[2] is not None else match[3] or ""
        at = match.end()


def _moment(text: str | None, zone: tzinfo) -> datetime | None:
    if text is None:
        return None
    digits = text.removesuffix("Z")
    try:
        found = datetime.strptime(digits, _DATES[len(digits)])  # noqa: DTZ007 - set below
    except (KeyError, ValueError):
        message = f"found time {text!r}, expected YYYYMMDD or YYYYMMDDHHMM[SS], and Z for UTC"
        raise EvidenceError(message) from None
    if digits != text:
        return found.replace(tzinfo=UTC)
    return found.replace(tzinfo=zone)


def _matches(patterns: Sequence[str], name: str) -> bool:
    found = False
    for each in patterns:
        pattern = each.removeprefix("!").replace("[", "[[]")  # OpenSSH knows * and ? alone
        if fnmatch.fnmatchcase(name, pattern):
            if each.startswith("!"):
                return False
            found = True
    return found

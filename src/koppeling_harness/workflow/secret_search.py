"""Search what is about to be written for everything secret that a run knew."""

import dataclasses
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from koppeling_harness.errors import SecretFoundError
from koppeling_harness.model.run import IntegrationRecord, RunRecord, SecretPlace
from koppeling_harness.traffic.redactor import Redactor

_AT_ONCE = 64 * 1024
"""Characters that are searched and written at once."""

_REMOVED = "[removed: something secret stood in it]"
_TOGETHER = "several texts together"
_LEAST = 4
_NAMES = frozenset(
    {"id", "version", "digest", "scenario", "operation", "required_ids", "own_ids", "code"}
    | {"requirement", "connector", "subscription", "integration_id", "isolation", "run_id"}
)
"""Members of a record by which one thing is known in several places."""
_NAME = ".(name)"
"""How the place of a member's name ends."""
_TOKEN = re.compile(
    rb"(?:<|&lt;|&#60;|\\u003c|%3c)data(?:>|&gt;|&#62;|\\u003e|%3e)\s*[0-9a-f]{32}", re.IGNORECASE
)
"""An AfasToken as text, and as HTML, JSON and addresses write it."""

T = TypeVar("T")


def refuse_secrets(files: dict[str, bytes], redactor: Redactor) -> None:
    """Search files for every secret that the run knew.

    Raises:
        SecretFoundError: One was found; the message names files and kinds, never the secret.
    """
    search = SecretSearch(redactor)
    for name, content in files.items():
        search.look_at(name, content)
    search.refuse()


class SecretSearch:
    """Looks for secrets in files that are made piece by piece, before a piece is written.

    Args:
        redactor: Knows the secrets of the run.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._found: dict[str, set[str]] = {}

    def through(self, name: str, pieces: Iterable[str]) -> Iterator[bytes]:
        """Yield the pieces of a file, none any more once something was found; look at them all.

        Args:
            name: Of the file.
            pieces: Such that nothing secret could stand in two of them.
        """
        waiting: list[str] = []
        size = 0
        for piece in pieces:
            waiting.append(piece)
            size += len(piece)
            if size > _AT_ONCE:
                yield from self._searched(name, waiting)
                waiting, size = [], 0
        yield from self._searched(name, waiting)

    def _searched(self, name: str, pieces: Sequence[str]) -> Iterator[bytes]:
        unknown = [each for each in pieces if not self._redactor.is_known_clean(each)]
        self.look_at(name, _bytes(unknown))
        if not self._found:
            yield _bytes(pieces)

    def look_at(self, name: str, content: bytes) -> None:
        """Note what is found in a file, or in a part of it."""
        kinds = self._redactor.find_secrets(content)
        if kinds:
            self._found.setdefault(name, set()).update(kinds)

    def refuse(self) -> None:
        """Raise when anything was found.

        Raises:
            SecretFoundError: The message names files and kinds, never the secret.
        """
        if self._found:
            lines = [
                f"{name}: found {', '.join(sorted(each))}" for name, each in self._found.items()
            ]
            hint = "These files were not written. Report it: the redaction missed a place."
            raise SecretFoundError("\n".join(lines), hint=hint)


def _bytes(pieces: Iterable[str]) -> bytes:
    return "".join(pieces).encode("utf-8", "backslashreplace")


class Leaks:
    """Where something secret stood in what was to be written while a run goes on."""

    def __init__(self) -> None:
        self._places: dict[str, list[SecretPlace]] = {}
        self._scenarios: set[tuple[str, str]] = set()

    def note(self, integration: str, scenario: str, place: str, kinds: Iterable[str]) -> None:
        """Note that something secret stood in a file about a scenario."""
        found = self._places.setdefault(integration, [])
        found += [SecretPlace(place=place, kind=kind) for kind in kinds]
        self._scenarios.add((integration, scenario))

    def has(self, integration: str, scenario: str) -> bool:
        """Return whether something secret stood in what a scenario left."""
        return (integration, scenario) in self._scenarios

    @property
    def integrations(self) -> frozenset[str]:
        """Ids of the integrations that are concerned."""
        return frozenset(self._places)

    def of(self, integration: str) -> tuple[SecretPlace, ...]:
        """Return the places of an integration."""
        return tuple(self._places.get(integration, ()))


class Cleaner:
    """Takes what is secret out of values before anything is made of them.

    A text in which nothing was found is not searched again in another value; short ones are, for
    many of them can be one secret.

    Args:
        redactor: Knows what is secret.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._clean: set[str] = set()
        self.has_found = False
        """Whether anything secret stood in a value."""

    def cleaned(self, value: T) -> tuple[T, tuple[SecretPlace, ...]]:
        """Return what `without_secrets` does; the very same value when nothing was found."""
        texts = [each for each in _texts(value) if each not in self._clean]
        if not self._redactor.find_secrets("\n".join(texts).encode("utf-8", "replace")):
            self._clean.update(each for each in texts if len(each) > _LEAST)
            return value, ()
        self.has_found = True
        return without_secrets(value, self._redactor)

    def cleaned_run(self, record: RunRecord) -> RunRecord:
        """Return what the function `cleaned_run` does."""
        return _cleaned_run(record, self.cleaned)

    def is_clean(self, content: bytes) -> bool:
        """Return whether a file that was made of cleaned values may be written.

        Where nothing secret was found in any value, nothing can stand in a file that was made of
        them; it is looked at all the same, for a token as it stands. Else all of it is searched.
        """
        if self.has_found:
            return not self._redactor.find_secrets(content)
        return not _TOKEN.search(content.replace(b"\r\n ", b""))  # lines that a calendar folds


def refuse_secret_values(value: object, *, place: str) -> None:
    """Refuse to make files of a value in which something secret stands.

    Args:
        value: What they would be made of.
        place: Where it comes from.

    Raises:
        SecretFoundError: It does; the message names places and kinds, never the secret.
    """
    _, found = Cleaner(Redactor(os.urandom(32))).cleaned(value)  # it knows tokens by their form
    if found:
        lines = [f"{place}: found a {each.kind} in {each.place}" for each in found]
        hint = "Nothing was written. Take it out of the file."
        raise SecretFoundError("\n".join(lines), hint=hint)


def _texts(value: Any) -> Iterator[str]:
    """Yield each text in a value once, short ones as often as they stand there."""
    seen: set[str] = set()
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if type(each) is str:
            if each not in seen:
                yield each
                if len(each) > _LEAST:
                    seen.add(each)
        elif isinstance(each, tuple | list):
            waiting += reversed(each)
        elif isinstance(each, dict):
            for name, member in reversed(each.items()):
                waiting += (member, name)
        else:
            waiting += [getattr(each, name) for name in _members(type(each))]


_MEMBERS: dict[type, tuple[str, ...]] = {}
"""By their type, names of the members of values, the last first."""


def _members(kind: type) -> tuple[str, ...]:
    """Return the names of the members of a value; none where it is no value of ours."""
    known = _MEMBERS.get(kind)
    if known is None:
        is_ours = dataclasses.is_dataclass(kind)
        known = tuple(each.name for each in dataclasses.fields(kind))[::-1] if is_ours else ()
        _MEMBERS[kind] = known
    return known


def cleaned_run(record: RunRecord, redactor: Redactor) -> RunRecord:
    """Return a record in which nothing secret stands, that says where it stood.

    An integration in which nothing was found stays the very same.
    """
    return _cleaned_run(record, lambda each: without_secrets(each, redactor))


def _cleaned_run(
    record: RunRecord,
    clean: Callable[[IntegrationRecord], tuple[IntegrationRecord, Sequence[SecretPlace]]],
) -> RunRecord:
    integrations = tuple(_with_found(*clean(each)) for each in record.integrations)
    return dataclasses.replace(record, integrations=integrations)


def _with_found(each: IntegrationRecord, places: Sequence[SecretPlace]) -> IntegrationRecord:
    if not places:
        return each
    found = dict.fromkeys((*each.secrets_found, *places))
    return dataclasses.replace(each, secrets_found=tuple(found))


def bared_runs(
    records: Sequence[RunRecord],
    written: Callable[[Sequence[RunRecord]], str],
    redactor: Redactor,
    about: Sequence[str] = (),
) -> tuple[RunRecord, ...]:
    """Return records of which an integration keeps its outcomes alone, where it must be.

    For what is secret only as a file has it: texts beside each other, escaped for that file. Whose
    texts they are is found by writing that file of each integration alone; where they are of
    several, as many of these are bared as it takes.

    Args:
        records: Of the runs that the file is about, none secret in any of their texts.
        written: Gives the file.
        redactor: Knows the secrets.
        about: Ids of the integrations whose file it is; all when there are none.
    """

    def kinds(some: Sequence[RunRecord]) -> tuple[str, ...]:
        return redactor.find_secrets(written(some).encode("utf-8", "backslashreplace"))

    bared = tuple(records)
    names = about or list(
        dict.fromkeys(each.id for record in records for each in record.integrations)
    )
    for name in names:
        if found := kinds([_only(record, name) for record in bared]):
            bared = tuple(_bared(record, name, found, redactor) for record in bared)
    found = kinds(bared)
    for name in names if found else ():
        one = tuple(_bared(record, name, found, redactor) for record in bared)
        if not kinds(one):
            return one
    for name in names if found else ():
        bared = tuple(_bared(record, name, found, redactor) for record in bared)
    return bared


def texts_left_out(records: Sequence[RunRecord], bared: Sequence[RunRecord]) -> tuple[str, ...]:
    """Return the ids of the integrations whose texts were left out."""
    pairs = [
        (one, other)
        for record, bare in zip(records, bared, strict=True)
        for one, other in zip(record.integrations, bare.integrations, strict=True)
    ]
    return tuple(dict.fromkeys(one.id for one, other in pairs if one is not other))


def _only(record: RunRecord, integration: str) -> RunRecord:
    only = tuple(each for each in record.integrations if each.id == integration)
    return dataclasses.replace(record, integrations=only)


def _bared(
    record: RunRecord, integration: str, kinds: Iterable[str], redactor: Redactor
) -> RunRecord:
    places = [SecretPlace(place=_TOGETHER, kind=kind) for kind in kinds]
    return dataclasses.replace(
        record,
        integrations=tuple(
            _with_found(_without_texts(each, redactor), places) if each.id == integration else each
            for each in record.integrations
        ),
    )


def _without_texts(each: IntegrationRecord, redactor: Redactor) -> IntegrationRecord:
    """Return an integration without the texts that a partner wrote; equal names stay equal."""
    named: IntegrationRecord = _each_text(each, "", _removed_but_names)
    if not _kinds(named, redactor):
        return named

    def hidden(text: str, place: str) -> str:
        return redactor.placeholder("text", text) if _is_name(place) else _removed(text, place)

    bare: IntegrationRecord = _each_text(each, "", hidden)
    return bare


def without_secrets(value: T, redactor: Redactor) -> tuple[T, tuple[SecretPlace, ...]]:
    """Return a value in whose texts nothing secret stands, and where it stood.

    What is found only when all texts are read together is split over several: those are removed.

    Args:
        value: A frozen value with texts in it, as deep as they are.
        redactor: Knows the secrets.
    """
    if not _kinds(value, redactor):
        return value, ()
    places: list[SecretPlace] = []

    def redacted(text: str, place: str) -> str:
        kinds = redactor.find_secrets(text.encode("utf-8", "replace"))
        places.extend(SecretPlace(place=place, kind=kind) for kind in kinds)
        return redactor.secrets(text) if kinds else text

    clean = _each_text(value, "", redacted)
    for kind in _kinds(clean, redactor):
        places.append(SecretPlace(place=_TOGETHER, kind=kind))
        clean = _each_text(clean, "", _removed_but_names)
    if places and _kinds(clean, redactor):
        clean = _each_text(clean, "", _removed)
    return clean, tuple(places)


def _is_name(place: str) -> bool:
    return place.rstrip(".0123456789").rpartition(".")[2] in _NAMES


def _removed_but_names(text: str, place: str) -> str:
    return text if _is_name(place) else _removed(text, place)


def _removed(text: str, place: str) -> str:
    is_short = len(text) <= _LEAST or place.endswith(_NAME)
    return text if is_short else _REMOVED


def _kinds(value: Any, redactor: Redactor) -> tuple[str, ...]:
    texts: list[str] = []

    def note(text: str, _place: str) -> str:
        texts.append(text)
        return text

    _each_text(value, "", note)
    return redactor.find_secrets("\n".join(texts).encode("utf-8", "replace"))


def _each_text(value: Any, place: str, change: Any) -> Any:
    """Return a value with each text in it changed; the very same when none is."""
    if type(value) is str:
        return change(value, place)
    if isinstance(value, tuple | list):
        items = [_each_text(each, f"{place}.{at}", change) for at, each in enumerate(value)]
        same = all(one is other for one, other in zip(items, value, strict=True))
        return value if same else type(value)(items)
    if isinstance(value, dict):
        names = {key: _each_text(key, f"{place}{_NAME}", change) for key in value}
        changed = {
            names[key]: _each_text(each, f"{place}.{names[key]}", change)
            for key, each in value.items()
        }
        same = all(name is key and changed[key] is value[key] for key, name in names.items())
        return value if same else changed
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for field in dataclasses.fields(value):
            before = getattr(value, field.name)
            after = _each_text(before, f"{place}.{field.name}".lstrip("."), change)
            if after is not before:
                changes[field.name] = after
        return dataclasses.replace(value, **changes) if changes else value
    return value

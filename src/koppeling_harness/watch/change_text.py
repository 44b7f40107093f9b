"""The sentences of AFAS's change tables, understood one by one.

The wording is that of oasdiff, which AFAS makes the tables with. Names and values stand in single
quotes until Profit 7 and in backticks from Profit 8. Source: AFAS,
docs.afas.help/profit/en/news-profit3 to news-profit8.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from koppeling_harness.model.change import ChangeKind
from koppeling_harness.value import dataclass

_Q = r"[`'\"]"
_NAME = rf"{_Q}(?P<path>[^`'\"]*){_Q}"
_REQUEST = rf"the request property {_NAME}"
_QUOTED = re.compile(rf"{_Q}(.*?){_Q}(?=\s*(?:[,(\[;.*<]|$))")
_STEPS = frozenset({"element", "objects", "fields", "items"})
_NOTE = re.compile(
    r"\s*(?:[(\[{.,;:*<\u2020\u2013\u2014]|\s-|"
    r"\s(?:note|see|only|as of|from|since|noot|zie|let op|alleen|vanaf)\b)",
    re.IGNORECASE,
)
"""How that begins which may stand behind a sentence: it says more of the change, not another."""
_MORE = re.compile(
    r"(?i:/element/|\bpropert|\benum\b|\bschema\b|\bapi\b|\bendpoint (?:added|removed)\b"
    r"|\b(?:added|removed|became|fields?|objects?|connectors?|also|too)\b"
    r"|\b(?:veld|velden|objecten|ook|vervallen|vervalt|verwijderd|toegevoegd|koppeling)\b)"
    r"|[`'\"]\w[\w/]*[`'\"]|\b[A-Z][a-z]*[A-Z]\w*"
    r"|\b(?!(?:As|At|Be|By|De|Do|Er|If|In|Is|It|No|Of|Om|On|Op|Or|To|Up|We|Zo)\b)[A-Z][a-z]\b"
)
"""What says that another change is told there, which must not go for a note."""
_BLANK = re.compile(r"\s")
_SCHEMA = re.compile(r"^(?P<connector>\w+?)_(?P<operation>GET|POST|PUT|DELETE)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that a row says.

    Attributes:
        connector: Its id; the path of another endpoint; empty when it is about neither.
        kind: What became different.
        path: The field as a manifest names it; empty for the connector itself.
        before: What was.
        after: What is.
        operations: The methods, when the sentence names them itself.
        answers: Whether it is about an answer rather than a body that is sent.
        note: What stands behind the sentence.
    """

    connector: str
    kind: ChangeKind
    path: str = ""
    before: str = ""
    after: str = ""
    operations: tuple[str, ...] = ()
    answers: bool = False
    note: str = ""


_Reading = Callable[[re.Match[str], str], Iterator[Said]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a row says.

    Attributes:
        things: What was understood of it.
        is_all: Whether that is all that stands there.
    """

    things: tuple[Said, ...] = ()
    is_all: bool = False


def understand(description: str, connectors: Sequence[str], *, beside: str = "") -> Understood:
    """Return what a row says: nothing when its wording or connector is unknown.

    Args:
        description: The sentence, or one on each line.
        connectors: What the column of connectors names: ids, or paths such as
            `/connectors/KnSubject`.
        beside: What stands in other columns.
    """
    named = connectors or ("",)
    told = [_understand(description, each) for each in named]
    if "\n" in description and not all(each.is_all for each in told):
        told = [_understand(line, each) for line in description.split("\n") for each in named]
    return Understood(
        things=tuple(thing for each in told for thing in each.things),
        is_all=all(each.is_all for each in told) and not _MORE.search(beside),
    )


def _understand(description: str, connector: str) -> Understood:
    sentence = " ".join(description.split())
    for pattern, read in _SENTENCES:
        match = pattern.fullmatch(sentence)
        if match:
            said = tuple(read(match, connector))
            return Understood(things=said, is_all=bool(said))
    for pattern, read in _SENTENCES:
        match = pattern.match(sentence)
        note = sentence[match.end() :] if match else ""
        if match and _NOTE.match(note):
            said = tuple(replace(each, note=note.strip()) for each in read(match, connector))
            return Understood(things=said, is_all=bool(said) and not _MORE.search(note))
    return Understood()


def field_path(path: str) -> str:
    """Return `KnSubjectLink.ToEm` for `KnSubject/Element/Objects/items/KnSubjectLink/…/ToEm`.

    The root is left out, as in a manifest: it is not always named as the connector is.
    """
    parts = [each for each in path.strip("/").split("/") if each.lower() not in _STEPS]
    return ".".join(parts[1:])


def connector_of(cell: str) -> str:
    """Return the connector that a path is about, or the path of another endpoint.

    `/connectors/PtProject/PtProjectStage` and `KnAddress/KnAddress/@Ad/{Ad}` both begin with it.
    """
    parts = cell.strip("/").split("/")
    if parts[0].lower() == "connectors" and len(parts) > 1:
        return parts[1]
    return cell if cell.startswith("/") else parts[0]


def _of_field(kind: ChangeKind) -> _Reading:
    def read(match: re.Match[str], connector: str) -> Iterator[Said]:
        path = field_path(match["path"])
        of_object = "/fields/" not in match["path"].lower()
        is_object = of_object and kind in _OF_OBJECT
        if connector and path and not _BLANK.search(path):
            found = _OF_OBJECT[kind] if is_object else kind
            groups = match.groupdict()
            yield Said(
                connector=connector_of(connector),
                kind=found,
                path=path,
                before=_bare(groups.get("before")),
                after=_bare(groups.get("after")),
            )

    return read


_OF_OBJECT = {
    ChangeKind.FIELD_ADDED: ChangeKind.OBJECT_ADDED,
    ChangeKind.FIELD_REMOVED: ChangeKind.OBJECT_REMOVED,
}


def _of_values(kind: ChangeKind) -> _Reading:
    def read(match: re.Match[str], connector: str) -> Iterator[Said]:
        path, listed = field_path(match["path"]), match["values"]
        values = _QUOTED.findall(listed) or [
            one for each in listed.split(",") if (one := each.strip())
        ]
        if connector and path and not _BLANK.search(path):
            for each in values:
                removed = kind is ChangeKind.ENUM_VALUE_REMOVED
                yield Said(
                    connector=connector_of(connector),
                    kind=kind,
                    path=path,
                    before=each if removed else "",
                    after="" if removed else each,
                )

    return read


def _of_endpoint(kind: ChangeKind) -> _Reading:
    def read(_match: re.Match[str], connector: str) -> Iterator[Said]:
        if connector:
            path = connector if connector.startswith("/") else f"/connectors/{connector}"
            removed = kind is ChangeKind.ENDPOINT_REMOVED
            yield Said(
                connector=connector_of(connector),
                kind=kind,
                before=path if removed else "",
                after="" if removed else path,
            )

    return read


def _tag(match: re.Match[str], connector: str) -> Iterator[Said]:
    added = match["verb"] == "added"
    yield Said(
        connector=connector_of(connector) if connector else "",
        kind=ChangeKind.DOCUMENTATION,
        before="" if added else match["path"],
        after=match["path"] if added else "",
    )


def _schema(match: re.Match[str], connector: str) -> Iterator[Said]:
    schema = _SCHEMA.match(match["path"])
    name = schema["connector"] if schema else connector_of(connector)
    if name:
        yield Said(
            connector=name,
            kind=ChangeKind.SCHEMA_REMOVED,
            before=match["path"],
            operations=(schema["operation"],) if schema else (),
        )


def _bare(text: str | None) -> str:
    return (text or "").strip("`'\" /")


def _sentence(pattern: str, read: _Reading) -> tuple[re.Pattern[str], _Reading]:
    return re.compile(pattern, re.IGNORECASE), read


_VALUE = rf"(?P<values>{_Q}.*?{_Q})"
_WAS = rf"(?P<before>{_Q}[^`'\"]*{_Q}(?:/{_Q}[^`'\"]*{_Q})?)"
_IS = _WAS.replace("before", "after")
_ADDED, _REMOVED = ChangeKind.ENUM_VALUE_ADDED, ChangeKind.ENUM_VALUE_REMOVED

_SENTENCES = (
    _sentence(
        rf"added the new optional request property {_NAME}", _of_field(ChangeKind.FIELD_ADDED)
    ),
    _sentence(
        rf"added the new required request property {_NAME}(?: with a default value)?",
        _of_field(ChangeKind.REQUIRED_FIELD_ADDED),
    ),
    _sentence(rf"removed {_REQUEST}", _of_field(ChangeKind.FIELD_REMOVED)),
    _sentence(
        rf"{_REQUEST} became required(?: with a default value)?",
        _of_field(ChangeKind.BECAME_REQUIRED),
    ),
    _sentence(rf"{_REQUEST} became optional", _of_field(ChangeKind.BECAME_OPTIONAL)),
    _sentence(rf"added the new {_VALUE} enum value to {_REQUEST}", _of_values(_ADDED)),
    _sentence(
        rf"added (?:the )?new enum value\(?s?\)? to {_REQUEST}: ?(?P<values>.*)",
        _of_values(_ADDED),
    ),
    _sentence(
        rf"removed the (?:{_Q}enum{_Q}|enum) value {_VALUE} (?:of|from) {_REQUEST}",
        _of_values(_REMOVED),
    ),
    _sentence(
        rf"removed (?:the )?enum value\(?s?\)? (?:of|from) {_REQUEST}: ?(?P<values>.*)",
        _of_values(_REMOVED),
    ),
    _sentence(
        rf"the {_NAME} request property'?s? maxLength was increased(?: from {_WAS})? to {_IS}",
        _of_field(ChangeKind.LENGTH_INCREASED),
    ),
    _sentence(
        rf"the {_NAME} request property'?s? maxLength was decreased(?: from {_WAS})? to {_IS}",
        _of_field(ChangeKind.LENGTH_DECREASED),
    ),
    _sentence(
        rf"the {_NAME} request property'?s? maxLength was set to {_IS}",
        _of_field(ChangeKind.LENGTH_DECREASED),
    ),
    _sentence(
        rf"the {_NAME} request property'?s? maxLength was unset(?: from {_WAS})?",
        _of_field(ChangeKind.LENGTH_INCREASED),
    ),
    _sentence(
        rf"the {_NAME} request property'?s? type/format (?:was )?changed from {_WAS} to {_IS}",
        _of_field(ChangeKind.TYPE_CHANGED),
    ),
    _sentence(r"endpoint added", _of_endpoint(ChangeKind.ENDPOINT_ADDED)),
    _sentence(
        r"api (?:path )?removed(?: without deprecation| before the sunset date| with deprecation)?",
        _of_endpoint(ChangeKind.ENDPOINT_REMOVED),
    ),
    _sentence(rf"api tag {_NAME} (?P<verb>added|removed)", _tag),
    _sentence(rf"removed the schema {_NAME}", _schema),
)

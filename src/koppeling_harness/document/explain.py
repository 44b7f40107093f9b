"""Documents that do not fit: pydantic reads them, and every problem is put into words."""

import difflib
import json
import re
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from koppeling_harness.document.source import Path, Source
from koppeling_harness.errors import DocumentError, Problem, in_file_order

T = TypeVar("T")

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "dataclass_type": "a mapping",
    "dataclass_exact_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
    "date_type": "a date such as 2026-11-24",
    "date_parsing": "a date such as 2026-11-24",
    "date_from_datetime_parsing": "a date such as 2026-11-24",
    "datetime_type": "a moment such as 2026-11-24T12:00:00Z",
}

_DUTCH = {
    "text": "tekst",
    "a whole number": "een heel getal",
    "a number": "een getal",
    "true or false": "true of false",
    "a mapping": "sleutels met waarden",
    "a list": "een lijst",
    "a date such as 2026-11-24": "een datum zoals 2026-11-24",
    "a moment such as 2026-11-24T12:00:00Z": "een tijdstip zoals 2026-11-24T12:00:00Z",
}
_VERWACHT = {kind: _DUTCH[expected] for kind, expected in _EXPECTED.items()}

_SHOWN_MOST = 60
_MOST_PROBLEMS = 200
"""Of one file: to say what is meant by a hundred thousand unknown keys takes minutes."""
_TOKEN_BEGINS = "<data>"  # noqa: S105 - what stands before one

_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}
_MEMBERS: dict[type[Any], tuple[str, ...]] = {}


def adapter(cls: type[T]) -> TypeAdapter[T]:
    """Return pydantic's validator of a model type; each is made once."""
    found = _ADAPTERS.get(cls)
    if found is None:
        found = _ADAPTERS[cls] = TypeAdapter(cls)
    return found


def load_or_explain(cls: type[T], source: Source) -> T:
    """Return the document as a value of a model type, or say why it is none.

    Raises:
        DocumentError: It does not fit; every problem is in it, with its place and a hint.
    """
    try:
        return adapter(cls).validate_json(json.dumps(source.data), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise DocumentError(_problems(cls, source, details)) from None


def _problems(cls: type[Any], source: Source, details: list[ErrorDetails]) -> list[Problem]:
    more = len(details) - _MOST_PROBLEMS
    details = details[:_MOST_PROBLEMS]
    paths = [_resolve(source.data, detail["loc"]) for detail in details]
    found: dict[tuple[str, str], Problem] = {}
    for detail, path in zip(details, paths, strict=True):
        if _is_echo(detail, path, paths):
            continue
        problem = _problem(cls, source, detail, path)
        found.setdefault((problem.where, problem.message), problem)
    problems = in_file_order(found.values())
    if more > 0:
        message = f"and {more} more problems, which are told when these are mended"
        dutch = f"en nog {more} problemen, die worden verteld wanneer deze zijn hersteld"
        problems.append(Problem(where=source.name, message=message, dutch=dutch))
    return problems


def _is_echo(detail: ErrorDetails, path: Path, paths: list[Path]) -> bool:
    """Return whether a problem only says that something below it is wrong, or was the other way.

    A list whose members are wrong counts as too short; of a union, each member complains.
    """
    of_union = detail["type"] == "string_type" and isinstance(detail["input"], dict)
    if not of_union and detail["type"] not in {"too_short", "dataclass_type", "tuple_type"}:
        return False
    return any(len(other) > len(path) and other[: len(path)] == path for other in paths)


def _problem(cls: type[Any], source: Source, detail: ErrorDetails, path: Path) -> Problem:
    kind = detail["type"]
    last = detail["loc"][-1] if detail["loc"] else ""
    if kind in {"missing", "missing_argument"}:
        if not isinstance(_at(source.data, path), dict):  # the name of a union member
            path = path[:-1]
        message = f"{_subject(path)} lacks `{last}`"
        dutch = f"{_subject(path, of_document='het document')} mist `{last}`"
        return Problem(where=source.place(path), message=message, dutch=dutch)
    if kind in {"unexpected_keyword_argument", "extra_forbidden"}:
        near = _near(str(last), _members(cls))
        hint = f"Did you mean `{near}`?" if near else ""
        return Problem(
            where=source.place(path, key=True),
            message=f"unknown key `{last}`",
            hint=hint,
            dutch=f"onbekende sleutel `{last}`{_meant_dutch(near)}",
        )
    raw = source.raw.get(path)
    near = _near_member(detail)
    return Problem(
        where=_where(source, path),
        message=f"{_subject(path)}: {_mismatch(detail, raw)}",
        hint=_quote_hint(kind, raw) or (f"Did you mean `{near}`?" if near else ""),
        dutch=_mismatch_dutch(detail, raw, path, near),
    )


def _meant_dutch(near: str) -> str:
    return f". Bedoelde u `{near}`?" if near else ""


def _mismatch_dutch(detail: ErrorDetails, raw: str | None, path: Path, near: str) -> str:
    """Return a mismatch in Dutch; empty where only the validator's own words tell it."""
    expected = _VERWACHT.get(detail["type"])
    if detail["type"] in {"enum", "literal_error"}:
        expected = str(detail.get("ctx", {}).get("expected")).replace("' or '", "' of '")
    context, given = detail.get("ctx", {}), detail["input"]
    if detail["type"] == "string_pattern_mismatch":
        expected = f"tekst van de vorm {context.get('pattern')}"
    if detail["type"] in {"string_too_short", "too_short"}:
        is_blank = isinstance(given, str) and not given.strip()
        expected = "tekst" if is_blank else f"ten minste {context.get('min_length')}"
    if expected is None:
        return ""
    subject = _subject(path, of_document="het document")
    found = raw or _shown(detail["input"])
    return f"{subject}: verwacht {expected}, gevonden {found}{_meant_dutch(near)}"


_OTHER_LANGUAGE = {
    "green": "groen",
    "orange": "oranje",
    "red": "rood",
    "kleur": "colour",
    "color": "colour",
    "rapportdatum": "report_date",
    "reden": "reason",
    "datum": "date",
    "door": "by",
    "besluit": "decision",
    "besluiten": "decisions",
    "beoordeling": "assessment",
    "beoordelingen": "assessments",
    "beoordelaar": "assessor",
    "soort": "kind",
    "ontheffingen": "waivers",
    "eigenaar": "owner",
    "vermelding": "listing",
    "beslissing": "decision",
    "beslissingen": "decisions",
    "penetratietest": "pentest",
    "anders": "other",
    "overig": "other",
    "wanbetaling": "non_payment",
    "gedragscode": "code_of_conduct",
    "geen_certificering": "no_certification",
    "aanvaarden": "accept_evidence",
    "accepteren": "accept_evidence",
    "afwijzen": "reject_evidence",
    "opzeggen": "give_notice",
    "opzegging": "give_notice",
    "opzegging_intrekken": "withdraw_notice",
    "beëindigen": "terminate_immediately",
    "ontbinden": "terminate_immediately",
    "opzegging_partner": "end_by_partner",
    "vermelding_verwijderen": "remove_listing",
    "verwijder_vermelding": "remove_listing",
    "vermelding_plaatsen": "restore_listing",
    "jaargesprek": "annual_review",
    "accept": "accept_evidence",
    "reject": "reject_evidence",
    "terminate": "terminate_immediately",
}
"""Words of one of the programme's languages for members and values that are of the other."""


def _near(name: str, known: Sequence[str]) -> str:
    """Return the known name that is meant: in other case, in the other language, or nearly so."""
    plain = name.casefold()
    by_plain = {each.casefold(): each for each in known if each != name}  # known, but not here
    if plain in by_plain:
        return by_plain[plain]
    other = _OTHER_LANGUAGE.get(re.sub("[ _-]+", "_", plain), "")
    if other in known:
        return other
    found = difflib.get_close_matches(plain, list(by_plain), n=1, cutoff=0.7)
    return by_plain[found[0]] if found else ""


def _near_member(detail: ErrorDetails) -> str:
    if detail["type"] not in {"enum", "literal_error"} or not isinstance(detail["input"], str):
        return ""
    known = re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))
    return _near(detail["input"], known)


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _where(source: Source, path: Path) -> str:
    if source.places:
        return source.place(path)
    return f"{source.name}: {'.'.join(str(part) for part in path)}" if path else source.name


def _subject(path: Path, *, of_document: str = "the document") -> str:
    return f"`{'.'.join(str(part) for part in path)}`" if path else of_document


def _mismatch(detail: ErrorDetails, raw: str | None) -> str:
    kind = detail["type"]
    context = detail.get("ctx", {})
    found = raw or _shown(detail["input"])
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, found {found}"
    match kind:
        case "enum" | "literal_error":
            return f"expected {context.get('expected')}, found {found}"
        case "string_pattern_mismatch":
            return f"expected text of the form {context.get('pattern')}, found {found}"
        case "string_too_short" if isinstance(detail["input"], str) and not detail["input"].strip():
            return f"expected some text, found nothing but white space: {found}"
        case "string_too_short" | "too_short":
            return f"expected at least {context.get('min_length')}, found {found}"
        case "union_tag_invalid" | "union_tag_not_found":
            tags = context.get("expected_tags")
            return f"expected {context.get('discriminator')} to be one of {tags}, found {found}"
        case _:
            return f"{detail['msg'][0].lower()}{detail['msg'][1:]}, found {found}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    limit = _SHOWN_MOST
    if _TOKEN_BEGINS in text:  # nothing of a token: what is left of one is not known as one
        limit = min(limit, text.index(_TOKEN_BEGINS) + len(_TOKEN_BEGINS) + 3)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def _quote_hint(kind: str, raw: str | None) -> str:
    if kind == "string_type" and raw is not None:
        return f'Quote it: "{raw}". Without quotes it is a number, and may lose digits.'
    return ""


def _resolve(data: object, loc: tuple[str | int, ...]) -> Path:
    """Return the part of an error's location that exists in the document.

    A location also holds names of union members, which are not in the document; so each part may
    be stepped into or passed over, and the way that finds most is taken.
    """
    if not loc:
        return ()
    head, rest = loc[0], loc[1:]
    over = _resolve(data, rest)
    inner = _step(data, head)
    if inner is None:
        return over
    into = (head, *_resolve(inner[0], rest))
    return into if len(into) > len(over) else over


def _step(data: object, part: str | int) -> tuple[object] | None:
    if isinstance(data, dict) and part in data:
        return (data[part],)
    if isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data):
        return (data[part],)
    return None


def _members(cls: type[Any]) -> tuple[str, ...]:
    found = _MEMBERS.get(cls)
    if found is None:  # a tenth of a second, for each of what may be many problems
        schema = adapter(cls).json_schema()
        shapes = [schema, *schema.get("$defs", {}).values()]
        found = tuple(sorted({name for shape in shapes for name in shape.get("properties", {})}))
        _MEMBERS[cls] = found
    return found

"""The form of an answer, without anything that it holds; and where two forms differ.

What is kept: status; names of headers, and the values of those that are constants of the service;
the layout of JSON; its members and the kinds of their values; of a message the words that are the
service's own.
"""

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from koppeling_harness.model.parity import AnswerForm, ProbeRecord
from koppeling_harness.value import dataclass

NONE = "none"
"""A note that says nothing: the data did not show it."""

_NOT_LOOKED_AT = frozenset(
    {
        "alt-svc", "connection", "content-encoding", "content-length", "date", "keep-alive",
        "server", "set-cookie", "transfer-encoding", "vary", "via", "x-afas-proxy-stats",
    }
)  # fmt: skip
"""What proxies and time make of an answer."""
_CONSTANTS = frozenset(
    {
        "allow", "cache-control", "content-type", "strict-transport-security", "www-authenticate",
        "x-afas-proxy-version", "x-content-type-options", "x-frame-options",
    }
)  # fmt: skip
_ERRORS = frozenset(
    {
        "invalid_client", "invalid_dpop_proof", "invalid_grant", "invalid_request",
        "unauthorized_client", "unsupported_grant_type", "use_dpop_nonce",
    }
)  # fmt: skip
"""Error codes of OAuth (RFC 6749, RFC 9449)."""
_GUID = re.compile(r"\{?[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}\}?")
_DATES = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "date yyyy-mm-ddThh:mm:ssZ"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"), "date with fractions and Z"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?"), "date and time without zone"),
    (re.compile(r"\d{4}-\d\d-\d\dT\S+[+-]\d\d:\d\d"), "date with an offset"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "date yyyy-mm-dd"),
)
_WORD = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile("'[^']*'|\"[^\"]*\"|\u2018[^\u2019]*\u2019|\u201c[^\u201d]*\u201d")
_NULL = "null"


def answer_form(
    label: str, *, status: int, headers: Mapping[str, str], text: str, words: Collection[str]
) -> AnswerForm:
    """Return the form of an answer.

    Args:
        label: Which answer it is.
        status: As it came.
        headers: As they came, by name in any case.
        text: The body as text.
        words: What may be kept of a message, in lower case: the service's own words.
    """
    body = _json(text)
    told = body.get("externalMessage", body.get("error")) if isinstance(body, dict) else None
    return AnswerForm(
        label=label,
        status=status,
        headers={
            name.lower(): _header(name.lower(), value)
            for name, value in sorted(headers.items())
            if name.lower() not in _NOT_LOOKED_AT
        },
        layout=_layout(text) if body is not None else {},
        shape=dict(_shape(body)) if body is not None else {"": "empty" if not text else "no JSON"},
        message=_message(told, words) if isinstance(told, str) else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference between two forms.

    Attributes:
        what: The kind: `status`, `header`, `shape`, `values`, `message`, `layout`, `note`.
        of: What it is about.
        ours: Of ERP1.
        theirs: Of the environment.
    """

    what: str
    of: str
    ours: str
    theirs: str


def differences(ours: ProbeRecord, theirs: ProbeRecord) -> frozenset[Difference]:
    """Return where the answers to a probe differ, each difference once.

    An answer of another status is another answer: nothing else of it is compared.
    """
    found = set(_of_notes(ours, theirs))
    for one, other in zip(ours.answers, theirs.answers, strict=False):
        if one.status != other.status:
            found.add(_difference("status", one.label, str(one.status), str(other.status)))
            continue
        found |= set(_of_answers(one, other))
    if len(ours.answers) != len(theirs.answers):
        counts = str(len(ours.answers)), str(len(theirs.answers))
        found.add(_difference("note", "how many calls the probe came to", *counts))
    return frozenset(found)


def _of_notes(ours: ProbeRecord, theirs: ProbeRecord) -> Iterator[Difference]:
    for name in sorted(ours.notes.keys() & theirs.notes.keys()):
        pair = ours.notes[name], theirs.notes[name]
        if NONE not in pair and pair[0] != pair[1]:
            yield _difference("note", name, *pair)


def _of_answers(one: AnswerForm, other: AnswerForm) -> Iterator[Difference]:
    for name in sorted(one.headers.keys() | other.headers.keys()):
        pair = one.headers.get(name, "absent"), other.headers.get(name, "absent")
        if pair[0] != pair[1]:
            yield _difference("header", name, *pair)
    for name in sorted(one.layout.keys() & other.layout.keys()):
        pair = one.layout[name], other.layout[name]
        if NONE not in pair and pair[0] != pair[1]:
            yield _difference("layout", name, *pair)
    if one.message != other.message:
        yield _difference("message", "", one.message, other.message)
    yield from _of_shapes(one, other)


def _of_shapes(one: AnswerForm, other: AnswerForm) -> Iterator[Difference]:
    lists = {path for path in (*one.shape, *other.shape) if path.endswith("[]")}
    empty = {each for each in lists if not _within(each, one) or not _within(each, other)}
    for path in sorted(one.shape.keys() | other.shape.keys()):
        if any(path.startswith(f"{each}.") or path == each for each in empty):
            continue  # one of the two has no elements to compare with
        pair = one.shape.get(path, "absent"), other.shape.get(path, "absent")
        if "absent" in pair:
            if pair[0] != pair[1]:
                yield _difference("shape", path, *pair)
        elif _NULL not in pair and pair[0] != pair[1]:
            yield _difference("values", "", *pair)


def _within(path: str, form: AnswerForm) -> bool:
    return any(each.startswith(f"{path}.") or each == path for each in form.shape)


def _difference(what: str, of: str, ours: str, theirs: str) -> Difference:
    return Difference(what=what, of=of, ours=ours, theirs=theirs)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _header(name: str, value: str) -> str:
    if name in _CONSTANTS or name.startswith("access-control-"):
        return value
    if _GUID.fullmatch(value):
        return "guid"
    try:
        base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return "text"
    return "base64 text" if value else "empty"


def _layout(text: str) -> dict[str, str]:
    slash = NONE
    if "\\/" in text:
        slash = "escaped"
    elif '"' in text and "/" in text:
        slash = "plain"
    decimals = NONE
    if re.search(r"[:,\[]\s*-?\.\d", text):
        decimals = "without a zero"
    elif re.search(r"[:,\[]\s*-?0\.\d", text):
        decimals = "with a zero"
    return {
        "colons": "with blanks" if re.match(r'\{\s*"[^"]*"\s+:', text) else "without blanks",
        "lines": "several" if "\n" in text.strip() else "one",
        "slash": slash,
        "decimals": decimals,
    }


def _shape(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if not value:
            yield path, "empty object"
        for name, each in value.items():
            yield from _shape(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        merged: dict[str, str] = {}
        for each in value:
            for place, kind in _shape(each, f"{path}[]"):
                if merged.get(place, _NULL) == _NULL:
                    merged[place] = kind
        yield from merged.items()
        if not value:
            yield f"{path}[]", _NULL
    else:
        yield path, _kind(value)


def _kind(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    for pattern, name in _DATES:
        if pattern.fullmatch(value):
            return name
    return "guid" if _GUID.fullmatch(value) else "text"


def _message(text: str, words: Collection[str]) -> str:
    if text in _ERRORS:
        return text
    bare = re.sub(r"\d+", "9", _QUOTED.sub("'…'", text))
    return _WORD.sub(lambda found: found[0] if found[0].lower() in words else "…", bare)

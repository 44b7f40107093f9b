"""From a scenario's step to the request that AFAS's documentation asks for.

Source: AFAS, docs.afas.help/profit/en/get-connector and /update-connector.
"""

import json
import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from koppeling_harness.model.scenario import (
    DeleteStep,
    Element,
    FilterTerm,
    GetStep,
    InsertStep,
    RawRequest,
    UpdateStep,
)
from koppeling_harness.value import dataclass

_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
_ENCODE_TIGHTLY = json.JSONEncoder(separators=(",", ":")).encode

JSON_TYPE = "application/json;charset=utf-8"
"""With its charset: without, accented characters are stored as `?`."""

_ROOTS = {
    "FiEntries": "FiEntryPar",
    "KnEmployee": "AfasEmployee",
    "KnEmployeeGUID": "AfasEmployee",
    "HrOnboarding": "AfasPerson",
    "KnSubjectReaction": "KnReaction",
    "HrIllnessProgressInSite": "HrAbsIllnessProgress",
    "KnOrgUnit": "KnOrgunit",
}
"""Connectors whose root object is named otherwise. Source: AFAS's API specification, 6.6.9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpCall:
    """One request below an environment's base URL."""

    method: str
    path: str
    """Already URL-escaped, with a leading slash."""
    query: str = ""
    """Already URL-escaped, without `?`."""
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    authorised: bool = True
    """Whether the environment's token goes along."""

    def curl(self, base_url: str, *, by_oauth: bool = False) -> str:
        """Return a command line that repeats the request, with the token left out.

        Args:
            base_url: Of the environment.
            by_oauth: Whether one signs in there by OAuth.
        """
        url = base_url + self.path + (f"?{self.query}" if self.query else "")
        parts = ["curl", "-X", self.method, shlex.quote(url)]
        for name, value in self.headers:
            parts += ["-H", shlex.quote(f"{name}: {value}")]
        if self.authorised:
            token = "Bearer $AFAS_ACCESS_TOKEN" if by_oauth else "AfasToken $AFAS_TOKEN_BASE64"
            parts += ["-H", f'"Authorization: {token}"']
        if self.body is not None:
            parts += ["--data", shlex.quote(self.body)]
        return " ".join(parts)


def get_call(step: GetStep) -> ErpCall:
    """Return the call that reads rows through a GetConnector."""
    parameters: dict[str, str] = {}
    if step.skip is not None:
        parameters["skip"] = str(step.skip)
    if step.take is not None:
        parameters["take"] = str(step.take)
    if step.order_by:
        parameters["orderbyfieldids"] = ",".join(step.order_by)
    groups = _filter_groups(step)
    if groups:
        parameters["filterjson"] = _ENCODE_TIGHTLY(_filter_json(groups))
    return ErpCall(
        method="GET",
        path=f"/connectors/{step.get}",
        query=urlencode(parameters, quote_via=quote),
    )


def insert_call(step: InsertStep) -> ErpCall:
    """Return the call that inserts one element."""
    element = Element(keys=step.keys, fields=step.fields, objects=step.objects)
    return _write_call("POST", step.insert, element)


def update_call(step: UpdateStep) -> ErpCall:
    """Return the call that changes one element."""
    element = Element(keys=step.keys, fields=step.fields, objects=step.objects)
    return _write_call("PUT", step.update, element)


def delete_call(step: DeleteStep) -> ErpCall:
    """Return the call that deletes by key."""
    keys = ",".join(f"@{name}" for name in step.keys)
    values = ",".join(quote(_filter_text(value), safe="") for value in step.keys.values())
    root = _ROOTS.get(step.delete, step.delete)
    return ErpCall(method="DELETE", path=f"/connectors/{step.delete}/{root}/{keys}/{values}")


def raw_call(request: RawRequest) -> ErpCall:
    """Return a request as it is written."""
    headers = dict(request.headers)
    body: str | None = None
    if request.body is not None:
        body = request.body if isinstance(request.body, str) else _ENCODE(request.body)
        if not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = JSON_TYPE
    return ErpCall(
        method=request.method.upper(),
        path=request.path,
        query=urlencode(request.query, quote_via=quote),
        headers=tuple(headers.items()),
        body=body,
        authorised=request.authorised,
    )


def _write_call(method: str, connector: str, element: Element) -> ErpCall:
    root = _ROOTS.get(connector, connector)
    return ErpCall(
        method=method,
        path=f"/connectors/{connector}",
        headers=(("Content-Type", JSON_TYPE),),
        body=_ENCODE({root: {"Element": _element(element)}}),
    )


def _element(element: Element) -> dict[str, Any]:
    body: dict[str, Any] = {f"@{name}": value for name, value in element.keys.items()}
    body["Fields"] = element.fields
    if element.objects:
        body["Objects"] = [
            {name: {"Element": _elements(value)}} for name, value in element.objects.items()
        ]
    return body


def _elements(value: Element | tuple[Element, ...]) -> dict[str, Any] | list[dict[str, Any]]:
    if isinstance(value, Element):
        return _element(value)
    return [_element(each) for each in value]


def _filter_groups(step: GetStep) -> tuple[tuple[FilterTerm, ...], ...]:
    equal = tuple(FilterTerm(field=name, value=value) for name, value in step.where.items())
    if not equal:
        return step.filter
    return tuple((*equal, *group) for group in step.filter) or (equal,)


def _filter_json(groups: tuple[tuple[FilterTerm, ...], ...]) -> Mapping[str, Any]:
    return {
        "Filters": {
            "Filter": [
                {
                    "@FilterId": f"Filter {number}",
                    "Field": [
                        {
                            "@FieldId": term.field,
                            "@OperatorType": str(term.operator),
                            "#text": _filter_text(term.value),
                        }
                        for term in group
                    ],
                }
                for number, group in enumerate(groups, start=1)
            ]
        }
    }


def _filter_text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return ""
        case _:
            return str(value)

"""What is asked of an environment to see whether it does as ERP1 does: one probe per behaviour.

A probe sends a few calls and says nothing of what they hold: the forms of the answers are compared,
and what it notes in a word or two. Reads and refused writes change nothing there. What writes says
so; it is sent with `--write` only, is noted in the journal of creations, and is taken away again.
"""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from koppeling_harness.erp.call import JSON_TYPE, ErpCall
from koppeling_harness.erp.client import ErpAnswer
from koppeling_harness.erp.client_probes import CLIENT_PROBES
from koppeling_harness.erp.probe import FORM, Asker, Probe

NOBODY = "ZZ9-nobody"
"""A value that nothing is called by."""


ROWS = "Profit_Article"
_SLASHES, _DECIMALS, _ITEMS = "Profit_OrgPer", "Profit_Currency", "Profit_Subjects"
_TEXT, _KEY, _DATE, _OFTEN_EMPTY = "Description", "ItemCode", "CreateDate", "ExtraDescription"


_MOMENTS, _ENOUGH_MOMENTS = 14, 10
"""Rows that are looked at, and how many with a fraction it takes: one in 1,024 says it wrongly."""
_MOST_LOOKED_AT = 12
"""GetConnectors in which a name with a period is looked for."""
NONE = "none"
"""What is noted where the data shows nothing."""


def get(connector: str, **query: object) -> ErpCall:
    """Return a call that reads rows."""
    return ErpCall(method="GET", path=f"/connectors/{connector}", query=urlencode(query))


def _where(fields: str, values: str, operators: str, **more: object) -> ErpCall:
    return get(
        ROWS,
        filterfieldids=fields,
        filtervalues=values,
        operatortypes=operators,
        orderbyfieldids=_KEY,
        **{"skip": 0, "take": 5, **more},
    )


def _write(method: str, connector: str, fields: Mapping[str, Any], **keys: str) -> ErpCall:
    element = {**{f"@{name}": value for name, value in keys.items()}, "Fields": dict(fields)}
    return _body(method, connector, json.dumps({connector: {"Element": element}}))


def _body(method: str, connector: str, body: str) -> ErpCall:
    return ErpCall(
        method=method,
        path=f"/connectors/{connector}",
        headers=(("Content-Type", JSON_TYPE),),
        body=body,
    )


def _rows(answer: ErpAnswer) -> list[dict[str, Any]]:
    found = answer.body.get("rows") if isinstance(answer.body, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _count(answer: ErpAnswer) -> str:
    if answer.status != 200:
        return f"status {answer.status}"
    return {0: "no row", 1: "one row"}.get(len(_rows(answer)), "several rows")


async def _first(asker: Asker) -> dict[str, Any]:
    rows = _rows(await asker.look(get(ROWS, skip=0, take=1, orderbyfieldids=_KEY)))
    return rows[0] if rows else {}


async def _version(asker: Asker) -> None:
    await asker.ask(ErpCall(method="GET", path="/profitversion"), "GET profitversion")


async def _metainfo(asker: Asker) -> None:
    answer = await asker.ask(ErpCall(method="GET", path="/metainfo"), "GET metainfo")
    info = answer.body.get("info") if isinstance(answer.body, dict) else None
    expiry = info.get("tokenExpiry") if isinstance(info, dict) else None
    asker.note("tokenExpiry", "0" if expiry in {"0", 0, ""} else "a date")


def _rows_of(connector: str) -> Callable[[Asker], Awaitable[None]]:
    async def ask(asker: Asker) -> None:
        await asker.ask(get(connector, skip=0, take=20), f"GET {connector}")

    return ask


async def _connector_metainfo(asker: Asker) -> None:
    path = f"/metainfo/get/{ROWS}"
    await asker.ask(ErpCall(method="GET", path=path), "GET metainfo/get")


async def _update_metainfo(asker: Asker) -> None:
    answer = await asker.ask(
        ErpCall(method="GET", path="/metainfo/update/KnOrganisation"), "GET metainfo/update"
    )
    lengths = {
        str(each.get("length"))
        for each in _fields(answer.body)
        if each.get("fieldId") == "LgId" and each.get("length")
    }
    asker.note("length of LgId", ", ".join(sorted(lengths)) or "none")


def _fields(node: Any) -> list[dict[str, Any]]:
    found = []
    if isinstance(node, dict):
        found += [each for each in node.get("fields") or () if isinstance(each, dict)]
        found += [one for each in node.get("objects") or () for one in _fields(each)]
    return found


async def _no_such_connector(asker: Asker) -> None:
    await asker.ask(get("ZzNoSuchConnector", skip=0, take=1), "GET an unlinked connector")


async def _no_token(asker: Asker) -> None:
    call = ErpCall(method="GET", path="/profitversion", authorised=False)
    await asker.ask(call, "GET without a token")


async def _plain_token(asker: Asker) -> None:
    headers = (("Authorization", f"AfasToken {asker.token}"),)
    call = ErpCall(method="GET", path="/profitversion", headers=headers, authorised=False)
    await asker.ask(call, "GET with the token as XML")


async def _double_slash(asker: Asker) -> None:
    await asker.ask(ErpCall(method="GET", path="//profitversion"), "GET //profitversion")


async def _otp(asker: Asker) -> None:
    body = json.dumps({"apiKey": NOBODY, "apiToken": NOBODY, "userId": NOBODY})
    call = ErpCall(
        method="POST",
        path="/OtpRequest",
        headers=(("Content-Type", JSON_TYPE),),
        body=body,
        authorised=False,
    )
    await asker.ask(call, "POST OtpRequest of nobody")


async def _not_json(asker: Asker) -> None:
    await asker.ask(_body("POST", "KnSubject", "{"), "POST what is no JSON")


async def _precedence(asker: Asker) -> None:
    key = (await _first(asker)).get(_KEY)
    if key is None:
        return
    call = _where(f"{_KEY};{_KEY},{_KEY}", f"{key};{key},{NOBODY}", "1;1,1")
    asker.note("a or (a and nothing)", _count(await asker.look(call)))


async def _wildcards(asker: Asker) -> None:
    text = (await _first(asker)).get(_TEXT) or ""
    part = "".join(each for each in text[:8] if each.isalnum() or each == " ").strip()
    if len(part) > 2:
        call = _where(_TEXT, f"%{part}%", "6", take=1)
        asker.note("contains %text%", _count(await asker.look(call)))


async def _not_equal_wildcards(asker: Asker) -> None:
    row = await _first(asker)
    text, key = row.get(_TEXT) or "", row.get(_KEY)
    part = "".join(each for each in text[:8] if each.isalnum() or each == " ").strip()
    if key is not None and len(part) > 2:
        call = _where(f"{_KEY},{_TEXT}", f"{key},%{part}%", "1,7")
        asker.note("not %text%, of a row that holds it", _count(await asker.look(call)))


async def _date_with_z(asker: Asker) -> None:
    await asker.ask(_where(_DATE, "1999-01-01T00:00:00Z", "2", take=1), "GET with a date and Z")


async def _filterjson_twice(asker: Asker) -> None:
    filter_ = {
        "Filters": {
            "Filter": [
                {
                    "@FilterId": "1",
                    "Field": [{"@FieldId": _KEY, "@OperatorType": "1", "#text": NOBODY}],
                }
            ]
        }
    }
    twice = quote(json.dumps(filter_), safe="")
    call = get(ROWS, filterjson=twice, skip=0, take=2)
    asker.note("filterjson encoded twice", _count(await asker.look(call)))


async def _empty_and_not_equal(asker: Asker) -> None:
    empty = await asker.look(_where(_OFTEN_EMPTY, " ", "8", take=2))
    if _rows(empty):
        call = _where(f"{_OFTEN_EMPTY},{_OFTEN_EMPTY}", f" ,{NOBODY}", "8,7", take=1)
        asker.note("empty and not equal to a value", _count(await asker.look(call)))


async def _unordered(asker: Asker) -> None:
    pages = [
        [row.get(_KEY) for row in _rows(await asker.look(get(ROWS, skip=0, take=25)))]
        for _ in range(4)
    ]
    if len(pages[0]) > 5:
        same = all(each == pages[0] for each in pages)
        asker.note("the same page without an order", "the same" if same else "another")


async def _take_zero(asker: Asker) -> None:
    asker.note("rows of take=0", _count(await asker.look(get(ROWS, skip=0, take=0))))


async def _unknown_field(asker: Asker) -> None:
    fields = {"StId": -99999, "Zz9No": "x"}
    await asker.ask(_write("POST", "KnSubject", fields), "POST with an unknown field")


async def _early_date(asker: Asker) -> None:
    fields = {"StId": -99999, "Ds": "x", "Da": "1700-01-01"}
    await asker.ask(_write("POST", "KnSubject", fields), "POST with a date of 1700")


async def _delete_without_object(asker: Asker) -> None:
    call = ErpCall(method="DELETE", path="/connectors/KnSubject/@SbId/999999999")
    await asker.ask(call, "DELETE without the object in its address")


async def _delete_of_nobody(asker: Asker) -> None:
    call = ErpCall(method="DELETE", path=f"/connectors/KnPerson/KnPerson/MatchPer,BcCo/0,{NOBODY}")
    await asker.ask(call, "DELETE KnPerson of nobody")


async def _moments(asker: Asker) -> None:
    """Tell how a fraction of a second is shown: filters compare with the moment as it is."""
    fractions = 0
    rows = _rows(await asker.look(get(ROWS, skip=0, take=_MOMENTS, orderbyfieldids=_KEY)))
    for row in rows:
        shown, key = str(row.get(_DATE) or "").removesuffix("Z"), row.get(_KEY)
        if "T" not in shown or key is None:
            continue
        fields, values = f"{_KEY},{_DATE}", f"{key},{shown}"
        if _count(await asker.look(_where(fields, values, "1,2"))) == "no row":
            asker.note("a moment with a fraction", "is shown later than it is")
            return
        fractions += _count(await asker.look(_where(fields, values, "1,1"))) == "no row"
    # of so many, one at least would be rounded up
    never = "is never shown later" if fractions >= _ENOUGH_MOMENTS else NONE
    asker.note("a moment with a fraction", never)


async def _dotted(asker: Asker) -> None:
    """Order by a field with a period in its name, of the first GetConnector that has one."""
    listed = await asker.look(ErpCall(method="GET", path="/metainfo"))
    found = listed.body.get("getConnectors") if isinstance(listed.body, dict) else None
    ids = [str(each.get("id")) for each in found or () if isinstance(each, dict)]
    own = [each for each in ids if not each.startswith("Profit")]  # AFAS's own have no such field
    for name in own[:_MOST_LOOKED_AT]:
        info = await asker.look(ErpCall(method="GET", path=f"/metainfo/get/{quote(name, safe='')}"))
        fields = info.body.get("fields") if isinstance(info.body, dict) else None
        names = [str(each.get("id")) for each in fields or () if isinstance(each, dict)]
        dotted = next((each for each in names if "." in each), "")
        if dotted:
            call = get(quote(name, safe=""), skip=0, take=1, orderbyfieldids=dotted)
            taken = "taken" if (await asker.look(call)).status == 200 else "refused"
            asker.note("an order by a name with a period", taken)
            return


async def _put_below(asker: Asker) -> None:
    person = {"KnPerson": {"Element": {"Fields": {"MatchPer": "0", "BcCo": NOBODY}}}}
    element = {"@EmId": NOBODY, "Fields": {}, "Objects": [person]}
    body = json.dumps({"AfasEmployee": {"Element": element}})
    await asker.ask(_body("PUT", "KnEmployee/KnPerson", body), "PUT on a sub-object of nobody")


async def _absence(asker: Asker) -> None:
    fields = {"EmId": NOBODY, "ViAt": "V", "DaBe": "2026-01-05", "DaEn": "2026-01-05"}
    await asker.ask(_write("PUT", "HrAbsence", fields), "PUT HrAbsence without its keys")


async def _other_language(asker: Asker) -> None:
    for language in ("nl-nl", "en-us"):
        call = get("ZzNoSuchConnector")
        call = ErpCall(
            method="GET",
            path=call.path,
            headers=(("Accept-Language", language),),
        )
        await asker.ask(call, f"GET an unlinked connector, {language}")


async def _basic(asker: Asker) -> None:
    basic = base64.b64encode(f"{NOBODY}:x".encode()).decode()
    call = ErpCall(
        method="POST",
        path="/oauth/token",
        headers=(FORM, ("Authorization", f"Basic {basic}")),
        body="grant_type=client_credentials",
        authorised=False,
    )
    await asker.ask(call, "POST oauth/token, Basic of nobody")
    form = {
        "grant_type": "client_credentials",
        "client_id": NOBODY,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": "no.assertion.at-all",
    }
    call = ErpCall(
        method="POST",
        path="/oauth/token",
        headers=(FORM,),
        body=urlencode(form),
        authorised=False,
    )
    await asker.ask(call, "POST oauth/token, assertion of nobody")


async def _token_as_json(asker: Asker) -> None:
    body = urlencode(
        {"grant_type": "client_credentials", "client_id": NOBODY, "client_secret": "x"}
    )
    for kind in ("application/x-www-form-urlencoded", "text/plain"):
        call = ErpCall(
            method="POST",
            path="/oauth/token",
            headers=(("Content-Type", kind),),
            body=body,
            authorised=False,
        )
        await asker.ask(call, f"POST oauth/token of nobody as {kind}")


async def _bad_proof(asker: Asker) -> None:
    call = ErpCall(
        method="POST",
        path="/oauth/token",
        headers=(FORM, ("DPoP", "no.proof.at-all")),
        body=urlencode({"grant_type": "client_credentials", "client_id": NOBODY}),
        authorised=False,
    )
    await asker.ask(call, "POST oauth/token with a bad proof")


async def _preflight(asker: Asker) -> None:
    call = ErpCall(
        method="OPTIONS",
        path="/profitversion",
        headers=(
            ("Origin", "https://example.com"),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "Authorization, IntegrationId, DPoP"),
        ),
        authorised=False,
    )
    await asker.ask(call, "OPTIONS")


async def _long_query(asker: Asker) -> None:
    call = get(ROWS, filterfieldids=_TEXT, filtervalues="x" * 2100, operatortypes="1")
    await asker.ask(call, "GET with a query of more than 2049 characters")


async def _wrong_path(asker: Asker) -> None:
    await asker.ask(ErpCall(method="GET", path="/zz-no-endpoint"), "GET a wrong path")


async def _wrong_values(asker: Asker) -> None:
    await asker.ask(_where("ZzNoField", "1", "1"), "GET with a filter on no field")
    await asker.ask(get(ROWS, skip="x", take=1), "GET with a skip that is no number")
    await asker.ask(_where(_KEY, NOBODY, "99"), "GET with an operator that is none")


async def _subject_type(asker: Asker) -> int:
    """Return a type of dossier item that the environment has in use; 1 where it has none."""
    rows = _rows(await asker.look(get(_ITEMS, skip=0, take=1)))
    found = rows[0].get("TypeId") if rows else None
    return found if isinstance(found, int) else 1


async def _subject(asker: Asker) -> None:
    fields = {"StId": await _subject_type(asker), "Ds": "koppeling parity"}
    made = await asker.ask(_write("POST", "KnSubject", fields), "POST KnSubject")
    key = _key_of(made)
    if key:
        change = _write("PUT", "KnSubject", {"Ds": "koppeling parity 2"}, SbId=key)
        await asker.ask(change, "PUT KnSubject")


def _key_of(made: ErpAnswer) -> str:
    found = made.body.get("results") if isinstance(made.body, dict) else None
    keys = found.get("KnSubject") if isinstance(found, dict) else None
    return str(keys.get("SbId") or "") if isinstance(keys, dict) else ""


_READS, _SUBJECTS = (ROWS,), ("KnSubject",)

PROBES: tuple[Probe, ...] = (
    Probe(id="version", shows=("proxy_version", "trace_identifier"), ask=_version, wide=True),
    Probe(id="rows", shows=("json_layout",), ask=_rows_of(ROWS), reads=_READS, wide=True),
    Probe(id="rows-with-slashes", shows=("slash",), ask=_rows_of(_SLASHES), reads=(_SLASHES,),
          wide=True),
    Probe(id="rows-with-decimals", shows=("decimals",), ask=_rows_of(_DECIMALS),
          reads=(_DECIMALS,), wide=True),
    Probe(id="unlinked-connector", shows=("unlinked_connector", "x_profit_error",
          "message_language"), ask=_no_such_connector, wide=True),
    Probe(id="no-token", shows=("challenge_401",), ask=_no_token, wide=True),
    Probe(id="metainfo", shows=("metainfo_custom_connectors", "token_expiry_shown"), ask=_metainfo),
    Probe(id="metainfo-of-a-get", shows=(), ask=_connector_metainfo, reads=_READS),
    Probe(id="metainfo-of-an-update", shows=("language_code_length",), ask=_update_metainfo,
          updates=("KnOrganisation",)),
    Probe(id="plain-token", shows=("plain_token",), ask=_plain_token, classic=True),
    Probe(id="double-slash", shows=("double_slash",), ask=_double_slash),
    Probe(id="otp", shows=("otp_request_status",), ask=_otp),
    Probe(id="not-json", shows=("invalid_json",), ask=_not_json, updates=_SUBJECTS),
    Probe(id="precedence", shows=("filter_precedence",), ask=_precedence, reads=_READS),
    Probe(id="wildcards", shows=("filter_wildcards",), ask=_wildcards, reads=_READS),
    Probe(id="not-equal-wildcards", shows=("not_equal_wildcards",), ask=_not_equal_wildcards,
          reads=_READS),
    Probe(id="date-with-z", shows=("filter_date_z",), ask=_date_with_z, reads=_READS),
    Probe(id="filterjson-twice", shows=("filterjson_encoding",), ask=_filterjson_twice,
          reads=_READS),
    Probe(id="empty-and-not-equal", shows=("not_equal_empty",), ask=_empty_and_not_equal,
          reads=_READS),
    Probe(id="unordered", shows=("unordered_paging",), ask=_unordered, reads=_READS),
    Probe(id="take-zero", shows=("take_zero",), ask=_take_zero, reads=_READS),
    Probe(id="unknown-field", shows=("unknown_field",), ask=_unknown_field, updates=_SUBJECTS),
    Probe(id="early-date", shows=("earliest_date",), ask=_early_date, updates=_SUBJECTS),
    Probe(id="delete-without-object", shows=("delete_forms",), ask=_delete_without_object,
          updates=_SUBJECTS),
    Probe(id="delete-of-nobody", shows=("relation_delete",), ask=_delete_of_nobody,
          updates=("KnPerson",)),
    Probe(id="moments", shows=("datetime_output",), ask=_moments, reads=_READS),
    Probe(id="dotted", shows=("dotted_names",), ask=_dotted),
    Probe(id="put-below", shows=("sub_object_put",), ask=_put_below, updates=("KnEmployee",)),
    Probe(id="absence", shows=("absence_key",), ask=_absence, updates=("HrAbsence",)),
    Probe(id="other-language", shows=(), ask=_other_language),
    Probe(id="basic", shows=("oauth_client_authentication",), ask=_basic),
    Probe(id="token-as-json", shows=("token_content_type",), ask=_token_as_json),
    Probe(id="bad-proof", shows=("dpop", "dpop_bad_proof"), ask=_bad_proof),
    Probe(id="preflight", shows=("cors_headers",), ask=_preflight),
    Probe(id="long-query", shows=(), ask=_long_query, reads=_READS),
    Probe(id="wrong-path", shows=(), ask=_wrong_path),
    Probe(id="wrong-values", shows=(), ask=_wrong_values, reads=_READS),
    Probe(id="subject", shows=("post_status", "put_status"), ask=_subject, reads=(_ITEMS,),
          updates=_SUBJECTS, writes=True),
    *CLIENT_PROBES,
)  # fmt: skip
"""In the order in which they are sent."""

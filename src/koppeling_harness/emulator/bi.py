"""BI models: a feed in pages, always of version 2.

AFAS's models are not published; here every GetConnector on the app connector is one.

Source: AFAS, docs.afas.help/profit/en/bi-models (redirect, server-driven paging, skip and top).
"""

import json

from koppeling_harness.emulator.access import AppConnector
from koppeling_harness.emulator.literals import page_number
from koppeling_harness.emulator.web import Answer, Handler, Request, empty

_PAGE = 1000


def feed(request: Request, app: AppConnector) -> Answer:
    """Answer `/bi/{model}` with a redirect, and `/bi/{model}/v2/` with a page of rows."""
    environment, parts = request.environment, request.parts
    id_ = parts[1] if len(parts) > 1 else ""
    definition = environment.get_definition(id_) if app.may_get(id_.lower()) else None
    if definition is None or request.method != "GET":
        return empty(404)
    base = f"{request.host}/{environment.name}/ProfitRestServices/bi/{id_}/v2/"
    if len(parts) == 2:
        answer = empty(302)
        answer.headers.append((b"location", base.encode()))
        return answer
    if len(parts) != 3 or parts[2].lower() != "v2":
        return empty(404)
    query = request.query
    skip, top = (_number(query.get(f"${name}") or query.get(name)) for name in ("skip", "top"))
    take = min(top or _PAGE, _PAGE)
    page = {"skip": str(skip), "take": str(take)}
    filters = app.row_filters if environment.settings["bi_row_filters"] == "applied" else {}
    authorised = filters.get(definition.collection, ())
    shown = environment.gets.rows(environment.connection, definition, page, authorised)
    rows = json.loads(shown)["rows"]
    body: dict[str, object] = {"value": rows}
    if len(rows) == take and not top:
        body["@odata.nextLink"] = f"{base}?$skip={skip + take}"
    return Answer(body=json.dumps(body, ensure_ascii=False).encode())


def _number(text: str | None) -> int:
    number = page_number(text) if text else None
    return max(number or 0, 0)


HANDLERS: dict[str, Handler] = {"bi": feed}
"""Endpoints by the first part of their path."""

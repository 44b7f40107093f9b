"""Self-registration by one-time password; it yields a classic token.

Nobody is mailed: the codes stand in `Environment.mails`, and a served environment prints them,
for whoever plays the user.

Source: AFAS, docs.afas.help/apidoc (Inrichting); github.com/dutchgrit/afasclient for 201 and 204.
"""

import json
import secrets
from typing import Any

from koppeling_harness.emulator.access import AppConnector
from koppeling_harness.emulator.json_text import read_json
from koppeling_harness.emulator.web import Answer, OpenHandler, Request, empty, json_answer


def request_code(request: Request) -> Answer:
    """Answer `POST /OtpRequest`: always the same, so that nobody learns which keys are right."""
    if request.method != "POST":
        return empty(404)
    body = _body(request)
    if body is None:
        return empty(400)
    app = _app(request, body)
    if app is not None and body.get("userid"):
        code = f"{secrets.randbelow(10**8):08d}"
        request.environment.mail(str(body["userid"]), code)
        request.environment.codes[app.api_key, str(body["userid"]).lower()] = code
    return empty(int(request.environment.settings["otp_request_status"]))


def validate_code(request: Request) -> Answer:
    """Answer `POST /OtpValidation`: the token with AFAS's trailing line break, or 204."""
    if request.method != "POST":
        return empty(404)
    body = _body(request)
    if body is None:
        return empty(400)
    app = _app(request, body)
    key = (app.api_key if app else "", str(body.get("userid", "")).lower())
    code = request.environment.codes.get(key)
    if app is None or code is None or not secrets.compare_digest(code, str(body.get("otp"))):
        return empty(204)
    del request.environment.codes[key]
    token = request.environment.add_token(app)
    return json_answer(json.dumps({"token": token.xml.reveal() + "\r\n"}))


HANDLERS: dict[str, OpenHandler] = {
    "otprequest": request_code,
    "otpvalidation": validate_code,
}
"""Endpoints that need no token, by the first part of their path."""


def _body(request: Request) -> dict[str, Any] | None:
    try:
        found = read_json(request.body)
    except (ValueError, ArithmeticError):
        return None
    return (
        {name.lower(): value for name, value in found.items()} if isinstance(found, dict) else None
    )


def _app(request: Request, body: dict[str, Any]) -> AppConnector | None:
    for each in request.environment.apps:
        keys = (body.get("apikey"), body.get("apitoken"))
        if keys == (each.api_key, each.environment_key) and each.kind != "oauth":
            return each
    return None

"""Rules about who calls: the token, the IntegrationId, the connection."""

import re
from collections.abc import Iterable, Iterator

from koppeling_harness.model.exchange import Exchange, Sender
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene
from koppeling_harness.traffic.redact_exchange import OTHER, PLAIN

_SCHEMES = frozenset({"afastoken", "bearer", "dpop"})
_PLACEHOLDER = r"\[(?:token|secret):[0-9a-f]{8}\]"
_DOCUMENTED = re.compile(rf"[A-Za-z]+ {_PLACEHOLDER}")
_IN_URL = re.compile(_PLACEHOLDER)
_CLASSIC = re.compile(rf"(?i)afastoken ({_PLACEHOLDER})")
_PARAMETERS = frozenset({"token", "access_token", "authorization", "afastoken"})


def _integration_id(scene: Scene) -> Iterator[Objection]:
    expected = scene.manifest.integration_id
    for call in scene.calls:
        if not call.needs_token:
            continue
        values = call.headers("integrationid")
        if not values:
            text = Text(
                nl=f"geen header IntegrationId; verwacht {expected}",
                en=f"no IntegrationId header; expected {expected}",
            )
            yield Objection(call=call, text=text, subject="missing")
        elif any(value.strip() != expected for value in values):
            found = ", ".join(values)
            text = Text(
                nl=f"IntegrationId is {found}; verwacht {expected}",
                en=f"IntegrationId is {found}; expected {expected}",
            )
            yield Objection(call=call, text=text, subject="wrong")


def _auth_header(scene: Scene) -> Iterator[Objection]:
    for call in scene.calls:
        values = call.headers("authorization")
        if not call.needs_token or (values and f" {PLAIN} " in values[0]):
            continue
        if len(values) != 1:
            found = "0" if not values else str(len(values))
            text = Text(
                nl=f"{found} headers Authorization; verwacht 1",
                en=f"{found} Authorization headers; expected 1",
            )
            yield Objection(call=call, text=text, subject="count")
        elif f" {OTHER} " in values[0]:
            text = Text(
                nl="de waarde na AfasToken is niet het hele token (XML) in base64",
                en="the value after AfasToken is not the whole token (XML) in base64",
            )
            yield Objection(call=call, text=text, subject="encoding")
        elif not _DOCUMENTED.fullmatch(values[0]) or _scheme(values[0]) not in _SCHEMES:
            text = Text(
                nl=f"Authorization is {values[0]!r}; verwacht AfasToken <base64> of Bearer <token>",
                en=f"Authorization is {values[0]!r}; expected AfasToken <base64> or Bearer <token>",
            )
            yield Objection(call=call, text=text, subject="scheme")


def _scheme(value: str) -> str:
    return value.partition(" ")[0].lower()


def schemes_of(exchanges: Iterable[Exchange]) -> tuple[str, ...]:
    """Return by which schemes an integration signed in where a token is asked for, lower case."""
    calls = [Call(each) for each in exchanges if each.sender is Sender.INTEGRATION]
    found = {
        _scheme(value)
        for call in calls
        if call.needs_token
        for value in call.headers("authorization")
    }
    return tuple(sorted(found & _SCHEMES))


def _auth_plain(scene: Scene) -> Iterator[Objection]:
    for call in scene.calls:
        if f" {PLAIN} " in call.header("authorization"):
            text = Text(
                nl="het token staat als XML in de header; verwacht base64 van de hele XML",
                en="the token stands in the header as XML; expected base64 of the whole XML",
            )
            yield Objection(call=call, text=text)


def _token_in_url(scene: Scene) -> Iterator[Objection]:
    for call in scene.calls:
        seen = call.exchange
        named = _PARAMETERS & call.parameters.keys()
        if named or _IN_URL.search(seen.path) or _IN_URL.search(seen.query):
            where = f"parameter {min(named)}" if named else "URL"
            text = Text(
                nl=f"een token of geheim in de URL ({where})",
                en=f"a token or secret in the URL ({where})",
            )
            yield Objection(call=call, text=text)


def _of_another(scene: Scene) -> Iterator[Objection]:
    """Object to a classic token that is not the one that the integration was given."""
    given = set(_IN_URL.findall(scene.token))
    for call in scene.calls:
        found = _CLASSIC.fullmatch(call.header("authorization"))
        if not given or found is None or found[1] in given or call.exchange.erp_status != 401:
            continue
        turn = call.exchange.turn
        if any(each.ok for each in scene.triggers[turn - 1 : turn]) and turn:
            continue  # it came to the right one by itself
        text = Text(
            nl="dit token gaf deze omgeving nooit: het is van een andere klant, of van een "
            "eerder scenario en bewaard buiten de werkmap; verwacht het token van de context",
            en="this environment never gave this token: it is another customer's, or of an "
            "earlier scenario and kept outside the work folder; expected the token of the "
            "context",
        )
        yield Objection(call=call, text=text)


def _connection_close(scene: Scene) -> Iterator[Objection]:
    for call in scene.calls:
        # one token does for an hour, so that what asks for it need not keep a connection
        if call.needs_token and "close" in call.header("connection").lower():
            text = Text(
                nl="Connection: close; verwacht keep-alive of geen header",
                en="Connection: close; expected keep-alive or no header",
            )
            yield Objection(call=call, text=text)


RULES = (
    Rule(
        code="INTEGRATION-ID",
        level=Severity.ERROR,
        title=Text(
            nl="IntegrationId ontbreekt of is onjuist", en="IntegrationId is missing or wrong"
        ),
        why=Text(
            nl="Zonder dit id telt een koppeling bij AFAS geen klanten en verliest zij haar "
            "certificering.",
            en="Without this id an integration has no customers for AFAS, and loses its "
            "certification.",
        ),
        fix=Text(
            nl="Stuur bij elke aanroep de header IntegrationId: <abonnement>_<project>, gelijk "
            "voor alle klanten.",
            en="Send the header IntegrationId: <subscription>_<project> with every call, the "
            "same for all customers.",
        ),
        source="AFAS, docs.afas.help/profit/en/integrationid",
        check=_integration_id,
    ),
    Rule(
        code="AUTH-HEADER",
        level=Severity.ERROR,
        title=Text(
            nl="De header Authorization heeft niet de voorgeschreven vorm",
            en="The Authorization header does not have the documented form",
        ),
        why=Text(
            nl="AFAS antwoordt 401 op een header zonder of met een onleesbaar token.",
            en="AFAS answers 401 to a header without a token, or with one it cannot read.",
        ),
        fix=Text(
            nl="Codeer de hele XML van het token met base64 en stuur Authorization: AfasToken "
            "<base64>, of bij OAuth Bearer <token>.",
            en="Encode the whole XML of the token as base64 and send Authorization: AfasToken "
            "<base64>, or with OAuth Bearer <token>.",
        ),
        source="AFAS, docs.afas.help/profit/en/authentication",
        check=_auth_header,
    ),
    Rule(
        code="AUTH-PLAIN",
        level=Severity.ERROR,
        title=Text(nl="Token niet gecodeerd", en="Token not encoded"),
        why=Text(
            nl="Een ongecodeerd token werd tot en met Profit 6 gedoogd en mislukt vanaf Profit 7.",
            en="A token that is not encoded was tolerated until Profit 6 and fails from Profit 7.",
        ),
        fix=Text(
            nl="Codeer de hele XML van het token met base64.",
            en="Encode the whole XML of the token as base64.",
        ),
        source="AFAS, docs.afas.help/profit/en/news-profit7",
        check=_auth_plain,
        not_on=("Profit 3", "Profit 4", "Profit 5", "Profit 6"),
    ),
    Rule(
        code="TOKEN-IN-URL",
        level=Severity.ERROR,
        title=Text(nl="Token in de URL", en="Token in the URL"),
        why=Text(
            nl="Een URL staat in logs, proxy's en browsergeschiedenis; het token is dan uitgelekt.",
            en="URLs stand in logs, proxies and histories; the token has then leaked.",
        ),
        fix=Text(
            nl="Zet het token alleen in de header Authorization, en vervang het gelekte token.",
            en="Put the token in the Authorization header only, and replace the leaked one.",
        ),
        source="AFAS, docs.afas.help/profit/en/authentication",
        check=_token_in_url,
    ),
    Rule(
        code="TOKEN-OF-ANOTHER",
        level=Severity.ERROR,
        title=Text(nl="Token van een andere klant", en="Token of another customer"),
        why=Text(
            nl="Wie tokens verwisselt, laat ooit gegevens bij de verkeerde klant zien of schrijft "
            "ze daar.",
            en="Who mixes tokens up will some day show data to the wrong customer, or write it "
            "there.",
        ),
        fix=Text(
            nl="Bewaar het token per klant, en in de certificering alleen in de werkmap.",
            en="Keep the token by customer, and in certification in the work folder only.",
        ),
        source="AFAS, docs.afas.help/profit/en/authentication",
        check=_of_another,
    ),
    Rule(
        code="CONNECTION-CLOSE",
        level=Severity.WARNING,
        title=Text(nl="Verbinding wordt telkens gesloten", en="Connection closed every time"),
        why=Text(
            nl="AFAS noemt Connection: close als oorzaak van 'connection reset by peer'.",
            en="AFAS names Connection: close as the cause of 'connection reset by peer'.",
        ),
        fix=Text(
            nl="Laat de header weg, of stuur keep-alive.",
            en="Leave the header out, or send keep-alive.",
        ),
        source="AFAS, docs.afas.help/profit/en/troubleshooting",
        check=_connection_close,
    ),
)

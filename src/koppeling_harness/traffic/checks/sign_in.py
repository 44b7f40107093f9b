"""Rules about signing in by OAuth: how tokens are asked for, and what becomes of them."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl

from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.rules.deadlines import days_of
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene

_SOURCE = "AFAS, docs.afas.help/profit/en/authentication (text of 30 September 2026)"
(_SPRING,) = days_of("required-spring-2027")
_CALLS_PER_TOKEN = 2
"""Whose tokens do for two calls or fewer, with one that is valid at hand, asks for them by design;
several workers with a token each do not."""
_REFUSED = frozenset({400, 401})
_BY_TOKEN = re.compile(r"(?i)(bearer|dpop) \[[a-z]+:([0-9a-f]{8})\]")
_VALUE = re.compile(r"\[[a-z]+:([0-9a-f]{8})\]")
_MOST_REFUSALS = 3
"""Of one client in one go: who signs anew each time proves nothing new."""
_NOT_REFUSED = "use_dpop_nonce"
"""It asks to prove oneself again with a nonce, which is how a client gets one."""


def _is_token_request(call: Call) -> bool:
    return call.exchange.method == "POST" and call.exchange.path.lower().strip("/") == "oauth/token"


def _form(call: Call) -> dict[str, str]:
    return dict(parse_qsl(call.exchange.request_body or "", keep_blank_values=True))


def _said(call: Call) -> dict[str, object]:
    found = call.response_json
    return found if isinstance(found, dict) else {}


def _client(call: Call) -> tuple[str, ...]:
    """Return who asks, and for what: tokens of two clients, or of two users, are no repetition."""
    form = _form(call)
    basic = "" if "client_id" in form else call.header("authorization")
    return (form.get("grant_type", ""), form.get("client_id", basic), form.get("code", ""))


def _digest(value: object) -> str:
    found = _VALUE.fullmatch(str(value))
    return found[1] if found else ""


def _way(call: Call) -> str:
    """Return by what a client proves itself."""
    if call.header("authorization").lower().startswith("basic "):
        return "basic"
    form = _form(call)
    return next((name for name in ("client_assertion", "client_secret") if name in form), "")


def given_tokens(scene: Scene) -> set[str]:
    """Return by what the tokens are known in the recording that were given by OAuth."""
    answers = [_said(call) for call in scene.calls if _is_token_request(call)]
    names = ("access_token", "refresh_token")
    return {_digest(said.get(name)) for said in answers for name in names} - {""}


def _given(call: Call) -> str:
    """Return by what a token is known in the recording that an answer gave; empty for none."""
    return _digest(_said(call).get("access_token")) if call.exchange.status == 200 else ""


def _used(call: Call) -> str:
    found = _BY_TOKEN.fullmatch(call.header("authorization")) if call.needs_token else None
    return found[2] if found else ""


def _token_per_call(scene: Scene) -> Iterator[Objection]:
    """A token for every call, though one that was given before is still valid."""
    needless: dict[int, list[Call]] = {}
    calls: dict[int, int] = {}
    live: dict[tuple[object, ...], list[Call]] = {}
    for call in scene.calls:
        turn = call.exchange.turn
        if not _is_token_request(call):
            calls[turn] = calls.get(turn, 0) + call.needs_token
            if call.exchange.status == 401:
                live.clear()  # whoever is refused may think that it ended
            continue
        if not _given(call):
            continue
        known = live.setdefault((turn, *_client(call)), [])
        if any(_is_valid(each, call) for each in known):
            needless.setdefault(turn, []).append(call)
        known.append(call)
    for turn, found in needless.items():
        asked = len(found) + 1
        if asked * _CALLS_PER_TOKEN < calls.get(turn, 0) or _is_of_no_use(scene, turn):
            continue
        text = Text(
            nl=f"{asked} tokens gevraagd voor {calls.get(turn, 0)} aanroepen, terwijl het eerste "
            "nog geldig was",
            en=f"{asked} tokens asked for in {calls.get(turn, 0)} calls, while the first was "
            "still valid",
        )
        yield Objection(call=found[0], text=text)


def _is_valid(before: Call, call: Call) -> bool:
    """Return whether a token that was given before was known, and good, when another was asked."""
    if before.ended_s > call.exchange.started_s:
        return False
    life = _said(before).get("expires_in")
    life_s = float(life) if isinstance(life, int | float) else 3600.0
    return before.ended_s + life_s * 0.75 > call.exchange.started_s


def _is_of_no_use(scene: Scene, turn: int) -> bool:
    """Return whether no token was used, by who then said that it had not succeeded."""
    is_told = 0 < turn <= len(scene.triggers) and not scene.triggers[turn - 1].ok
    return is_told and not any(_used(call) for call in scene.calls)


def _not_used(scene: Scene) -> Iterator[Objection]:
    """A token that was given, and that the client did not take."""
    for call in scene.calls:
        if not _is_token_request(call) or not _given(call) or call.exchange.fault is not None:
            continue
        if not _is_of_no_use(scene, call.exchange.turn):
            continue
        said = _said(call)
        null = [name for name, value in said.items() if value is None]
        holds = f"`{null[0]}: null`" if null else ", ".join(f"`{name}`" for name in said)
        text = Text(
            nl=f"een token is gegeven en niet gebruikt; neemt de client het antwoord niet aan? "
            f"Het bevat {holds}",
            en=f"a token was given and not used; does the client not take the answer? It holds "
            f"{holds}",
        )
        yield Objection(call=call, text=text, subject="unused")


def _goes_another_way(call: Call, later: Sequence[Call]) -> bool:
    """Return whether a client that was refused proved itself in another way, and was let in.

    Some try which way a service takes: by Basic first, and then in the body.
    """
    asked = (each for each in later if _is_token_request(each))
    after = next(asked, None)
    return (
        after is not None
        and after.exchange.turn == call.exchange.turn
        and bool(_given(after))
        and _way(after) != _way(call)
    )


def _sign_in_refused(scene: Scene) -> Iterator[Objection]:
    for number, call in enumerate(scene.calls, 1):
        if not _is_token_request(call) or call.exchange.status not in _REFUSED:
            continue
        if _goes_another_way(call, scene.calls[number:]):
            continue
        said = _said(call)
        error = str(said.get("error") or "")
        if call.exchange.fault is not None or error == _NOT_REFUSED:
            continue
        why = str(said.get("error_description") or "")
        told = f"{error}: {why}" if why else error or str(call.exchange.status)
        text = Text(nl=f"geen token: {told}", en=f"no token: {told}")
        yield Objection(call=call, text=text, subject=told)


def _sign_in_again(scene: Scene) -> Iterator[Objection]:
    """The same proof after it was refused, in one go: it is refused again."""
    refused: dict[tuple[object, ...], Call] = {}
    often: dict[tuple[object, ...], int] = {}
    for call in scene.calls:
        if not _is_token_request(call):
            continue
        proof = (call.exchange.turn, call.exchange.request_body, call.header("authorization"))
        before = refused.get(proof)
        if before is not None and call.exchange.started_s >= before.ended_s:
            text = Text(
                nl="dezelfde aanmelding opnieuw nadat zij geweigerd was; verwacht te stoppen",
                en="the same sign-in again after it was refused; expected to stop",
            )
            yield Objection(call=call, text=text)
        elif call.exchange.status in _REFUSED and _said(call).get("error") != _NOT_REFUSED:
            refused[proof] = call
            who = (call.exchange.turn, *_client(call))
            often[who] = often.get(who, 0) + 1
            if often[who] > _MOST_REFUSALS:
                text = Text(
                    nl=f"{often[who]} keer geweigerd, telkens met een nieuw bewijs; verwacht te "
                    "stoppen",
                    en=f"refused {often[who]} times, with a new proof each time; expected to stop",
                )
                yield Objection(call=call, text=text)


def _refresh_twice(scene: Scene) -> Iterator[Objection]:
    used: dict[str, Call] = {}
    for call in scene.calls:
        token = _digest(_form(call).get("refresh_token")) if _is_token_request(call) else ""
        if not token:
            continue
        before = used.get(token)
        if before is not None and before.ended_s <= call.exchange.started_s:
            text = Text(
                nl="een refresh token dat al gebruikt is; verwacht het nieuwe uit dat antwoord",
                en="a refresh token that was used already; expected the new one of that answer",
            )
            yield Objection(call=call, text=text)
        if call.exchange.status == 200 and call.exchange.fault is None:
            used.setdefault(token, call)


def _another_token(scene: Scene) -> Iterator[Objection]:
    """A token that nobody was given here, and that is therefore refused."""
    given: dict[str, set[int]] = {}
    for call in scene.calls:
        customer = call.exchange.customer
        if _is_token_request(call):
            given.setdefault(_given(call), set()).add(customer)
            given.pop("", None)
            continue
        token = _used(call)
        if not token or customer in given.get(token, ()) or call.exchange.status != 401:
            continue
        if call.exchange.fault is not None or call.exchange.response_header("dpop-nonce"):
            continue
        if token in given:
            text = Text(
                nl="het token dat voor een andere klant gegeven is",
                en="the token that was given for another customer",
            )
            yield Objection(call=call, text=text, subject="customer")
        elif any(customer in each for each in given.values()):
            text = Text(
                nl="een ander token dan gegeven werd: afgekapt of veranderd (dat van ERP1 is een "
                "JWT van meer dan 500 tekens)",
                en="another token than was given: cut off or changed (that of ERP1 is a JWT of "
                "more than 500 characters)",
            )
            yield Objection(call=call, text=text, subject="changed")
        else:
            text = Text(
                nl="een token dat deze omgeving nooit gaf: van een andere klant, of van eerder",
                en="a token that this environment never gave: another customer's, or an old one",
            )
            yield Objection(call=call, text=text, subject="other")


RULES = (
    Rule(
        code="TOKEN-PER-CALL",
        level=Severity.WARNING,
        title=Text(nl="Voor elke aanroep een nieuw token", en="A new token for every call"),
        why=Text(
            nl="AFAS vraagt een token te gebruiken tot het verloopt; een token per aanroep "
            "verdubbelt het verkeer en raakt de grenzen aan het aantal aanroepen.",
            en="AFAS asks to use a token until it ends; a token per call doubles the traffic, and "
            "meets the limits to the number of calls.",
        ),
        fix=Text(
            nl="Bewaar het token in het geheugen tot expires_in, en vraag na 401 één nieuw.",
            en="Keep the token in memory until expires_in, and ask for one new one after a 401.",
        ),
        source=_SOURCE,
        check=_token_per_call,
        counts_from=_SPRING,
    ),
    Rule(
        code="SIGN-IN-REFUSED",
        level=Severity.WARNING,
        title=Text(nl="Aanmelding geweigerd", en="Sign-in refused"),
        why=Text(
            nl="Zonder token doet de koppeling niets; het antwoord zegt wat er niet klopt.",
            en="Without a token the integration does nothing; the answer says what is not right.",
        ),
        fix=Text(
            nl="Kijk wat er achter de code staat: secret, client_id, handtekening, aud, exp of "
            "DPoP-sleutel; bij Basic elk deel apart form-urlencoded.",
            en="Look at what stands behind the code: secret, client_id, signature, aud, exp or "
            "DPoP key; with Basic each part form-urlencoded by itself.",
        ),
        source=_SOURCE,
        check=_sign_in_refused,
        counts_from=_SPRING,
    ),
    Rule(
        code="SIGN-IN-AGAIN",
        level=Severity.WARNING,
        title=Text(nl="Aanmelding herhaald na weigering", en="Sign-in repeated after a refusal"),
        why=Text(
            nl="Een geweigerd secret wordt door herhalen niet geldig, en wie blijft proberen lijkt "
            "op een aanvaller.",
            en="A refused secret does not become valid by repetition, and who goes on trying looks "
            "like an attacker.",
        ),
        fix=Text(
            nl="Stop bij 400 en 401 van /oauth/token en meld de beheerder dat het secret of de "
            "sleutel vernieuwd moet worden.",
            en="Stop at 400 and 401 of /oauth/token, and tell the administrator to renew the "
            "secret or the key.",
        ),
        source=_SOURCE,
        check=_sign_in_again,
        counts_from=_SPRING,
    ),
    Rule(
        code="REFRESH-TWICE",
        level=Severity.WARNING,
        title=Text(nl="Refresh token twee keer gebruikt", en="Refresh token used twice"),
        why=Text(
            nl="Een refresh token werkt één keer; elk antwoord geeft een nieuw. Het oude wordt "
            "geweigerd, en de gebruiker moet opnieuw inloggen.",
            en="A refresh token works once; every answer gives a new one. The old one is refused, "
            "and the user has to sign in again.",
        ),
        fix=Text(
            nl="Bewaar het nieuwe refresh token meteen, en laat twee processen niet tegelijk "
            "vernieuwen.",
            en="Keep the new refresh token at once, and do not let two processes renew together.",
        ),
        source=_SOURCE,
        check=_refresh_twice,
        counts_from=_SPRING,
    ),
    Rule(
        code="TOKEN-NOT-GIVEN",
        level=Severity.WARNING,
        title=Text(nl="Een token dat hier niet gegeven is", en="A token that was not given here"),
        why=Text(
            nl="Een afgekapt token wordt geweigerd, en een token van een andere klant hoort nooit "
            "bij deze: wie ze verwisselt, laat ooit gegevens bij de verkeerde zien.",
            en="A token that is cut off is refused, and another customer's token never belongs "
            "here: who mixes them up will show data to the wrong one some day.",
        ),
        fix=Text(
            nl="Geef het token ruimte (het is een tekst zonder betekenis, van honderden tekens) en "
            "bewaar het per omgeving én client.",
            en="Give the token room (it is a text without a meaning, of hundreds of characters), "
            "and keep it by environment and client.",
        ),
        source=_SOURCE,
        check=_another_token,
        over_customers=True,
        counts_from=_SPRING,
    ),
    Rule(
        code="TOKEN-NOT-USED",
        level=Severity.INFORMATION,
        title=Text(nl="Een gegeven token niet gebruikt", en="A token that was given is not used"),
        why=Text(
            nl="Sommige bibliotheken weigeren een antwoord dat AFAS zo geeft: Profit 8 stuurt bij "
            "client credentials `refresh_token: null` mee, Profit 9 laat het weg.",
            en="Some libraries refuse an answer that is AFAS's own: Profit 8 sends "
            "`refresh_token: null` with client credentials, Profit 9 leaves it out.",
        ),
        fix=Text(
            nl="Haal leden met null uit het antwoord voordat de bibliotheek het leest.",
            en="Take members that are null out of the answer before the library reads it.",
        ),
        source=_SOURCE,
        check=_not_used,
    ),
)

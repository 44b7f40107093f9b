"""Rules about the integration's own log, when it was handed over."""

import re
from collections.abc import Iterator

from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.rule import Logged, Objection, Rule, Scene
from koppeling_harness.traffic.checks.sign_in import given_tokens

_SECRET = re.compile(r"\[(?:token|secret):([0-9a-f]{8})\]")
_PERSONAL = re.compile(r"\[(bsn|iban|email|field|personal):[0-9a-f]{8}\]")
_NAMES = {
    "bsn": Text(nl="een BSN", en="a BSN"),
    "iban": Text(nl="een IBAN", en="an IBAN"),
    "email": Text(nl="een e-mailadres", en="an e-mail address"),
    "field": Text(nl="een privacygevoelig veld", en="a privacy-sensitive field"),
    "personal": Text(nl="persoonsgegevens in base64", en="personal data in base64"),
}


def _reference(scene: Scene) -> Iterator[Objection]:
    logs = [each.text.lower() for each in scene.logged if each.is_log]
    if not logs and not scene.was_heard:
        return
    if not logs:  # it keeps no log: then whoever is told has to have it
        logs = [each.lower() for each in scene.said]
    for call in scene.calls:
        data = call.response_json if call.is_functional_error else None
        reference = str(data.get("profitLogReference") or "") if isinstance(data, dict) else ""
        if reference and not any(reference.lower() in each for each in logs):
            text = Text(
                nl=f"profitLogReference {reference} staat niet in de log van de koppeling",
                en=f"profitLogReference {reference} is not in the integration's log",
            )
            yield Objection(call=call, text=text)


def _secret(scene: Scene) -> Iterator[Objection]:
    by_oauth = given_tokens(scene)
    for each in scene.logged:
        found = set(_SECRET.findall(each.text))
        if each.is_closed:
            found -= by_oauth  # kept over processes: a refresh token can be kept no other way
        if found:
            where = _where(each)
            text = Text(
                nl=f"een token of geheim staat in {where.nl}",
                en=f"a token or secret stands in {where.en}",
            )
            yield Objection(call=None, text=text, subject=each.name)


def _personal(scene: Scene) -> Iterator[Objection]:
    told: set[str] = set()
    for each in scene.logged:
        if not each.is_log:
            continue
        where = _where(each)
        for kind in dict.fromkeys(_PERSONAL.findall(each.text)):
            if kind in told:
                continue
            told.add(kind)
            name = _NAMES[kind]
            text = Text(nl=f"{name.nl} staat in {where.nl}", en=f"{name.en} stands in {where.en}")
            yield Objection(call=None, text=text, subject=kind)


def _where(logged: Logged) -> Text:
    if not logged.name:
        return Text(nl="de log van de koppeling", en="the integration's log")
    return Text(
        nl=f"`{logged.name}` in de werkmap van de koppeling",
        en=f"`{logged.name}` in the integration's work folder",
    )


RULES = (
    Rule(
        code="LOG-REFERENCE",
        level=Severity.WARNING,
        title=Text(nl="Logreferentie niet bewaard", en="Log reference not kept"),
        why=Text(
            nl="Alleen met profitLogReference vindt AFAS de fout terug; van geslaagde aanroepen en "
            "inhoud bewaart AFAS niets.",
            en="Only by profitLogReference can AFAS find the error; of successful calls and of "
            "bodies AFAS keeps nothing.",
        ),
        fix=Text(
            nl="Schrijf externalMessage en profitLogReference van elke fout in de eigen log.",
            en="Write externalMessage and profitLogReference of every error to your own log.",
        ),
        source="AFAS, docs.afas.help/profit/en/troubleshooting",
        check=_reference,
        over_customers=True,
    ),
    Rule(
        code="LOG-SECRET",
        level=Severity.ERROR,
        title=Text(nl="Geheim in de log", en="Secret in the log"),
        why=Text(
            nl="Wie de log leest, kan met het token alles wat de koppeling kan.",
            en="Who reads the log can do with the token whatever the integration can.",
        ),
        fix=Text(
            nl="Log geen headers en geen tokens; vervang het token dat in de log stond. Tokens van "
            "OAuth mogen in een bestand dat onder `state` staat en alleen de eigenaar kan lezen.",
            en="Log neither headers nor tokens; replace the token that stood in the log. Tokens of "
            "OAuth may stand in a file that is named under `state` and only its owner can read.",
        ),
        source="AFAS, docs.afas.help/profit/en/authentication",
        check=_secret,
        over_customers=True,
    ),
    Rule(
        code="LOG-PERSONAL",
        level=Severity.WARNING,
        orange=True,
        title=Text(nl="Persoonsgegevens in de log", en="Personal data in the log"),
        why=Text(
            nl="Een log wordt langer en breder bewaard dan de gegevens zelf mogen worden.",
            en="A log is kept longer and wider than the data itself may be.",
        ),
        fix=Text(
            nl="Log sleutels in plaats van gegevens, en geen hele bodies zonder afscherming.",
            en="Log keys instead of data, and no whole bodies without masking.",
        ),
        source="AVG, artikel 5 lid 1 onder c en e (Regulation (EU) 2016/679)",
        check=_personal,
        over_customers=True,
    ),
)

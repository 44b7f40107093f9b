"""Rules about requests that never went on to ERP1, and about endpoints that are no connector."""

from collections.abc import Iterator

from koppeling_harness.model.exchange import RefusedFor
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Check, Objection, Rule, Scene

_GIVEN = "AFAS, docs.afas.help/profit/en/get-connector, /update-connector and /apidoc"


def _refused_for(kind: RefusedFor) -> Check:
    def check(scene: Scene) -> Iterator[Objection]:
        for call in scene.refused:
            why = call.exchange.refused
            if why is not None and why.kind is kind:
                yield Objection(call=call, text=why.found, subject=why.found.en)

    return check


def _undeclared_call(scene: Scene) -> Iterator[Objection]:
    for call in scene.calls:
        endpoint = call.exchange.path.strip("/").partition("/")[0].lower()
        if call.exchange.refused is not None or not _is_undeclared(endpoint, call, scene):
            continue
        text = Text(
            nl=f"/{endpoint} wordt aangeroepen en staat niet in het manifest",
            en=f"/{endpoint} is called and not in the manifest",
        )
        yield Objection(call=call, text=text, subject=endpoint)


def _is_undeclared(endpoint: str, call: Call, scene: Scene) -> bool:
    if endpoint == "oauth":
        return scene.manifest.oauth is None
    if call.other is not None:
        return not call.other.has_connector and call.other not in scene.manifest.calls
    return endpoint != "connectors" and call.exchange.method != "OPTIONS"


RULES = (
    Rule(
        code="REQUEST-INVALID",
        level=Severity.ERROR,
        title=Text(nl="Geen geldig HTTP-verzoek", en="No valid HTTP request"),
        why=Text(
            nl="Een server weigert dit voordat AFAS het ziet: er wordt niets uitgevoerd.",
            en="A server refuses this before AFAS sees it: nothing is carried out.",
        ),
        fix=Text(
            nl="Bouw verzoeken met een HTTP-bibliotheek; zet base64 zonder regeleinden in de "
            "header (76 tekens per regel is voor e-mail).",
            en="Build requests with an HTTP library; put base64 into the header without line "
            "breaks (76 characters a line is for e-mail).",
        ),
        source="RFC 9110 and RFC 9112; RFC 4648, section 3.1",
        check=_refused_for(RefusedFor.HTTP),
    ),
    Rule(
        code="REQUEST-CUT-OFF",
        level=Severity.WARNING,
        title=Text(nl="Verzoek brak af", en="Request broke off"),
        why=Text(
            nl="Een verzoek dat niet heel is wordt niet uitgevoerd.",
            en="A request that is not whole is not carried out.",
        ),
        fix=Text(
            nl="Laat Content-Length kloppen, en verbreek de verbinding niet tijdens het versturen.",
            en="See that Content-Length is right, and do not break the connection while sending.",
        ),
        source="RFC 9112, section 8",
        check=_refused_for(RefusedFor.BROKEN_OFF),
    ),
    Rule(
        code="TLS-REFUSED",
        level=Severity.INFORMATION,
        title=Text(nl="Versleutelde verbinding kwam niet tot stand", en="No connection in TLS"),
        why=Text(
            nl="De versleuteling brak af; meestal vertrouwt de koppeling de certificaatautoriteit "
            "van de run niet, of toont zij niet het certificaat dat bij client_ca hoort.",
            en="TLS was broken off; as a rule the integration does not trust the certificate "
            "authority of the run, or does not show the certificate that client_ca names.",
        ),
        fix=Text(
            nl="Laat haar SSL_CERT_FILE of NODE_EXTRA_CA_CERTS lezen, of geef haar "
            "KOPPELING_AUTHORITY_FILE.",
            en="Let it read SSL_CERT_FILE or NODE_EXTRA_CA_CERTS, or give it "
            "KOPPELING_AUTHORITY_FILE.",
        ),
        source="docs/how-to/certify-a-fixed-address.md; docs/how-to/sign-in.md",
        check=_refused_for(RefusedFor.TLS),
    ),
    Rule(
        code="ADDRESS-UNKNOWN",
        level=Severity.ERROR,
        title=Text(nl="Geen adres van AFAS", en="No address of AFAS"),
        why=Text(
            nl="Wat AFAS met een andere schrijfwijze doet staat nergens; hier is het 404, en het "
            "gaat niet verder.",
            en="What AFAS does with another spelling is written nowhere; here it is 404, and it "
            "goes no further.",
        ),
        fix=Text(
            nl="Zet achter het gegeven adres precies het pad uit de documentatie, met één schuine "
            "streep ertussen; codeer alleen wat een sleutel of bestandsnaam is.",
            en="Put exactly the path of the documentation behind the address that was given, with "
            "one slash between them; escape only what is a key or the name of a file.",
        ),
        source=_GIVEN,
        check=_refused_for(RefusedFor.ADDRESS),
    ),
    Rule(
        code="PAST-THE-GATEWAY",
        level=Severity.ERROR,
        title=Text(nl="Langs de gateway", en="Past the gateway"),
        why=Text(
            nl="Wat langs het gegeven adres gaat kan niemand zien; ERP1 neemt het niet aan.",
            en="What goes past the address that was given can be seen by nobody; ERP1 refuses it.",
        ),
        fix=Text(
            nl="Stuur alles naar het adres dat de koppeling kreeg.",
            en="Send everything to the address that the integration was given.",
        ),
        source="docs/reference/what-is-seen.md",
        check=_refused_for(RefusedFor.OTHER_DOOR),
    ),
    Rule(
        code="TRAFFIC-AFTER-END",
        level=Severity.ERROR,
        title=Text(nl="Verkeer na het einde", en="Traffic after the end"),
        why=Text(
            nl="De koppeling zei klaar te zijn en ging door; wat dan komt bereikt ERP1 niet meer.",
            en="The integration said that it was done and went on; what comes then reaches ERP1 no "
            "more.",
        ),
        fix=Text(
            nl="Antwoord pas als alles verstuurd is, of verstuur de rest in koppeling_finish.",
            en="Answer when everything is sent, or send the rest in koppeling_finish.",
        ),
        source="docs/reference/what-is-seen.md",
        check=_refused_for(RefusedFor.LATE),
    ),
    Rule(
        code="UNDECLARED-CALL",
        level=Severity.INFORMATION,
        title=Text(nl="Niet opgegeven aanroep", en="Call not declared"),
        why=Text(
            nl="Het manifest zegt de beoordelaar alles wat de koppeling aanroept; dit ontbreekt.",
            en="The manifest tells the reviewer all that the integration calls; this is missing.",
        ),
        fix=Text(
            nl="Noem de aanroep onder calls van de bewerking, of bij oauth.",
            en="Name the call under calls of the operation, or by oauth.",
        ),
        source="AFAS, docs.afas.help/profit/en/start (least privilege)",
        check=_undeclared_call,
    ),
)

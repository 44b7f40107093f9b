"""Rules about what the manifest declares, and AFAS's own rules about names and fields."""

import re
from collections.abc import Iterator

from koppeling_harness.model.connector import OwnGetConnector
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene
from koppeling_harness.traffic.checks.supplied import SUPPLIED

_CUSTOM = re.compile(r"U[0-9A-F]{32}")
_REPLACED = re.compile(r'"((?:[^"\\]|\\.)+)"\s*:\s*"\((?:replaced|vervangen)\)"')
_EMPLOYMENT = frozenset({"ense", "dvsn"})
_SENSITIVE = frozenset(
    {
        "bsn", "sose", "dateofbirth", "datebirth", "iban", "maritalstatus", "emsa",
        "nationality", "gender", "religion", "disability",
    }
)  # fmt: skip


def _connector(scene: Scene) -> Iterator[Objection]:
    declared = {each.lower() for each in scene.manifest.connectors}
    for call in scene.calls:
        if call.connector is not None and call.connector not in declared:
            name = call.exchange.connector or ""
            text = Text(
                nl=f"{name} staat niet in het manifest", en=f"{name} is not in the manifest"
            )
            yield Objection(call=call, text=text, subject=call.connector)
    for call in scene.calls:
        other = call.other
        if other is not None and other.has_connector and other not in scene.manifest.calls:
            text = Text(
                nl=f"het manifest noemt geen {other} onder calls",
                en=f"the manifest names no {other} under calls",
            )
            yield Objection(call=call, text=text, subject=other)


def _field(scene: Scene) -> Iterator[Objection]:
    for call in scene.calls:
        declared = _declared(scene, call)
        if declared is None:
            continue
        for name in (*call.asked_fields, *_no_keys(scene, call)):
            short = name.lower().split(".")[-2:]
            if not {name.lower(), ".".join(short)} & declared:
                text = Text(
                    nl=f"veld {name} van {call.exchange.connector} staat niet in het manifest",
                    en=f"field {name} of {call.exchange.connector} is not in the manifest",
                )
                yield Objection(call=call, text=text, subject=f"{call.connector}.{name}")


def _no_keys(scene: Scene, call: Call) -> Iterator[str]:
    """Yield what a write gives as keys while metainfo says that it is fields of the connector."""
    definition = scene.definitions.get(call.connector or "")
    if definition is None:
        return
    fields = {each.field_id.lower() for each in definition.fields if not each.primary_key}
    for name, _ in call.sent_keys:
        if name.lower() in fields:
            yield name


def _declared(scene: Scene, call: Call) -> frozenset[str] | None:
    connector = call.connector or ""
    if call.is_write:
        return scene.written_fields.get(connector)
    return _readable(scene, connector)


def _readable(scene: Scene, connector: str) -> frozenset[str] | None:
    use = scene.uses.get(connector)
    if use is None:
        return None
    more = (use.modified_field,) if use.modified_field else ()
    return frozenset(field.lower() for field in (*use.fields, *more))


def _row_field(scene: Scene) -> Iterator[Objection]:
    for call in scene.reads:
        declared = _readable(scene, call.connector or "")
        if declared is None or call.exchange.fault is not None:
            continue
        for name in call.first_row:
            if name.lower() not in declared:
                text = Text(
                    nl=f"{call.exchange.connector} geeft {name}, dat niet in het manifest staat",
                    en=f"{call.exchange.connector} gives {name}, which is not in the manifest",
                )
                yield Objection(call=call, text=text, subject=f"{call.connector}.{name}")


def _supplied(scene: Scene) -> Iterator[Objection]:
    for call in scene.reads:
        if call.connector in SUPPLIED:
            text = Text(
                nl=f"{call.exchange.connector} is meegeleverd; verwacht een eigen kopie",
                en=f"{call.exchange.connector} is a supplied one; expected an own copy",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


def _own_name(scene: Scene) -> Iterator[Objection]:
    for call in scene.reads:
        name = call.connector or ""
        if name.startswith(("profit", "afas")) and name not in SUPPLIED:
            text = Text(
                nl=f"eigen GetConnector heet {call.exchange.connector}; verwacht <App>_<Functie>",
                en=f"own GetConnector is named {call.exchange.connector}; expected "
                "<App>_<Functional>",
            )
            yield Objection(call=call, text=text, subject=name)


def _period(scene: Scene) -> Iterator[Objection]:
    for call in scene.reads:
        for name in call.every_field:
            if "." in name:
                text = Text(
                    nl=f"veld {name} van {call.exchange.connector} heeft een punt in zijn naam",
                    en=f"field {name} of {call.exchange.connector} has a period in its name",
                )
                yield Objection(call=call, text=text, subject=f"{call.connector}.{name}")


def _employment(scene: Scene) -> Iterator[Objection]:
    for call in scene.reads:
        sources = (each.rpartition(".")[2] for each in _sources(scene, call).values())
        row = {name.lower() for name in (*call.first_row, *sources)}
        if row >= _EMPLOYMENT:
            text = Text(
                nl="EnSe en DvSn staan samen in de GetConnector; verwacht alleen EnSe",
                en="EnSe and DvSn stand together in the GetConnector; expected EnSe only",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


def _sources(scene: Scene, call: Call) -> dict[str, str]:
    """Return by member of the rows which field of AFAS it is, where a definition says so."""
    use = scene.uses.get(call.connector or "") if call.is_read else None
    own = use.definition if use is not None else None
    if not isinstance(own, OwnGetConnector):
        return {}
    shown = own.view.fields if own.view is not None else ()
    return {
        **{each.id: each.field for each in own.renamed},
        **{each.name: each.field for each in shown if each.name},
    }


def _replaced(scene: Scene) -> Iterator[Objection]:
    for call in scene.reads:
        body = call.exchange.response_body or ""
        match = _REPLACED.search(body) if "(replaced)" in body or "(vervangen)" in body else None
        if match is not None:
            text = Text(
                nl=f"veld {match.group(1)} geeft de vaste tekst voor een onbekend veld",
                en=f"field {match.group(1)} gives the fixed text for an unknown field",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


def _custom_field(scene: Scene) -> Iterator[Objection]:
    for call in scene.calls:
        if call.connector is None:
            continue
        for name in dict.fromkeys((*call.every_field, *_sources(scene, call).values())):
            if _CUSTOM.fullmatch(name.rpartition(".")[2]):
                text = Text(nl=f"vrij veld {name}", en=f"custom field {name}")
                yield Objection(call=call, text=text, subject=f"{call.connector}.{name}")


def _sensitive(scene: Scene) -> Iterator[Objection]:
    justified = {
        (each.connector.lower(), each.field.rpartition(".")[2].lower())
        for each in scene.manifest.privacy_fields
    }
    for call in scene.calls:
        if call.connector is None:
            continue
        for name in call.every_field:
            short = name.rpartition(".")[2].lower()
            if short in _SENSITIVE and (call.connector, short) not in justified:
                text = Text(
                    nl=f"privacygevoelig veld {name} van {call.exchange.connector} zonder reden in "
                    "het manifest",
                    en=f"privacy-sensitive field {name} of {call.exchange.connector} without a "
                    "reason in the manifest",
                )
                yield Objection(call=call, text=text, subject=f"{call.connector}.{short}")


_AUDITOR = "AFAS, docs.afas.help/profit/en/app-connector-auditor-partner"

RULES = (
    Rule(
        code="UNDECLARED-CONNECTOR",
        level=Severity.ERROR,
        title=Text(nl="Connector niet opgegeven", en="Connector not declared"),
        why=Text(
            nl="Alleen opgegeven connectoren worden op de app-connector van de klant gezet; een "
            "andere aanroep wordt daar geweigerd.",
            en="Only declared connectors are put on the customer's app connector; any other call "
            "is refused there.",
        ),
        fix=Text(
            nl="Neem de connector op in koppeling.yaml (die van bestanden, afbeeldingen, rapporten "
            "en dossieritems als calls van de bewerking), of roep hem niet aan.",
            en="Put the connector into koppeling.yaml (those of files, images, reports and dossier "
            "items as calls of the operation), or do not call it.",
        ),
        source="AFAS, docs.afas.help/profit/en/start (least privilege)",
        check=_connector,
    ),
    Rule(
        code="UNDECLARED-FIELD",
        level=Severity.ERROR,
        title=Text(nl="Veld niet opgegeven", en="Field not declared"),
        why=Text(
            nl="Het manifest zegt de beoordelaar welke velden de koppeling gebruikt; dit veld "
            "ontbreekt.",
            en="The manifest tells the reviewer which fields the integration uses; this one is "
            "missing.",
        ),
        fix=Text(
            nl="Neem het veld op in koppeling.yaml, of gebruik het niet.",
            en="Put the field into koppeling.yaml, or do not use it.",
        ),
        source="AFAS, docs.afas.help/profit/en/partner-certification-steps",
        check=_field,
    ),
    Rule(
        code="UNDECLARED-ROW-FIELD",
        level=Severity.WARNING,
        orange=True,
        title=Text(nl="Meer velden gelezen dan opgegeven", en="More fields read than declared"),
        why=Text(
            nl="De GetConnector geeft velden die volgens het manifest niet nodig zijn.",
            en="The GetConnector gives fields that the manifest says are not needed.",
        ),
        fix=Text(
            nl="Haal het veld uit de GetConnector, of neem het op in koppeling.yaml.",
            en="Take the field out of the GetConnector, or put it into koppeling.yaml.",
        ),
        source="AFAS, docs.afas.help/profit/en/get-connector",
        check=_row_field,
    ),
    Rule(
        code="STRUCT-27",
        level=Severity.ERROR,
        title=Text(nl="Meegeleverde GetConnector gebruikt", en="A supplied GetConnector is used"),
        why=Text(
            nl="AFAS kan een meegeleverde GetConnector bij elke release wijzigen.",
            en="AFAS may change a supplied GetConnector with every release.",
        ),
        fix=Text(
            nl="Maak een kopie onder een eigen naam met alleen de velden die je nodig hebt.",
            en="Make a copy under an own name with only the fields that you need.",
        ),
        source=_AUDITOR,
        check=_supplied,
    ),
    Rule(
        code="STRUCT-28",
        level=Severity.ERROR,
        title=Text(
            nl="Eigen GetConnector met een naam van AFAS", en="Own GetConnector named as AFAS's"
        ),
        why=Text(
            nl="Namen die met Profit_ of AFAS beginnen zijn voor AFAS zelf.",
            en="Names that begin with Profit_ or AFAS are AFAS's own.",
        ),
        fix=Text(
            nl="Noem hem <App>_<Functie>, zonder Profit of AFAS.",
            en="Name it <App>_<Functional>, without Profit or AFAS.",
        ),
        source=_AUDITOR,
        check=_own_name,
    ),
    Rule(
        code="STRUCT-29",
        level=Severity.ERROR,
        title=Text(nl="Punt in een veldnaam", en="Period in a field name"),
        why=Text(
            nl="Een punt in een veldnaam breekt afnemers van de gegevens.",
            en="A period in a field name breaks who reads the data.",
        ),
        fix=Text(
            nl="Geef het veld in de GetConnector een naam zonder punt.",
            en="Give the field a name without a period in the GetConnector.",
        ),
        source=_AUDITOR,
        check=_period,
    ),
    Rule(
        code="DATA-20",
        level=Severity.ERROR,
        title=Text(
            nl="Dienstverband en volgnummer dienstverband samen gebruikt",
            en="Employment and employment sequence number both used",
        ),
        why=Text(
            nl="De twee kunnen verschillen; wie ze mengt, koppelt gegevens aan het verkeerde "
            "dienstverband.",
            en="The two may differ; who mixes them ties data to the wrong employment.",
        ),
        fix=Text(
            nl="Gebruik alleen Dienstverband; het volgnummer alleen als deel van een sleutel.",
            en="Use Employment only; the sequence number only as part of a key.",
        ),
        source=_AUDITOR,
        check=_employment,
    ),
    Rule(
        code="DATA-23",
        level=Severity.ERROR,
        title=Text(nl="Onbekend veld in de GetConnector", en="Unknown field in the GetConnector"),
        why=Text(
            nl="Het veld bestaat niet meer in Profit; elke rij geeft de vaste tekst (vervangen).",
            en="The field no longer exists in Profit; every row gives the fixed text (replaced).",
        ),
        fix=Text(
            nl="Verwijder of vervang het veld in de GetConnector.",
            en="Remove or replace the field in the GetConnector.",
        ),
        source=_AUDITOR,
        check=_replaced,
    ),
    Rule(
        code="DATA-24",
        level=Severity.WARNING,
        orange=True,
        title=Text(nl="Vrije velden gebruikt", en="Custom fields used"),
        why=Text(
            nl="Het id van een vrij veld verschilt per omgeving.",
            en="The id of a custom field differs per environment.",
        ),
        fix=Text(
            nl="Lever het vrije veld als .fie-bestand met importinstructie, en maak het id "
            "instelbaar.",
            en="Ship the custom field as a .fie file with instructions, and make its id a setting.",
        ),
        source=_AUDITOR,
        check=_custom_field,
    ),
    Rule(
        code="AUT-19",
        level=Severity.WARNING,
        orange=True,
        title=Text(
            nl="Privacygevoelig veld zonder onderbouwing",
            en="Privacy-sensitive field without a justification",
        ),
        why=Text(
            nl="AFAS vraagt per privacygevoelig veld waarom de koppeling het nodig heeft.",
            en="AFAS asks for each privacy-sensitive field why the integration needs it.",
        ),
        fix=Text(
            nl="Zet het veld met een reden onder privacy_fields, of haal het uit de GetConnector.",
            en="Put the field with a reason under privacy_fields, or take it out of the "
            "GetConnector.",
        ),
        source=_AUDITOR,
        check=_sensitive,
    ),
)

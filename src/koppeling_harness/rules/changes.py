"""Effect of a change of the API on an integration that uses what changed.

The harness's own reading, from the integration's point of view: whoever writes is hurt by what
may no longer be sent, whoever reads by what is no longer given or is given in another form. The
kinds follow AFAS's change tables, whose wording is that of oasdiff. Source: AFAS,
docs.afas.help/profit/en/news-profit6.
"""

from collections.abc import Mapping

from koppeling_harness.model.change import Breaking, ChangeKind, Side
from koppeling_harness.model.impact import ImpactClass
from koppeling_harness.model.shape import Text

HEAVIEST_FIRST = (Breaking.BREAKING, Breaking.POSSIBLY, Breaking.COMPATIBLE)

_Effect = tuple[Breaking, Text]

_GONE = Text(
    nl="Wie het gebruikt, krijgt een fout.", en="Whoever uses it is answered with an error."
)
_NEW = Text(nl="Er komt iets bij; wat er was, blijft.", en="It is added; what was there stays.")
_ROOM = Text(
    nl="Wat mocht worden gestuurd, mag nog steeds.", en="What could be sent can still be sent."
)
_REFUSED = Text(
    nl="Profit weigert een bericht dat dit nog stuurt.",
    en="Profit refuses a message that still sends it.",
)
_MUST = Text(
    nl="Profit weigert een bericht waarin het ontbreekt.",
    en="Profit refuses a message that lacks it.",
)
_SHORTER = Text(
    nl="Profit weigert een tekst die langer is dan nu mag.",
    en="Profit refuses a text that is longer than is allowed now.",
)
_FORM = Text(
    nl="De waarde heeft een andere vorm: wie de oude verwacht, leest of stuurt iets fouts.",
    en="The value has another form: who expects the old one reads or sends something wrong.",
)
_ABSENT = Text(
    nl="Het veld verdwijnt uit de rijen, of toont in een eigen kopie de tekst (vervangen).",
    en="The field leaves the rows, or shows the text (replaced) in an own copy.",
)
_LONGER = Text(
    nl="Een langere tekst kan komen: wie afkapt of een vaste breedte heeft, verliest het einde.",
    en="A longer text may come: who truncates or has a fixed width loses its end.",
)
_UNKNOWN = Text(
    nl="Een onbekende code kan komen; de koppeling moet die niet voor een andere aanzien.",
    en="An unknown code may come; the integration must not take it for another one.",
)
_FEWER = Text(nl="Er komt niets dat er niet al was.", en="Nothing comes that did not come before.")
_ROUNDED = Text(
    nl="Decimalen vallen weg: het bedrag of aantal kan anders worden dan gestuurd of verwacht.",
    en="Decimals are dropped: the amount may become another than was sent or expected.",
)
_FINER = Text(
    nl="Er kunnen meer decimalen komen: wie afrondt of vergelijkt, kan een verschil zien.",
    en="More decimals may come: who rounds or compares may see a difference.",
)
_LISTED = Text(
    nl="Alleen waarden uit een lijst mogen nog.", en="Only values of a list may still be sent."
)
_UNTOLD = Text(
    nl="Wat gestuurd mag worden, staat nergens meer: probeer het voor de overgang.",
    en="What may be sent is no longer told: try it before the update.",
)
NOT_TOLD = Text(
    nl="Wat hier verandert, is niet gelezen; wie de connector gebruikt, moet het nagaan.",
    en="What changes here was not read; who uses the connector has to look.",
)
_PAPER = Text(
    nl="Alleen de beschrijving is anders; de API niet.",
    en="Only the description is different, the API is not.",
)
AFAS_SAYS = Text(
    nl="AFAS noemt dit een brekende wijziging.", en="AFAS lists this as a breaking change."
)
OTHER_LISTS = Text(
    nl="De twee bronnen kunnen verschillende codetabellen beschrijven: metainfo die van de "
    "omgeving, OpenAPI die van AFAS zelf.",
    en="The two sources may describe different code tables: metainfo those of the environment, "
    "OpenAPI those of AFAS itself.",
)
NOT_LISTED = Text(
    nl="Het staat niet in de tweede bron; die kan onvolledig zijn.",
    en="The second source does not have it; that one may be incomplete.",
)

_B, _P, _C = Breaking.BREAKING, Breaking.POSSIBLY, Breaking.COMPATIBLE

_COMMON: Mapping[ChangeKind, _Effect] = {
    ChangeKind.CONNECTOR_ADDED: (_C, _NEW),
    ChangeKind.CONNECTOR_REMOVED: (_B, _GONE),
    ChangeKind.ENDPOINT_ADDED: (_C, _NEW),
    ChangeKind.ENDPOINT_REMOVED: (_B, _GONE),
    ChangeKind.SCHEMA_REMOVED: (_P, _UNTOLD),
    ChangeKind.OBJECT_ADDED: (_C, _NEW),
    ChangeKind.FIELD_ADDED: (_C, _NEW),
    ChangeKind.TYPE_CHANGED: (_B, _FORM),
    ChangeKind.DOCUMENTATION: (_C, _PAPER),
    ChangeKind.NOT_UNDERSTOOD: (_P, NOT_TOLD),
}
_WRITER: Mapping[ChangeKind, _Effect] = {
    **_COMMON,
    ChangeKind.OBJECT_REMOVED: (_B, _REFUSED),
    ChangeKind.REQUIRED_FIELD_ADDED: (_B, _MUST),
    ChangeKind.FIELD_REMOVED: (_B, _REFUSED),
    ChangeKind.BECAME_REQUIRED: (_B, _MUST),
    ChangeKind.BECAME_OPTIONAL: (_C, _ROOM),
    ChangeKind.ENUM_VALUE_ADDED: (_C, _ROOM),
    ChangeKind.ENUM_VALUE_REMOVED: (_B, _REFUSED),
    ChangeKind.VALUES_RESTRICTED: (_P, _LISTED),
    ChangeKind.VALUES_UNRESTRICTED: (_C, _ROOM),
    ChangeKind.LENGTH_INCREASED: (_C, _ROOM),
    ChangeKind.LENGTH_DECREASED: (_B, _SHORTER),
    ChangeKind.DECIMALS_INCREASED: (_C, _ROOM),
    ChangeKind.DECIMALS_DECREASED: (_P, _ROUNDED),
}
_READER: Mapping[ChangeKind, _Effect] = {
    **_COMMON,
    ChangeKind.OBJECT_REMOVED: (_B, _ABSENT),
    ChangeKind.REQUIRED_FIELD_ADDED: (_C, _NEW),
    ChangeKind.FIELD_REMOVED: (_B, _ABSENT),
    ChangeKind.BECAME_REQUIRED: (_C, _FEWER),
    ChangeKind.BECAME_OPTIONAL: (_C, _FEWER),
    ChangeKind.ENUM_VALUE_ADDED: (_P, _UNKNOWN),
    ChangeKind.ENUM_VALUE_REMOVED: (_C, _FEWER),
    ChangeKind.VALUES_RESTRICTED: (_C, _FEWER),
    ChangeKind.VALUES_UNRESTRICTED: (_P, _UNKNOWN),
    ChangeKind.LENGTH_INCREASED: (_P, _LONGER),
    ChangeKind.LENGTH_DECREASED: (_C, _FEWER),
    ChangeKind.DECIMALS_INCREASED: (_P, _FINER),
    ChangeKind.DECIMALS_DECREASED: (_P, _ROUNDED),
}

KIND = {
    ChangeKind.CONNECTOR_ADDED: Text(nl="connector erbij", en="connector added"),
    ChangeKind.CONNECTOR_REMOVED: Text(nl="connector vervallen", en="connector removed"),
    ChangeKind.ENDPOINT_ADDED: Text(nl="endpoint erbij", en="endpoint added"),
    ChangeKind.ENDPOINT_REMOVED: Text(nl="endpoint vervallen", en="endpoint removed"),
    ChangeKind.SCHEMA_REMOVED: Text(nl="beschrijving ingetrokken", en="schema withdrawn"),
    ChangeKind.OBJECT_ADDED: Text(nl="object erbij", en="object added"),
    ChangeKind.OBJECT_REMOVED: Text(nl="object vervallen", en="object removed"),
    ChangeKind.FIELD_ADDED: Text(nl="veld erbij", en="field added"),
    ChangeKind.REQUIRED_FIELD_ADDED: Text(nl="verplicht veld erbij", en="required field added"),
    ChangeKind.FIELD_REMOVED: Text(nl="veld vervallen", en="field removed"),
    ChangeKind.BECAME_REQUIRED: Text(nl="verplicht geworden", en="became required"),
    ChangeKind.BECAME_OPTIONAL: Text(nl="niet meer verplicht", en="became optional"),
    ChangeKind.ENUM_VALUE_ADDED: Text(nl="waarde erbij", en="value added"),
    ChangeKind.ENUM_VALUE_REMOVED: Text(nl="waarde vervallen", en="value removed"),
    ChangeKind.VALUES_RESTRICTED: Text(nl="nu een gesloten lijst", en="now a closed list"),
    ChangeKind.VALUES_UNRESTRICTED: Text(nl="geen gesloten lijst meer", en="no closed list now"),
    ChangeKind.LENGTH_INCREASED: Text(nl="langer", en="longer"),
    ChangeKind.LENGTH_DECREASED: Text(nl="korter", en="shorter"),
    ChangeKind.TYPE_CHANGED: Text(nl="ander type", en="other type"),
    ChangeKind.DECIMALS_INCREASED: Text(nl="meer decimalen", en="more decimals"),
    ChangeKind.DECIMALS_DECREASED: Text(nl="minder decimalen", en="fewer decimals"),
    ChangeKind.DOCUMENTATION: Text(nl="alleen beschrijving", en="description only"),
    ChangeKind.NOT_UNDERSTOOD: Text(nl="rij niet begrepen", en="row not understood"),
}
"""The programme's word for each kind."""

BREAKING = {
    Breaking.BREAKING: Text(nl="brekend", en="breaking"),
    Breaking.POSSIBLY: Text(nl="mogelijk brekend", en="possibly breaking"),
    Breaking.COMPATIBLE: Text(nl="verenigbaar", en="compatible"),
}
IMPACT = {
    ImpactClass.NONE: Text(nl="niets te doen", en="nothing to do"),
    ImpactClass.ADVISED: Text(nl="opnieuw draaien aanbevolen", en="re-run advised"),
    ImpactClass.REQUIRED: Text(nl="opnieuw draaien verplicht", en="re-run required"),
}


def effect(kind: ChangeKind, side: Side) -> tuple[Breaking, Text]:
    """Return what a change does to whoever uses what changed, and why."""
    return (_WRITER if side is Side.WRITES else _READER)[kind]


def weigh_listing(found: tuple[Breaking, Text], *, listed_breaking: bool) -> tuple[Breaking, Text]:
    """Return an effect, at least `possibly breaking` when AFAS lists it as breaking."""
    if listed_breaking and found[0] is Breaking.COMPATIBLE:
        return Breaking.POSSIBLY, AFAS_SAYS
    return found


def soften(found: tuple[Breaking, Text], why: Text) -> tuple[Breaking, Text]:
    """Return an effect that cannot be sure: at most `possibly breaking`, with the reason."""
    return (Breaking.POSSIBLY, why) if found[0] is Breaking.BREAKING else found


def impact_class(touched: frozenset[Breaking]) -> ImpactClass:
    """Return what an integration has to do, given what the changes that touch it may break."""
    if Breaking.BREAKING in touched:
        return ImpactClass.REQUIRED
    return ImpactClass.ADVISED if Breaking.POSSIBLY in touched else ImpactClass.NONE

"""Every rule that makes a status, with its source.

R1-R19 are the programme's rules as this project reads them. The others: `INPUT` for records that
cannot be true, `C4`, `C7` and `C8` for three of AFAS's eight criteria (the ones a registration can
tell), `A1` for the yearly review of the agreement, `A2` for what was agreed in it, `A3` for plans.
"""

from koppeling_harness.model.shape import Text
from koppeling_harness.value import dataclass

CONTRACT = "AFAS, partner.afas.nl/sla/koppeling"
AUDITOR = "AFAS, docs.afas.help/profit/nl/app-connector-auditor-partner"
STEPS = "AFAS, docs.afas.help/profit/nl/partner-certification-steps"
OWN = "reading of this harness"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        id: How a status names it.
        text: What it says.
        source: Where it stands written.
    """

    id: str
    text: Text
    source: str


def _rule(rule: str, nl: str, en: str, *sources: str) -> Rule:
    return Rule(id=rule, text=Text(nl=nl, en=en), source="; ".join(sources))


def source_in_words(source: str) -> Text:
    """Return where something stands written, as each language says it."""
    return Text(
        nl=source.replace(OWN, "uitleg van dit project"),
        en=source.replace(OWN, "reading of this project"),
    )


RULES = {
    each.id: each
    for each in (
        _rule(
            "INPUT",
            "Een onjuist gegeven heeft geen gevolgen voor de status; corrigeer het eerst.",
            "A record that cannot be true changes nothing; it has to be mended first.",
            OWN,
        ),
        _rule(
            "PAST",
            "Een oordeel over een dag telt alleen wat op die dag bekend kon zijn.",
            "A judgement of a day counts only what could be known on that day.",
            OWN,
        ),
        _rule(
            "WORD",
            "Wat de partner zelf opschrijft is geen besluit van AFAS.",
            "What a partner writes down itself is no decision of AFAS.",
            OWN,
        ),
        _rule(
            "R1",
            "Rood is zes maanden geldig vanaf de rapportdatum; dan is een nieuwe scan nodig.",
            "Red is valid for six months from the report date; then a new scan is needed.",
            CONTRACT,
            AUDITOR,
        ),
        _rule(
            "R2",
            "Oranje vraagt na twaalf maanden een vervolgafspraak; het beleid zegt hoe lang het "
            "geldig is (contractpagina 12, auditor 15 maanden).",
            "Orange asks for a follow-up after twelve months; the policy says how long it is valid "
            "(contract page 12, auditor 15 months).",
            CONTRACT,
            AUDITOR,
        ),
        _rule(
            "R3",
            "Groen is 36 maanden geldig vanaf de rapportdatum.",
            "Green is valid for 36 months from the report date.",
            CONTRACT,
            AUDITOR,
        ),
        _rule(
            "R4",
            "De laatste dag telt nog mee als geldig.",
            "The last day still counts as valid.",
            AUDITOR,
        ),
        _rule(
            "R5",
            "Zonder geldige beoordeling vervallen de vermeldingen op partnersite en Help Center en "
            "wordt het abonnement opgezegd.",
            "Without a valid assessment the listings on partner site and Help Center go, and the "
            "subscription is given notice.",
            CONTRACT,
        ),
        _rule(
            "R6",
            "Zonder opzegbrief is het einde een prognose: einddatum geldigheid plus twaalf "
            "maanden. Daarna mag AFAS eenzijdig beëindigen; dat is een besluit.",
            "Without a notice letter the end is a forecast: valid until plus twelve months. After "
            "it AFAS may end the contract; that is a decision.",
            CONTRACT,
            AUDITOR,
        ),
        _rule(
            "R7",
            "Na een opzegbrief eindigt het contract twaalf maanden na de datum van de brief.",
            "After a notice letter the contract ends twelve months after the date of the letter.",
            CONTRACT,
        ),
        _rule(
            "R8",
            "Per direct beëindigen kan met een gedegen onderbouwing.",
            "Ending at once is possible with a thorough substantiation.",
            CONTRACT,
        ),
        _rule(
            "R9",
            "Een signaal is ter beoordeling en verandert op zichzelf niets.",
            "A signal is for a reviewer to weigh and changes nothing by itself.",
            CONTRACT,
        ),
        _rule(
            "R10",
            "Van meerdere rapporten telt het laatste; op dezelfde dag de slechtste kleur.",
            "Of several reports the latest counts; on one day the worst colour.",
            OWN,
        ),
        _rule(
            "R11",
            "Een geplande scan telt niet mee; voor een aanvrager is hij genoeg om te beginnen.",
            "A planned scan does not count; for an applicant it is enough to begin.",
            STEPS,
        ),
        _rule(
            "R12",
            "Bewijs van een andere organisatie telt na aanvaarding, vanaf de rapportdatum; AFAS "
            "bepaalt de kleur.",
            "Evidence from another organisation counts after it is accepted, from its report date; "
            "AFAS decides on the colour.",
            CONTRACT,
            AUDITOR,
            OWN,
        ),
        _rule(
            "R13",
            "De eerste certificering duurt hoogstens twaalf maanden; daarna volgt een laatste "
            "gesprek.",
            "The first certification takes twelve months at most; then a last conversation "
            "follows.",
            AUDITOR,
        ),
        _rule(
            "R14",
            "Een aanvrager wordt nog niet vermeld: publicatie volgt op de goedgekeurde demo.",
            "An applicant is not listed yet: publication follows the approved demo.",
            STEPS,
        ),
        _rule(
            "R15",
            "Een koppeling werkt op de laatste en de vorige Profit-versie; Accept is ter "
            "voorbereiding. Functionele resultaten kosten nooit een vermelding.",
            "An integration works on the latest and the previous Profit release; Accept is to "
            "prepare. Functional results never cost a listing.",
            CONTRACT,
            OWN,
        ),
        _rule(
            "R16",
            "Wat door de omgeving niet te beoordelen was, is onbeslist en wordt opnieuw gedraaid.",
            "What the environment kept from being judged is inconclusive and is run again.",
            "AFAS, docs.afas.help/profit/nl/troubleshooting",
            OWN,
        ),
        _rule(
            "R17",
            "Een ontheffing geldt tot en met haar einddatum; daarna telt het falen weer.",
            "A waiver holds through its last day; after it the failure counts again.",
            AUDITOR,
            OWN,
        ),
        _rule(
            "R18",
            "Elke aanroep draagt het juiste IntegrationId.",
            "Every call carries the right IntegrationId.",
            "AFAS, docs.afas.help/profit/nl/integrationid",
            AUDITOR,
        ),
        _rule(
            "R19",
            "Zegt de partner op, dan telt de vastgelegde einddatum.",
            "When the partner ends it, the recorded end date counts.",
            CONTRACT,
        ),
        _rule(
            "C4",
            "Criterium 4: alle taken van het project zijn afgerond.",
            "Criterion 4: every task of the project is done.",
            AUDITOR,
        ),
        _rule(
            "C7",
            "Criterium 7: ten minste vijf actieve klanten.",
            "Criterion 7: at least five active customers.",
            AUDITOR,
        ),
        _rule(
            "C8",
            "Criterium 8: ten minste twee contactpersonen.",
            "Criterion 8: at least two contact persons.",
            AUDITOR,
        ),
        _rule(
            "D1",
            "Wat AFAS beëindigt, werkt na de dag die AFAS noemt niet meer; tot 90 dagen ervoor is "
            "het een mededeling.",
            "What AFAS ends works no more after the day that AFAS names; until 90 days before it "
            "is information.",
            "AFAS, docs.afas.help/profit/en/authentication",
            OWN,
        ),
        _rule(
            "D2",
            "Wat een nieuwe versie van dit programma vraagt, telt vanaf de dag die het noemt.",
            "What a new version of this program asks counts from the day that it names.",
            OWN,
        ),
        _rule(
            "A1",
            "De samenwerking kan jaarlijks worden herzien, uitgebreid of beëindigd.",
            "The cooperation can be revised, extended or ended every year.",
            CONTRACT,
        ),
        _rule(
            "A2",
            "Wat in een jaargesprek is afgesproken, gebeurt voor de afgesproken dag.",
            "What was agreed in a yearly review is done by the day that was agreed.",
            OWN,
        ),
        _rule(
            "A3",
            "Voor rood, oranje, wat niet slaagt en ontheffingen kan een plan worden vastgelegd: "
            "wie, wat, voor wanneer, en welke testrun aantoont dat het klaar is.",
            "For red, orange, failures and waivers a plan can be recorded: who, what, by when, and "
            "which run shows that it is done.",
            OWN,
        ),
    )
}
"""By id."""

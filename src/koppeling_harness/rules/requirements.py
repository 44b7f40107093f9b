"""Every requirement that the shipped packs put to the test, with its source and since when.

What a new version asks that the one before did not, counts from a day that is told beforehand:
upgrading the program turns nobody red.
"""

from collections.abc import Sequence

from koppeling_harness.model.fault import CallKind
from koppeling_harness.model.requirement import Asked, Reach, Requirement
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.deadlines import days_of

FIRST, _SECOND = "0.1.0", "0.2.0"
(_SPRING,) = days_of("required-spring-2027")

_GET = "AFAS, docs.afas.help/profit/en/get-connector"
_UPDATE = "AFAS, docs.afas.help/profit/en/update-connector"
_TROUBLE = "AFAS, docs.afas.help/profit/en/troubleshooting"
_SIGN_IN = "AFAS, docs.afas.help/profit/en/authentication"

_EACH_CONNECTOR = Asked(reach=Reach.EACH_CONNECTOR, since=_SECOND, required_from=_SPRING)
_LOOKING_UP = Asked(reach=Reach.LOOKING_UP, since=_SECOND, required_from=_SPRING)

_ALL = (Asked(reach=Reach.ALL, since=FIRST),)
_EACH = (*_ALL, _EACH_CONNECTOR)
_EACH_READ = (*_ALL, _LOOKING_UP, _EACH_CONNECTOR)

_NEW = (Asked(reach=Reach.ALL, since=_SECOND, required_from=_SPRING),)
_NEW_EACH = (*_NEW, _EACH_CONNECTOR)
_NEW_READ = (*_NEW, _LOOKING_UP)
_NEW_EACH_READ = (*_NEW_READ, _EACH_CONNECTOR)

_ANY, _READS, _WRITES = CallKind.CALLS, CallKind.READS, CallKind.WRITES
_FETCHES = CallKind.FETCHES


def _requirement(
    name: str,
    calls: CallKind,
    nl: str,
    en: str,
    *,
    source: str,
    scenarios: Sequence[str],
    asked: tuple[Asked, ...] = _ALL,
) -> Requirement:
    return Requirement(
        id=name,
        title=Text(nl=nl, en=en),
        source=source,
        calls=calls,
        scenarios=tuple(scenarios),
        asked=asked,
    )


REQUIREMENTS: tuple[Requirement, ...] = (
    _requirement(
        "integration-id",
        _ANY,
        "Elke aanroep noemt de koppeling met haar IntegrationId",
        "Every call names the integration by its IntegrationId",
        source="AFAS, docs.afas.help/profit/nl/integrationid; programme, criterion 5",
        scenarios=["identity.integration-id"],
    ),
    _requirement(
        "token-in-header",
        _ANY,
        "Het token staat alleen in de header Authorization",
        "The token stands in the Authorization header only",
        source=f"{_SIGN_IN}; quickscan",
        scenarios=["authentication.token-only-in-header"],
    ),
    _requirement(
        "expired-token-told",
        _ANY,
        "Een verlopen token wordt gemeld en niet opnieuw geprobeerd",
        "An expired token is told and not tried again",
        source=f"{_TROUBLE}; {_SIGN_IN}",
        scenarios=["authentication.expired-token", "authentication.token-ends-halfway"],
    ),
    _requirement(
        "address-refused-told",
        _ANY,
        "Een geweigerd IP-adres wordt gemeld en niet opnieuw geprobeerd",
        "A refused IP address is told and not tried again",
        source=_TROUBLE,
        scenarios=["authentication.address-refused"],
    ),
    _requirement(
        "declared-only",
        _ANY,
        "Alleen de connectoren en velden die genoemd zijn worden gebruikt",
        "Only the connectors and fields that are named are used",
        source="AFAS, docs.afas.help/profit/nl/app-connector-auditor-partner (STRUCT-27, -28, -29)",
        scenarios=["connectors.only-what-is-declared"],
    ),
    _requirement(
        "nothing-orange",
        _ANY,
        "Gewoon gebruik geeft geen rode of oranje bevinding",
        "Ordinary use gives no red or orange finding",
        source="programme, criteria 1 and 2",
        scenarios=["connectors.nothing-orange"],
    ),
    _requirement(
        "log-private",
        _ANY,
        "In de log staan geen tokens en persoonsgegevens",
        "Neither tokens nor personal data stand in the log",
        source="AVG, artikel 5 lid 1 onder c en e; quickscan",
        scenarios=["privacy.nothing-in-the-log"],
    ),
    _requirement(
        "connections-kept",
        _ANY,
        "De verbinding blijft open",
        "The connection is kept open",
        source=f"{_TROUBLE}; {_GET}",
        scenarios=["availability.connections-are-kept"],
    ),
    _requirement(
        "few-at-once",
        _ANY,
        "Er lopen weinig aanroepen tegelijk",
        "Few calls run at once",
        source=_TROUBLE,
        scenarios=["availability.few-at-once", "availability.connections-are-kept"],
    ),
    _requirement(
        "two-at-once",
        _ANY,
        "Twee keer tegelijk dezelfde opdracht gaat goed, en schrijft niets dubbel",
        "The same job twice at the same time goes well, and writes nothing twice",
        source=f"{_TROUBLE}; programme, operations declared idempotent are",
        scenarios=["availability.two-at-once"],
        asked=_NEW,
    ),
    _requirement(
        "clocks-differ",
        _ANY,
        "Een klok bij AFAS die anders loopt stoort niet",
        "A clock at AFAS that tells another time does no harm",
        source=f"{_GET}; quickscan",
        scenarios=["availability.clock-off"],
    ),
    _requirement(
        "long-maintenance-told",
        _ANY,
        "Lang onderhoud wordt gemeld in plaats van stil afgewacht",
        "Long maintenance is told instead of waited for in silence",
        source=_TROUBLE,
        scenarios=["availability.long-maintenance"],
    ),
    _requirement(
        "maintenance-waited-reading",
        _READS,
        "Kort onderhoud tijdens het lezen wordt afgewacht",
        "Short maintenance while reading is waited for",
        source=_TROUBLE,
        scenarios=["availability.maintenance-while-reading"],
        asked=_EACH_READ,
    ),
    _requirement(
        "maintenance-told",
        _ANY,
        "Kort onderhoud wordt afgewacht, of gemeld aan wie wacht",
        "Short maintenance is waited for, or told to whoever waits",
        source=_TROUBLE,
        scenarios=["availability.maintenance-told"],
        asked=_NEW,
    ),
    _requirement(
        "reset-tried-again",
        _READS,
        "Een verbroken verbinding tijdens het lezen wordt opnieuw geprobeerd",
        "A connection that is reset while reading is tried again",
        source=_TROUBLE,
        scenarios=["availability.connection-reset"],
        asked=_EACH_READ,
    ),
    _requirement(
        "pages-complete",
        _READS,
        "Ook wat niet op de eerste pagina past wordt gelezen, in vaste volgorde",
        "What does not fit on the first page is read too, in a fixed order",
        source=_GET,
        scenarios=["reading.more-than-one-page", "reading.next-page-fails"],
        asked=_EACH_READ,
    ),
    _requirement(
        "changes-only",
        _READS,
        "Een tweede keer lezen haalt alleen op wat gewijzigd is",
        "Reading a second time fetches only what has changed",
        source=f"{_GET}; AFAS, docs.afas.help/profit/en/partner-certification-steps",
        scenarios=["reading.second-time"],
        asked=_EACH,
    ),
    _requirement(
        "no-rows-no-error",
        _READS,
        "Een antwoord zonder rijen is geen fout",
        "An answer without rows is no error",
        source=_GET,
        scenarios=["reading.no-rows"],
        asked=_EACH,
    ),
    _requirement(
        "nothing-found-told",
        _READS,
        "Dat er niets gevonden is, is een antwoord of wordt gemeld",
        "That nothing was found is an answer, or is told",
        source=_GET,
        scenarios=["reading.nothing-found"],
        asked=_NEW_EACH_READ,
    ),
    _requirement(
        "block-told",
        _READS,
        "Een geblokkeerde GetConnector wordt de gebruiker gemeld",
        "A blocked GetConnector is told to the user",
        source=f"{_GET}; {_TROUBLE}",
        scenarios=["reading.blocked-connector"],
        asked=_EACH_READ,
    ),
    _requirement(
        "broken-answer-survived",
        _READS,
        "Een antwoord dat afbreekt of geen JSON is laat de koppeling niet omvallen",
        "An answer that breaks off or is not JSON does not bring the integration down",
        source=f"{_TROUBLE}; quickscan",
        scenarios=[
            "reading.answer-cut-off",
            "reading.malformed-json",
            "reading.login-page",
        ],
        asked=_EACH_READ,
    ),
    _requirement(
        "slow-answer-waited",
        _READS,
        "Een antwoord dat langzaam binnenkomt wordt afgewacht",
        "An answer that comes in slowly is waited for",
        source=_TROUBLE,
        scenarios=["reading.slow-answer"],
        asked=_EACH_READ,
    ),
    _requirement(
        "any-form-read",
        _READS,
        "Dezelfde rijen in een andere vorm storen niet: regels, volgorde, zonder gzip",
        "The same rows in another form do no harm: lines, order, without gzip",
        source=f"{_GET}; AFAS, docs.afas.help/profit/en/news-profit7",
        scenarios=[
            "reading.no-compression",
            "reading.other-layout",
            "reading.other-order-of-members",
        ],
        asked=_EACH_READ,
    ),
    _requirement(
        "unknown-field-ignored",
        _READS,
        "Een extra veld in de rijen stoort niet",
        "An extra field in the rows does no harm",
        source="AFAS, docs.afas.help/profit/en/news-profit6; programme, deviation of 10 %",
        scenarios=["reading.unknown-field"],
        asked=_EACH_READ,
    ),
    _requirement(
        "maintenance-waited-writing",
        _WRITES,
        "Kort onderhoud tijdens het schrijven wordt afgewacht",
        "Short maintenance while writing is waited for",
        source=_TROUBLE,
        scenarios=["availability.maintenance-while-writing"],
        asked=_EACH,
    ),
    _requirement(
        "afas-form",
        _WRITES,
        "Wat geschreven wordt heeft de vorm die AFAS vraagt",
        "What is written has the form that AFAS asks for",
        source=_UPDATE,
        scenarios=["writing.in-afas-form", "writing.arrives-as-meant"],
        asked=_EACH,
    ),
    _requirement(
        "not-written-blindly",
        _WRITES,
        "Wat misschien al geschreven is wordt niet blind opnieuw geschreven",
        "What may have been written is not written again blindly",
        source=_TROUBLE,
        scenarios=[
            "writing.lost-answer",
            "writing.lost-answer-and-again",
            "writing.answer-cut-off",
            "writing.answer-held",
            "writing.connection-reset",
            "writing.connection-keeps-breaking",
            "writing.look-fails",
            "writing.reset-and-again",
        ],
        asked=_EACH,
    ),
    _requirement(
        "not-written-twice",
        _WRITES,
        "Dezelfde invoer twee keer wordt niet dubbel geschreven",
        "The same input twice is not written twice",
        source=_UPDATE,
        scenarios=["writing.same-input-twice", "writing.refused-halfway-and-again"],
    ),
    _requirement(
        "refusal-told",
        _WRITES,
        "Wat AFAS weigert wordt met de tekst van AFAS gemeld, en niet herhaald",
        "What AFAS refuses is told in AFAS's words, and not repeated",
        source=f"{_TROUBLE}; {_UPDATE}",
        scenarios=["writing.refusal-is-told", "writing.one-refused"],
        asked=_EACH,
    ),
    _requirement(
        "log-reference-told",
        _WRITES,
        "Bij een weigering wordt ook de logreferentie van AFAS gemeld",
        "With a refusal AFAS's log reference is told too",
        source=_TROUBLE,
        scenarios=["writing.refusal-with-log-reference"],
        asked=_EACH,
    ),
    _requirement(
        "fetched-whole",
        _FETCHES,
        "Wat halverwege afbreekt geldt nooit als opgehaald",
        "What breaks off halfway is never taken for fetched",
        source=f"{_TROUBLE}; quickscan",
        scenarios=["fetching.answer-cut-off"],
        asked=_NEW,
    ),
    _requirement(
        "gone-told",
        _FETCHES,
        "Wat AFAS niet geeft (404) wordt de gebruiker gemeld",
        "What AFAS does not give (404) is told to the user",
        source="AFAS, docs.afas.help/profit/en/howto-bijlage-dossier",
        scenarios=["fetching.gone"],
        asked=_NEW,
    ),
    _requirement(
        "slow-fetch-waited",
        _FETCHES,
        "Een bestand dat langzaam binnenkomt wordt afgewacht",
        "A file that comes in slowly is waited for",
        source=_TROUBLE,
        scenarios=["fetching.slow-answer"],
        asked=_NEW,
    ),
    _requirement(
        "reset-fetched-again",
        _FETCHES,
        "Een verbroken verbinding tijdens het ophalen wordt opnieuw geprobeerd",
        "A connection that is reset while fetching is tried again",
        source=_TROUBLE,
        scenarios=["fetching.connection-reset"],
        asked=_NEW,
    ),
    _requirement(
        "token-renewed-reading",
        _READS,
        "Een OAuth-token dat tijdens het lezen verloopt wordt één keer vernieuwd",
        "An OAuth token that ends while reading is renewed once",
        source=_SIGN_IN,
        scenarios=["oauth.token-ends-while-reading"],
        asked=_NEW_READ,
    ),
    _requirement(
        "token-renewed-writing",
        _WRITES,
        "Een OAuth-token dat tijdens het schrijven verloopt wordt vernieuwd, zonder dubbel te "
        "schrijven",
        "An OAuth token that ends while writing is renewed, and nothing is written twice",
        source=_SIGN_IN,
        scenarios=["oauth.token-ends-while-writing"],
        asked=_NEW,
    ),
    _requirement(
        "token-reused",
        _ANY,
        "Eén OAuth-token dient voor vele aanroepen van dezelfde klant",
        "One OAuth token does for many calls of the same customer",
        source=_SIGN_IN,
        scenarios=["oauth.one-token-for-many-calls"],
        asked=_NEW,
    ),
    _requirement(
        "customers-apart",
        _ANY,
        "Tokens van twee klanten worden uit elkaar gehouden",
        "Tokens of two customers are kept apart",
        source=_SIGN_IN,
        scenarios=["oauth.two-customers"],
        asked=_NEW,
    ),
    _requirement(
        "sign-in-kept-up",
        _ANY,
        "Na een uur en na dertig dagen wordt opnieuw aangemeld, of de gebruiker erom gevraagd",
        "After an hour and after thirty days one signs in again, or the user is asked to",
        source=_SIGN_IN,
        scenarios=["oauth.an-hour-later", "oauth.a-month-later"],
        asked=_NEW,
    ),
    _requirement(
        "sign-in-refused-told",
        _ANY,
        "Een geweigerde aanmelding wordt gemeld en niet herhaald",
        "A sign-in that is refused is told and not repeated",
        source=_SIGN_IN,
        scenarios=["oauth.sign-in-refused", "oauth.signed-clock-off"],
        asked=_NEW,
    ),
    _requirement(
        "sign-in-maintenance",
        _ANY,
        "Onderhoud tijdens het aanmelden wordt afgewacht, of gemeld",
        "Maintenance while signing in is waited for, or told",
        source=f"{_TROUBLE}; {_SIGN_IN}",
        scenarios=["oauth.sign-in-in-maintenance"],
        asked=_NEW,
    ),
    _requirement(
        "secret-renewed",
        _ANY,
        "Een secret wordt vernieuwd zonder dat iets stilvalt",
        "A secret is renewed without anything stopping",
        source=_SIGN_IN,
        scenarios=["oauth.secret-renewed"],
        asked=_NEW,
    ),
    _requirement(
        "oauth-alone",
        _ANY,
        "Met OAuth is geen klassiek token nodig",
        "With OAuth no classic token is needed",
        source=_SIGN_IN,
        scenarios=["oauth.without-a-classic-token"],
        asked=_NEW,
    ),
    _requirement(
        "failed-read-told",
        _READS,
        "Een lezing die mislukte geldt niet als een lezing zonder rijen",
        "A read that failed is not taken for a read without rows",
        source=f"{_TROUBLE}; {_GET}; quickscan",
        scenarios=["reading.login-page", "reading.error-body", "reading.next-page-fails"],
        asked=_NEW_EACH_READ,
    ),
    _requirement(
        "done-is-done",
        _WRITES,
        "Wat als gedaan gemeld wordt staat in Profit",
        "What is told as done stands in Profit",
        source=f"{_TROUBLE}; {_UPDATE}",
        scenarios=["writing.connection-keeps-breaking", "writing.refused-halfway"],
        asked=_NEW_EACH,
    ),
    _requirement(
        "arrives-as-meant",
        _WRITES,
        "Teksten, bedragen en datums uit de invoer komen aan zoals ze bedoeld zijn",
        "Texts, amounts and days of the input arrive as they are meant",
        source=f"{_UPDATE}; {_GET}",
        scenarios=["writing.arrives-as-meant"],
        asked=_NEW,
    ),
)
"""In the order in which they are shown."""


def witnessed_by(scenario: str) -> tuple[Requirement, ...]:
    """Return the requirements that a scenario of the packs can witness, by its id."""
    return _BY_SCENARIO.get(scenario, ())


def _by_scenario() -> dict[str, tuple[Requirement, ...]]:
    found: dict[str, tuple[Requirement, ...]] = {}
    for each in REQUIREMENTS:
        for scenario in each.scenarios:
            found[scenario] = (*found.get(scenario, ()), each)
    return found


_BY_SCENARIO = _by_scenario()

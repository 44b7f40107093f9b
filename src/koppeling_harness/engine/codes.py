"""The codes with which the engine itself objects; those of the traffic rules are in `traffic`."""

from koppeling_harness.model.shape import Text
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One thing that can be wrong, explained.

    Attributes:
        code: Stable name.
        title: What it is.
        why: What it means for the verdict.
        fix: What to do.
    """

    code: str
    title: Text
    why: Text
    fix: Text


EXPECTATION = Code(
    code="EXPECTATION",
    title=Text(nl="Niet wat verwacht werd", en="Not what was expected"),
    why=Text(
        nl="Een stap van het scenario gaf een ander resultaat dan de verwachting die erbij staat.",
        en="A step of the scenario gave another result than the expectation written with it.",
    ),
    fix=Text(
        nl="Vergelijk per plek wat verwacht en wat gevonden werd, en volg de curl-regel.",
        en="Compare expected and found place by place, and follow the curl line.",
    ),
)
PLUGIN_RAISED = Code(
    code="PLUGIN-RAISED",
    title=Text(nl="De koppeling gaf een fout", en="The integration broke down"),
    why=Text(
        nl="Een hook eindigde met een exceptie, of een aanroep met een fout, zonder resultaat.",
        en="A hook ended with an exception, or a call with an error, instead of a result.",
    ),
    fix=Text(
        nl="Lees de log bij het resultaat; geef een weigering terug met `ok: false`.",
        en="Read the integration's log beside the result; give a refusal back with `ok: false`.",
    ),
)
ONLY_HANGS = Code(
    code="ONLY-HANGS",
    title=Text(nl="De bewerking blijft steeds hangen", en="The operation only hangs"),
    why=Text(
        nl="De bewerking gaf met haar voorbeeld geen antwoord, of in geen van de eerste drie"
        " scenario's ervan. De overige scenario's van die bewerking zijn niet uitgevoerd.",
        en="The operation gave no answer with its example, or in none of the first three of its"
        " scenarios. Its other scenarios were not carried out.",
    ),
    fix=Text(
        nl="Begin met één scenario waarin zij blijft hangen: `koppeling run -k NAAM`.",
        en="Begin with one scenario in which it hangs: `koppeling run -k NAME`.",
    ),
)
NOT_CARRIED_OUT = Code(
    code="NOT-CARRIED-OUT",
    title=Text(nl="De machine voerde het niet uit", en="The machine did not carry it out"),
    why=Text(
        nl="De run was verdeeld over machines, en de machine waar dit scenario aan de beurt was"
        " viel weg of kon het niet uitvoeren. Over de koppeling zegt dat niets.",
        en="The run was shared out over machines, and the one whose turn this scenario was fell"
        " away or could not carry it out. That says nothing of the integration.",
    ),
    fix=Text(
        nl="Kijk op die machine waarom, en draai de koppeling opnieuw.",
        en="Look on that machine why, and run the integration again.",
    ),
)
PLUGIN_HUNG = Code(
    code="PLUGIN-HUNG",
    title=Text(
        nl="De koppeling antwoordde niet op tijd", en="The integration did not answer in time"
    ),
    why=Text(
        nl="Een bewerking duurde langer dan toegestaan; het proces is beëindigd.",
        en="An operation took longer than allowed; its process was ended.",
    ),
    fix=Text(
        nl="Begrens wachttijden en herhalingen, of geef de stap een ruimere `timeout_s`.",
        en="Bound waits and retries, or give the step a larger `timeout_s`.",
    ),
)
PLUGIN_CRASHED = Code(
    code="PLUGIN-CRASHED",
    title=Text(nl="Het proces van de koppeling stopte", en="The integration's process ended"),
    why=Text(
        nl="Het proces eindigde voordat het antwoord gaf; wat het naar ERP1 schreef is onzeker.",
        en="The process ended before it answered; what it wrote to ERP1 is uncertain.",
    ),
    fix=Text(
        nl="Lees de log van de koppeling bij het resultaat.",
        en="Read the integration's log beside the result.",
    ),
)
PLUGIN_NO_ANSWER = Code(
    code="PLUGIN-NO-ANSWER",
    title=Text(nl="Geen bruikbaar antwoord", en="No usable answer"),
    why=Text(
        nl="De koppeling eindigde zonder resultaat, of schreef iets anders waar dat moest staan.",
        en="The integration ended without a result, or wrote something else where it belongs.",
    ),
    fix=Text(
        nl="Geef `ok`, `output` (JSON) en `error` terug en niets anders; log naar stderr.",
        en="Give back `ok`, `output` (JSON) and `error` and nothing else; log to stderr.",
    ),
)
PLUGIN_NOT_STARTED = Code(
    code="PLUGIN-NOT-STARTED",
    title=Text(nl="De koppeling kon niet starten", en="The integration could not be started"),
    why=Text(
        nl="Wat niet start, kan niet worden aangestuurd; er is geen oordeel.",
        en="What does not start cannot be triggered; there is no verdict.",
    ),
    fix=Text(
        nl="Draai `koppeling plugins check` en volg de melding.",
        en="Run `koppeling plugins check` and follow its message.",
    ),
)
OUTPUT_FLOOD = Code(
    code="OUTPUT-FLOOD",
    title=Text(nl="Te veel uitvoer", en="Too much output"),
    why=Text(
        nl="De koppeling schreef meer dan is toegestaan; het proces is beëindigd.",
        en="The integration printed more than is allowed; its process was ended.",
    ),
    fix=Text(nl="Log minder, of naar een bestand.", en="Log less, or to a file."),
)
ERP_UNAVAILABLE = Code(
    code="ERP-UNAVAILABLE",
    title=Text(nl="ERP1 is niet bruikbaar", en="ERP1 cannot be used"),
    why=Text(
        nl="ERP1 gaf het harnas geen antwoord of weigerde; dat zegt niets over de koppeling.",
        en="ERP1 gave the harness no answer, or refused; this says nothing of the integration.",
    ),
    fix=Text(
        nl="Controleer omgeving, token en onderhoudsvenster en draai opnieuw.",
        en="Check environment, token and maintenance window, and run again.",
    ),
)
ERP_REFUSED = Code(
    code="ERP-REFUSED",
    title=Text(nl="ERP1 weigerde de uitgangssituatie", en="ERP1 refused the initial situation"),
    why=Text(
        nl="Een stap onder `given` werd geweigerd; het scenario kon niet beginnen.",
        en="A step under `given` was refused; the scenario could not begin.",
    ),
    fix=Text(
        nl="Herstel het scenario of de inrichting van de omgeving volgens de melding van AFAS.",
        en="Mend the scenario or the environment's set-up as AFAS's message says.",
    ),
)
SCENARIO_TIMEOUT = Code(
    code="SCENARIO-TIMEOUT",
    title=Text(nl="Het scenario duurde te lang", en="The scenario took too long"),
    why=Text(
        nl="De toegestane tijd was om voordat alle stappen gedaan waren.",
        en="The time allowed was over before all steps were done.",
    ),
    fix=Text(
        nl="Kijk welke stap het langst duurde; verruim zo nodig `timeout_s` van het scenario.",
        en="See which step took longest; widen the scenario's `timeout_s` if that is right.",
    ),
)
FAULT_NOT_FIRED = Code(
    code="FAULT-NOT-FIRED",
    title=Text(nl="Een storing trad niet op", en="A fault never fired"),
    why=Text(
        nl="Het scenario verstoort een aanroep die de koppeling niet deed: niets is bewezen.",
        en="The scenario disturbs a call that the integration did not make, so nothing is proven.",
    ),
    fix=Text(
        nl="Zorg dat de bewerking de genoemde aanroep doet, of pas `faults` aan.",
        en="See that the operation makes the call that is named, or change `faults`.",
    ),
)
NO_ROOM = Code(
    code="NO-ROOM",
    title=Text(nl="De schijf is vol", en="The disk is full"),
    why=Text(
        nl="Waar tijdelijke bestanden staan was geen plaats meer. Wat dan misgaat zegt niets van "
        "de koppeling.",
        en="Where temporary files lie there was no room left. What goes wrong then says nothing of "
        "the integration.",
    ),
    fix=Text(
        nl="Maak plaats, of wijs met TMPDIR een andere map aan, en draai opnieuw.",
        en="Make room, or name another folder with TMPDIR, and run again.",
    ),
)
NOT_JUDGED = Code(
    code="NOT-JUDGED",
    title=Text(nl="Gezien en niet beoordeeld", en="Seen and not judged"),
    why=Text(
        nl="Er werd meer verstuurd of gelogd dan het harnas kan beoordelen. Dat is geen fout van "
        "de koppeling, en ook geen bewijs dat het goed was.",
        en="More was sent or logged than the harness can judge. That is no fault of the "
        "integration, and no proof that it was in order.",
    ),
    fix=Text(
        nl="Certificeer met een `example` dat minder elementen tegelijk verstuurt, of log minder.",
        en="Certify with an `example` that sends fewer elements at once, or log less.",
    ),
)
NOT_PROVEN = Code(
    code="NOT-PROVEN",
    title=Text(nl="Gedraaid, bewijst niets", en="Ran, proves nothing"),
    why=Text(
        nl="Niets sprak de koppeling tegen, maar zij deed niet wat het scenario moet zien: dan is "
        "het geen bewijs.",
        en="Nothing spoke against the integration, but it never did what the scenario has to see, "
        "so it is no proof.",
    ),
    fix=Text(
        nl="Geef de bewerking in het manifest een `example` waarmee zij dit doet; "
        "`koppeling plugins check` zegt vooraf wat niet te zien zal zijn.",
        en="Give the operation an `example` in the manifest with which it does so; "
        "`koppeling plugins check` tells beforehand what will not be seen.",
    ),
)
NO_CALL = Code(
    code="NO-CALL",
    title=Text(nl="Geen enkele aanroep", en="Not a single call"),
    why=Text(
        nl="De koppeling antwoordde, maar op het adres dat zij kreeg kwam niets aan: niets is "
        "bewezen.",
        en="The integration answered, but nothing arrived at the address that it was given, so "
        "nothing is proven.",
    ),
    fix=Text(
        nl="Stuur alles naar het adres uit de context (KOPPELING_BASE_URL, `base_url`), met zijn "
        "poort; een vast adres gaat via een proxy daarheen. Bewaar van de ene omgeving niets voor "
        "de volgende: elk scenario heeft een eigen adres, in hetzelfde proces.",
        en="Send everything to the address in the context (KOPPELING_BASE_URL, `base_url`), with "
        "its port; a fixed address goes there through a proxy. Keep nothing of one environment for "
        "the next: each scenario has an address of its own, in the same process.",
    ),
)
EXPRESSION = Code(
    code="EXPRESSION",
    title=Text(
        nl="Een uitdrukking kon niet worden ingevuld", en="An expression could not be filled in"
    ),
    why=Text(
        nl="Het scenario verwijst naar iets dat er bij het draaien niet was.",
        en="The scenario refers to something that was not there when it ran.",
    ),
    fix=Text(nl="Herstel de verwijzing in het scenario.", en="Mend the reference in the scenario."),
)
HARNESS = Code(
    code="HARNESS-ERROR",
    title=Text(nl="Fout in het harnas zelf", en="An error of the harness itself"),
    why=Text(
        nl="Het harnas kon dit scenario niet beoordelen; dat zegt niets over de koppeling.",
        en="The harness could not judge this scenario; this says nothing of the integration.",
    ),
    fix=Text(nl="Meld het met de run-map erbij.", en="Report it, with the folder of the run."),
)
CLEANUP = Code(
    code="CLEANUP",
    title=Text(nl="Opruimen lukte niet", en="Cleaning up did not succeed"),
    why=Text(
        nl="Een stap onder `cleanup` mislukte; in een gedeelde omgeving blijft er iets achter.",
        en="A step under `cleanup` failed; in a shared environment something stays behind.",
    ),
    fix=Text(nl="Herstel de stap onder `cleanup`.", en="Mend the step under `cleanup`."),
)

SHARED_ENVIRONMENT = Code(
    code="SHARED-ENVIRONMENT",
    title=Text(
        nl="Niet uit te voeren in een gedeelde omgeving",
        en="Cannot be carried out in a shared environment",
    ),
    why=Text(
        nl="Het scenario rekent op een omgeving voor zich alleen. Dat is niet aan de koppeling.",
        en="The scenario counts on an environment of its own. The integration has no part in that.",
    ),
    fix=Text(
        nl="Draai het tegen het nagebouwde ERP1, of laat het alleen toetsen wat het zelf maakte.",
        en="Run it against the emulated ERP1, or let it assert only on what it made itself.",
    ),
)
NOT_ON_TOKEN = Code(
    code="NOT-ON-TOKEN",
    title=Text(
        nl="Het token mag een connector van het scenario niet gebruiken",
        en="The token may not use a connector of the scenario",
    ),
    why=Text(
        nl="Het harnas kijkt in dit scenario zelf in de omgeving, en mag dat niet.",
        en="In this scenario the harness looks into the environment itself, and may not.",
    ),
    fix=Text(
        nl="Zet de connector op de app connector, en geef de gebruiker er rechten op.",
        en="Put the connector on the app connector, and give its user rights to it.",
    ),
)
DEADLINE_PAST = Code(
    code="DEADLINE-PAST",
    title=Text(nl="Gebruikt wat AFAS heeft beëindigd", en="Uses what AFAS has ended"),
    why=Text(
        nl="De laatste dag waarop het werkte is voorbij; een klant kan er niet meer mee werken.",
        en="The last day on which it worked is past; no customer can work with it any more.",
    ),
    fix=Text(
        nl="Zie `koppeling updates deadlines`: wat eindigde, wanneer, en wat ervoor in de plaats "
        "komt.",
        en="See `koppeling updates deadlines`: what ended, when, and what takes its place.",
    ),
)
RESIDUE = Code(
    code="RESIDUE",
    title=Text(nl="Er blijft iets achter", en="Something stays behind"),
    why=Text(
        nl="Het scenario liet in de gedeelde omgeving iets achter dat niet op te ruimen is.",
        en="The scenario left something in the shared environment that cannot be cleaned up.",
    ),
    fix=Text(
        nl="Ruim het op onder `cleanup`, of noem de connector onder `leaves`.",
        en="Undo it under `cleanup`, or name the connector under `leaves`.",
    ),
)

CODES: tuple[Code, ...] = (
    EXPECTATION,
    PLUGIN_RAISED,
    PLUGIN_HUNG,
    ONLY_HANGS,
    PLUGIN_CRASHED,
    PLUGIN_NO_ANSWER,
    PLUGIN_NOT_STARTED,
    OUTPUT_FLOOD,
    ERP_UNAVAILABLE,
    ERP_REFUSED,
    SCENARIO_TIMEOUT,
    FAULT_NOT_FIRED,
    NO_ROOM,
    NOT_CARRIED_OUT,
    NOT_JUDGED,
    NOT_PROVEN,
    NO_CALL,
    EXPRESSION,
    HARNESS,
    CLEANUP,
    SHARED_ENVIRONMENT,
    NOT_ON_TOKEN,
    DEADLINE_PAST,
    RESIDUE,
)
"""Every code of the engine, for `koppeling explain`."""

"""Notes on a verdict: what it rests on and leaves open, told wherever the verdict is."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from koppeling_harness.model.finding import Finding
from koppeling_harness.model.proof import NO_MODIFIED_FIELD, ProofState
from koppeling_harness.model.requirement import Reach
from koppeling_harness.model.run import DECLARED, IntegrationRecord, RestsOn
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import ErpKind, Outcome, Severity
from koppeling_harness.rules.scope import OWN_LIST, undeclared
from koppeling_harness.rules.standing import part_in_words
from koppeling_harness.rules.witnessed import witnessed_by
from koppeling_harness.rules.words import said


def verdict_notes(each: IntegrationRecord) -> tuple[Text, ...]:
    """Return what a reader of a verdict should know beside its numbers; nothing when set aside."""
    return () if each.problem else tuple(_notes(each))


def word_notes(each: IntegrationRecord) -> tuple[Text, ...]:
    """Return of the notes those that a pass owes to what a manifest says, or that nobody used."""
    if each.problem:
        return ()
    return (*_on_the_word(each), *_without_modified_field(each), *_never_called(each))


def _part(each: IntegrationRecord) -> Iterator[Text]:
    """Yield of what the verdict is a part, by which list, and on a release that nobody named."""
    because = each.scope.because if each.scope is not None else ()
    part = [one for one in because if one != OWN_LIST]
    if part:
        yield said(
            "Dit is een deel ({why}), en geen oordeel over het geheel.",
            "This is a part ({why}), and no verdict of the whole.",
            why=part_in_words(part),
        )
    if not each.release_declared:
        yield said(
            "Het manifest noemt deze versie van Profit niet.",
            "The manifest does not name this release of Profit.",
        )
    if OWN_LIST in because:
        yield said(
            "De lijst van verplichte scenario's is een eigen lijst, niet die van het programma.",
            "The list of required scenarios is an own list, not that of the program.",
        )


def _notes(each: IntegrationRecord) -> Iterator[Text]:
    if each.rests_on is not None:
        yield _ground(each.rests_on)
    yield from _on_what_was_never_seen(each)
    yield from _part(each)
    if each.own_ids:
        yield said(
            "{own} van de {total} verplichte scenario's {zijn} van de koppeling zelf.",
            "{own} of the {total} required scenarios {are} the integration's own.",
            own=len(each.own_ids),
            zijn="is" if len(each.own_ids) == 1 else "zijn",
            are="is" if len(each.own_ids) == 1 else "are",
            total=len(each.required_ids),
        )
    if each.results and each.scope is not None and not _shows_data(each):
        yield said(
            "De koppeling heeft geen eigen scenario's{that_nl}: dat gegevens aankomen zoals "
            "bedoeld is niet bewezen.",
            "The integration has no scenarios of its own{that_en}: that data arrives as meant is "
            "not proven.",
            that_nl=" die rijen, uitvoer of aanroepen nakijken" if each.own_ids else "",
            that_en=" that look at rows, output or exchanges" if each.own_ids else "",
        )
    if each.verdict.outcome is Outcome.PASSED and each.verdict.required.proven == 0:
        yield said(
            "In geen geslaagd scenario werd een aanroep gezien: over AFAS bewijst dit niets.",
            "No call was seen in any scenario that passed: of AFAS this proves nothing.",
        )
    if each.state:
        yield said(
            "Volgens het manifest bewaart zij gegevens in {files}; die bestanden zijn niet als log "
            "doorzocht op persoonsgegevens, wel op geheimen.",
            "By its manifest it keeps data in {files}; these files were not searched for personal "
            "data as a log is, but for secrets they were.",
            files=", ".join(each.state),
        )
    for ends in each.ends:
        yield ends.text
    yield from _of_the_machine(each)
    yield from _not_asked(each)
    yield from _required_later(each)
    yield from _disputes(each)
    yield from _not_yet_for_each(each)
    yield from _warned(each)
    yield from _by_another(each)
    yield from _without_modified_field(each)
    yield from _never_called(each)
    more = undeclared(each.results, each.declared) if each.scope is not None else ()
    if more:
        yield said(
            "Aangeroepen en niet genoemd: {connectors}.",
            "Called and not declared: {connectors}.",
            connectors=", ".join(more),
        )


def _ground(rests_on: RestsOn) -> Text:
    if rests_on.kind is ErpKind.ENVIRONMENT:
        return said("Dit oordeel rust op een omgeving.", "This verdict rests on an environment.")
    return said(
        "Dit oordeel rust op de emulator; {seen} van {total} gedragingen zijn bij AFAS gezien.",
        "This verdict rests on the emulator; {seen} of {total} behaviours were seen at AFAS.",
        seen=rests_on.seen,
        total=rests_on.behaviours,
    )


def _on_what_was_never_seen(each: IntegrationRecord) -> Iterator[Text]:
    """Yield that scenarios failed on what ERP1 does and nobody saw AFAS do."""
    failed = [one for one in each.results if one.unseen]
    if failed:
        names = sorted({name for one in failed for name in one.unseen})
        yield said(
            "{what} op gedrag dat bij AFAS nooit is gezien: {names}.",
            "{what} on behaviour that was never seen at AFAS: {names}.",
            what=_rest(len(failed)),
            names=", ".join(names),
        )


def _rest(count: int) -> Text:
    if count == 1:
        return Text(nl="1 scenario dat niet slaagde rust", en="1 scenario that failed rests")
    return Text(
        nl=f"{count} scenario's die niet slaagden rusten", en=f"{count} scenarios that failed rest"
    )


def _shows_data(each: IntegrationRecord) -> bool:
    """Return whether a scenario of its own looks at data; of an older record that is not known."""
    return bool(each.own_ids if each.own_looking is None else each.own_looking)


_EVERYTHING_ASKED = frozenset({OWN_LIST, "in_process"})
"""Why a run may be a part though every scenario was asked."""


def _never_called(each: IntegrationRecord) -> Iterator[Text]:
    called = {name.lower() for name in each.exercised}
    never = [name for name in each.declared if name.lower() not in called]
    left_out = set(each.scope.because) - _EVERYTHING_ASKED if each.scope else set()
    if never and each.results and not left_out:
        yield said(
            "Genoemd en nooit aangeroepen: {connectors}.",
            "Declared and never called: {connectors}.",
            connectors=", ".join(never),
        )


def _by_another(each: IntegrationRecord) -> Iterator[Text]:
    """Yield what an operation called that only another operation declares."""
    if each.by_another:
        yield said(
            "Aangeroepen door een opdracht die het zelf niet noemt: {what}.",
            "Called by an operation that does not declare it: {what}.",
            what=", ".join(each.by_another),
        )


def _without_modified_field(each: IntegrationRecord) -> Iterator[Text]:
    """Yield what was read whole again, because the manifest names no modified date."""
    names = {
        line.connector
        for result in each.results
        if result.outcome is Outcome.PASSED
        for line in result.proof
        if line.state is ProofState.NOT_APPLICABLE
        and line.why is not None
        and line.why.en == NO_MODIFIED_FIELD.en
    }
    if names:
        yield said(
            "Opnieuw gelezen zonder naar wijzigingen te vragen, op het woord van de partner: geen "
            "modified_field voor {connectors}, wel een veld met een gewijzigd-datum.",
            "Read again without asking for changes, on the partner's word: no modified_field for "
            "{connectors}, though a field holds a modified date.",
            connectors=", ".join(sorted(names)),
        )


def _on_the_word(each: IntegrationRecord) -> Iterator[Text]:
    """Yield how many required scenarios were not asked because the manifest says so."""
    declared = Counter(
        one.why.removeprefix(DECLARED) for one in each.not_asked if one.why.startswith(DECLARED)
    )
    for words, count in sorted(declared.items()):
        yield said(
            "{what} niet gevraagd, op het woord van de partner: {words}.",
            "{what} not asked, on the partner's word: {words}.",
            what=_required_were(count),
            words=words,
        )


def _not_asked(each: IntegrationRecord) -> Iterator[Text]:
    """Yield how many required scenarios were not asked, by whose word."""
    yield from _on_the_word(each)
    elsewhere = sum(not one.why.startswith(DECLARED) for one in each.not_asked)
    if elsewhere:
        yield said(
            "{what} niet gevraagd: {they} hier niet.",
            "{what} not asked: {they} not possible here.",
            what=_required_were(elsewhere),
            they=Text(nl="het kan", en="it is") if elsewhere == 1 else _THEY,
        )


_THEY = Text(nl="zij kunnen", en="they are")


def _required_were(count: int) -> Text:
    if count == 1:
        return Text(nl="1 verplicht scenario is", en="1 required scenario was")
    return Text(nl=f"{count} verplichte scenario's zijn", en=f"{count} required scenarios were")


def _required_later(each: IntegrationRecord) -> Iterator[Text]:
    """Yield how many scenarios count from a later day, and how many of them do not pass yet."""
    days = sorted({one.required_from for one in each.results if one.required_from is not None})
    for day in days:
        later = [one for one in each.results if one.required_from == day]
        open_ = sum(one.outcome is not Outcome.PASSED for one in later)
        if len(later) == 1:
            yield said(
                "1 scenario wordt vereist vanaf {day}; het slaagt {how}.",
                "1 scenario will be required from {day}; it {how}.",
                day=day,
                how=Text(nl="nog niet", en="does not pass yet")
                if open_
                else Text(nl="al", en="passes already"),
            )
            continue
        yield said(
            "{count} scenario's worden vereist vanaf {day}; daarvan {slagen} er {open} nog niet.",
            "{count} scenarios will be required from {day}; {open} of them {do} not pass yet.",
            count=len(later),
            day=day,
            open=open_,
            slagen="slaagt" if open_ == 1 else "slagen",
            do="does" if open_ == 1 else "do",
        )


def _disputes(each: IntegrationRecord) -> Iterator[Text]:
    for one in each.disputed:
        yield said(
            "De partner betwist {code} ({where}; gevonden in {count} resultaten): {reason}",
            "The partner disputes {code} ({where}; found in {count} results): {reason}",
            code=one.code,
            where=one.where,
            count=len(one.results),
            reason=one.reason,
        )


def _not_yet_for_each(each: IntegrationRecord) -> Iterator[Text]:
    """Yield which requirements passed, and are not yet shown for each connector by itself."""
    open_: dict[date, dict[str, set[str]]] = {}
    for result in each.results:
        if result.outcome is not Outcome.PASSED:
            continue
        reach = {
            one.id: asked.required_from
            for one in witnessed_by(result.scenario)
            if (asked := one.of(Reach.EACH_CONNECTOR)) is not None
        }
        for line in result.proof:
            day = reach.get(line.requirement)
            if day is not None and line.state is ProofState.NOT_PROVEN:
                open_.setdefault(day, {}).setdefault(line.requirement, set()).add(line.connector)
    for day, requirements in sorted(open_.items()):
        yield said(
            "Nog niet voor elke connector bewezen, vereist vanaf {day}: {what}.",
            "Not yet proven for each connector, required from {day}: {what}.",
            day=day,
            what="; ".join(
                f"{name} ({', '.join(sorted(connectors))})"
                for name, connectors in sorted(requirements.items())
            ),
        )


def _warned(each: IntegrationRecord) -> Iterator[Text]:
    """Yield what was warned of where all passed, and is not told of anything that did not."""
    wrong = {
        found.code
        for one in each.results
        if one.outcome is not Outcome.PASSED
        for found in one.findings
    }
    warned: dict[str, list[Finding]] = {}
    for one in each.results:
        for found in one.findings if one.outcome is Outcome.PASSED else ():
            if found.level is Severity.WARNING and found.code not in wrong:
                warned.setdefault(found.code, []).append(found)
    for code, same in warned.items():
        text = same[0].text or Text(nl=same[0].message, en=same[0].message)
        yield said(
            "Waarschuwing die niet meetelt: {code} ({count}): {text}.",
            "A warning that does not count: {code} ({count}): {text}.",
            code=code,
            count=len(same),
            text=text,
        )


def _of_the_machine(each: IntegrationRecord) -> Iterator[Text]:
    """Yield what its processes had of the machine, and were kept from."""
    if each.variables:
        yield said(
            "Van deze machine kreeg zij de variabelen {names}.",
            "Of this machine it was given the variables {names}.",
            names=", ".join(each.variables),
        )
    if each.variables_withheld:
        yield said(
            "Gevraagde variabelen kreeg zij niet: {names}. Toestaan: --allow-environ, of "
            "[run] environ_allowed.",
            "Variables that it asks for were not handed over: {names}. To allow them: "
            "--allow-environ, or [run] environ_allowed.",
            names=", ".join(each.variables_withheld),
        )
    if each.isolation == "sandbox":
        yield said("Uitgevoerd binnen een sandbox.", "Carried out within a sandbox.")

"""Decide whether a version of an integration can be released onto a Profit release.

What stands decides: the last conclusive verdict of a whole record on a list that counts. What was
run after it and could not judge, or was a part, is shown and changes nothing (R15, R16).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.releasable import Answer, Releasable, VerdictRow
from koppeling_harness.model.run import ErpInfo, RequiredCount
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import ErpKind, Outcome
from koppeling_harness.rules.standing import (
    OLD,
    Standing,
    Weighed,
    as_recorded,
    standings,
    weigh,
)
from koppeling_harness.rules.words import said


def releasable(
    runs: Sequence[FunctionalResult],
    *,
    integration: str,
    version: str,
    release: str,
    as_of: date,
    known: Collection[str] = (),
) -> Releasable:
    """Return whether it can be released, and from which record that follows.

    Args:
        runs: What every record says of that version on that release, as the record waived it.
        integration: Its id.
        version: Its version.
        release: The Profit release, as it was asked for.
        as_of: The day.
        known: Versions with their releases of which there are records, to tell when none fits.
    """
    found = standings(runs, who=None, held_until=as_recorded, as_of=as_of)
    standing = next(iter(found.values()), None)
    identities = {run.identity for run in runs if run.identity is not None}
    if not runs:
        answer, why = Answer.UNKNOWN, _nothing(integration, version, release, known)
    elif len(identities) > 1:
        answer, why = _of_several(runs, identities, as_of)
    else:
        answer, why = _judged(standing, runs)
        if standing is not None and standing.governing is not None:
            why = _with_age(why, standing.governing.run, as_of)
    counting = [standing.emulator, standing.environment] if standing else []
    stands = {each.run.run_id for each in counting if each is not None}
    newest_first = sorted(runs, key=lambda run: (run.started_at, run.run_id), reverse=True)
    return Releasable(
        integration=integration,
        version=version,
        release=release,
        answer=answer,
        why=why,
        rows=tuple(
            _row(run, as_of, stands if len(identities) < 2 else set()) for run in newest_first
        ),
    )


def _of_several(
    runs: Sequence[FunctionalResult], identities: Collection[Identity], as_of: date
) -> tuple[Answer, Text]:
    """Return the answer when it cannot be told whose version it is: what failed is no yet."""
    numbers = ", ".join(sorted(each.integration_id for each in identities))
    failed = [
        standing.governing.run.run_id
        for who in sorted(identities, key=lambda each: each.integration_id)
        for standing in standings(runs, who=who, held_until=as_recorded, as_of=as_of).values()
        if standing.outcome is Outcome.FAILED and standing.governing is not None
    ]
    if failed:
        return Answer.NO, said(
            "Verschillende koppelingen dragen deze naam: {numbers}. Testrun {run} is niet "
            "geslaagd. Zoek in een map met de runs van één ervan.",
            "Several integrations have this name: {numbers}. Run {run} failed. Look in a folder "
            "with the runs of one of them.",
            numbers=numbers,
            run=failed[0],
        )
    return Answer.UNKNOWN, said(
        "Verschillende koppelingen dragen deze naam: {numbers}. Zoek in een map met de "
        "runs van één ervan.",
        "Several integrations have this name: {numbers}. Look in a folder with the runs "
        "of one of them.",
        numbers=numbers,
    )


def _with_age(why: Text, run: FunctionalResult, as_of: date) -> Text:
    if as_of - run.date <= OLD:
        return why
    age = said(
        " Let op: die run is {days} dagen oud; een naam van een release komt terug.",
        " Mind: that run is {days} days old; the name of a release comes back.",
        days=(as_of - run.date).days,
    )
    return Text(nl=why.nl + age.nl, en=why.en + age.en)


def _judged(standing: Standing | None, runs: Sequence[FunctionalResult]) -> tuple[Answer, Text]:
    if standing is None or standing.governing is None:
        last = max(runs, key=lambda run: (run.started_at, run.run_id))
        return Answer.UNKNOWN, said(
            "Geen run heeft over het geheel geoordeeld, ook run {run} niet. Draai opnieuw.",
            "No run has judged the whole, nor has run {run}. Run again.",
            run=last.run_id,
        )
    run = standing.governing.run
    values = {
        "run": run.run_id,
        "passed": run.passed,
        "total": run.required,
        "waived": len(run.waived),
        "list": run.list_word.name if run.list_word else "",
        "where": _where(run),
    }
    if standing.outcome is Outcome.FAILED:
        return Answer.NO, said(
            "Testrun {run} {where} is niet geslaagd: {passed} van {total} verplichte scenario's "
            "geslaagd ({list}).",
            "Run {run} {where} failed: {passed} of {total} required scenarios passed ({list}).",
            **values,
        )
    if standing.lacks_emulator:
        return Answer.UNKNOWN, said(
            "Run {run} {where} is geslaagd; het deel dat alleen de emulator kan laten zien "
            "ontbreekt.",
            "Run {run} {where} passed; the part that only the emulator can show is missing.",
            **values,
        )
    return Answer.YES, _passed(standing, runs, values)


def _passed(
    standing: Standing, runs: Sequence[FunctionalResult], values: Mapping[str, object]
) -> Text:
    both = said(" en in een omgeving", " and in an environment")
    nothing = Text(nl="", en="")
    same = {each.run.digest for each in (standing.emulator, standing.environment) if each}
    values = {**values, "both": both if standing.environment and len(same) == 1 else nothing}
    if len({each.digest for each in runs}) > 1:
        return said(
            "Run {run} {where}{both} is geslaagd ({list}). Let op: onder dit versienummer zijn "
            "verschillende bestanden gedraaid.",
            "Run {run} {where}{both} passed ({list}). Mind: other files were run under this "
            "version too.",
            **values,
        )
    if values["waived"]:
        return said(
            "Run {run} {where}{both} is geslaagd, {waived} scenario's met een ontheffing ({list}).",
            "Run {run} {where}{both} passed, {waived} scenarios of it by a waiver ({list}).",
            **values,
        )
    return said(
        "Run {run} {where}{both} is geslaagd: alle {total} verplichte scenario's ({list}).",
        "Run {run} {where}{both} passed: all {total} required scenarios ({list}).",
        **values,
    )


def _where(run: FunctionalResult) -> Text:
    if run.kind is ErpKind.EMULATOR:
        return said("op de emulator", "on the emulator")
    return said("in een omgeving", "in an environment")


def _row(run: FunctionalResult, as_of: date, stands: Collection[str]) -> VerdictRow:
    weighed: Weighed = weigh(run, who=None, held_until=as_recorded, as_of=as_of)
    return VerdictRow(
        run_id=run.run_id,
        started_at=run.started_at,
        erp=ErpInfo(
            kind=run.kind,
            environment=run.environment,
            version=run.erp_version,
            label=run.release,
        ),
        version=run.version,
        digest=run.digest,
        outcome=weighed.outcome,
        required=RequiredCount(
            total=run.required,
            executed=run.required - run.not_run - run.not_started,
            passed=run.passed,
            proven=run.proven,
        ),
        waived=len(run.waived),
        counts=run.run_id in stands,
        list=run.list_word.name if run.list_word else None,
        lesser=weighed.lesser,
        identity=run.identity,
        evidence=run.evidence.state if run.evidence else None,
    )


def _nothing(integration: str, version: str, release: str, known: Collection[str]) -> Text:
    listed = ", ".join(sorted(known))
    nl = f"Van {integration} {version} is op {release} geen oordeel bewaard"
    en = f"No verdict of {integration} {version} on {release} is stored"
    if listed:
        nl, en = f"{nl}; wel van {listed}", f"{en}; there is of {listed}"
    return Text(nl=f"{nl}.", en=f"{en}.")

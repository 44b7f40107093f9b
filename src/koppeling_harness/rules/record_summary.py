"""A record in short: what it says of each integration, counted again from its results."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date, tzinfo
from typing import Any

from koppeling_harness.model.deadline import Ending
from koppeling_harness.model.dispute import DisputedFinding
from koppeling_harness.model.functional import CountsLater, FunctionalResult
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import ErpKind, Severity
from koppeling_harness.rules.lists import ListBook, list_word
from koppeling_harness.rules.record_check import moment
from koppeling_harness.rules.record_results import (
    id_of,
    never_started,
    outcomes,
    required_of,
    unproven_of,
)
from koppeling_harness.rules.scope import OWN_LIST

Plain = Mapping[str, Any]


def summaries(record: Plain, book: ListBook, *, zone: tzinfo) -> Iterator[FunctionalResult]:
    """Yield what a record says, one per integration that was judged.

    Args:
        record: One that does not contradict itself.
        book: The lists that the reader knows.
        zone: In which days are counted.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: It is not of the form of a record.
    """
    started_at = moment(record["started_at"])
    erp, digest = record["erp"], str(record["scenario_lock"]["digest"])
    harness = str(record["harness"]["version"])
    word = list_word(book, digest, release=str(erp["label"]), harness=harness)
    for each in record["integrations"]:
        known = outcomes(each["results"])
        told = {name: known.get(name, "not_run") for name in required_of(each)}
        failed = tuple(sorted(name for name, outcome in told.items() if outcome == "failed"))
        unproven = unproven_of(each["results"], told)
        waived = {id_of(one) for one in each["results"] if one.get("waiver")}
        identity = each.get("identity")
        values = list(told.values())
        yield FunctionalResult(
            integration=str(each["id"]),
            release=str(erp["label"]),
            run_id=str(record["run_id"]),
            started_at=started_at,
            date=started_at.astimezone(zone).date(),
            passed=values.count("passed"),
            failed=failed,
            inconclusive=values.count("inconclusive"),
            not_run=values.count("not_run"),
            not_started=len(never_started(each) & told.keys()),
            proven=each["verdict"]["required"].get("proven"),
            unproven=unproven,
            waived=tuple(name for name in (*failed, *unproven) if name in waived),
            part=_part(each, record, told),
            kind=ErpKind(erp["kind"]),
            environment=str(erp["environment"]),
            erp_version=str(erp["version"]),
            version=str(each["version"]),
            digest=str(each["digest"]),
            identity=identity
            and Identity(
                integration_id=str(identity["integration_id"]),
                subscription=str(identity["subscription"]),
            ),
            list_digest=digest,
            list_word=word,
            harness=harness,
            asked=tuple(sorted(told)),
            not_asked=len(each.get("not_asked") or ()),
            unused=never_called(each),
            disputed=tuple(_disputed(each)),
            ends=tuple(_ends(each)),
            later=_later(each),
            titles=tuple(_titles(each, {*failed, *unproven})),
        )


def _titles(integration: Plain, wanted: Collection[str]) -> Iterator[tuple[str, Text]]:
    """Yield what some scenarios are called, each once."""
    names = {name.partition("[")[0] for name in wanted}
    for each in integration["results"]:
        name = str(each["scenario"])
        if name in names and isinstance(each.get("title"), dict):
            names.discard(name)
            yield name, _both(each["title"])


def never_called(integration: Plain) -> tuple[str, ...]:
    """Return the connectors that an integration declares and no call of the run was about."""
    called = {str(each).lower() for each in integration.get("exercised") or ()}
    declared = map(str, integration.get("declared") or ())
    return tuple(each for each in declared if each.lower() not in called)


def _disputed(integration: Plain) -> Iterator[DisputedFinding]:
    """Yield what the partner disputes and the run found."""
    for each in integration.get("disputed") or ():
        if each["results"]:
            yield DisputedFinding(
                code=str(each["code"]),
                where=str(each["where"]),
                reason=_both(each["reason"]),
                results=tuple(map(str, each["results"])),
            )


def _ends(integration: Plain) -> Iterator[Ending]:
    """Yield what it uses that ends, as the record says."""
    for each in integration.get("ends") or ():
        yield Ending(
            code=str(each["code"]),
            of=str(each["of"]),
            level=Severity(each["level"]),
            fix_by=_day(each["fix_by"]),
            stops=_day(each["stops"]),
            text=_both(each["text"]),
            advice=_both(each["advice"]),
            source=str(each["source"]),
        )


def _later(integration: Plain) -> tuple[CountsLater, ...]:
    """Return how many scenarios count from which later day, and did not pass."""
    days = Counter(
        each["required_from"]
        for each in integration["results"]
        if each.get("required_from") and each["outcome"] != "passed"
    )
    return tuple(CountsLater(day=date.fromisoformat(day), open=days[day]) for day in sorted(days))


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


def _both(written: Plain) -> Text:
    return Text(nl=str(written["nl"]), en=str(written["en"]))


def _part(each: Plain, record: Plain, told: Mapping[str, str]) -> tuple[str, ...]:
    """Return why a record is no whole one; of before, from what it does say."""
    if record.get("shard") is not None:
        return ("shard",)
    scope = each.get("scope")
    if scope is not None:
        # which lists count is judged by the reader, never by what is written
        return tuple(str(one) for one in scope["because"] if one != OWN_LIST)
    found = ["rerun"] if record.get("rerun_of") else []
    if "required_ids" not in each or "not_run" in told.values():
        found.append("not_all_executed")
    return tuple(found)

"""Traffic rules: AFAS's requirements of traffic, as pure functions over exchanges."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from koppeling_harness.model.exchange import Exchange, Sender, TriggerRecord
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.shape import Release, Text
from koppeling_harness.model.snapshot import UpdateMetainfo
from koppeling_harness.model.verdict import Severity
from koppeling_harness.rules.words import said
from koppeling_harness.traffic.checks import (
    access,
    arrived,
    at_once,
    declared,
    definition,
    left_out,
    lines,
    log,
    paging,
    request,
    retry,
    sign_in,
    undone,
    unread,
    volume,
    write,
    written_back,
)
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Logged, Objection, Rule, Scene

__all__ = [
    "CATALOGUE_VERSION",
    "RULES",
    "RULE_BROKE",
    "TRAFFIC_AFTER_END",
    "Rule",
    "check_exchanges",
]

CATALOGUE_VERSION = "2026.8"
"""Changes when a rule is added, removed, or judges otherwise."""

RULES: tuple[Rule, ...] = (
    *request.RULES,
    *access.RULES,
    *sign_in.RULES,
    *declared.RULES,
    *paging.RULES,
    *volume.RULES,
    *retry.RULES,
    *unread.RULES,
    *left_out.RULES,
    *undone.RULES,
    *lines.RULES,
    *at_once.RULES,
    *written_back.RULES,
    *write.RULES,
    *definition.RULES,
    *arrived.RULES,
    *log.RULES,
)
"""Every rule, in the order of the catalogue."""

RULE_BROKE = "HARNESS-ERROR"
"""Code of the finding about a rule that broke: ours, never the integration's."""

TRAFFIC_AFTER_END = "TRAFFIC-AFTER-END"
"""Code of the finding about what came when the door had shut."""

_OF_A_CALL = frozenset(
    rule.code
    for module in (request, access, declared, write, definition, at_once)
    for rule in module.RULES
)
"""Rules that look at one call at a time, whatever came before and after it; and at several runs."""

_REPORT = Text(nl="Meld het met de run-map erbij.", en="Report it, with the folder of the run.")
_WEIGHT = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFORMATION: 2}
_NAMED = 5


def check_exchanges(
    exchanges: Sequence[Exchange],
    *,
    manifest: Manifest,
    release: Release,
    logged: Sequence[Logged] = (),
    definitions: Mapping[str, UpdateMetainfo] | None = None,
    triggers: Sequence[TriggerRecord] = (),
    said: Sequence[str] = (),
    token: str = "",
    day: date | None = None,
) -> tuple[Finding, ...]:
    """Judge what an integration sent.

    Args:
        exchanges: Of one scenario, in the order in which they arrived. What the harness itself
            sent is left out.
        manifest: What the integration says of itself.
        release: The Profit release that answered.
        logged: What the integration wrote, redacted by the run's `Redactor`; empty when it was not
            handed over.
        definitions: What the release's metainfo says that UpdateConnectors take, by id in lower
            case; of one that is not there nothing is asked.
        triggers: What the integration was told to do, the first of them turn 1, and what it said;
            of what it was not told, or has not answered, nothing is asked.
        said: What it answered each time, redacted; empty when it was not handed over.
        token: The classic token that it was given, redacted; empty when that is not known.
        day: On which it is judged: rules that count later are told as information until then.
            None: everything counts.

    Returns:
        A finding per rule and subject, the heaviest first.
    """
    sent = [Call(each) for each in exchanges if each.sender is Sender.INTEGRATION]
    if not sent and not any(each.text for each in logged):
        return ()  # it did nothing and said nothing
    several = {turn for turn, each in enumerate(triggers, start=1) if each.runs > 1}
    scene = Scene(sent, manifest, logged, definitions, triggers, said, token)
    by_call = scene.of_each_customer()
    if several:  # of several runs nobody can tell which of them sent what: each call by itself
        sent = [call for call in sent if call.exchange.turn not in several]
        scene = Scene(sent, manifest, logged, definitions, triggers, said, token)
    by_run = scene.of_each_customer() if several else by_call
    findings = [
        finding
        for rule in RULES
        if rule.holds_for(release.label)
        for finding in _judged(
            rule,
            (scene,) if rule.over_customers else by_call if rule.code in _OF_A_CALL else by_run,
            day,
        )
    ]
    return tuple(sorted(findings, key=lambda each: (_WEIGHT[each.level], each.exchange or 0)))


def _judged(rule: Rule, scenes: Sequence[Scene], day: date | None) -> list[Finding]:
    """Return what a rule finds; a rule that breaks says so, and the others judge all the same."""
    found: list[Objection] = []
    try:
        for scene in scenes:
            found.extend(rule.check(scene))
    except Exception as error:  # noqa: BLE001 - whatever was sent, the other rules still judge it
        return [*_findings(rule, found, day), _broken(rule, error)]
    return _findings(rule, found, day)


def _broken(rule: Rule, error: Exception) -> Finding:
    said = f"{type(error).__name__}: {error}"
    text = Text(
        nl=f"de regel {rule.code} kon niet oordelen ({said})",
        en=f"the rule {rule.code} could not judge ({said})",
    )
    return Finding(
        code=RULE_BROKE,
        level=Severity.ERROR,
        message=text.en,
        where=f"rule {rule.code}",
        hint=_REPORT.en,
        text=text,
        advice=_REPORT,
    )


def _findings(rule: Rule, objections: Iterable[Objection], day: date | None) -> list[Finding]:
    by_subject: dict[str, list[Objection]] = {}
    for objection in objections:
        by_subject.setdefault(objection.subject, []).append(objection)
    return [_finding(rule, same, day) for same in by_subject.values()]


def _finding(rule: Rule, same: list[Objection], day: date | None) -> Finding:
    first = same[0].call
    text = _with_others(same[0].text, same[1:])
    level = rule.level_on(day)
    if rule.counts_from is not None and level is not rule.level:
        text = said(
            "{text}; telt vanaf {day}", "{text}; counts from {day}", text=text, day=rule.counts_from
        )
    return Finding(
        code=rule.code,
        level=level,
        message=text.en,
        where="log of the integration" if first is None else first.exchange.label(),
        hint=rule.fix.en,
        text=text,
        advice=rule.fix,
        exchange=None if first is None else first.exchange.number,
    )


def _with_others(text: Text, others: Sequence[Objection]) -> Text:
    calls = [each.call for each in others if each.call is not None]
    if not calls:
        return text
    numbers = ", ".join(str(call.exchange.number) for call in calls[:_NAMED])
    more = ", …" if len(calls) > _NAMED else ""
    return Text(
        nl=f"{text.nl} (ook bij aanroep {numbers}{more})",
        en=f"{text.en} (also exchange {numbers}{more})",
    )

"""Statuses as plain text for a person at a terminal, in Dutch or English."""

from collections.abc import Sequence
from datetime import date

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.policy import Policy, ReleaseRoles
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Action, RegistrationStatus, ReleaseStatus
from koppeling_harness.report.clean import clean, one_line
from koppeling_harness.rules.words import (
    BASIS,
    COLOUR,
    END,
    EVIDENCE,
    LISTING,
    OUTCOME,
    ROLE,
    STATUS,
    WHO,
    day_in_words,
    status_word,
)

WORDS = {
    "as_of": Text(nl="Peildatum", en="As of"),
    "policy": Text(nl="termijnen volgens de", en="terms of the"),
    "releases": Text(nl="versies", en="releases"),
    "basis": Text(nl="grondslag", en="basis"),
    "security": Text(nl="kleur", en="colour"),
    "report": Text(nl="rapport van", en="report of"),
    "valid": Text(nl="geldig t/m", en="valid until"),
    "none": Text(nl="geen", en="none"),
    "run": Text(nl="testrun van", en="run of"),
    "of": Text(nl="van", en="of"),
    "waived": Text(nl="ontheven t/m", en="waived until"),
    "listing": Text(nl="vermelding", en="listing"),
    "contract": Text(nl="contract eindigt", en="contract ends"),
    "why": Text(nl="waarom", en="why"),
    "note": Text(nl="let op", en="note"),
    "site": Text(nl="partnersite", en="partner site"),
    "to_do": Text(nl="te doen", en="to do"),
    "no_date": Text(nl="nu", en="now"),
    "total": Text(nl="Totaal", en="Total"),
}


def pick(text: Text, lang: str) -> str:
    """Return a text in a language: `nl` or `en`."""
    return text.nl if lang == "nl" else text.en


def render_status_text(
    dossiers: Sequence[Dossier],
    *,
    as_of: date,
    policy: Policy,
    releases: ReleaseRoles,
    lang: str,
) -> str:
    """Return a block per registration, and how many have which status.

    Args:
        dossiers: What to show.
        as_of: The day.
        policy: Its name is always shown.
        releases: Which releases counted.
        lang: `nl` or `en`.
    """
    labels = [
        f"{pick(ROLE[role], lang)} {label}"
        for role, label in zip(
            ROLE, (releases.previous, releases.current, releases.accept), strict=True
        )
        if label
    ]
    head = (
        f"{_word('as_of', lang)} {_day(as_of, lang)}, {_word('policy', lang)} "
        f"{pick(policy.title, lang)} ({policy.name}), {_word('releases', lang)}: "
        f"{', '.join(labels) or _word('none', lang)}"
    )
    blocks = ["\n".join(_block(each, lang)) for each in dossiers]
    return "\n\n".join([head, *blocks, _totals(dossiers, lang)])


def _word(name: str, lang: str) -> str:
    return pick(WORDS[name], lang)


def _day(day: date, lang: str) -> str:
    return pick(day_in_words(day), lang)


def _block(dossier: Dossier, lang: str) -> list[str]:
    status = dossier.status
    title = ""
    if dossier.registration is not None:
        name = pick(dossier.registration.title, lang)
        title = f"  {one_line(name)} ({one_line(dossier.registration.partner.name)})"
    first = f"{one_line(status.registration)}: {pick(status_word(status), lang).upper()}{title}"
    if dossier.problem:
        problem = clean(pick(dossier.problem, lang))
        return [first, *(f"    {line}" for line in problem.splitlines())]
    rows = [
        (_word("basis", lang), pick(BASIS[status.basis], lang)),
        (_word("security", lang), _security(status, lang)),
        *((each.release, _release(each, lang)) for each in status.functional),
        (_word("listing", lang), _listing(status, lang)),
    ]
    if status.contract_end is not None:
        end = status.contract_end
        rows.append(
            (_word("contract", lang), f"{_day(end.date, lang)} ({pick(END[end.kind], lang)})")
        )
    decisive = [each for each in status.reasons if each.status is status.status]
    rows += [(_word("why", lang), f"{each.rule}: {pick(each.text, lang)}") for each in decisive]
    told = {each.text for each in decisive}
    rows += [
        (_word("note", lang), f"{each.rule}: {pick(each.text, lang)}")
        for each in status.flags
        if each.text not in told
    ]
    rows += [(_word("to_do", lang), _action(each, lang)) for each in status.actions]
    return [first, *_aligned(rows)]


def _aligned(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Return rows with their second column aligned; a label that repeats is shown once."""
    width = max(len(label) for label, _ in rows)
    lines: list[str] = []
    last = ""
    for label, value in rows:
        said = one_line(value, limit=1000)
        lines.append(f"    {'' if label == last else one_line(label):{width}}  {said}")
        last = label
    return lines


def _security(status: RegistrationStatus, lang: str) -> str:
    security = status.security
    if security.colour is None:
        return _word("none", lang)
    report, until = (
        _day(each, lang) if each is not None else "?"
        for each in (security.report_date, security.valid_until)
    )
    return (
        f"{pick(COLOUR[security.colour], lang)}, {_word('report', lang)} {report}, "
        f"{_word('valid', lang)} {until}"
    )


def _release(each: ReleaseStatus, lang: str) -> str:
    parts = [pick(OUTCOME[each.outcome], lang)]
    if each.date is not None:
        parts.append(f"{_word('run', lang)} {_day(each.date, lang)}")
    if each.evidence is not None:
        parts.append(pick(EVIDENCE[each.evidence], lang))
    if each.waived_until is not None:
        count = f"{each.waived} {_word('of', lang)} {each.required}"
        parts.append(f"{count} {_word('waived', lang)} {_day(each.waived_until, lang)}")
    return ", ".join(parts)


def _listing(status: RegistrationStatus, lang: str) -> str:
    site, help_center = status.listing.partner_site, status.listing.help_center
    name = _word("site", lang)
    return f"{name} {pick(LISTING[site], lang)}, Help Center {pick(LISTING[help_center], lang)}"


def _action(each: Action, lang: str) -> str:
    due = _day(each.due, lang) if each.due else _word("no_date", lang)
    return f"{due}, {pick(WHO[each.who], lang)}: {pick(each.what, lang)} ({each.rule})"


def _totals(dossiers: Sequence[Dossier], lang: str) -> str:
    counts = [
        f"{count} {pick(STATUS[status], lang)}"
        for status in STATUS
        if (count := sum(1 for each in dossiers if each.status.status is status))
    ]
    return f"{_word('total', lang)} {len(dossiers)}: {', '.join(counts)}"

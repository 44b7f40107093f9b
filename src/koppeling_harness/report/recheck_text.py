"""A recheck for a person at a terminal."""

from collections import Counter
from collections.abc import Iterator

from koppeling_harness.model.finding import Difference
from koppeling_harness.model.recheck import (
    Cell,
    Movement,
    RecheckedIntegration,
    RecheckedRelease,
    RecheckRecord,
    Table,
)
from koppeling_harness.model.shape import Text
from koppeling_harness.report.clean import one_line
from koppeling_harness.report.status_text import pick
from koppeling_harness.report.texts import texts
from koppeling_harness.rules.recheck_groups import (
    AT_LEAST_INTEGRATION,
    AT_LEAST_PROFIT,
    MovedGroup,
    RecheckRow,
    failing_integrations,
    moved_groups,
    recheck_rows,
    whose_changes,
)
from koppeling_harness.rules.run_groups import joined_releases

TOLD = (Movement.NEWLY_FAILING, Movement.NEWLY_PASSING, Movement.STILL_FAILING, Movement.NOT_RUN)
"""What is told of a scenario since the last verdict, the most urgent first."""

_DIFFERENCES_SHOWN = 3
_NAMED = 10
FEW = 5
"""Up to so many integrations of which something moved are told with all that proves it."""
_ROWS = 25


def render_recheck_text(record: RecheckRecord, *, lang: str) -> str:
    """Return what became of every integration on every release, and whose change it is.

    Args:
        record: The recheck.
        lang: `nl` or `en`.
    """
    return "".join(f"{line}\n" for line in _lines(record, lang))


def counts(integration: RecheckedIntegration) -> dict[Movement, int]:
    """Return how many scenarios of an integration moved in each way that is told."""
    moved = [each.movement for each in integration.scenarios]
    return {each: moved.count(each) for each in TOLD}


def _lines(record: RecheckRecord, lang: str) -> Iterator[str]:
    yield from _first(record, lang)
    yield from _impact(record, lang)
    rows = recheck_rows(record, TOLD)
    is_short = len({each.integration.id for each in rows}) > FEW
    for release in record.releases:
        yield from _release(release, lang, is_short=is_short)
    if is_short:
        yield from (_row(each, lang) for each in rows[:_ROWS])
        if len(rows) > _ROWS:
            yield _text("recheck.more", lang).format(count=len(rows) - _ROWS)


def _impact(record: RecheckRecord, lang: str) -> Iterator[str]:
    """Yield what the update makes necessary; of many integrations only how many have what."""
    if len(record.impact) <= _NAMED:
        for each in record.impact:
            yield f"{one_line(each.integration)}: {_text(f'necessity.{each.necessity}', lang)}"
        return
    counts = Counter(each.necessity for each in record.impact)
    yield ", ".join(
        f"{count} {_text(f'necessity.{necessity}', lang)}" for necessity, count in counts.items()
    )


def _row(row: RecheckRow, lang: str) -> str:
    """Return one line of the table: integration, where, whose change, and what was found."""
    group = row.group
    many = len(group.scenarios)
    name = one_line(group.example.scenario)
    if many > 1:
        name = _text("recheck.in_scenarios", lang).format(count=many, name=name)
    where = _text("recheck.as_before", lang).format(releases=joined_releases(row.releases))
    parts = [
        f"{_text(f'movement.{group.movement}', lang)}: {row.integration.id}",
        f"{row.integration.version} {where}:",
        f"{_answer(group.whose, lang)}:" if group.whose else "",
        group.code,
        name,
    ]
    return f"  {one_line(' '.join(each for each in parts if each))}"


def _release(release: RecheckedRelease, lang: str, *, is_short: bool) -> Iterator[str]:
    role = _text(f"release_role.{release.role}", lang) if release.role else ""
    name = f"{release.release} ({role})" if release.release and role else release.release or role
    if not release.available:
        note = pick(release.note, lang) if release.note else _text("recheck.unavailable", lang)
        yield f"{one_line(name)}: {one_line(note)}"
        return
    yield f"{name}: {release.run_id}"
    if is_short:
        aside = [one_line(each.id) for each in release.integrations if each.problem]
        if aside:
            more = f", … ({len(aside)})" if len(aside) > _NAMED else ""
            yield f"  {_text('set_aside', lang)}: {', '.join(aside[:_NAMED])}{more}"
        return
    for each in release.integrations:
        yield from _integration(each, lang)


def _integration(each: RecheckedIntegration, lang: str) -> Iterator[str]:
    if each.problem:
        yield f"  {each.id}: {_text('set_aside', lang)}: {one_line(each.problem)}"
        return
    count = each.verdict.required
    moved = ", ".join(
        f"{number} {_text(f'movement.{movement}', lang)}"
        for movement, number in counts(each).items()
    )
    since = (
        _text("recheck.since", lang).format(run=each.last_run, release=each.last_release)
        if each.last_run
        else _text("recheck.first", lang)
    )
    outcome = _text(f"outcome.{each.verdict.outcome}", lang)
    name = one_line(f"{each.id} {each.version}")
    yield f"  {name}: {outcome}, {count.passed}/{count.total}; {since}: {moved}"
    for group in moved_groups(each, TOLD):
        yield from _group(group, lang)


def _first(record: RecheckRecord, lang: str) -> Iterator[str]:
    """Yield how many integrations are newly failing, and by whose change, with who makes them."""
    releases = [each for each in record.releases if each.available]
    makers = {
        each.id: ", ".join(part for part in (each.partner, each.contact) if part)
        for release in releases
        for each in release.integrations
    }
    if not makers:
        return
    words = {
        "total": len(makers),
        "releases": one_line(joined_releases([each.release for each in releases])),
        "failing": failing_integrations(record, Movement.NEWLY_FAILING),
    }
    one = _text("recheck.first_line.one", lang)
    many = _text("recheck.first_line.many", lang)
    first = (one if len(makers) == 1 else many).format(**words)
    still = failing_integrations(record, Movement.STILL_FAILING)
    more = _text("recheck.still_failing", lang).format(count=still)
    yield f"{first}, {more}" if still else first
    for whose, names in whose_changes(record).items():
        count = "recheck.integrations.one" if len(names) == 1 else "recheck.integrations.many"
        said = [f"{name} ({makers[name]})" if makers[name] else name for name in names]
        shown = ", ".join(map(one_line, said[:_NAMED]))
        more = f", … ({len(said)})" if len(said) > _NAMED else ""
        number = _text(count, lang).format(count=len(names))
        yield f"  {_answer(whose, lang)}: {number}: {shown}{more}"


def _group(group: MovedGroup, lang: str) -> Iterator[str]:
    scenario = group.example
    said = f": {one_line(pick(scenario.message, lang))}" if scenario.message else ""
    code = f" {one_line(group.code)}" if group.code else ""
    many = len(group.scenarios)
    name = one_line(scenario.scenario)
    if many > 1:
        name = _text("recheck.in_scenarios", lang).format(count=many, name=name)
    yield f"    {_text(f'movement.{group.movement}', lang)}:{code} {name}{said}"
    if scenario.attribution is None:
        return
    whose = _answer(group.whose, lang)
    why = one_line(pick(scenario.attribution.why, lang), limit=1000)
    given = scenario.attribution.given_in
    told = _text("recheck.given_in", lang).format(recheck=one_line(given))
    cited = f" ({told})" if given else ""
    yield f"      {_text('recheck.whose', lang)}: {whose}. {why}{cited}"
    if scenario.table is not None:
        yield from _table(scenario.table, lang)
    for each in scenario.attribution.missing:
        yield f"      {_text('recheck.missing', lang)}: {one_line(pick(each, lang))}"


def _table(table: Table, lang: str) -> Iterator[str]:
    rows: tuple[tuple[str, str, Cell, Cell], ...] = (
        ("certified", table.certified_version, table.certified_old, table.certified_new),
        ("present", table.present_version, table.present_old, table.present_new),
    )
    for name, version, old, new in rows:
        columns = [(table.old_release, old), (table.new_release, new)]
        if table.same_release:  # one column: it passed there, and what is there now
            columns = columns[:1] if name == "certified" else columns[1:]
        cells = "; ".join(f"{release} {_cell(cell, lang)}" for release, cell in columns)
        yield f"      {_text(f'recheck.{name}', lang)} {version}: {cells}"
        for _, cell in columns:
            yield from (
                f"        {_difference(each, lang)}"
                for each in cell.differences[:_DIFFERENCES_SHOWN]
            )


def _cell(cell: Cell, lang: str) -> str:
    if cell.outcome is None:
        return _text("recheck.unknown", lang)
    outcome = _text(f"outcome.{cell.outcome}", lang)
    note = f": {one_line(pick(cell.note, lang))}" if cell.note else ""
    return f"{outcome} ({_text(f'basis.{cell.basis}', lang)}{note})"


def _difference(each: Difference, lang: str) -> str:
    words = _text("failure.expected", lang).lower(), _text("failure.actual", lang).lower()
    return one_line(
        f"{each.path}: {words[0]} {each.expected}, {words[1]} {each.actual}", limit=1000
    )


def _answer(whose: str, lang: str) -> str:
    """Return the word for an answer to whose change."""
    if whose == AT_LEAST_INTEGRATION:
        return _text("recheck.at_least_integration", lang)
    if whose == AT_LEAST_PROFIT:
        return _text("recheck.at_least_profit", lang)
    return _text(f"whose.{whose}", lang)


def _text(key: str, lang: str) -> str:
    text: Text = texts()[key]
    return pick(text, lang)

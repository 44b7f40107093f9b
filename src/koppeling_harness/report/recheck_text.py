"""A recheck for a person at a terminal."""

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
from koppeling_harness.rules.recheck_groups import MovedGroup, moved_groups, whose_changes
from koppeling_harness.rules.run_groups import joined_releases

TOLD = (Movement.NEWLY_FAILING, Movement.NEWLY_PASSING, Movement.STILL_FAILING, Movement.NOT_RUN)
"""What is told of a scenario since the last verdict, the most urgent first."""

_DIFFERENCES_SHOWN = 3
_NAMED = 10


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
    for each in record.impact:
        yield f"{one_line(each.integration)}: {_text(f'necessity.{each.necessity}', lang)}"
    for release in record.releases:
        yield from _release(release, lang)


def _release(release: RecheckedRelease, lang: str) -> Iterator[str]:
    role = _text(f"release_role.{release.role}", lang) if release.role else ""
    name = f"{release.release} ({role})" if release.release and role else release.release or role
    if not release.available:
        note = pick(release.note, lang) if release.note else _text("recheck.unavailable", lang)
        yield f"{one_line(name)}: {one_line(note)}"
        return
    yield f"{name}: {release.run_id}"
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
    partners = {each.id: each.partner for release in releases for each in release.integrations}
    if not partners:
        return
    changes = whose_changes(record)
    failing = {name for names in changes.values() for name in names}
    words = {
        "total": len(partners),
        "releases": one_line(joined_releases([each.release for each in releases])),
        "failing": len(failing),
    }
    one = _text("recheck.first_line.one", lang)
    many = _text("recheck.first_line.many", lang)
    yield (one if len(partners) == 1 else many).format(**words)
    for whose, names in changes.items():
        count = "recheck.integrations.one" if len(names) == 1 else "recheck.integrations.many"
        said = [f"{name} ({partners[name]})" if partners[name] else name for name in names]
        shown = ", ".join(map(one_line, said[:_NAMED]))
        more = f", … ({len(said)})" if len(said) > _NAMED else ""
        number = _text(count, lang).format(count=len(names))
        yield f"  {_text(f'whose.{whose}', lang)}: {number}: {shown}{more}"


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
    whose = _text(f"whose.{scenario.attribution.whose}", lang)
    why = one_line(pick(scenario.attribution.why, lang), limit=1000)
    yield f"      {_text('recheck.whose', lang)}: {whose}. {why}"
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
        yield (
            f"      {_text(f'recheck.{name}', lang)} {version}: "
            f"{table.old_release} {_cell(old, lang)}; {table.new_release} {_cell(new, lang)}"
        )
        for cell in (old, new):
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


def _text(key: str, lang: str) -> str:
    text: Text = texts()[key]
    return pick(text, lang)

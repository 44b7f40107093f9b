"""The pages for reviewers: an overview, a dossier per registration, and what goes beside them."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from koppeling_harness.clock import Clock
from koppeling_harness.errors import DocumentError, ExitCode, Problem
from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.history import Told, ToldDuty
from koppeling_harness.model.run import IntegrationRecord
from koppeling_harness.model.status import Status
from koppeling_harness.report.badge_svg import render_badge_svg
from koppeling_harness.report.deadlines_ics import render_deadlines_ics
from koppeling_harness.report.dossier_page import Evidence, render_dossier
from koppeling_harness.report.due import all_due
from koppeling_harness.report.overview_page import render_overview
from koppeling_harness.report.partner_page import partners_of, render_partner, render_review
from koppeling_harness.report.status_csv import CsvForm, render_status_csv, render_work_csv
from koppeling_harness.report.summary_markdown import render_summary_markdown
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.history import done, quarters
from koppeling_harness.store.files import write_files
from koppeling_harness.store.runs import FoundRun, load_run
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.review.past import Past, keep_told, past_of
from koppeling_harness.workflow.review.status import (
    Judged,
    StatusRequest,
    as_json,
    judge_registrations,
)
from koppeling_harness.workflow.secret_search import Cleaner

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was written.

    Attributes:
        judged: What the pages show.
        folder: Where they are.
        files: Their names below the folder, the overview last.
        leaks: Where something secret stood that was not written, a line each.
        not_kept: Why what is told today was not kept; empty when it was, or need not be.
        unread: Kept reports that could not be read.
    """

    judged: Judged
    folder: Path
    files: tuple[str, ...]
    leaks: tuple[str, ...] = ()
    not_kept: str = ""
    unread: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong in files that were read: registrations, and runs that were left out."""
        registrations = [each.problem.en for each in self.judged.dossiers if each.problem]
        ignored = [each.render() for each in self.judged.ignored]
        return (
            *self.leaks,
            *filter(None, [self.not_kept]),
            *registrations,
            *ignored,
            *(each.render() for each in self.unread),
            *(f"left out: {each.render()}" for each in self.judged.damaged),
        )


def exit_code(published: Published) -> ExitCode:
    """Return what the process says: the pages are written, but were all registrations readable?"""
    if published.leaks:
        return ExitCode.SECRET_FOUND
    wrong = any(each.status.status is Status.INPUT_ERROR for each in published.judged.dossiers)
    return ExitCode.CONFIGURATION if wrong or published.judged.of_partners else ExitCode.PASSED


def publish(
    request: StatusRequest, folder: Path, *, clock: Clock, language: Language = Language.NL
) -> Published:
    """Judge every registration and write the pages.

    Raises:
        HarnessError: There is nothing to judge (see `judge_registrations`), or the folder cannot
            be written.
    """
    judged = judge_registrations(request, clock=clock)
    past = past_of(judged)
    files = render_site(judged, past, clock=clock, language=language, folder=folder)
    unwritten = [name for name, content in files.items() if not judged.cleaner.is_clean(content)]
    leaks = [f"{name}: found something secret; it was not written" for name in unwritten]
    written = {name: content for name, content in files.items() if name not in unwritten}
    write_files(folder, written)
    for name in unwritten:  # of an earlier time
        (folder / name).unlink(missing_ok=True)
    return Published(
        judged=judged,
        folder=folder,
        files=tuple(written),
        leaks=(*judged.leaks, *leaks),
        not_kept=keep_told(judged, clock=clock),
        unread=past.problems,
    )


def render_site(
    judged: Judged,
    past: Past,
    *,
    clock: Clock,
    language: Language,
    folder: Path | None = None,
) -> dict[str, bytes]:
    """Return every file of the site, by its name below the site's folder; the overview last.

    Args:
        judged: What is shown.
        past: What was told before.
        clock: Tells when it is made.
        language: The one in which the pages open.
        folder: Where the site will stand, for links to the pages of runs; None: without them.
    """
    names = dict(zip([each.place for each in judged.dossiers], _names(judged), strict=True))
    dossiers = judged.dossiers
    files: dict[str, str] = {}
    cleaner = judged.cleaner
    evidence = _Evidence(judged.found, cleaner, folder)
    earlier, _ = cleaner.cleaned(dict(past.earlier))
    known = _with_today(past.told, dossiers)
    policy, _ = cleaner.cleaned(judged.policy)
    releases, _ = cleaner.cleaned(judged.releases)
    was_done = {name: cleaner.cleaned(tuple(done(many)))[0] for name, many in known.items()}
    of_partners = partners_of(dossiers, was_done)
    for partner in of_partners:
        files[f"partners/{partner.subscription}.html"] = render_partner(
            partner,
            policy=policy,
            releases=releases,
            links={place: f"../dossiers/{name}.html" for place, name in names.items()},
            review=f"../reviews/{partner.subscription}.html",
            language=language,
        )
        files[f"reviews/{partner.subscription}.html"] = render_review(
            partner, policy=policy, releases=releases, language=language
        )
    for each in dossiers:
        name = names[each.place]
        files[f"dossiers/{name}.html"] = render_dossier(
            each,
            policy=policy,
            evidence=evidence.standing(each),
            earlier=earlier.get(each.place),
            done=was_done.get(each.status.registration, ())[::-1],
            partner_page=_partner_page(each),
            language=language,
        )
        for one in Language:
            files[f"badges/{name}.{one}.svg"] = render_badge_svg(each.status, lang=one)
    files["status.json"] = as_json(dossiers) + "\n"
    due = all_due(dossiers, as_of=judged.as_of)
    files["status.csv"] = render_status_csv(dossiers)
    files["status-excel.csv"] = render_status_csv(dossiers, CsvForm.DUTCH_EXCEL)
    files["worklist.csv"] = render_work_csv(due)
    files["worklist-excel.csv"] = render_work_csv(due, CsvForm.DUTCH_EXCEL)
    files["deadlines.ics"] = render_deadlines_ics(dossiers, lang=language, stamp=clock.now())
    files["summary.md"] = render_summary_markdown(
        dossiers, lang=language, warning_days=judged.judging.settings.warning_days
    )
    files["index.html"] = render_overview(
        dossiers,
        as_of=judged.as_of,
        policy=policy,
        releases=releases,
        earlier=earlier,
        quarters=quarters(known, as_of=judged.as_of),
        links={place: f"dossiers/{name}.html" for place, name in names.items()},
        partners={each.subscription: f"partners/{each.subscription}.html" for each in of_partners},
        language=language,
    )
    return {name: content.encode("utf-8", "backslashreplace") for name, content in files.items()}


def _partner_page(dossier: Dossier) -> str:
    """Return the address of the page of its partner, from a dossier; empty when it has none."""
    if dossier.registration is None:
        return ""
    return f"../partners/{dossier.registration.partner.subscription}.html"


def _names(judged: Judged) -> Iterator[str]:
    """Yield a file name per dossier: its registration's id, made safe and told apart."""
    taken: set[str] = set()
    for each in judged.dossiers:
        safe = _UNSAFE.sub("-", each.status.registration).strip("-.") or "registration"
        name, number = safe, 1
        while name.casefold() in taken:
            number += 1
            name = f"{safe}-{number}"
        taken.add(name.casefold())
        yield name


def _with_today(
    told: Mapping[str, Sequence[Told]], dossiers: Sequence[Dossier]
) -> dict[str, Sequence[Told]]:
    """Return what reports told, and what this one tells; nothing where none was kept before."""
    if not any(told.values()):
        return {}
    now = {
        each.status.registration: Told(
            date=each.status.as_of,
            status=each.status.status,
            colour=each.status.security.colour,
            duties={one.key: ToldDuty(what=one.what, due=one.due) for one in each.status.actions},
        )
        for each in dossiers
        if each.status.registration in told
    }
    return {name: [*many, now[name]] for name, many in told.items()}


class _Evidence:
    """Reads the run records that dossiers show, each once."""

    def __init__(self, found: Sequence[FoundRun], cleaner: Cleaner, folder: Path | None) -> None:
        self._folder = folder
        self._cleaner = cleaner
        self._paths = {(each.result.run_id, each.result.integration): each.path for each in found}
        self._read: dict[Path, Mapping[str, IntegrationRecord]] = {}

    def standing(self, dossier: Dossier) -> list[Evidence]:
        """Return the run that counts per release; one that cannot be read whole is left out."""
        runs = {(run.release, run.run_id): run for run in dossier.runs}
        found = []
        for each in dossier.status.functional:
            run = runs.get((each.release, each.run_id or ""))
            record = self._record(run) if run is not None else None
            if run is not None and record is not None:
                found.append(
                    Evidence(
                        release=run.release,
                        run_id=run.run_id,
                        day=run.date,
                        record=record,
                        link=self._link(run),
                    )
                )
        return found

    def _link(self, run: FunctionalResult) -> str:
        """Return the address of a run's page from a dossier; empty when there is none."""
        if self._folder is None:
            return ""
        page = self._paths[run.run_id, run.integration].with_name("index.html")
        if not page.is_file():
            return ""
        try:
            way = os.path.relpath(page, self._folder / "dossiers")
        except ValueError:  # on another drive of Windows
            return ""
        return quote(Path(way).as_posix())

    def _record(self, run: FunctionalResult) -> IntegrationRecord | None:
        path = self._paths[run.run_id, run.integration]
        if path not in self._read:
            try:
                record = load_run(path)
            except DocumentError:
                # What a status needs of it could be read; the rest is only for showing.
                self._read[path] = {}
            else:
                clean = self._cleaner.cleaned_run(record)
                self._read[path] = {each.id: each for each in clean.integrations}
        return self._read[path].get(run.integration)

"""`koppeling updates`: what an AFAS update changes, and which integrations it touches."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from koppeling_harness.cli import options
from koppeling_harness.cli.say import say, say_html, say_json, say_lines
from koppeling_harness.config.folders import REPORTS, places_of_integrations

if TYPE_CHECKING:
    from koppeling_harness.model.change import ChangeList
    from koppeling_harness.model.impact import Impact

_FILE = click.Path(path_type=Path)
_lang = click.option(
    "--lang",
    type=click.Choice(["nl", "en"]),
    default="en",
    show_default=True,
    help="Language of the text, and in which a page opens.",
)
_form = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html", "sarif"]),
    default="text",
    show_default=True,
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
_out = click.option("--out", type=_FILE, help="Write it to a file rather than print it.")


@click.group()
def command() -> None:
    """Notice an AFAS update, tell what it changes, and which integrations it touches."""


@command.command()
@click.option("--env", "names", multiple=True, metavar="NAME", help="Default: all configured.")
@click.option(
    "--reports",
    type=_FILE,
    default=REPORTS,
    show_default=True,
    help="Snapshots are kept below it.",
)
@_json
@_lang
def check(names: tuple[str, ...], reports: Path, lang: str, *, as_json: bool) -> int:
    """Ask the configured environments for their version and metainfo; keep what is different.

    Exit code 0: unchanged since the last look, or the first one; 16: changed; 11: not reachable.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.updates import environment_look as notice

    found = notice.check(names, notice.Places(reports=reports), clock=SystemClock())
    if as_json:
        say_json(notice.as_json(found))
    else:
        say_lines(notice.as_text(found, lang=lang))
    return notice.exit_code(found)


@command.command()
@click.argument("old", type=_FILE, metavar="OLD")
@click.argument("new", type=_FILE, metavar="NEW")
@_form
@_json
@_out
@_lang
def diff(old: Path, new: Path, form: str, out: Path | None, lang: str, *, as_json: bool) -> None:
    """Compare two releases: fields, values, lengths, what is mandatory, connectors, endpoints.

    OLD and NEW are each a snapshot, an OpenAPI file of AFAS, or a folder of these.
    """
    from koppeling_harness.workflow.updates.updates import diff as differences

    _say(differences(old, new), "json" if as_json else form, out, lang)


@command.command("import-changes")
@click.argument("file", type=_FILE, metavar="FILE")
@_form
@_json
@_out
@_lang
def import_changes(file: Path, form: str, out: Path | None, lang: str, *, as_json: bool) -> int:
    """Read a change table of AFAS: TSV, or the Markdown of the release notes.

    Every row becomes a change or is listed as not understood: exit code 11 then. What --json --out
    writes can be given to `updates impact --changes`, as the table itself can.
    """
    from koppeling_harness.workflow.updates import updates

    found = updates.import_changes(file)
    _say(found, "json" if as_json else form, out, lang)
    return updates.exit_code(found)


@command.command()
@click.argument("releases", nargs=-1, type=_FILE, metavar="[OLD NEW]")
@click.option("--changes", type=_FILE, metavar="FILE", help="A change table, instead of OLD NEW.")
@options.plugins
@click.option("--runs", type=_FILE, default=REPORTS, show_default=True, help="Folder with runs.")
@_json
@click.option(
    "--by",
    type=click.Choice(["integration", "change"]),
    default="integration",
    show_default=True,
    help="Per integration what touches it, or per change whom it touches.",
)
@click.option("--html", type=_FILE, metavar="FILE", help="Write a page with the changes too.")
@_lang
def impact(
    releases: tuple[Path, ...],
    changes: Path | None,
    plugins: tuple[Path, ...],
    runs: Path,
    by: str,
    html: Path | None,
    lang: str,
    *,
    as_json: bool,
) -> int:
    """Tell per integration which changes touch what it declared, or was seen to use.

    Each has nothing to do, or running it again is advised, or required. A row that was not
    understood touches whoever uses the connector that it names, and everybody when it names none:
    exit code 11.
    """
    from koppeling_harness.workflow.updates import updates

    found = _changes(releases, changes)
    touched = updates.impact(found, plugins or places_of_integrations(), runs=runs)
    for each in touched.set_aside:
        say(f"set aside: {each.where}: {each.problem}", err=True)
    for problem in touched.problems:
        say(f"left out: {problem}", err=True)
    if html is not None:
        _write_page(found, touched.impacts, html, lang)
    shown = updates.show_impacts(touched.impacts, as_json=as_json, lang=lang, turned=by == "change")
    (say_json if as_json else say_lines)(shown)
    if found.not_understood:
        rows = f"{len(found.not_understood)} of {found.rows} rows were not understood"
        say(f"{rows}: {', '.join(each.place for each in found.not_understood[:5])}", err=True)
    return updates.exit_code(found)


@command.command()
@options.plugins
@click.option("--runs", type=_FILE, default=REPORTS, show_default=True, help="Folder with runs.")
@click.option("--changes", type=_FILE, metavar="FILE", help="A change table of a release to come.")
@click.option("--release", metavar="LABEL", help="The release that --changes is about.")
@_json
@_lang
def deadlines(
    plugins: tuple[Path, ...],
    runs: Path,
    changes: Path | None,
    release: str | None,
    lang: str,
    *,
    as_json: bool,
) -> None:
    """Tell per date what ends then, and which integrations use it.

    Days and sources travel with the program; what a release takes away comes from --changes, or
    from [releases] changes in the settings. What an integration uses is told by its last whole
    run, its manifest and its files.
    """
    import json

    from koppeling_harness.clock import SystemClock
    from koppeling_harness.errors import UsageError
    from koppeling_harness.workflow.updates import deadlines as workflow

    if (changes is None) != (release is None):
        message = "expected --changes FILE and --release LABEL together"
        raise UsageError(message, hint='Such as --changes profit-9.tsv --release "Profit 9".')
    found = workflow.calendar(
        plugins or places_of_integrations(),
        runs=runs,
        clock=SystemClock(),
        table=(changes, release) if changes is not None and release is not None else None,
    )
    for each in found.set_aside:
        say(f"set aside: {each.where}: {each.problem}", err=True)
    for problem in found.damaged:
        say(f"left out: {problem.render()}", err=True)
    for told in found.not_understood:
        say(told, err=True)
    if as_json:
        say_json(json.dumps(workflow.as_plain(found), ensure_ascii=False, indent=1))
    else:
        say_lines(workflow.as_text(found, lang=lang))


@command.command()
@click.argument("folder", type=_FILE, metavar="FOLDER")
@_json
def sources(folder: Path, *, as_json: bool) -> int:
    """Tell which of our statements cite a page of AFAS that changed since it was read.

    FOLDER is a checkout of AFAS's public documentation. Pages that nobody cites are told too. Exit
    code 0: nothing is to be read again; 16: something is.
    """
    import json

    from koppeling_harness.workflow.updates import sources as workflow

    found = workflow.look_at(folder)
    if as_json:
        say_json(json.dumps(workflow.as_plain(found), ensure_ascii=False, indent=1))
    else:
        say_lines("\n".join(workflow.as_lines(found)))
    return found.exit_code


def _changes(releases: tuple[Path, ...], table: Path | None) -> "ChangeList":
    from koppeling_harness.errors import UsageError
    from koppeling_harness.workflow.updates import updates

    if table is not None and not releases:
        return updates.import_changes(table)
    if table is None and len(releases) == 2:
        return updates.diff(*releases)
    message = "expected OLD and NEW, or --changes FILE"
    raise UsageError(message, hint="koppeling updates impact --help")


def _write_page(found: "ChangeList", touched: "tuple[Impact, ...]", out: Path, lang: str) -> None:
    from koppeling_harness.workflow.updates.updates import Format, show, write

    write(out, show(found, Format.HTML, lang=lang, touched=touched))
    say(f"wrote {out}", err=True)


def _say(found: "ChangeList", form: str, out: Path | None, lang: str) -> None:
    from koppeling_harness.workflow.updates.updates import Format, show, write

    text = show(found, Format(form), lang=lang)
    if out is None:
        if Format(form) is Format.HTML:
            say_html(text)
        else:
            (say_lines if Format(form) is Format.TEXT else say_json)(text)
        return
    write(out, f"{text}\n")
    say(f"wrote {out}")

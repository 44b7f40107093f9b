"""`koppeling evidence`: sign a run, pack it, and verify what others sent."""

import json
from datetime import datetime
from pathlib import Path

import click

from koppeling_harness.cli import options
from koppeling_harness.cli.say import say, say_json, say_lines
from koppeling_harness.config.folders import REPORTS
from koppeling_harness.errors import ExitCode

_reports = click.option(
    "--reports",
    type=click.Path(path_type=Path),
    default=REPORTS,
    show_default=True,
    help="Where runs are kept.",
)


@click.group()
def command() -> None:
    """Sign a run, pack it to be sent, and verify what others sent."""


@command.command("keygen")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="File of the private key; its public half and the line for AFAS lie beside it.",
)
@click.option(
    "--for",
    "principals",
    multiple=True,
    metavar="INTEGRATIONID",
    help="What it signs for; repeatable. Default: the integrations of this project.",
)
@click.option(
    "--type",
    "kind",
    type=click.Choice(["ed25519", "p256"]),
    default="ed25519",
    show_default=True,
    help="Kind of key.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Last day on which it counts. Default: two years from now.",
)
@click.option(
    "--decisions", is_flag=True, help="A key of AFAS itself, for decisions and what follows them."
)
def keygen(
    *,
    out: Path,
    principals: tuple[str, ...],
    kind: str,
    until: datetime | None,
    decisions: bool,
) -> None:
    """Make a key to sign with, and the line with which AFAS registers it."""
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.evidence.keys import make_key

    made = make_key(
        out,
        clock=SystemClock(),
        principals=principals,
        kind=kind,
        until=until.date() if until else None,
        decisions=decisions,
    )
    say(f"private key: {made.private} (keep it; nobody else needs it)")
    say(f"public key: {made.public}, {made.fingerprint}")
    say(f"{'for partners' if decisions else 'for AFAS'}: {made.signers}, this line:")
    say_lines(made.line)


@command.command("sign")
@click.argument("runs", nargs=-1, metavar="[RUN]...")
@options.key
@options.keyring
@click.option(
    "--timestamp",
    default="",
    metavar="URL",
    help="Have the signature stamped by an RFC 3161 time-stamping authority.",
)
@_reports
def sign(
    *, runs: tuple[str, ...], key: Path | None, keyring: str, timestamp: str, reports: Path
) -> None:
    """Sign a RUN: its id or its folder; those of the last command when none is named.

    Without --key and --keyring, the variable KOPPELING_EVIDENCE_KEY holds the key itself.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.evidence import sign as signing
    from koppeling_harness.workflow.evidence.keys import find_key

    folders = signing.runs_meant(runs, reports)
    found = find_key(key, keyring)
    if timestamp:
        from koppeling_harness.workflow.evidence.stamp import require_address

        require_address(timestamp)
    clock = SystemClock()
    signed = [signing.sign(each, found, clock=clock, time_stamps=timestamp) for each in folders]
    say_lines("\n".join(signing.signed_lines(signed)))


@command.command("pack")
@click.argument("runs", nargs=-1, metavar="[RUN]...")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where the pack is written. Default: where runs are kept.",
)
@_reports
def pack(*, runs: tuple[str, ...], out: Path | None, reports: Path) -> None:
    """Pack a signed RUN into one file to send; those of the last command when none is named."""
    from koppeling_harness.cli.progress import Counting
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.evidence.pack import pack as make_pack
    from koppeling_harness.workflow.evidence.pack import packed_line
    from koppeling_harness.workflow.evidence.sign import runs_meant

    for folder in runs_meant(runs, reports):
        with Counting("searching for tokens", "files", clock=SystemClock()) as told:
            made = make_pack(folder, out or reports, told=told)
        say(packed_line(made))


@command.command("verify")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@options.signers
@options.revoked
@options.tsa
@click.option(
    "--lang",
    type=click.Choice(["nl", "en"]),
    default="en",
    show_default=True,
    help="Language of the text.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
def verify(
    *,
    files: tuple[Path, ...],
    signers: Path | None,
    revoked: Path | None,
    tsa: Path | None,
    lang: str,
    as_json: bool,
) -> int:
    """Verify evidence, step by step. FILE is a pack, or the folder of a run.

    Exit code 0: each step of each holds; 15: one does not. Nothing is written.
    """
    from koppeling_harness.cli.progress import Counting
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.report.evidence_text import evidence_lines, evidence_plain
    from koppeling_harness.workflow.evidence.verify_all import verify_all

    clock = SystemClock()
    with Counting("verifying", "packs", clock=clock) as told:
        found = verify_all(files, clock=clock, signers=signers, revoked=revoked, tsa=tsa, told=told)
    if as_json:
        say_json(json.dumps(evidence_plain(found), indent=1, ensure_ascii=False))
    else:
        for each in found:
            say_lines("\n".join(evidence_lines(each, lang=lang)))
    return ExitCode.PASSED if all(each.holds for each in found) else ExitCode.VERIFICATION


@command.command("rerun")
@click.argument("file", type=click.Path(path_type=Path))
@options.plugins
@options.packs
@click.option(
    "--sandbox", is_flag=True, help="Keep each integration within walls, as `run` does. Linux."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
def rerun(
    *,
    file: Path,
    plugins: tuple[Path, ...],
    packs: tuple[Path, ...],
    sandbox: bool,
    as_json: bool,
) -> int:
    """Repeat the signed run in FILE from its seed, and say whether the calls are the same.

    FILE is a pack, or the folder of a run. Exit code 0: all went the same way; 1: something that
    had passed does not; 16: it went another way, and nothing failed.
    """
    from koppeling_harness.cli.progress import RunProgress
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.config.folders import places_of_integrations
    from koppeling_harness.workflow.recheck import second_opinion as again

    with RunProgress() as progress:
        found = again.run_again(
            file,
            plugins or places_of_integrations(),
            packs=packs,
            clock=SystemClock(),
            observer=progress,
            sandbox=sandbox,
        )
    if as_json:
        say_json(again.opinion_json(found))
    else:
        say_lines("\n".join(again.opinion_lines(found)))
    return found.exit_code


@command.command("certificate")
@click.argument("registration", type=click.Path(path_type=Path))
@click.option("--by", required=True, metavar="NAME", help="The person who issues it.")
@options.key
@options.keyring
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where the files are written. Default: beside the registration.",
)
@options.runs
@click.option(
    "--lang",
    type=click.Choice(["nl", "en"]),
    default="nl",
    show_default=True,
    help="Language in which page and badge open.",
)
def certificate(
    *,
    registration: Path,
    by: str,
    key: Path | None,
    keyring: str,
    out: Path | None,
    runs: Path,
    lang: str,
) -> None:
    """Issue the certificate of a REGISTRATION: a signed statement, a page and a badge.

    Only where what counts has passed, on evidence that is verified.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.report.texts import Language
    from koppeling_harness.workflow.evidence.keys import find_key
    from koppeling_harness.workflow.review.certificate import issue, issued_lines

    issued = issue(
        registration,
        by=by,
        key=find_key(key, keyring),
        clock=SystemClock(),
        into=out,
        runs=runs,
        language=Language(lang),
    )
    say_lines("\n".join(issued_lines(issued)))


@command.command("revoke")
@click.argument("what", metavar="NUMBER|FINGERPRINT")
@click.option("--by", required=True, metavar="NAME", help="The person who decided.")
@click.option("--reason", required=True, help="Why.")
@options.key
@options.keyring
@click.option(
    "--list",
    "into",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The list of what was revoked. Default: [review] revoked, else revocations.dsse.json.",
)
def revoke(
    *, what: str, by: str, reason: str, key: Path | None, keyring: str, into: Path | None
) -> None:
    """Revoke a certificate by its NUMBER, or a key by its FINGERPRINT; sign the list of all."""
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.evidence import revoke as revoking
    from koppeling_harness.workflow.evidence.keys import find_key

    path, is_ours = revoking.list_meant(into)
    signing = find_key(key, keyring)
    found = revoking.revoke(what, by=by, reason=reason, key=signing, clock=SystemClock(), into=path)
    say(f"revoked: {what}; list {found.number} of {found.day}, {len(found.entries)} in it: {path}")
    if not is_ours:
        say(f"mind: without effect here until `revoked` under [review] names {path}")

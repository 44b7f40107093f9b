"""`koppeling parity`: hold ERP1 against a real environment, behaviour by behaviour."""

from pathlib import Path

import click

from koppeling_harness.cli.say import say, say_json, say_lines

_FILE = click.Path(path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--env", "environment", metavar="NAME", help="Of the settings; never production.")
@click.option("--write", is_flag=True, help="Send the probes that write too, and take that away.")
@click.option("--out", type=_FILE, metavar="FILE", help="Keep it, for `parity adopt`.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
@click.pass_context
def command(
    ctx: click.Context, environment: str | None, out: Path | None, *, write: bool, as_json: bool
) -> int | None:
    """Send the same probes to ERP1 and to an environment, and say where the answers differ.

    Reads, refused writes, metainfo, errors; within the environment's max_parallel and budget. Of
    what it answers only forms are kept. Exit code 0: no difference; 16: it differs; 10 and 11 as
    the doctor has them.
    """
    if ctx.invoked_subcommand is not None:
        return None
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.errors import UsageError
    from koppeling_harness.workflow.environment import parity

    if not environment:
        message = "expected --env NAME, an environment of the settings"
        raise UsageError(message, hint="koppeling parity --help")
    found = parity.compare_with(environment, write=write, folder=Path(), clock=SystemClock())
    if out is not None:
        parity.write_record(out, found)
    if as_json:
        say_json(parity.as_json(found))
    else:
        say_lines("\n".join(parity.as_lines(found)))
    return found.exit_code


@command.command()
@click.argument("file", type=_FILE, metavar="FILE")
@click.option("--ledger", type=_FILE, metavar="FILE", help="Default: that of this program.")
def adopt(file: Path, ledger: Path | None) -> None:
    """Take over what FILE of `parity --out` saw at AFAS: days, and differences as switches.

    ERP1 then does as AFAS did on that release, and says when that was.
    """
    from koppeling_harness.workflow.environment import parity

    for line in parity.adopt(file, ledger=ledger):
        say(line)


@command.command("compare")
@click.argument("one", type=_FILE, metavar="ONE")
@click.argument("other", type=_FILE, metavar="OTHER")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
def compare_two(one: Path, other: Path, *, as_json: bool) -> int:
    """Hold two files of `parity --out` against each other: nothing is sent.

    Such as test and accept, which tells what the next release changes in behaviour, or the same
    environment on two days. Exit code 0: no difference; 16: they differ.
    """
    from koppeling_harness.document import dump_json
    from koppeling_harness.errors import ExitCode
    from koppeling_harness.workflow.environment import parity

    found = parity.compare_records(one, other)
    if as_json:
        say_json(dump_json(found, indent=1))
    else:
        say_lines("\n".join(parity.pair_lines(found)))
    return ExitCode.DIFFERS if found.differences else ExitCode.PASSED

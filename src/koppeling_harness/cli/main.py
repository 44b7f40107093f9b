"""The command `koppeling`: finds the command's module, catches errors once, sets the exit code."""

import gc
import importlib
import signal
import sys
from types import FrameType

import click

from koppeling_harness.errors import ExitCode, HarnessError
from koppeling_harness.version import __version__

COMMANDS = {
    "run": "certify the integrations against ERP1 and write the report",
    "recheck": "after an AFAS update: run what is necessary, say whose change it is",
    "merge": "join the shards of a run into one verdict",
    "status": "show the registration status per integration",
    "report": "write the pages for reviewers: overview and dossiers",
    "registration": "make and check registration files",
    "assessment": "add an assessment (only its colour) to a registration",
    "decide": "record a decision of a named person",
    "updates": "notice an AFAS update, tell what it changes and whom it touches",
    "watch": "look for AFAS updates until stopped, and act once for each",
    "can-release": "tell whether a version may be released, from stored verdicts",
    "scenarios": "list, check and lock scenarios",
    "plugins": "list and check integrations",
    "init": "write an integration to begin with, or a CI pipeline",
    "new": "write a scenario to begin with",
    "sweep": "take away what runs that were cut off left in an environment",
    "doctor": "look at all that a run needs, before anything is done",
    "config": "show the settings as they hold, and where each comes from",
    "rules": "list the traffic rules",
    "erp1": "serve an emulated ERP1, and what belongs to it",
    "schema": "print the JSON Schema of a file format",
    "explain": "explain a finding, error or exit code",
}
"""Every command, one module of the same name each; the help shows these lines without import."""

_SEARCH_FOR_CYCLES_AT = (20_000, 20, 10)
"""Nearly all that a command makes stays to its end, or goes without a search: 700 is too often."""


class _Commands(click.Group):
    """Imports a command only when it is called, so that the others cost nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        module = importlib.import_module(f"koppeling_harness.cli.{name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            _suggest(args[0])
            raise


def _suggest(name: str) -> None:
    import difflib

    near = difflib.get_close_matches(name, COMMANDS, n=1)
    if near:
        message = f"no such command {name!r}; did you mean {near[0]!r}?"
        raise click.UsageError(message) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="koppeling")
def koppeling() -> None:
    """Certify partner integrations with AFAS Profit.

    Without anything else, `koppeling run` finds the integrations in plugins/ and the packs in
    scenarios/, runs them against an emulated ERP1 and writes reports/.
    """


def main() -> None:
    """Run the command line and leave with its exit code. The entry point of `koppeling`."""
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    gc.set_threshold(*_SEARCH_FOR_CYCLES_AT)
    code = run(sys.argv[1:])
    gc.freeze()  # or the interpreter looks through all there is for cycles on its way out
    sys.exit(code)


def _as_ctrl_c(_number: int, frame: FrameType | None) -> None:
    """Take SIGTERM, with which CI systems cancel a job, as Ctrl-C: integrations are ended first."""
    on_ctrl_c = signal.getsignal(signal.SIGINT)
    if not callable(on_ctrl_c):  # in the background Ctrl-C is ignored
        raise KeyboardInterrupt
    on_ctrl_c(signal.SIGINT, frame)


def run(arguments: list[str]) -> int:
    """Run one command line; return its exit code.

    Every error of the harness ends here, as a message with its remedy and never as a traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may not be UTF-8
            stream.reconfigure(errors="replace")
    try:
        code = koppeling.main(arguments, prog_name="koppeling", standalone_mode=False)
    except click.exceptions.Abort:
        return _interrupted()
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except KeyboardInterrupt:
        return _interrupted()
    except HarnessError as error:
        click.echo(f"koppeling: {error.render()}", err=True)
        click.echo(f"    more: koppeling explain {error.code}", err=True)
        return error.exit_code
    return code if isinstance(code, int) else ExitCode.PASSED


def _interrupted() -> int:
    click.echo("koppeling: interrupted; nothing was left running", err=True)
    return ExitCode.INTERRUPTED

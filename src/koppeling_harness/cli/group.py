"""Group of all commands; a command's module is imported when it is called."""

import importlib
import os
from collections.abc import Sequence

import click

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
    "auditor": "take in what AFAS's AppConnector Auditor said",
    "listing": "show what partner site and Help Center should list, and what differs",
    "letter": "draft a letter to a partner, or record that it was sent",
    "updates": "notice an AFAS update, tell what it changes and whom it touches",
    "watch": "look for AFAS updates until stopped, and act once for each",
    "can-release": "tell whether a version may be released, from stored verdicts",
    "evidence": "sign a run, pack it, and verify what others sent",
    "intake": "verify, sort and file the packs that partners sent",
    "records": "check run records against themselves",
    "scenarios": "list, check and lock scenarios",
    "plugins": "list and check integrations",
    "init": "write an integration to begin with, or a CI pipeline",
    "new": "write a scenario to begin with",
    "sweep": "take away what runs that were cut off left in an environment",
    "doctor": "look at all that a run needs, before anything is done",
    "config": "show the settings as they hold, and where each comes from",
    "rules": "list the traffic rules",
    "requirements": "list what is asked of an integration, and since when",
    "parity": "hold ERP1 against a real environment, behaviour by behaviour",
    "erp1": "serve an emulated ERP1, and what belongs to it",
    "schema": "print the JSON Schema of a file format",
    "explain": "explain a finding, error or exit code",
}
"""Every command, one module of the same name each; the help shows these lines without import."""


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


def carry_out(arguments: Sequence[str]) -> object:
    """Carry out one command line; return what the command returns.

    Not by click's own `main`, which takes a pipe that nobody reads for an end with 1, and an early
    end of some input for Ctrl-C.
    """
    if "_KOPPELING_COMPLETE" in os.environ:  # a shell asks what may follow
        return koppeling.main(list(arguments), prog_name="koppeling", standalone_mode=False)
    try:
        with koppeling.make_context("koppeling", list(arguments)) as context:
            return koppeling.invoke(context)
    except click.exceptions.Exit as end:  # of --help and --version
        return end.exit_code

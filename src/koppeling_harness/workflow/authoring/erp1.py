"""The emulated ERP1 from the command line: serve it, list its switches, import, take a snapshot."""

import asyncio
import difflib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from koppeling_harness.clock import AMSTERDAM, SystemClock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.document import dump_json
from koppeling_harness.emulator.erp1 import Erp1
from koppeling_harness.emulator.gaps import gaps as every_gap
from koppeling_harness.emulator.imports import Imports
from koppeling_harness.emulator.imports import read_imports as read_imports
from koppeling_harness.emulator.ledger import last_seen
from koppeling_harness.emulator.openapi_export import export_openapi
from koppeling_harness.emulator.quirks import QUIRKS
from koppeling_harness.emulator.serve import ServeOptions as ServeOptions
from koppeling_harness.emulator.serve import serve
from koppeling_harness.emulator.specification import write_catalogue
from koppeling_harness.erp.probe_needs import NEEDS
from koppeling_harness.erp.probes import PROBES
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.hosting.connectors import Connectors, Listed
from koppeling_harness.http.connection import Connection
from koppeling_harness.model.access import ErpAccess
from koppeling_harness.model.parity import Seen
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release
from koppeling_harness.watch.look import look

TOKEN_VARIABLE = "AFAS_TOKEN"  # noqa: S105 - the name of a variable, not a token
"""The environment variable that holds the token's XML for a snapshot."""


def report_lines(found: Imports) -> list[str]:
    """Return what to tell of imported files: counts, then every line that was not understood."""
    known = [f"{len(found.updates)} UpdateConnectors, {len(found.gets)} GetConnectors understood"]
    if found.definition.get_connectors:
        known.append(f"{len(found.definition.get_connectors)} own GetConnectors")
    return [*known, *(f"not understood: {each}" for each in found.not_understood)]


def catalogue(found: Imports) -> str:
    """Return the UpdateConnectors in the compact form that `--import` reads too."""
    return write_catalogue(found.updates)


def serve_environment(
    options: ServeOptions,
    imports: Sequence[Path],
    *,
    announce: Callable[[str], None],
    warn: Callable[[str], None],
) -> None:
    """Serve one environment until interrupted; see `emulator.serve`.

    Without a release, it is the current one of the settings here.

    Raises:
        ConfigurationError: A file or an option does not fit.
        UsageError: The address cannot be listened on.
    """
    report = read_imports([*load_settings(Path()).imports, *imports])
    for line in report.not_understood:
        warn(f"not understood: {line}")
    serve(
        replace(
            options,
            release=options.release or load_settings(Path()).current_release,
            imported=report.updates,
            imported_gets=report.gets,
            definition=report.definition,
        ),
        announce=announce,
        warn=warn,
        clock=SystemClock(),
    )


def openapi_text(imports: Sequence[Path], release: str) -> str:
    """Return the OpenAPI document of what an environment serves, as JSON.

    Args:
        imports: As `serve_environment` takes them.
        release: Label of the Profit release.

    Raises:
        ConfigurationError: A file does not fit, or the release does not exist.
    """
    report = read_imports(imports)
    erp1 = Erp1(release=release, imported=report.updates, imported_gets=report.gets)
    access = erp1.open_environment(report.definition.get_connectors)
    made = erp1.environment(access.environment)
    document = export_openapi(made.setup.catalogue.values(), made.get_definitions(), erp1.release)
    erp1.close()
    return dump_json(document).rstrip()


def reset_state(path: Path, *, rows: int, seed: int) -> None:
    """Put the demo company back in a state file; its id and tokens stay.

    Args:
        path: Where it is.
        rows: Post-calculation lines of the company.
        seed: Of the company.

    Raises:
        ConfigurationError: There is no such file, it is in use, or it is something else.
    """
    Erp1(rows=rows, seed=seed).reset_state(path)


def moment(text: str) -> datetime:
    """Return a moment as `--now` writes it: a day, or a day and a time, in Amsterdam.

    Raises:
        ConfigurationError: It is none.
    """
    try:
        found = datetime.fromisoformat(text)
        whole = found if found.tzinfo else found.replace(tzinfo=AMSTERDAM)
        return whole.astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"--now {text!r}: expected a day such as 2027-05-01, or 2027-05-01T09:00"
        raise ConfigurationError(message) from None


def connectors(named: Sequence[str], imports: Sequence[Path]) -> tuple[Listed, ...]:
    """Return the connectors of ERP1, those of the settings here and of files among them.

    Args:
        named: Ids that are meant, in any case; all of them when empty.
        imports: Files with connectors, as `serve --import` takes them.

    Raises:
        DocumentError: A file has problems.
        ConfigurationError: ERP1 has none of that id.
    """
    files = (*load_settings(Path()).imports, *imports)
    every = Connectors(tuple(map(str, files))).listed()
    known = {each.id.lower() for each in every}
    for name in named:
        if name.lower() not in known:
            near = difflib.get_close_matches(name.lower(), list(known), n=1)
            meant = next((each.id for each in every if each.id.lower() in near), "")
            hint = f"Did you mean `{meant}`?" if meant else "Without a name all are listed."
            message = f"ERP1 has no connector `{name}`"
            raise ConfigurationError(message, hint=hint)
    wanted = {each.lower() for each in named} or known
    return tuple(each for each in every if each.id.lower() in wanted)


def quirk_settings(pairs: Sequence[str]) -> dict[str, str]:
    """Return `NAME=VALUE` texts as a mapping.

    Raises:
        ConfigurationError: One has no `=`.
    """
    settings = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            message = f"--quirk {pair!r}: expected NAME=VALUE"
            raise ConfigurationError(message, hint="koppeling erp1 quirks lists them all")
        settings[name.strip()] = value.strip()
    return settings


def quirks() -> list[dict[str, Any]]:
    """Return every switch: name, values (default first), source, description, probe, last seen."""
    seen = last_seen()
    by_name = {name: probe for probe in PROBES for name in probe.shows}
    return [
        {
            "name": each.name,
            "values": list(each.values),
            "default": each.default,
            "source": each.source,
            "read": each.read.isoformat(),
            "description": each.description,
            "probe": by_name[each.name].id if each.name in by_name else None,
            "needs": NEEDS.get(each.name, ""),
            "seen": _seen(seen.get(each.name)),
        }
        for each in QUIRKS
    ]


def _seen(seen: Seen | None) -> dict[str, str] | None:
    """Return when and where a behaviour was last seen at AFAS; None for never."""
    if seen is None:
        return None
    return {
        "day": seen.day.isoformat(),
        "release": seen.release,
        "version": seen.version,
        "value": seen.value,
    }


def gaps() -> list[dict[str, str]]:
    """Return what ERP1 does not imitate: of what, what, and the source that speaks of it."""
    return [{"of": each.of, "what": each.what, "source": each.source} for each in every_gap()]


def take_snapshot(url: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return what a live environment says of its API, as `koppeling updates check` keeps it.

    Args:
        url: Its base URL; production is refused.
        environ: Holds the token in `AFAS_TOKEN`.

    Raises:
        ConfigurationError: There is no token, or the address cannot be used.
        ErpUnavailableError: The environment does not answer, or refuses.
    """
    token = environ.get(TOKEN_VARIABLE, "")
    if not token:
        message = f"{TOKEN_VARIABLE} is not set, expected the token's XML"
        raise ConfigurationError(message, hint="Set it in the environment, never on the line.")
    return asyncio.run(_snapshot(url, Secret(token)))


_NOT_ASKED = Release(label="unknown", version="unknown")


async def _snapshot(url: str, token: Secret) -> str:
    clock = SystemClock()
    access = ErpAccess(environment="", base_url=url.rstrip("/"), token=token, release=_NOT_ASKED)
    async with Connection() as connection:
        return dump_json(await look(access, connection=connection, clock=clock), indent=1)

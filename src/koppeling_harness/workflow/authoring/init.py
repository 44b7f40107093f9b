"""Write a complete integration to begin with, and the pipelines that certify one.

The starters lie as files in `starters/`, each with `.template` behind its name, so that no tool
takes them for code of ours: `common/` is for every runtime, the others add to it. `{{name}}` is
replaced; a file `_name.template` is no file of the integration but fills `{{name}}`.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.manifest import MANIFEST
from koppeling_harness.config.registration import REGISTRATION
from koppeling_harness.config.registration_edit import new_registration
from koppeling_harness.document import load, read_yaml
from koppeling_harness.errors import ConfigurationError, UsageError
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.verdict import Severity
from koppeling_harness.rules.deadlines import deadline_named, level_on
from koppeling_harness.store.files import write_files
from koppeling_harness.version import __version__

STARTERS: Mapping[str, tuple[str, ...]] = {
    "python": ("common", "python"),
    "node": ("common", "javascript", "node"),
    "php": ("common", "php"),
    "dotnet": ("common", "dotnet"),
    "http": ("common", "javascript", "http"),
}
"""For each runtime, the folders of its files."""

_SUFFIX = ".template"
_HIDDEN = "dot-"
_PLACE = re.compile(r"\{\{([a-z]+)\}\}")
_ID = re.compile(r"[a-z][a-z0-9]*(?:[-._][a-z0-9]+)*")
"""As `model.shape.Identifier`."""


_OAUTH = (
    "oauth: {}                           # it signs in by OAuth, with a client and its secret\n"
)
_BY_OAUTH = """\
- It signs in by OAuth (client credentials): one token for all calls, and a new one when that ends.
  A test environment needs an app connector that takes OAuth; where one takes classic tokens only,
  leave `oauth` out of `koppeling.yaml` until it does."""


def write_starter(
    name: str, *, runtime: str, folder: Path, clock: Clock, classic: bool = False
) -> tuple[Path, ...]:
    """Write an integration that passes at once where its runtime exists; return its files.

    Args:
        name: Its id.
        runtime: Its language or way to connect; one of `STARTERS`.
        folder: The integration's folder; made when absent.
        clock: Tells on which day its onboarding begins.
        classic: Sign in by a classic token instead of OAuth, as long as that lives.

    Raises:
        UsageError: The name cannot be an id, or classic tokens have ended.
        ConfigurationError: A file of it exists already, or cannot be written; nothing was written.
    """
    if _ID.fullmatch(name) is None:
        message = f"`{name}` cannot be the id of an integration"
        hint = "Use lower case letters, digits, and single `-`, `.` or `_` between them."
        raise UsageError(message, hint=hint)
    ends = deadline_named("classic-token")
    if classic and level_on(ends, today(clock)) is Severity.ERROR:
        message = "no classic token works any more: AFAS takes OAuth only"
        raise UsageError(message, hint="Leave --classic out.")
    files = starter_files(name, runtime=runtime, classic=classic)
    files[REGISTRATION] = _registration(files[MANIFEST], clock)
    return write_new(folder, files)


def write_new(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files that must not exist yet; return their paths.

    Args:
        folder: Made when absent.
        files: Name below the folder, with `/`, and content.

    Raises:
        ConfigurationError: Some exist already, all of which are named, or cannot be written.
            Nothing was written.
    """
    there = [name for name in files if (folder / name).exists()]
    if there:
        message = "\n".join(f"{folder / name}: exists already" for name in sorted(there))
        hint = "Nothing was written. Name another folder, or take away what is there."
        raise ConfigurationError(message, hint=hint)
    write_files(folder, files)
    return tuple(folder / name for name in sorted(files))


def starter_files(name: str, *, runtime: str, classic: bool = False) -> dict[str, bytes]:
    """Return the files of a starter: name below its folder, and content."""
    root = resources.files(__package__) / "starters"
    found = [
        each for part in STARTERS[runtime] for each in _templates(root / part, prefix="")
    ]  # those of the runtime come last, and may replace one that is common
    parts = {path[1:]: text.rstrip("\n") + "\n" for path, text in found if path.startswith("_")}
    values = {
        **dict.fromkeys(("ci", "files", "start", "runtime"), ""),
        **parts,
        "id": name,
        "version": __version__,
        "oauth": "" if classic else _OAUTH,
        "signing": _by_token() if classic else _BY_OAUTH,
        "title": re.sub(r"[-._]", " ", name).capitalize(),
        "prefix": "".join(word.capitalize() for word in re.split(r"[-._]", name)),
    }
    values["files"] = values["files"].rstrip("\n")
    values["start"] = values["start"].rstrip("\n")
    return {
        path: _PLACE.sub(lambda match: values[match.group(1)], text).encode()
        for path, text in found
        if not path.startswith("_")
    }


def _by_token() -> str:
    days = "\n".join(
        f"  From {each.day:%d-%m-%Y} on: {each.then.en}."
        for each in deadline_named("classic-token").stages
    )
    return (
        f"- It signs in by a classic token, as long as there are any.\n{days}\n"
        "  Put `oauth: {}` into `koppeling.yaml` before, and it signs in by OAuth."
    )


def _templates(folder: Traversable, *, prefix: str) -> Iterator[tuple[str, str]]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        name = each.name.removesuffix(_SUFFIX)
        if name.startswith(_HIDDEN):  # a hidden name would be left out of archives and listings
            name = "." + name.removeprefix(_HIDDEN)
        if each.is_dir():
            yield from _templates(each, prefix=f"{prefix}{name}/")
        else:
            yield prefix + name, each.read_text(encoding="utf-8")


def _registration(manifest: bytes, clock: Clock) -> bytes:
    """Return a new registration for a manifest, as `koppeling registration new` writes it."""
    # not `load_manifest`: what a starter is built into need not be there yet
    read = load(Manifest, read_yaml(manifest.decode(), name=MANIFEST))
    with tempfile.TemporaryDirectory(prefix="koppeling-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, REGISTRATION)
        new_registration(path, read, started=today(clock))
        return path.read_bytes()

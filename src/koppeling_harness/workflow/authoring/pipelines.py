"""CI pipelines that certify what is in `plugins/`: one for each CI system, ready to commit.

Each runs on every change, before a release and on a schedule; it installs what the integrations
need, shards, merges the shards into one verdict, keeps the records for the next night, JUnit and
report, and comments the summary in Markdown. The bash of a step lies in a file of its own, so that
all systems do the same.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata, resources
from pathlib import Path

from koppeling_harness.config.folders import MANIFEST, PLUGINS
from koppeling_harness.errors import UsageError
from koppeling_harness.plugin.discover import Discovery, discover
from koppeling_harness.plugin.requires import needed_programs
from koppeling_harness.version import __version__

FILES: Mapping[str, str] = {
    "github": ".github/workflows/koppeling.yml",
    "gitlab": ".gitlab-ci.yml",
    "azure": "azure-pipelines.yml",
    "kubernetes": "koppeling-job.yaml",
}
"""For each CI system, the file that it reads."""

CONSTRAINTS = "koppeling-constraints.txt"
"""Name of the file that pins everything that is installed beside the program."""
DOCKERFILE = "koppeling.Dockerfile"
"""Name of the file of which the image for Kubernetes is made."""

SHARDS = 3

_DISTRIBUTION = "koppeling-harness"
_SOURCE = re.compile(r"[\w.+@:/=~#\[\]-]+")
_PACKAGES: Mapping[str, str] = {
    "node": "nodejs",
    "php": "php-cli",
    "java": "default-jdk-headless",
    "dotnet": "dotnet-sdk-8.0",
    "ruby": "ruby",
    "perl": "perl",
}
"""By program the package of Debian and Ubuntu that brings it; others are called as they are."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_BLOCK = re.compile(r"^( *)\{\{(\w+)\}\}$", re.MULTILINE)


def pipeline_files(kind: str, project: Path = Path(), *, source: str = "") -> dict[str, bytes]:
    """Return the files of a pipeline: name below the project's folder, and content.

    The releases are those that the settings name when it runs. What the integrations need stands in
    their manifests.

    Args:
        kind: `github`, `gitlab`, `azure` or `kubernetes`.
        project: The folder whose integrations count.
        source: Where the program comes from: a wheel, a git reference (`git+https://…@v1`), an
            index (its address), or a version of it; this version of an index when empty.

    Raises:
        UsageError: There is no pipeline for that, or the program cannot come from there.
    """
    if kind not in FILES:
        message = f"no pipeline for {kind!r}; there are: {', '.join(FILES)}"
        raise UsageError(message)
    harness, index = _installed_from(source)
    words = {
        "harness": json.dumps(harness),
        "index": f" --index-url {index}" if index else "",
        "shards": str(SHARDS),
        "numbers": ", ".join(map(str, _numbers())),
        "quoted": ", ".join(f'"{each}"' for each in _numbers()),
        "matrix": "\n".join(f'        shard_{each}: {{SHARD: "{each}"}}' for each in _numbers()),
    }
    blocks = {
        "install": _filled(_text("install.sh"), words),
        "runtimes": _runtimes(project),
        "certify": _text("certify.sh"),
        "verdict": _text("verdict.sh"),
    }
    files = {FILES[kind]: _filled(_text(f"{kind}.yml"), words, blocks)}
    if kind == "kubernetes":
        pip = blocks["install"].splitlines()[-1].removesuffix(" || exit 11")
        files[DOCKERFILE] = _filled(_text("Dockerfile"), {**words, "pip": pip}, blocks)
    return {name: text.encode() for name, text in files.items()}


def constraints() -> bytes:
    """Return the versions of all that the program needs, as they are installed here."""
    found: dict[str, str] = {}
    asked = [_DISTRIBUTION]
    while asked:
        name = asked.pop()
        try:
            there = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # of another platform, or of an extra
        key = re.sub(r"[-_.]+", "-", there.name).lower()
        if key not in found:
            found[key] = there.version
            asked += _requirements(there.requires or ())
    del found[_DISTRIBUTION]
    head = f"# What {_DISTRIBUTION} {__version__} was installed with when this was written.\n"
    pinned = "".join(f"{name}=={version}\n" for name, version in sorted(found.items()))
    return f"{head}{pinned}".encode()


def _requirements(stated: Iterable[str]) -> Iterator[str]:
    for each in stated:
        match = _NAME.match(each)
        if match and "extra ==" not in each:
            yield match.group()


def _installed_from(source: str) -> tuple[str, str]:
    """Return what pip is told to install, and the address of the index; empty for the usual one.

    Raises:
        UsageError: It is none of what there is.
    """
    if source and _SOURCE.fullmatch(source) is None:
        message = f"--from: found {source!r}, expected a wheel, a git reference or an index"
        raise UsageError(message, hint="Without blanks or quotes: a shell reads it.")
    if not source:
        return f"{_DISTRIBUTION}=={__version__}", ""
    if source.startswith("git+"):
        if "@" not in source.removeprefix("git+").partition("://")[2].rpartition("/")[2]:
            message = f"--from {source}: expected a reference behind it, such as @v{__version__}"
            raise UsageError(message, hint="Without one the verdict may change overnight.")
        return source, ""
    if source.endswith(".whl") or source.startswith(f"{_DISTRIBUTION}=="):
        return source, ""
    if source.startswith(("https://", "http://")):
        return f"{_DISTRIBUTION}=={__version__}", source
    message = f"--from {source}: expected a wheel, git+https://…@REFERENCE, or an index's address"
    raise UsageError(message)


def integrations_of(project: Path) -> Discovery:
    """Return what the pipeline of a project certifies: as `koppeling run` there finds it.

    Args:
        project: The folder that is checked out.
    """
    with_its_own = (project / MANIFEST).is_file() and not (project / PLUGINS).is_dir()
    return discover([project if with_its_own else project / PLUGINS], entry_points=False)


def _runtimes(project: Path) -> str:
    """Return bash that installs what the integrations need and is not there."""
    programs = sorted(needed_programs(integrations_of(project)))
    if not programs:
        return 'echo "nothing beside Python is needed"\n'
    lines = [
        f'command -v {each} >/dev/null || lacking="$lacking {_PACKAGES.get(each, each)}"'
        for each in programs
    ]
    return _filled(_text("runtimes.sh"), {}, {"programs": "\n".join(lines)})


def _numbers() -> range:
    return range(1, SHARDS + 1)


def _text(name: str) -> str:
    return (resources.files(__package__) / "pipeline" / name).read_text(encoding="utf-8")


def _filled(text: str, words: Mapping[str, str], blocks: Mapping[str, str] | None = None) -> str:
    """Return a text with words in it, and blocks at the places of their lines, indented so."""
    many = blocks or {}
    for name, value in words.items():
        text = text.replace(f"{{{{{name}}}}}", value)

    def indented(match: re.Match[str]) -> str:
        if match[2] not in many:
            return match[0]
        return "\n".join(
            f"{match[1]}{line}".rstrip() for line in many[match[2]].rstrip("\n").split("\n")
        )

    return _BLOCK.sub(indented, text)

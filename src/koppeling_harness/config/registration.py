"""Read registrations: `registration.yaml` beside a plugin's manifest, or any file of that form."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness import document
from koppeling_harness.config.decisions import (
    ENDING,
    decisions_path,
    holds_decisions,
    joined,
    read_decisions,
)
from koppeling_harness.config.folders import is_a_partners
from koppeling_harness.document import Source, load, read_content, read_yaml
from koppeling_harness.errors import DocumentError, NothingToRunError, Problem, in_file_order
from koppeling_harness.model.decisions import Decisions
from koppeling_harness.model.partner import Partner
from koppeling_harness.model.registration import Registration
from koppeling_harness.place import Place
from koppeling_harness.rules.registration_input import InputProblem, input_problems
from koppeling_harness.value import dataclass

REGISTRATION = "registration.yaml"
"""Name of the file, beside the plugin's manifest."""

REPORT_REFUSED = (
    "a scan report never enters a registration: AFAS learns the colour only, the report stays with "
    "the partner and its assessor"
)

_REPORT_KEYS = frozenset(
    [
        "attachment",
        "attachments",
        "bevindingen",
        "bijlage",
        "bijlagen",
        "content",
        "document",
        "documents",
        "evidence",
        "file",
        "files",
        "finding",
        "findings",
        "pdf",
        "rapport",
        "report",
        "report_file",
        "results",
        "summary",
        "text",
        "url",
        "vulnerabilities",
    ]
)
_ITS_KEY = r"(?:^|\A(?:\s|#.*\n)*\{\s*)[\"']?registration[\"']?[ \t]*:"
_LOOKS_LIKE_ONE = re.compile(_ITS_KEY, re.MULTILINE)
_ITS_ID = re.compile(_ITS_KEY + r"[ \t]*[\"']?([a-z][a-z0-9._-]*)", re.MULTILINE)
_PASSED_BY = frozenset({"node_modules", "__pycache__", "site-packages"})


def load_registration(path: Path) -> Registration:
    """Read one registration and check that what it says fits together.

    Raises:
        DocumentError: It cannot be read or has problems; all of them are in it, with their places.
    """
    return load_placed(path).registration


def load_placed(path: Path) -> "Placed":
    """Read one registration with AFAS's decisions beside it, and where all of it stands.

    Raises:
        DocumentError: One of the two has problems; all of them are in it, with their places.
    """
    text = read_text(path)
    if holds_decisions(path, text) and not _LOOKS_LIKE_ONE.search(text):
        raise DocumentError([_without_registration(path)])
    beside = decisions_path(path)
    decided = NamedText(name=str(beside), text=read_text(beside)) if beside.is_file() else None
    return parse_registration(text, name=str(path), decided=decided)


def _without_registration(path: Path) -> Problem:
    return Problem(
        where=Place(str(path)),
        message="here stand AFAS's decisions, and no registration that they belong to beside it",
        hint=f"Call it as its registration is called: X{ENDING} beside X.yaml.",
        dutch="hier staan besluiten van AFAS, zonder registratie ernaast waar zij bij horen; "
        f"noem het bestand zoals die registratie heet: X{ENDING} naast X.yaml",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedText:
    """The text of a file of AFAS's decisions.

    Attributes:
        name: What messages call it.
        text: YAML.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A registration, and where what it says stands.

    Attributes:
        registration: With AFAS's word in it.
        source: The partner's file.
        decisions: AFAS's file; None when there is one file only.
        word: What AFAS's file says.
    """

    registration: Registration
    source: Source
    decisions: Source | None = None
    word: Decisions | None = None

    def problems(self, found: Iterable[InputProblem]) -> list[Problem]:
        """Return what is wrong in the registration, each with its place, in the files' order."""
        return in_file_order(
            Problem(
                where=self._source_of(each.path).place(each.path),
                message=each.text.en,
                dutch=each.text.nl,
            )
            for each in found
        )

    def _source_of(self, path: tuple[str | int, ...]) -> Source:
        is_decided = self.decisions is not None and path and path[0] in self.decisions.data
        return self.decisions if is_decided and self.decisions is not None else self.source


def parse_registration(text: str, *, name: str, decided: NamedText | None = None) -> Placed:
    """Return the registration that a text holds, joined with AFAS's decisions.

    Args:
        text: YAML, the partner's word.
        name: What messages call it.
        decided: AFAS's word, where it stands in a file of its own.

    Raises:
        DocumentError: It has problems; all of them are in it, with their places.
    """
    source = read_yaml(text, name=name)
    refused = list(_attached_reports(source))
    decisions: Decisions | None = None
    decisions_source: Source | None = None
    if decided is not None:
        try:
            decisions, decisions_source = read_decisions(decided.text, name=decided.name)
        except DocumentError as error:
            refused += error.problems
    try:
        registration = load(Registration, _without_reports(source))
    except DocumentError as error:
        raise DocumentError(in_file_order([*refused, *error.problems])) from None
    if decided is not None:
        refused += _in_the_wrong_file(source, registration, decided.name)
    if decisions is not None and decisions_source is not None:
        refused += _of_another(registration, decisions, decisions_source)
        registration = joined(registration, decisions)
    placed = Placed(
        registration=registration, source=source, decisions=decisions_source, word=decisions
    )
    problems = refused + placed.problems(input_problems(registration))
    if problems:
        raise DocumentError(in_file_order(problems))
    return placed


def _in_the_wrong_file(
    source: Source, registration: Registration, beside: str
) -> Iterator[Problem]:
    for key in ("decisions", "waivers"):
        if getattr(registration, key):
            yield Problem(
                where=source.place((key,)),
                message=f"`{key}` stand in the partner's file; AFAS's stand in {beside}",
                hint="Move what AFAS decided there, and leave the key out here.",
                dutch=f"`{key}` staan in het bestand van de partner; die van AFAS horen in "
                f"{beside}",
            )


def _of_another(
    registration: Registration, decisions: Decisions, source: Source
) -> Iterator[Problem]:
    if decisions.of != registration.registration:
        message = f"`of` is {decisions.of}, expected {registration.registration}"
        dutch = f"`of` is {decisions.of}, verwacht {registration.registration}"
        yield Problem(where=source.place(("of",)), message=message, dutch=dutch)


def find_registrations(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the registration files that paths mean.

    Args:
        paths: Files, which are taken as they are, and folders, below which every YAML file with a
            top-level key `registration` counts, under any name, and every file of AFAS's decisions
            that no registration reads, so that none is lost. Hidden folders are passed by.

    Raises:
        NothingToRunError: A path does not exist, or there is no registration at all.
    """
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        message = f"{', '.join(missing)}: expected a registration or a folder, found nothing"
        raise NothingToRunError(message)
    found = [each for path in paths for each in ([path] if path.is_file() else _below(path))]
    if not found:
        message = f"{', '.join(map(str, paths))}: found no registration"
        hint = "`koppeling registration new` makes one."
        raise NothingToRunError(message, hint=hint)
    return tuple(dict.fromkeys(found))


def registration_name(path: Path) -> str:
    """Return how to call a file that cannot be read as a registration.

    That is the id in it, as far as there is one, else the name of its folder or of itself.
    """
    try:
        found = _ITS_ID.search(read_content(path).decode("utf-8", "replace"))
    except DocumentError:
        found = None
    if found:
        return found[1]
    name = path.absolute().parent.name if path.name == REGISTRATION else path.stem
    return name.encode("utf-8", "backslashreplace").decode()  # a file's name may be no text


def registration_path(path: Path) -> Path:
    """Return the file that a person means by a file, its decisions or a plugin's folder."""
    if path.name.endswith(ENDING):
        beside = path.with_name(path.name.removesuffix(ENDING) + ".yaml")
        return beside if beside.is_file() else path
    return path / REGISTRATION if path.is_dir() else path


def contact_of(folders: Iterable[Path], partner: Partner | None) -> str:
    """Return whom to write to about an integration; empty when nothing says it.

    Args:
        folders: Where it lies; a registration beside its manifest says it first.
        partner: As its manifest says.
    """
    for each in folders:
        path = registration_path(each)
        try:
            registered = load_registration(path) if path.is_file() else None
        except DocumentError:
            continue  # its problems are told where its status is
        if registered is not None and registered.partner.contact:
            return registered.partner.contact
    return (partner.contact if partner else None) or ""


def read_text(path: Path) -> str:
    """Return a file's text with its own line ends.

    Raises:
        DocumentError: It is not there or is not UTF-8.
    """
    if not path.exists():
        hint = "`koppeling registration new` makes one."
        problem = Problem(where=Place(str(path)), message="there is no such file", hint=hint)
        raise DocumentError([problem])
    return document.read_text(path)


def _below(folder: Path, seen: frozenset[str] = frozenset()) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in seen:  # a link to a folder above it
        return
    for each in sorted(folder.iterdir()):
        if each.name.startswith(".") or each.name in _PASSED_BY:
            continue
        if each.is_dir():
            yield from _below(each, seen | {real})
        elif each.suffix.lower() in {".yaml", ".yml"} and (_is_one(each) or _is_left_alone(each)):
            yield each


def _is_one(path: Path) -> bool:
    if path.name == REGISTRATION:
        return True
    try:
        return _LOOKS_LIKE_ONE.search(document.read_text(path)) is not None
    except DocumentError:
        return False


def _is_left_alone(path: Path) -> bool:
    """Return whether a file holds decisions of AFAS that no registration reads.

    Where the partner writes, decisions have no effect and an extract of them may lie about.
    """
    try:
        if not holds_decisions(path, document.read_text(path)):
            return False
    except DocumentError:
        return False
    name = path.name.removesuffix(ENDING)
    beside = [path.with_name(name + suffix) for suffix in (".yaml", ".yml")]
    if name != path.name and any(each.is_file() and _is_one(each) for each in beside):
        return False
    return not is_a_partners(path)


def _attached_reports(source: Source) -> Iterator[Problem]:
    for number, key in _report_keys(source):
        yield Problem(
            where=source.place(("assessments", number, key), key=True),
            message=f"assessment holds `{key}`: {REPORT_REFUSED}",
            hint="Leave it out; keep assessor, report_date and colour.",
            dutch=f"de beoordeling bevat `{key}`: een rapport hoort nooit in een registratie; "
            "AFAS kent alleen de kleur",
        )


def _report_keys(source: Source) -> Iterator[tuple[int, str]]:
    assessments = source.data.get("assessments") if isinstance(source.data, dict) else None
    for number, each in enumerate(assessments if isinstance(assessments, list) else []):
        for key in each if isinstance(each, dict) else ():
            if key.lower() in _REPORT_KEYS:
                yield number, key


def _without_reports(source: Source) -> Source:
    """Return the document without attached reports, so that each is objected to only once."""
    attached = set(_report_keys(source))
    if not attached:
        return source
    assessments = [
        {key: value for key, value in each.items() if (number, key) not in attached}
        if isinstance(each, dict)
        else each
        for number, each in enumerate(source.data["assessments"])
    ]
    return replace(source, data={**source.data, "assessments": assessments})

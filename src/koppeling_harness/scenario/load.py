"""Read scenario files, and say everything that is wrong with them at once."""

import contextlib
import functools
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from koppeling_harness import document, model, scenario
from koppeling_harness.document import KeptDocuments, Source, code_of, load, read_content, read_yaml
from koppeling_harness.errors import DocumentError, Problem, in_file_order
from koppeling_harness.model.scenario import STEP_EXPECTED, Scenario
from koppeling_harness.place import Place
from koppeling_harness.scenario.check import check
from koppeling_harness.scenario.find import SUFFIX, Found, find_scenarios, shown
from koppeling_harness.scenario.packed import PackedScenario, packed, packed_again

_PLACED = ("given", "when", "faults", "then", "cleanup")
"""Lists whose members know where they stand."""


def load_scenario(path: Path) -> Scenario:
    """Read one scenario file.

    Args:
        path: A `*.scenario.yaml`.

    Raises:
        DocumentError: It cannot be read or has problems; all of them are in it, with their places.
    """
    name = shown(path)
    found, _ = _checked(_text(_read(name), name), name)
    return found


def load_scenarios(
    paths: Sequence[Path], *, kept_in: Path | None = None
) -> tuple[PackedScenario, ...]:
    """Read all scenario files that some paths mean, ordered by scenario id, packed.

    Args:
        paths: Files and folders.
        kept_in: A folder for what is made of files that are in order, to be taken the next time.

    Raises:
        ConfigurationError: A path does not exist.
        DocumentError: Files have problems, or two have the same id; all problems are in it.
    """
    name = "\n".join(str(path.resolve()) for path in paths)
    code = _code() if kept_in and paths else ""
    with KeptDocuments(kept_in, name, code=code) as kept:
        return _all_scenarios(find_scenarios(paths), kept)


@functools.cache
def _code() -> str:
    return code_of(document, model, scenario)


def _all_scenarios(files: Found, kept: KeptDocuments) -> tuple[PackedScenario, ...]:
    problems = [
        Problem(
            where=name,
            message=f"would never run: expected its name to end in {SUFFIX}",
            hint="Rename it.",
        )
        for name in files.misspelt
    ]
    found: dict[str, PackedScenario] = {}
    for name in files.scenarios:
        try:
            each = _packed(name, kept)
        except DocumentError as error:
            problems += error.problems
            continue
        first = found.setdefault(each.scenario, each)
        if first is not each:
            message = f"the id `{each.scenario}` is that of {first.place} too"
            hint = "Ids are unique among all packs."
            problems.append(Problem(where=each.place, message=message, hint=hint))
    if problems:
        raise DocumentError(problems)
    return tuple(found[name] for name in sorted(found))


def _packed(name: str, kept: KeptDocuments) -> PackedScenario:
    content = _read(name)
    digest = of_file = hashlib.sha256(content).hexdigest()
    if b"\r" in content:  # a lock is the same for every kind of line end, and what is kept is not
        digest = _digest_of(content)
    line = kept.find(name, of_file)
    if line is not None:
        with contextlib.suppress(ValueError, DocumentError):
            return packed_again(line, name=name, digest=digest)
    text = _text(content, name)
    found, data = _checked(text, name)
    whole, line = packed(data, found, digest=digest)
    kept.keep(name, of_file, line, text=text)
    return whole


def _checked(text: str, name: str) -> tuple[Scenario, Any]:
    """Return a scenario, and its document with the places of steps and faults in it.

    Raises:
        DocumentError: It has problems; all of them are in it, with their places.
    """
    source = read_yaml(text, name=name)
    problems = check(source)
    placed = source if problems else _placed(source)
    try:
        found = load(Scenario, placed)
    except DocumentError as error:
        # of a step without a verb, `check` has noted what was probably meant
        shape = [each for each in error.problems if STEP_EXPECTED not in each.message]
        problems = [*shape, *problems]
    else:
        if not problems:
            return found, placed.data
    raise DocumentError(in_file_order(problems))


def file_of(scenario: Scenario) -> str:
    """Return the file that a scenario was read from, relative to the working folder of then."""
    return Place.read(scenario.place).file


def _digest_of(content: bytes) -> str:
    text = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return hashlib.sha256(text).hexdigest()


def _read(name: str) -> bytes:
    if not name.endswith(SUFFIX):
        message = f"expected the name of a scenario file to end in {SUFFIX}"
        raise DocumentError([Problem(where=name, message=message)])
    return read_content(name)


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"expected UTF-8 text, found another byte at position {error.start}"
    raise DocumentError([Problem(where=name, message=message)])


def _placed(source: Source) -> Source:
    """Return the document with the place of each step and fault in it."""
    if not isinstance(source.data, dict):
        return source
    data = {**source.data, "place": str(source.place())}
    for name in _PLACED:
        if isinstance(items := data.get(name), list):
            data[name] = [
                {**each, "place": str(source.place((name, at)))} if isinstance(each, dict) else each
                for at, each in enumerate(items)
            ]
    return replace(source, data=data)

"""Plain data onto model types and back; what does not fit, `explain` puts into words."""

import json
from typing import Any, TypeVar

from koppeling_harness.document.reader import Reader, Refused, reader_of
from koppeling_harness.document.source import Source
from koppeling_harness.document.writer import laid_out, plain
from koppeling_harness.errors import DocumentError, Problem

T = TypeVar("T")

_LEVELS = 4
"""Of a run record: the run, its integrations, each of them, its results."""

_READERS: dict[type[Any], Reader] = {}


def load(cls: type[T], source: Source) -> T:
    """Return the document as a value of a model type.

    Raises:
        DocumentError: It does not fit; every problem is in it, with its place and a hint.
    """
    read = _READERS.get(cls)
    if read is None:
        read = _READERS[cls] = reader_of(cls)
    try:
        value: T = read(source.data)
    except (Refused, RecursionError):
        # pydantic takes 0.1 s to import, and a document that is in order does without
        from koppeling_harness.document.explain import load_or_explain  # noqa: PLC0415

        return load_or_explain(cls, source)
    return value


def read_yaml(text: str, *, name: str) -> Source:
    """Read one YAML document.

    Args:
        text: The document.
        name: What messages call it, usually the file's path.

    Raises:
        DocumentError: The text is not YAML, or uses what is refused; all problems are in it.
    """
    # PyYAML takes 0.02 s to import, and a document that did not change does without
    from koppeling_harness.document import yaml_source  # noqa: PLC0415

    return yaml_source.read(text, name=name)


def load_yaml(cls: type[T], text: str, *, name: str) -> T:
    """Read YAML and return it as a value of a model type.

    Raises:
        DocumentError: It is not YAML or does not fit; every problem is in it.
    """
    return load(cls, read_yaml(text, name=name))


def load_json(cls: type[T], text: str | bytes, *, name: str) -> T:
    """Read JSON and return it as a value of a model type.

    Raises:
        DocumentError: It is not JSON or does not fit; every problem is in it.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"expected JSON: {error}"
        raise DocumentError([Problem(where=name, message=message)]) from None
    return load(cls, Source(name=name, data=data, places={}, keys={}, raw={}))


def to_plain(value: object) -> Any:
    """Return a model value as what JSON knows: mappings, lists, text, numbers, booleans, None."""
    return plain(value)


def dump_json(value: object, *, indent: int | None = None) -> str:
    """Return a model value as JSON text.

    Args:
        value: The value.
        indent: Anything but None: for people, on many lines.
    """
    return laid_out(value, levels=0 if indent is None else _LEVELS)

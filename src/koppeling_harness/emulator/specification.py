"""Specification of an UpdateConnector: its tree of objects with their fields, and as text.

The text form is one line per thing, tab separated, so that a catalogue of hundreds of connectors
stays small, readable and quick to load:

    C  id  description  methods  root object  keys in DELETE paths  returned keys  wrapper
    O  object id  name  keys beside `Fields`  ids of its sub-objects
    F  id  type  length  mark  label  id=description|id=description

Equal objects are written once; many connectors share them (`KnBasicAddressAdr`, `KnPerson`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from functools import partial

from koppeling_harness.emulator.lazy_mapping import MadeWhenAsked
from koppeling_harness.value import dataclass

TYPES = {"s": "string", "i": "int", "n": "decimal", "b": "boolean", "d": "date", "x": "blob"}
"""Letter in the text form and the `dataType` of metainfo."""

DECIMALS = 2
"""Of a decimal whose number of decimals no source gives (inferred: amounts and hours)."""

_NEXT = re.compile(r"\n(?=[^F])")
"""Where the next connector or object begins; fields belong to the object above them."""

_LETTERS = {name: letter for letter, name in TYPES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an object."""

    id: str
    type: str
    """One of the values of `TYPES`."""
    length: int = 0
    """Most characters of a text; 0 when unlimited."""
    listed_required: bool = False
    """Whether AFAS's OpenAPI lists it as required, which over-states what Profit asks."""
    label: str
    values: tuple[tuple[str, str], ...] = ()
    """Code and description, for a closed list."""
    decimals: int = DECIMALS
    """Of a decimal, in what is stored; -1 for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """One object of a connector's body."""

    name: str
    keys: tuple[str, ...] = ()
    """Fields that AFAS writes as `@Key` beside `Fields`."""
    fields: tuple[Field, ...]
    objects: tuple["ObjectType", ...] = ()
    by_id: Mapping[str, Field] = field(init=False, repr=False, compare=False, hash=False)
    children: Mapping[str, "ObjectType"] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        by_id = {each.id.lower(): each for each in self.fields}
        object.__setattr__(self, "by_id", by_id)
        object.__setattr__(self, "children", {each.name.lower(): each for each in self.objects})


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateConnector:
    """One UpdateConnector."""

    id: str
    description: str
    methods: str
    """Which of `C` (POST), `U` (PUT) and `D` (DELETE) it has."""
    root: ObjectType
    delete_keys: tuple[str, ...] = ()
    """Keys in the documented DELETE path."""
    returns: tuple[str, ...] = ()
    """Keys in the body of a success; none means an empty body."""
    wrapped: bool = True
    """Whether that body stands under `results`."""


_OF_ONBOARDING = {"AfasEmployee", "AfasHrApplic", "AfasOnboard", "KnBasicAddressAdr"}
"""Parts of HrOnboarding that are no parts of an employee."""


def lend_to_employee(catalogue: Mapping[str, UpdateConnector]) -> Mapping[str, UpdateConnector]:
    """Return a catalogue in which KnEmployee has the parts that it shares with HrOnboarding.

    AFAS's file with KnEmployee is not at hand. HrOnboarding describes the same parts, the Belgian
    payroll agencies among them; that the fields are the same is inferred.
    """
    onboarding = catalogue.get("hronboarding")
    employee = catalogue.get("knemployee") if onboarding else None
    if onboarding is None or employee is None:
        return catalogue
    known = {each.name for each in employee.root.objects} | _OF_ONBOARDING
    lent = tuple(each for each in onboarding.root.objects if each.name not in known)
    root = replace(employee.root, objects=employee.root.objects + lent)
    return {**catalogue, "knemployee": replace(employee, root=root)}


def read_catalogue(text: str) -> dict[str, UpdateConnector]:
    """Return the connectors of a catalogue by lower-case id.

    Args:
        text: The text form.

    Raises:
        ValueError: A line is none of a catalogue's, or there is no connector.
        KeyError: An object is used that is not there.
    """
    return dict(open_catalogue(text))


def open_catalogue(text: str) -> Mapping[str, UpdateConnector]:
    """Return the connectors of a catalogue, each made when it is asked for.

    Raises:
        ValueError: A line is none of a catalogue's, or there is no connector.
    """
    object_makers: dict[str, Callable[[], ObjectType]] = {}
    objects = MadeWhenAsked(object_makers)
    connectors: dict[str, Callable[[], UpdateConnector]] = {}
    for block in _NEXT.split(text):
        kind, _, rest = block.partition("\t")
        id_ = rest.partition("\t")[0]
        if kind == "O":
            object_makers[id_] = partial(_object, block, objects)
        elif kind == "C":
            connectors[id_.lower()] = partial(_connector, block, objects)
        else:
            message = f"a line begins with {kind[:20]!r}, expected C, O or F"
            raise ValueError(message)
    if not connectors:
        message = "there is no line of a connector, which begins with C"
        raise ValueError(message)
    return MadeWhenAsked(connectors)


def _object(block: str, objects: Mapping[str, ObjectType]) -> ObjectType:
    head, *lines = block.splitlines()
    _, _, name, keys, inner = head.split("\t")
    return ObjectType(
        name=name,
        keys=_words(keys),
        objects=tuple(objects[each] for each in _words(inner)),
        fields=tuple(_field(line.split("\t")) for line in lines),
    )


def _connector(block: str, objects: Mapping[str, ObjectType]) -> UpdateConnector:
    head, *_ = block.splitlines()
    _, id_, description, methods, root, keys, returns, wrapper = head.split("\t")
    return UpdateConnector(
        id=id_,
        description=description,
        methods=methods,
        root=objects[root],
        delete_keys=_words(keys),
        returns=_words(returns),
        wrapped=wrapper == "results",
    )


def write_catalogue(connectors: Iterable[UpdateConnector]) -> str:
    """Return connectors in the text form that `read_catalogue` reads."""
    lines: list[str] = []
    ids: dict[ObjectType, str] = {}
    for each in connectors:
        root = _write_object(each.root, ids, lines)
        wrapper = "results" if each.wrapped else "bare"
        keys, returns = " ".join(each.delete_keys), " ".join(each.returns)
        head = ("C", each.id, each.description, each.methods, root, keys, returns, wrapper)
        lines.append("\t".join(head))
    return "\n".join(lines) + "\n"


def _write_object(each: ObjectType, ids: dict[ObjectType, str], lines: list[str]) -> str:
    if each not in ids:
        children = [_write_object(child, ids, lines) for child in each.objects]
        ids[each] = f"{each.name}.{len(ids)}"
        lines.append(
            "\t".join(("O", ids[each], each.name, " ".join(each.keys), " ".join(children)))
        )
        lines.extend(_field_line(one) for one in each.fields)
    return ids[each]


def _field_line(each: Field) -> str:
    values = "|".join(f"{code}={text}" for code, text in each.values)
    mark = "*" if each.listed_required else ""
    size = each.length or ""
    if each.type == "decimal" and each.decimals != DECIMALS:
        size = each.decimals
    return "\t".join(("F", each.id, _LETTERS[each.type], str(size), mark, each.label, values))


def _field(parts: list[str]) -> Field:
    _, id_, letter, size, mark, label, values = parts
    counted = letter == "n"
    return Field(
        id=id_,
        type=TYPES[letter],
        length=0 if counted else int(size or 0),
        decimals=int(size) if counted and size else DECIMALS,
        listed_required=mark == "*",
        label=label,
        values=tuple(_pair(each) for each in values.split("|")) if values else (),
    )


def _pair(text: str) -> tuple[str, str]:
    code, _, description = text.partition("=")
    return code, description


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())

"""`dataclass` for values, without its price at import.

The standard library compiles six functions for every frozen dataclass: for 200 classes 111 ms,
where these take 12 (November 2026, Python 3.11). Here a class shares what is alike for all, and its
`__init__` is compiled when the first object is made: of most classes a run makes none.

To whoever looks on, the classes are those of the standard library: `fields`, `replace` and `asdict`
work, and type checkers see its own `dataclass`.
"""

import dataclasses
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, slots: bool, kw_only: bool) -> Callable[[type[Any]], type[Any]]:
        """Return the decorator for values, which are frozen and slotted and take keywords only."""
        if not (frozen and slots and kw_only):
            message = "this dataclass is for values; others take that of the standard library"
            raise TypeError(message)
        return _value_class


_plain = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=True)


def _value_class(cls: type[Any]) -> type[Any]:
    cls.__doc__ = cls.__doc__ or cls.__name__  # else the library asks what its signature is
    made: Any = _plain(cls)
    fields = dataclasses.fields(made)
    made.__init__ = _LateInit(made)
    made.__repr__ = _repr_of([each.name for each in fields if each.repr])
    made.__eq__, made.__hash__ = _eq_and_hash([each.name for each in fields if each.compare])
    made.__setattr__, made.__delattr__ = _refuse_set, _refuse_delete
    made.__getstate__, made.__setstate__ = _state, _set_state
    return made  # type: ignore[no-any-return] # a class is what a decorator gives


class _LateInit:
    """Stands in for the `__init__` of a class until somebody asks for it."""

    def __init__(self, cls: type[Any]) -> None:
        self._cls = cls

    def __get__(self, instance: object, owner: type[Any]) -> Any:
        init = vars(self._cls)["__init__"]
        if init is self:
            init = _compiled_init(self._cls)
            self._cls.__init__ = init
        return init.__get__(instance, owner)


def _compiled_init(cls: type[Any]) -> Any:
    """Return the `__init__` that the standard library would have made, but quicker.

    A slot's own setter is called, which takes half as long as `object.__setattr__`.
    """
    names: dict[str, Any] = {"_missing": dataclasses.MISSING}
    fields = [each for each in dataclasses.fields(cls) if each.init]
    parameters, lines = ["self", "*"] if fields else ["self"], ["pass"]
    for each in fields:
        name = value = each.name
        names[f"_set_{name}"] = getattr(cls, name).__set__
        if each.default_factory is not dataclasses.MISSING:
            names[f"_new_{name}"] = each.default_factory
            parameters.append(f"{name}=_missing")
            value = f"_new_{name}() if {name} is _missing else {name}"
        elif each.default is not dataclasses.MISSING:
            names[f"_default_{name}"] = each.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        lines.append(f"_set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    text = f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines)
    exec(text, names)  # noqa: S102 - made of the names of fields, as the standard library does
    init = names["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {**{each.name: each.type for each in fields}, "return": None}
    return init


def _repr_of(names: Sequence[str]) -> Callable[[object], str]:
    def shown(self: object) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({values})"

    return shown


def _eq_and_hash(
    names: Sequence[str],
) -> tuple[Callable[[object, object], bool], Callable[[object], int]]:
    def few(value: object) -> tuple[object, ...]:
        return tuple(getattr(value, name) for name in names)

    compared = attrgetter(*names) if len(names) > 1 else few  # it gives a tuple of two or more

    def is_same(self: object, other: object) -> bool:
        return compared(self) == compared(other) if type(other) is type(self) else NotImplemented

    def hashed(self: object) -> int:
        return hash(compared(self))

    return is_same, hashed


def _refuse_set(_self: object, name: str, _value: object) -> None:
    message = f"cannot assign to field {name!r}"
    raise dataclasses.FrozenInstanceError(message)


def _refuse_delete(_self: object, name: str) -> None:
    message = f"cannot delete field {name!r}"
    raise dataclasses.FrozenInstanceError(message)


def _state(self: Any) -> list[object]:
    """Return what `copy` and `pickle` keep; without it they would set attributes one by one."""
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def _set_state(self: Any, state: Sequence[object]) -> None:
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from typing import Generic, TypeVar

import pytest

from koppeling_harness.value import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lone:
    """One field."""

    number: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Every kind of field."""

    number: int
    lines: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    remark: str = field(default="", repr=False, compare=False)
    total: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", len(self.lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel(Order, Generic[T]):
    """Adds to what it inherits."""

    inside: T
    fields_of: Mapping[str, int] = field(default_factory=dict)


class ByHand(Lone):
    """No dataclass itself."""


# the same by the standard library, to compare with
LibraryOrder = dataclasses.dataclass(frozen=True, slots=True, kw_only=True)(
    type(
        "Order",
        (),
        {
            "__annotations__": Order.__annotations__,
            "__module__": __name__,
            "__doc__": Order.__doc__,
            "__post_init__": Order.__post_init__,
            "lines": (),
            "notes": field(default_factory=list),
            "remark": field(default="", repr=False, compare=False),
            "total": field(init=False, compare=False),
        },
    )
)


def test_defaults_are_filled_in_and_each_object_has_a_list_of_its_own():
    one, other = Order(number=1), Order(number=1)
    assert (one.lines, one.notes, one.remark, one.total) == ((), [], "", 0)
    one.notes.append("x")
    assert other.notes == []


def test_what_is_given_takes_the_place_of_a_default():
    made = Order(number=1, lines=("a", "b"), notes=["n"], remark="r")
    assert (made.lines, made.notes, made.remark, made.total) == (("a", "b"), ["n"], "r", 2)


@pytest.mark.parametrize(
    ("positional", "named"), [((), {}), ((1,), {}), ((), {"number": 1, "unknown": 2})]
)
def test_wrong_arguments_are_refused_with_the_words_of_the_library(positional, named):
    with pytest.raises(TypeError) as ours:
        Order(*positional, **named)
    with pytest.raises(TypeError) as theirs:
        LibraryOrder(*positional, **named)
    assert str(ours.value) == str(theirs.value).replace("LibraryOrder", "Order")


def test_nothing_can_be_set_or_deleted_afterwards():
    made = Lone(number=1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'number'"):
        made.number = 2
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'other'"):
        made.other = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'number'"):
        del made.number
    assert made.number == 1


def test_equal_are_objects_of_one_class_with_equal_fields():
    assert Order(number=1) == Order(number=1, remark="not compared")
    assert Order(number=1) != Order(number=2)
    assert Lone(number=1) != ByHand(number=1)
    assert Lone(number=1) != 1
    assert Empty() == Empty()


def test_a_value_that_is_not_equal_to_itself_is_compared_as_the_library_does():
    nan = float("nan")
    assert Lone(number=nan) == Lone(number=nan)
    assert Lone(number=nan) != Lone(number=float("nan"))


def test_equal_objects_have_one_hash():
    assert len({Lone(number=1), Lone(number=1.0), Lone(number=2), Empty(), Empty()}) == 3
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        hash(Order(number=1))


def test_the_text_is_that_of_the_library():
    made, theirs = Order(number=1, lines=("a",)), LibraryOrder(number=1, lines=("a",))
    assert repr(made) == repr(theirs) == "Order(number=1, lines=('a',), notes=[], total=1)"
    assert repr(Empty()) == "Empty()"


def test_a_class_adds_to_the_fields_that_it_inherits():
    made = Parcel(number=1, inside="x", lines=("a",))
    assert [each.name for each in fields(Parcel)] == [
        *("number", "lines", "notes", "remark", "total", "inside", "fields_of")
    ]
    assert (made.number, made.inside, made.total, made.fields_of) == (1, "x", 1, {})
    assert made != Order(number=1, lines=("a",))


def test_a_class_that_inherits_without_being_a_dataclass_is_made_alike():
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Fresh:
        """Not made yet."""

        number: int

    class Heir(Fresh):
        """No dataclass itself."""

    assert Heir(number=3).number == 3
    assert Fresh(number=3).number == 3


def test_the_functions_of_the_library_take_it():
    made = Order(number=1, lines=("a",))
    assert asdict(made) == {"number": 1, "lines": ("a",), "notes": [], "remark": "", "total": 1}
    assert replace(made, lines=("a", "b")) == Order(number=1, lines=("a", "b"))
    assert dataclasses.is_dataclass(Order)


def test_it_can_be_copied_and_pickled():
    made = Parcel(number=1, inside="x", notes=["n"])
    for again in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert again == made
        assert again is not made


def test_its_signature_can_be_asked_before_an_object_was_made():
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Fresh:
        """Not made yet."""

        name: str
        count: int = 3

    assert str(inspect.signature(Fresh)) == "(*, name: str, count: int = 3) -> None"
    assert Fresh.__init__.__qualname__.endswith("Fresh.__init__")
    assert Fresh(name="x").count == 3


def test_it_has_no_room_for_other_attributes():
    with pytest.raises(TypeError):
        vars(Lone(number=1))


@pytest.mark.parametrize("missing", ["frozen", "slots", "kw_only"])
def test_another_kind_of_dataclass_is_refused(missing):
    style = {"frozen": True, "slots": True, "kw_only": True, missing: False}
    with pytest.raises(TypeError, match="take that of the standard library"):
        dataclass(**style)

"""Hold what was found against what was expected.

A mapping matches when every member that is expected matches; others may be there. A list matches by
length and order. Anything else matches by value and type, but 1 is 1.0. A mapping with a key that
begins with `$` is a matcher; several in one mapping must all hold.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.finding import Difference
from koppeling_harness.scenario.allowance import Allowance
from koppeling_harness.scenario.pattern import pattern_of
from koppeling_harness.scenario.pick import cut, marked, near, shown
from koppeling_harness.scenario.value_matcher import (
    OPTIONS,
    VALUE_MATCHERS,
    Test,
    type_name,
)

_MOST_DIFFERENCES = 25
_NOTHING = "nothing there"
_MANY_MEMBERS = 5_000

Path = tuple[str, ...]


def match(
    expected: Any, actual: Any, allowance: Allowance | None = None, *, whole: bool = False
) -> tuple[Difference, ...]:
    """Return each place where what was found differs from what was expected; empty: it matches.

    Args:
        expected: JSON types, with matchers.
        actual: JSON types.
        allowance: Time that it may take; as much as any comparison when None.
        whole: Whether values are told whole, marked for `pick.cut` to cut off when long.

    Raises:
        ConfigurationError: A matcher is unknown, its argument makes no sense, or the comparison
            took more than its time.
    """
    comparison = _Comparison(allowance or Allowance())
    comparison.compare(expected, actual, ())
    found = comparison.differences()
    if whole:
        return found
    return tuple(
        replace(each, expected=cut(each.expected), actual=cut(each.actual)) for each in found
    )


def may_take_a_while(expected: Any, actual: Any) -> bool:
    """Return whether a comparison may take longer than others should wait for it."""
    return _holds_slow_pattern(expected) or _is_large(actual)


def _holds_slow_pattern(expected: Any) -> bool:
    if isinstance(expected, Mapping):
        pattern = expected.get("$regex")
        if isinstance(pattern, str) and pattern_of(pattern).may_take_long:
            return True
        return any(map(_holds_slow_pattern, expected.values()))
    return isinstance(expected, (list, tuple)) and any(map(_holds_slow_pattern, expected))


def _is_large(actual: Any) -> bool:
    """Return whether a value has very many members, without counting them to the end."""
    counted, waiting = 0, [actual]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (Mapping, list, tuple)):
            counted += len(each)
            if counted > _MANY_MEMBERS:
                return True
            waiting.extend(each.values() if isinstance(each, Mapping) else each)
    return False


def is_matcher(expected: Any) -> bool:
    """Return whether an expectation is a matcher and not a plain mapping."""
    if isinstance(expected, dict):
        for key in expected:  # a loop: this is asked of every member of every expectation
            if key.startswith("$"):
                return True
    return False


def parts_of(expected: Mapping[str, Any]) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """Return the matchers of one mapping, each with its argument and its options.

    Raises:
        ConfigurationError: A key is neither a matcher nor an option of one that stands there.
    """
    for key in expected:
        if key not in MATCHERS and OPTIONS.get(key) not in expected:
            kind = "matcher" if key.startswith("$") else "key beside a matcher"
            message = f"unknown {kind} `{key}`; there are: {', '.join(MATCHERS)}"
            raise ConfigurationError(message, hint=near(key, [*MATCHERS, *OPTIONS]))
    for key, argument in expected.items():
        if key in MATCHERS:
            yield key, argument, expected


def describe(expected: Any) -> str:
    """Return an expectation in words, on one line."""
    if not is_matcher(expected):
        return marked(expected)
    return " and ".join(
        VALUE_MATCHERS[name](argument, options).wants
        if name in VALUE_MATCHERS
        else _WORDS[name].format(marked(argument))
        for name, argument, options in parts_of(expected)
    )


class _Comparison:
    """Collects the differences of one comparison."""

    def __init__(self, allowance: Allowance, *, exact: bool = False) -> None:
        self._allowance = allowance
        self._found: list[Difference] = []
        self._more = 0
        self._exact = exact

    def differences(self) -> tuple[Difference, ...]:
        if not self._more:
            return tuple(self._found)
        rest = Difference(path="", expected="no more differences", actual=f"{self._more} more")
        return (*self._found, rest)

    def compare(self, expected: Any, actual: Any, path: Path) -> None:
        self._allowance.step()
        if isinstance(expected, dict):
            if is_matcher(expected):
                self._matchers(expected, actual, path)
            elif isinstance(actual, dict):
                self._mapping(expected, actual, path)
            else:
                self._differ(path, _typed(expected), _typed(actual))
        elif isinstance(expected, (list, tuple)):
            if isinstance(actual, (list, tuple)):
                self._list(expected, actual, path)
            else:
                self._differ(path, _typed(expected), _typed(actual))
        elif not _same(expected, actual):
            types_differ = type_name(expected) != type_name(actual)
            words = _typed if types_differ else marked
            self._differ(path, words(expected), words(actual))

    def _mapping(self, expected: Mapping[str, Any], actual: Mapping[str, Any], path: Path) -> None:
        for key, each in expected.items():
            if key in actual:
                self.compare(each, actual[key], (*path, key))
            elif not _may_be_absent(each):
                self._differ((*path, key), describe(each), _NOTHING)
        if self._exact:
            for key in actual:
                if key not in expected:
                    self._differ((*path, key), _NOTHING, marked(actual[key]))

    def _list(self, expected: Sequence[Any], actual: Sequence[Any], path: Path) -> None:
        if len(expected) != len(actual):
            self._lengths_differ(expected, actual, path)
            return
        for at, each in enumerate(expected):
            self.compare(each, actual[at], (*path, str(at)))

    def _matchers(self, expected: Mapping[str, Any], actual: Any, path: Path) -> None:
        for name, argument, options in parts_of(expected):
            if name in VALUE_MATCHERS:
                self._test(VALUE_MATCHERS[name](argument, options), actual, path)
            else:
                _NESTED[name](self, argument, actual, path)

    def _test(self, test: Test, actual: Any, path: Path) -> None:
        if not test.holds(actual, self._allowance):
            self._differ(path, test.wants, _typed(actual))

    def contains(self, argument: Any, actual: Any, path: Path) -> None:
        if isinstance(actual, str):
            if isinstance(argument, str) and argument in actual:
                return
        elif isinstance(actual, Mapping):
            if isinstance(argument, Mapping):
                self.compare(argument, actual, path)
                return
            if isinstance(argument, str) and argument in actual:
                return
        elif self._any_fits(argument, actual):
            return
        self._differ(path, describe({"$contains": argument}), marked(actual))

    def some(self, argument: Any, actual: Any, path: Path) -> None:
        if not self._any_fits(argument, actual):
            self._differ(path, describe({"$some": argument}), marked(actual))

    def each(self, argument: Any, actual: Any, path: Path) -> None:
        if not isinstance(actual, (list, tuple)) or not actual:
            self._differ(path, describe({"$each": argument}), marked(actual))
            return
        for at, element in enumerate(actual):
            self.compare(argument, element, (*path, str(at)))

    def negated(self, argument: Any, actual: Any, path: Path) -> None:
        if self._fits(argument, actual):
            self._differ(path, f"not {describe(argument)}", marked(actual))

    def one_of(self, argument: Any, actual: Any, path: Path) -> None:
        if not any(self._fits(each, actual) for each in _listed("$one_of", argument)):
            self._differ(path, describe({"$one_of": argument}), _typed(actual))

    def exact(self, argument: Any, actual: Any, path: Path) -> None:
        before, self._exact = self._exact, True
        self.compare(argument, actual, path)
        self._exact = before

    def unordered(self, argument: Any, actual: Any, path: Path) -> None:
        wanted = _listed("$unordered", argument)
        if not isinstance(actual, (list, tuple)):
            self._differ(path, describe({"$unordered": argument}), _typed(actual))
        elif len(wanted) != len(actual):
            self._lengths_differ(wanted, actual, path)
        else:
            assigned = _assign(
                len(wanted), lambda one, other: self._fits(wanted[one], actual[other])
            )
            for at, each in enumerate(wanted):
                if at not in assigned:
                    text = f"an element for {describe(each)}"
                    self._differ(path, text, marked(actual))

    def _any_fits(self, expected: Any, actual: Any) -> bool:
        if not isinstance(actual, (list, tuple)):
            return False
        return any(self._fits(expected, each) for each in actual)

    def _fits(self, expected: Any, actual: Any) -> bool:
        aside = _Comparison(self._allowance, exact=self._exact)
        aside.compare(expected, actual, ())
        return not aside._found

    def _lengths_differ(self, expected: Sequence[Any], actual: Sequence[Any], path: Path) -> None:
        text = f"a list of {len(actual)}: {marked(actual)}"
        self._differ(path, f"a list of {len(expected)}: {marked(expected)}", text)

    def _differ(self, path: Path, expected: str, actual: str) -> None:
        if len(self._found) == _MOST_DIFFERENCES:
            self._more += 1
            return
        difference = Difference(path=".".join(path), expected=expected, actual=actual)
        self._found.append(difference)


def _same(expected: Any, actual: Any) -> bool:
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, (int, float)) and isinstance(actual, (int, float)):
        return expected == actual
    return type(expected) is type(actual) and bool(expected == actual)


def _typed(value: Any) -> str:
    return f"{marked(value)} ({type_name(value)})"


def _may_be_absent(expected: Any) -> bool:
    if not is_matcher(expected):
        return False
    if expected.get("$absent") is True:
        return True
    return any(_may_be_absent(each) for each in _listed("$one_of", expected.get("$one_of", ())))


def _listed(name: str, argument: Any) -> Sequence[Any]:
    if not isinstance(argument, (list, tuple)):
        message = f"expected `{name}` to be a list, found {shown(argument)}"
        raise ConfigurationError(message)
    return argument


def _assign(count: int, fits: Callable[[int, int], bool]) -> dict[int, int]:
    """Give as many of `count` expected ones as can be each an own one that was found.

    Taking the first that fits could leave another without; so those given away are moved along a
    chain of others when that frees one (augmenting paths).
    """
    assigned: dict[int, int] = {}
    taken: dict[int, int] = {}
    known: dict[tuple[int, int], bool] = {}
    for start in range(count):
        reached: dict[int, int] = {}
        queue = [start]
        free: int | None = None
        for one in queue:
            for other in range(count):
                if other in reached:
                    continue
                if (one, other) not in known:
                    known[one, other] = fits(one, other)
                if known[one, other]:
                    reached[other] = one
                    if other not in taken:
                        free = other
                        break
                    queue.append(taken[other])
            if free is not None:
                break
        while free is not None:
            one = reached[free]
            before = assigned.get(one)
            assigned[one], taken[free] = free, one
            free = before
    return assigned


_NESTED: dict[str, Callable[[_Comparison, Any, Any, Path], None]] = {
    "$contains": _Comparison.contains,
    "$unordered": _Comparison.unordered,
    "$each": _Comparison.each,
    "$some": _Comparison.some,
    "$not": _Comparison.negated,
    "$one_of": _Comparison.one_of,
    "$exact": _Comparison.exact,
}
_WORDS = {
    "$contains": "something that contains {}",
    "$unordered": "in any order {}",
    "$each": "at least one element, each {}",
    "$some": "an element like {}",
    "$not": "not {}",
    "$one_of": "one of {}",
    "$exact": "exactly {}",
}

MATCHERS = (*VALUE_MATCHERS, *_NESTED)
"""Every matcher by its name."""

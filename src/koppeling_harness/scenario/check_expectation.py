"""Check that the matchers of an expectation make sense."""

from typing import Any

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.scenario.matcher import is_matcher, parts_of
from koppeling_harness.scenario.notes import Notes, Path, expressions_in
from koppeling_harness.scenario.value_matcher import VALUE_MATCHERS


def check_expectation(expected: Any, path: Path, notes: Notes) -> None:
    """Note every matcher that is unknown or whose argument makes no sense.

    An argument with an expression in it is judged when the scenario runs.
    """
    if is_matcher(expected):
        _check_matchers(expected, path, notes)
    elif isinstance(expected, dict):
        for key, each in expected.items():
            if isinstance(each, (dict, list)):
                check_expectation(each, (*path, key), notes)
    elif isinstance(expected, list):
        for at, each in enumerate(expected):
            check_expectation(each, (*path, at), notes)


def _check_matchers(expected: dict[str, Any], path: Path, notes: Notes) -> None:
    if len(path) == 3:  # phase, number, `expect`: noted as a wrong member
        return
    try:
        parts = list(parts_of(expected))
    except ConfigurationError as error:
        notes.add_error(path, error)
        return
    for name, argument, options in parts:
        below = (*path, name)
        if name not in VALUE_MATCHERS:
            _check_nested(name, argument, below, notes)
        elif not expressions_in(expected, path):
            try:
                VALUE_MATCHERS[name](argument, options)
            except ConfigurationError as error:
                notes.add_error(below, error)


def _check_nested(name: str, argument: Any, path: Path, notes: Notes) -> None:
    if name in {"$one_of", "$unordered"} and not isinstance(argument, list):
        if not isinstance(argument, str):  # an expression may give the list
            notes.add(path, f"expected `{name}` to be a list")
        return
    check_expectation(argument, path, notes)

"""Faults that nobody expected, put into a part of the harness while it runs in this process."""

import importlib
import inspect
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any

import koppeling_harness

PACKAGE = Path(koppeling_harness.__file__).parent


@contextmanager
def failing(part: str, error: BaseException) -> Iterator[list[str]]:
    """Have the first function that is entered in a part of the harness raise an error.

    Args:
        part: A module or a package, such as `report/junit.py` or `workflow`.
        error: What is raised there.

    Yields:
        Where it was raised, once it was.
    """
    raised: list[str] = []
    start = str(PACKAGE / part)

    def enter(frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        is_function = not code.co_name.startswith("<") and code.co_flags & 0x2
        if event != "call" or not is_function or not code.co_filename.startswith(start):
            return
        stop()
        raised.append(f"{code.co_filename}:{code.co_name}")
        raise error

    def stop() -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    threading.setprofile(enter)
    sys.setprofile(enter)
    try:
        yield raised
    finally:
        stop()


_ZERO_DIVIDED = (lambda *_, **__: 1 // 0).__code__


@contextmanager
def broken(part: str) -> Iterator[None]:
    """Have every function of a module divide by zero, whoever took it from there.

    Args:
        part: The module, such as `report.junit`.
    """
    module = importlib.import_module(f"koppeling_harness.{part}")
    kept = {each: each.__code__ for each in _functions(module)}
    try:
        with warnings.catch_warnings():
            # from Python 3.13 on: that of a generator becomes that of a plain function
            warnings.simplefilter("ignore", DeprecationWarning)
            for each in kept:
                each.__code__ = _ZERO_DIVIDED
        yield
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            for each, code in kept.items():
                each.__code__ = code


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """Yield the functions and methods that a module defines, but for those within functions."""
    for each in vars(module).values():
        if getattr(each, "__module__", "") == module.__name__:
            for one in [*vars(each).values(), each] if inspect.isclass(each) else [each]:
                is_own = getattr(one, "__module__", "") == module.__name__  # not what Enum lends
                if inspect.isfunction(one) and is_own and not one.__closure__:
                    yield one

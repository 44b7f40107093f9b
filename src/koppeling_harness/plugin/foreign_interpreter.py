"""Run hooks by an interpreter in which the harness is not installed.

Used as a script: it lends that interpreter the harness's own package, and pluggy when there is
none, and nothing else of where those lie. So what the integration requires never meets what the
harness requires.
"""

import importlib.util
import sys
from pathlib import Path

_LENT = ("koppeling_harness", "pluggy")


def outside(python: Path) -> list[str]:
    """Return the command line by which an interpreter loads hooks.

    Args:
        python: The interpreter, 3.11 or newer.
    """
    lent = [importlib.import_module(name) for name in _LENT]
    folders = [str(Path(str(each.__file__)).parent) for each in lent]
    return [str(python), "-P", __file__, *folders]


def _lend(name: str, folder: str) -> None:
    """Make a package importable that lies among others which are to stay out of sight."""
    place = Path(folder, "__init__.py")
    found = importlib.util.spec_from_file_location(name, place, submodule_search_locations=[folder])
    if found is None or found.loader is None:
        raise ImportError(name)
    module = sys.modules[name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)


if __name__ == "__main__":
    for package, where in zip(_LENT, sys.argv[1:], strict=True):
        if package == _LENT[0] or importlib.util.find_spec(package) is None:
            _lend(package, where)
    from koppeling_harness.plugin.child import main

    main()

"""Find the program behind a script that stands on `PATH` in its place.

Version managers (pyenv, rbenv, nodenv, asdf) put a script of the program's name on `PATH`, which
looks elsewhere for the program. Within walls there is no elsewhere.
"""

import errno
import functools
import re
import subprocess
import tempfile
from pathlib import Path

from koppeling_harness.plugin.environ import base_environ

_LIMIT_S = 10.0
_SCRIPT = b"#!"
_KNOWN = re.compile(r"(python|node|php|ruby|perl)[0-9.]*")
_WHERE = {
    "python": ("-c", "import sys; print(sys.executable)"),
    "node": ("-p", "process.execPath"),
    "php": ("-r", "echo PHP_BINARY;"),
    "ruby": ("-e", "puts RbConfig.ruby"),
    "perl": ("-e", "print $^X"),
}
"""What has each say where it lies."""


@functools.cache
def behind(program: str) -> str:
    """Return the interpreter that a script of its name starts; any other program as it is.

    Args:
        program: Its path, as `PATH` has it.

    Raises:
        FileNotFoundError: The script does not start one.
    """
    known = _KNOWN.fullmatch(Path(program).name)
    if known is None or not _is_script(Path(program)):
        return program
    found = _asked(program, _WHERE[known.group(1)])
    if not found or not Path(found).is_absolute() or _is_script(Path(found)):
        message = "a script that starts another program, which does not say where it lies"
        raise FileNotFoundError(errno.ENOENT, message, program)
    return found


def _is_script(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SCRIPT)) == _SCRIPT
    except OSError:
        return False


def _asked(program: str, how: tuple[str, str]) -> str:
    try:
        said = subprocess.run(  # noqa: S603 - found on PATH
            [program, *how],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=base_environ(home=Path(tempfile.gettempdir())),
            check=False,
            timeout=_LIMIT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.decode(errors="replace").strip()

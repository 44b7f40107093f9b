"""The command `koppeling`: the one door, where every command begins and every exception ends.

Nothing but what Python has loaded by itself is imported above `main`, so that Ctrl-C during the
imports ends as it does at any later moment.
"""

import gc
import os
import signal
import sys
import warnings

_SEARCH_FOR_CYCLES_AT = (20_000, 20, 10)
"""Nearly all that a command makes stays to its end, or goes without a search: 700 is too often."""

_INTERRUPTED = 2
"""`ExitCode.INTERRUPTED`, also while that is still being imported."""


def main() -> None:
    """Run the command line and leave with its exit code. The entry point of `koppeling`."""
    try:
        signal.signal(signal.SIGTERM, _as_ctrl_c)
        _keep_quiet()
        gc.set_threshold(*_SEARCH_FOR_CYCLES_AT)
        code = run(sys.argv[1:])
        _leave_at_ctrl_c()
    except KeyboardInterrupt:  # during the imports, or while an error was being told
        _leave_at_ctrl_c()
        code = _interrupted()
    gc.freeze()  # or the interpreter looks through all there is for cycles on its way out
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command line; return its exit code.

    Every exception ends here, as a message with its remedy and never as a traceback: Ctrl-C with
    2, what the harness raises on purpose with its own code, what nobody expected with 3.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may not be UTF-8
            stream.reconfigure(errors="replace")
    try:
        from koppeling_harness.cli.group import carry_out

        code = carry_out(arguments)
    except BaseException as error:  # noqa: BLE001 - the one door
        try:
            from koppeling_harness.cli.failure import failed

            return failed(error, arguments)
        except KeyboardInterrupt:
            return _interrupted()
    return code if isinstance(code, int) else 0


def _keep_quiet() -> None:
    """Leave out what Python says of objects that Ctrl-C kept from being finished."""
    if not os.environ.get("KOPPELING_DEBUG") and not sys.warnoptions:
        sys.unraisablehook = lambda _: None
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)


def _as_ctrl_c(_number: int, frame: object) -> None:
    """Take SIGTERM, with which CI systems cancel a job, as Ctrl-C: integrations are ended first."""
    on_ctrl_c = signal.getsignal(signal.SIGINT)
    if not callable(on_ctrl_c):  # in the background Ctrl-C is ignored
        raise KeyboardInterrupt
    on_ctrl_c(signal.SIGINT, frame)  # type: ignore[arg-type]


def _interrupted() -> int:
    if sys.stderr is not None and sys.stderr.isatty():
        print(file=sys.stderr)  # what was typed stands on this line
    print("koppeling: interrupted; nothing was left running", file=sys.stderr)
    return _INTERRUPTED


def _leave_at_ctrl_c() -> None:
    """Have Ctrl-C end the process at once, when there is only its own clearing up to be done."""
    if callable(signal.getsignal(signal.SIGINT)):
        signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))

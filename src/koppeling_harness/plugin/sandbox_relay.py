"""The first process in a sandbox: starts the integration, hands out sockets of its network.

Used as a script, by an interpreter without site packages. What it is told comes over a socket whose
other end the harness holds; the integration's process does not get it. Linux only.
"""

import os
import socket
import subprocess
import sys
import threading

LOOPBACK = "127.0.0.1"
LISTEN, DIAL, START = "listen", "dial", "start"
_BACKLOG = 128
_LONGEST = 64
_OF_SIGNALS = 128


def main(control_fd: int, command: list[str]) -> None:
    """Do what the harness says, until the integration's process has ended.

    Args:
        control_fd: The end of a `SOCK_SEQPACKET` pair. `start` starts the command; `listen PORT`
            and `dial PORT` are answered with a listening or connected socket, or with why not.
        command: The integration's program and arguments.
    """
    control = socket.socket(fileno=control_fd)
    os.set_inheritable(control_fd, False)  # noqa: FBT003 - has no name
    while told := control.recv(_LONGEST).decode("ascii"):
        word, _, port = told.partition(" ")
        if word == START:
            threading.Thread(target=_run, args=(command,), daemon=True).start()
        else:
            _hand_out(control, word, int(port))
    os._exit(1)  # the harness is gone


def _run(command: list[str]) -> None:
    try:
        code = subprocess.run(command, check=False).returncode  # noqa: S603 - the manifest's
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error}\n")
        code = 127
    sys.stderr.flush()
    os._exit(code if code >= 0 else _OF_SIGNALS - code)  # with all that it started


def _hand_out(control: socket.socket, word: str, port: int) -> None:
    with socket.socket() as made:
        try:
            if word == LISTEN:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                made.bind((LOOPBACK, port))
                made.listen(_BACKLOG)
            else:
                made.connect((LOOPBACK, port))
        except OSError as error:
            control.send(str(error).encode()[:_LONGEST])
        else:
            socket.send_fds(control, [b"ok"], [made.fileno()])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])

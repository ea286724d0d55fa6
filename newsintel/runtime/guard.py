"""Ends the launcher's processes when the launcher itself was killed; run as a script of its own.

It reads lines "+GROUP" and "-GROUP" from its standard input. The input ends when the launcher is gone, whatever
ended it. Then every group still listed is asked to stop, pressed, and killed within about three seconds.
The kernel's parent-death signal alone does not do: it reaches direct children, not the children of those.
"""

import os
import signal
import sys
import time

ASK_SECONDS, PRESS_SECONDS = 1.5, 1.5


def alive(group: int) -> bool:
    """Whether a process group has a member."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def wait(groups: set[int], seconds: float) -> None:
    """Wait until all groups are empty, at most `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(alive(group) for group in groups):
        time.sleep(0.05)


def signal_leaders(groups: set[int], number: int) -> None:
    """Signal the first process of each group; it knows how to end the others."""
    for group in groups:
        if alive(group):
            try:
                os.kill(group, number)
            except ProcessLookupError:
                continue


def main() -> None:
    """Follow the list until the launcher is gone, then end what is on it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        change = groups.add if line[0] == "+" else groups.discard
        change(int(line[1:]))
    # The parent-death signal has already asked each leader in its own way (SIGINT for Postgres).
    wait(groups, ASK_SECONDS)
    signal_leaders(groups, signal.SIGQUIT)
    wait(groups, PRESS_SECONDS)
    for group in groups:
        if alive(group):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()

"""Lines for the person who waits: what begins, how long it took."""

import contextlib
import time
from collections.abc import Iterator


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    print(text, flush=True)


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a step, then say how long it took; a step that fails says nothing more."""
    say(f"  {text} …")
    begun = time.monotonic()
    yield
    say(f"  {text}: {time.monotonic() - begun:.1f} s")

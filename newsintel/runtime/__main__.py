"""`python -m newsintel.runtime run|test|manage|status|stop`: what up.py becomes once the environment is there."""

import argparse
import os
import sys

from newsintel.runtime import commands
from newsintel.runtime.application import Options

DEFAULT_PORT = 8000


def run_options(arguments: list[str]) -> Options:
    """The options of `run`; wrong ones end the program with a message and exit code 2."""
    parser = argparse.ArgumentParser(prog="up.py run", description="Set everything up and run it.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or DEFAULT_PORT))
    parser.add_argument(
        "--workers", type=int, default=min(2, os.cpu_count() or 1), help="texts analyzed at once"
    )
    parser.add_argument("--demo", action="store_true", help="load the demo articles")
    chosen = parser.parse_args(arguments)
    if not 1 <= chosen.port <= 65535:
        parser.error("--port must be between 1 and 65535")
    if not 1 <= chosen.workers <= 64:
        parser.error("--workers must be between 1 and 64")
    return Options(host=chosen.host, port=chosen.port, workers=chosen.workers, is_demo=chosen.demo)


def main(arguments: list[str]) -> int:
    """Do one command and return its exit code."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("run", [])
    if name == "run":
        return commands.run(run_options(rest))
    if name in {"test", "manage"}:
        return commands.test(rest) if name == "test" else commands.manage(rest)
    if name in {"status", "stop"}:
        return commands.status() if name == "status" else commands.stop()
    print(f"There is no command {name!r}: run, test, manage, status or stop.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

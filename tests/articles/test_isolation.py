"""A call in isolation gives its value, or is ended at its limit, and the caller lives on."""

import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import lxml.html
import pytest

from articles import isolation
from articles.extraction.types import Page
from articles.isolation import (
    IsolationFailed,
    IsolationKilled,
    close_isolation,
    prepare_isolation,
    run_isolated,
)

GIBIBYTE = 1024**3
LIMITS = {"seconds": 10, "memory_bytes": GIBIBYTE}


# Functions that run on the other side; they are imported there by name.


def double(value):
    return value * 2


def whoami(_):
    return os.getpid(), os.getppid()


def echo(value):
    return value


def turn_page(page: Page) -> Page:
    return Page(url=page.url + "#done", body=page.body[::-1])


def sleep(seconds):
    time.sleep(seconds)


def loop_in_c(_):
    re.match(r"(a+)+$", "a" * 60 + "b")  # holds the interpreter lock: no signal handler would run


def deaf(_):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(1)


def swallow(mebibytes):
    return len(bytearray(mebibytes * 1024 * 1024))


def swallow_in_c(mebibytes):
    return len(lxml.html.fromstring("<p>a</p>" * (mebibytes * 1024 * 1024 // 80)))


def crash(_):
    os.kill(os.getpid(), signal.SIGSEGV)


def fail(_):
    raise ValueError("secret")


def fail_as_ourselves(message):
    raise IsolationFailed(message, code="own")


def fail_in_own_way(_):
    class PrivateError(Exception):
        pass

    raise PrivateError("secret")


def fail_like_a_library(_):
    raise subprocess.CalledProcessError(1, "x")


@dataclass
class Evil:
    command: str

    def __reduce__(self):
        return os.system, (self.command,)


def answer_with_an_attack(path):
    return Evil(f"touch {path}")


def environment(_):
    return dict(os.environ)


def modules(_):
    return sorted(sys.modules)


def write_large_file(path):
    Path(path).write_bytes(bytes(170 * 1024 * 1024))


WARMED_IN = []


def warm_up():
    WARMED_IN.append(os.getpid())


def warm_in(_):
    return WARMED_IN


def test_value_comes_back():
    assert run_isolated(double, "ab", **LIMITS) == "abab"


def test_own_values_travel_both_ways():
    assert run_isolated(turn_page, Page(url="u", body=b"ab"), **LIMITS) == Page(url="u#done", body=b"ba")


def test_large_values_travel_both_ways():
    big = os.urandom(20 * 1024 * 1024)
    assert run_isolated(echo, big, **LIMITS) == big


def test_call_runs_in_another_process_that_is_used_again():
    first = run_isolated(whoami, None, **LIMITS)
    assert first == run_isolated(whoami, None, **LIMITS)
    assert os.getpid() not in first


@pytest.mark.parametrize("function", [sleep, loop_in_c, deaf])
def test_long_call_is_killed_in_time(function):
    started = time.monotonic()
    with pytest.raises(
        IsolationKilled, match=r"It took longer than 0\.4 seconds and was stopped\."
    ) as caught:
        run_isolated(function, 60, seconds=0.4, memory_bytes=GIBIBYTE)
    assert time.monotonic() - started < 30  # of the 60 it asked for
    assert caught.value.code == "time"
    assert run_isolated(double, 2, **LIMITS) == 4


def test_large_call_is_stopped_at_its_memory():
    with pytest.raises(IsolationKilled, match=r"It needed more than 200 MB of memory\.") as caught:
        run_isolated(swallow, 400, seconds=10, memory_bytes=200 * 1024**2)
    assert caught.value.code == "memory"
    assert run_isolated(swallow, 400, **LIMITS) == 400 * 1024**2


def test_c_library_is_stopped_at_its_memory():
    with pytest.raises((IsolationKilled, IsolationFailed)):
        run_isolated(swallow_in_c, 100, seconds=10, memory_bytes=300 * 1024**2)
    assert run_isolated(double, 2, **LIMITS) == 4


def test_crash_is_reported_and_survived():
    with pytest.raises(IsolationKilled, match="stopped unexpectedly") as caught:
        run_isolated(crash, None, **LIMITS)
    assert caught.value.code == "crash"
    assert run_isolated(double, 2, **LIMITS) == 4


def test_own_exception_is_raised_here():
    with pytest.raises(IsolationFailed, match="plain words") as caught:
        run_isolated(fail_as_ourselves, "plain words", **LIMITS)
    assert caught.value.code == "own"


def test_limits_of_a_page_are_the_default():
    assert run_isolated(double, 2) == 4
    assert (isolation.PAGE_SECONDS, isolation.PAGE_BYTES) == (9, GIBIBYTE)


@pytest.mark.parametrize(
    ("function", "name"),
    [(fail, "ValueError"), (fail_in_own_way, "PrivateError"), (fail_like_a_library, "CalledProcessError")],
)
def test_foreign_exception_is_named_without_its_text(function, name):
    with pytest.raises(IsolationFailed) as caught:
        run_isolated(function, None, **LIMITS)
    assert caught.value.reason == f"Its reader stopped with an error ({name})." and "secret" not in str(
        caught.value
    )


def test_captured_process_cannot_act_through_its_answer(tmp_path):
    with pytest.raises(IsolationFailed, match="is not accepted"):
        run_isolated(answer_with_an_attack, str(tmp_path / "seen"), **LIMITS)
    assert not (tmp_path / "seen").exists()


@pytest.mark.parametrize("name", ["socket", "socket.socket", "run_isolated"])
def test_names_a_module_merely_holds_are_no_results(name):
    content = f"carticles.isolation\n{name}\n.".encode()
    with pytest.raises(Exception, match="is not accepted"):
        isolation.load_result(content)


def test_helper_is_clean(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    close_isolation()
    assert "DATABASE_URL" not in run_isolated(environment, None, **LIMITS)
    assert not {"spacy", "django", "psycopg2", "celery"} & set(run_isolated(modules, None, **LIMITS))


def test_isolated_process_cannot_fill_the_disk(tmp_path):
    with pytest.raises(IsolationFailed, match="OSError"):
        run_isolated(write_large_file, str(tmp_path / "out"), **LIMITS)


def test_module_is_warmed_up_before_the_first_call():
    helper, server = run_isolated(whoami, None, **LIMITS)[1], run_isolated(warm_in, None, **LIMITS)
    assert server == [helper]


def test_killed_helper_is_replaced():
    run_isolated(double, 2, **LIMITS)
    os.kill(isolation._pool.helper.pid, signal.SIGKILL)
    _wait_until(lambda: _is_gone(isolation._pool.helper.pid))
    assert run_isolated(double, 2, **LIMITS) == 4


def test_killed_idle_server_is_replaced():
    pid, _ = run_isolated(whoami, None, **LIMITS)
    os.kill(pid, signal.SIGKILL)
    _wait_until(lambda: _is_gone(pid))
    assert run_isolated(double, 2, **LIMITS) == 4


def test_server_is_replaced_after_many_calls(monkeypatch):
    monkeypatch.setattr(isolation, "CALLS_PER_SERVER", 3)
    close_isolation()
    pids = [run_isolated(whoami, None, **LIMITS)[0] for _ in range(6)]
    assert len(set(pids)) == 2


def test_preparing_does_not_wait_and_replaces_a_dead_helper():
    close_isolation()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(isolation, "receive", lambda *_: pytest.fail("it waited for an answer"))
        prepare_isolation(double.__module__)
    os.kill(isolation._pool.helper.pid, signal.SIGKILL)
    _wait_until(lambda: _is_gone(isolation._pool.helper.pid))
    prepare_isolation(double.__module__)
    assert run_isolated(double, 2, **LIMITS) == 4


def test_threads_have_a_server_each():
    answers = {}

    def work(number):
        answers[number] = [run_isolated(double, (number, turn), **LIMITS) for turn in range(20)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == {n: [(n, turn) * 2 for turn in range(20)] for n in range(4)}


def test_forked_process_shares_the_helper_and_not_the_server():
    prepare_isolation(double.__module__)
    ours, helper = run_isolated(whoami, None, **LIMITS)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writer, " ".join(map(str, run_isolated(whoami, None, **LIMITS))).encode())
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    theirs, their_helper = map(int, os.read(reader, 100).split())
    os.close(reader)
    os.close(writer)
    assert theirs != ours and their_helper == helper
    assert run_isolated(whoami, None, **LIMITS) == (ours, helper)


PARENT = """
import sys
sys.path[:0] = {path!r}
from articles.isolation import prepare_isolation, run_isolated
import {module} as work
print(*run_isolated(work.whoami, None, seconds=5, memory_bytes=2**30), flush=True)
run_isolated(work.deaf, None, seconds=60, memory_bytes=2**30)
"""


def test_no_process_outlives_a_killed_parent():
    script = PARENT.format(path=[str(Path(__file__).parent), *sys.path], module=double.__module__)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        time.sleep(0.2)
        parent.kill()
    _wait_until(lambda: all(_is_gone(pid) for pid in pids), seconds=30)


def test_warm_call_costs_a_part_of_a_cold_one():
    page = Page(url="u", body=b"a" * 100_000)
    close_isolation()
    times = []
    for _ in range(30):
        started = time.perf_counter()
        run_isolated(turn_page, page, **LIMITS)
        times.append(time.perf_counter() - started)
    assert statistics.median(times) < times[0] / 4


def test_channel_with_a_dishonest_length_is_refused():
    left, right = socket.socketpair()
    with left, right:
        left.sendall(isolation.child.LENGTH.pack(1 << 62))
        with pytest.raises(EOFError):
            isolation.receive(right, time.monotonic() + 1)


def _is_gone(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def _wait_until(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)

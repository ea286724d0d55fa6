"""Chaos: the worker group is killed again and again, the broker dies and forgets; no article is lost or done twice.

`CHAOS_KILLS=20 python3 up.py test tests/analysis/test_chaos.py` is the long form: 200 articles.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from django.conf import settings
from django.db import connection
from redis import Redis

from analysis.models import Analysis, Mention
from analysis.services import recount_entities
from articles.models import Article, Audit, Status, Submission
from articles.services import submit_text
from newsintel.runtime.valkey import find_program

KILLS = int(os.environ.get("CHAOS_KILLS", "6"))
ARTICLES = 10 * KILLS
START_SECONDS = 300  # for a worker group to load the model and finish something, on a busy machine
SETTLE_SECONDS = 600  # after the last kill
NAMES = ("Microsoft", "Siemens", "Samsung", "Toyota", "Airbus", "Nestlé", "Huawei", "Shell", "Sony", "Intel")
COUNTRIES = ("Chad", "Kenya", "Norway", "Peru", "Japan", "Canada", "Poland", "Vietnam", "Egypt", "Chile")


def make_text(number: int) -> str:
    """A short text of its own, with a company and a country."""
    company, country = NAMES[number % 10], COUNTRIES[number // 10 % 10]
    return (
        f"{company} said on Monday that report number {number} on its plant in {country} was wrong. "
        f"Officials in {country} answered that they had asked {company} for the figures twice."
    )


class Stage:
    """The processes of the play: a broker, a beat, and worker groups that come and go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "valkey.sock"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.logs: list[IO[bytes]] = []

    def start(self, name: str, *argv: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{name}.log").open("ab")
        self.logs.append(log)
        process = subprocess.Popen(
            argv,
            cwd=settings.BASE_DIR,
            env=self.environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def environment(self) -> dict[str, str]:
        database = connection.settings_dict
        host = f"?host={database['HOST']}" if str(database["HOST"]).startswith("/") else ""
        place = "" if host else f"{database['HOST']}:{database['PORT']}"
        login = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
        return os.environ | {
            "DATABASE_URL": f"postgresql://{login}@{place}/{database['NAME']}{host}",
            "REDIS_URL": f"redis+socket://{self.socket}",
            "NEWSINTEL_VAR": str(self.folder),
            "LEASE_SECONDS": "5",
            "RECONCILE_AFTER_SECONDS": "1",
            "OMP_NUM_THREADS": "1",
            "LOG_LEVEL": "WARNING",
        }

    def start_broker(self) -> subprocess.Popen[bytes]:
        argv = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no"]
        process = self.start("valkey", str(find_program()), "--dir", str(self.folder), *argv)
        for _ in range(200):
            try:
                if Redis(unix_socket_path=str(self.socket)).ping():
                    return process
            except OSError:
                pass
            except Exception as error:  # redis-py has its own class for a socket that is not there yet
                assert "connect" in str(error).lower() or "loading" in str(error).lower(), error
            time.sleep(0.05)
        raise AssertionError("the broker does not start")

    def start_workers(self) -> subprocess.Popen[bytes]:
        argv = ("worker", "-Q", "fetch,analyze", "-c", "2", "--prefetch-multiplier=1", "--loglevel=WARNING")
        return self.start("worker", sys.executable, "-m", "celery", "-A", "newsintel", *argv)

    def start_beat(self) -> subprocess.Popen[bytes]:
        argv = ("beat", "-s", str(self.folder / "beat"), "--pidfile=", "--loglevel=WARNING")
        return self.start("beat", sys.executable, "-m", "celery", "-A", "newsintel", *argv)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """The whole group at once, with -9."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)
        for log in self.logs:
            log.close()


@pytest.fixture
def stage(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(tmp_path_factory.mktemp("c"))
    yield made
    made.end()


def settled() -> int:
    """How many articles need nothing more."""
    return sum(article.is_settled for article in Article.objects.all())


def wait_for(wanted: int, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while settled() < wanted:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.chaos
@pytest.mark.long
@pytest.mark.model
@pytest.mark.timeout(3600)
def test_no_article_is_lost_or_done_twice(stage: Stage) -> None:
    dice = random.Random(7)
    broker = stage.start_broker()
    stage.start_beat()
    for kill in range(KILLS):
        workers = stage.start_workers()
        portion = ARTICLES // KILLS
        for number in range(kill * portion, (kill + 1) * portion):
            submit_text(make_text(number), by=None)
        is_at_work = wait_for(min(ARTICLES, settled() + dice.randint(1, portion)), seconds=START_SECONDS)
        assert is_at_work, "the workers did nothing: killing them would prove nothing"
        time.sleep(dice.random() / 10)
        stage.kill(workers)
        if kill in (KILLS // 4, KILLS // 2):
            stage.kill(broker)
            broker = stage.start_broker()
        if kill == KILLS * 2 // 3:
            Redis(unix_socket_path=str(stage.socket)).flushall()
    stage.start_workers()
    last_kill = time.monotonic()
    is_settled = wait_for(ARTICLES, seconds=SETTLE_SECONDS)
    print(f"settled {time.monotonic() - last_kill:.1f} s after the last kill")  # noqa: T201  (the figure is recorded)
    assert is_settled, Counter(article.status for article in Article.objects.all())
    check_everything_once()


def check_everything_once() -> None:
    """Nothing lost, nothing twice, every failure with its reason, every count right."""
    articles = list(Article.objects.all())
    assert len(articles) == Submission.objects.count() == ARTICLES
    statuses = Counter(article.status for article in articles)
    assert set(statuses) <= {Status.READY, Status.FAILED}
    assert all(article.failure_reason for article in articles if article.status == Status.FAILED)
    analyzed = Counter(Audit.objects.filter(verb="analyze").values_list("row_id", flat=True))
    assert set(analyzed.values()) <= {1}
    assert len(analyzed) == Analysis.objects.count() == statuses[Status.READY]
    places = Mention.everything.values_list("version", "field", "start", "end", "kind", "origin")
    assert len(places) == len(set(places))
    assert recount_entities() == 0
    print(dict(statuses))  # noqa: T201

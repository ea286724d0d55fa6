"""The belt's tasks: once, twice, row gone, text changed meanwhile, lease lost, failing for now and for good."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings as live
from django.db import OperationalError
from django.db.models.functions import Now

from analysis import tasks
from analysis.models import Analysis, Mention, Rerun
from analysis.pipeline import types
from analysis.services import storing
from articles.leases import claim, free
from articles.models import Article, Audit, Host, Snapshot, Stage, Status
from articles.services import claim_article, replace_text, submit_text, submit_url, withdraw_article
from articles.services.snapshots import broken_snapshots
from tests.factories import TEXT, make_article, make_ready_article, make_result

pytestmark = pytest.mark.django_db
PARAGRAPH = (
    "Officials in Chad said on Monday that the ministry of trade would sign the agreement with the company "
    "before the end of the year, after months of talks about the price of the new line."
)
PAGE = f"""<!doctype html><html lang="en"><head><title>Chad signs a new agreement on trade</title>
<meta property="og:type" content="article"><meta property="article:published_time" content="2026-03-02T10:00:00Z">
<link rel="canonical" href="/news/canonical-page"></head><body><article><h1>Chad signs a new agreement on trade</h1>
{"".join(f"<p>{PARAGRAPH} This is paragraph {n}, and it says something of its own.</p>" for n in range(8))}
</article></body></html>"""
COOKIES = "<html><head><title>Before you continue</title></head><body><p>We use cookies. Accept all</p></body></html>"


class Site(BaseHTTPRequestHandler):
    """Answers by path; `pages` may be changed by a test."""

    pages: dict[str, tuple[int, str]] = {}

    def do_GET(self) -> None:
        status, body = self.pages.get(self.path, (404, "not here"))
        if status in (301, 302):
            self.send_response(status)
            self.send_header("Location", body)
            self.end_headers()
            return
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(settings) -> Iterator[str]:
    """The address of a site on this machine."""
    settings.FETCH_ALLOW_LOOPBACK = True
    settings.FETCH_HOST_DELAY_MS = 0
    Site.pages = {
        "/news/1": (200, PAGE),
        "/cookies": (200, COOKIES),
        "/busy": (503, "later"),
        "/moved": (302, "/news/1"),
        "/loop": (302, "/loop"),
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def quick_pipeline(monkeypatch):
    """The belt without the language model: a result with the three names of `TEXT`."""
    monkeypatch.setattr(storing, "run_pipeline", make_result)


def fetched(url: str, by=None) -> Article:
    article = submit_url(url, by=by).article
    tasks.fetch_article(article.pk)
    tasks.extract_article(article.pk)
    article.refresh_from_db()
    return article


def test_page_becomes_a_ready_article(site, quick_pipeline):
    article = fetched(f"{site}/news/1")
    assert article.stage == Stage.EXTRACTED
    assert article.title == "Chad signs a new agreement on trade"
    assert article.published_at.date().isoformat() == "2026-03-02"
    tasks.analyze_article(article.pk)
    tasks.group_article(article.pk)
    article.refresh_from_db()
    assert article.status == Status.READY
    assert article.stage == Stage.GROUPED
    assert article.source.host == "127.0.0.1"


def test_snapshot_keeps_bytes_and_chain(site):
    first, second = fetched(f"{site}/news/1"), fetched(f"{site}/moved?x=1".replace("?x=1", ""))
    one, two = first.snapshots.get(), second.snapshots.get()
    assert one.byte_count == len(PAGE.encode())
    assert two.previous_hash == one.chain_hash
    assert two.redirects
    assert list(broken_snapshots()) == []
    Snapshot.objects.filter(pk=one.pk).update(final_url="https://elsewhere.example/")
    assert [pk for pk, _ in broken_snapshots()] == [one.pk]


def test_every_step_twice_changes_nothing(site, quick_pipeline):
    article = fetched(f"{site}/news/1")
    fetched_again = (tasks.fetch_article, tasks.extract_article, tasks.analyze_article, tasks.group_article)
    for task in fetched_again * 2:
        task(article.pk)
    assert article.snapshots.count() == 1
    assert article.versions.count() == 1
    assert Analysis.objects.count() == 1


@pytest.mark.parametrize(
    "task",
    [
        tasks.fetch_article,
        tasks.extract_article,
        tasks.analyze_article,
        tasks.group_article,
        tasks.rerun_step,
    ],
)
def test_row_that_is_gone_is_no_error(task):
    task(4711)
    assert not Audit.objects.exists()


@pytest.mark.parametrize(("path", "says"), [("/missing", "404"), ("/loop", "redirected")])
def test_permanent_failure_is_a_result_with_a_reason(site, path, says):
    article = fetched(f"{site}{path}")
    assert article.status == Status.FAILED
    assert says in article.failure_reason
    assert Audit.objects.filter(verb="fail", row_id=article.pk).exists()


def test_private_address_fails_with_a_reason():
    article = fetched("http://127.0.0.1:9/")
    assert article.status == Status.FAILED
    assert article.failure_reason


def test_temporary_failure_waits_and_fails_after_five_tries(site):
    article = submit_url(f"{site}/busy", by=None).article
    for attempt in range(1, 6):
        tasks.fetch_article(article.pk)
        article.refresh_from_db()
        assert article.attempts == attempt or article.failed_at
        Article.objects.filter(pk=article.pk).update(retry_at=None)
    assert article.status == Status.FAILED
    assert "Tried 5 times" in article.failure_reason


def test_waiting_row_is_not_claimed(site):
    article = submit_url(f"{site}/busy", by=None).article
    tasks.fetch_article(article.pk)
    article.refresh_from_db()
    assert article.status == Status.QUEUED
    assert claim_article(article.pk, stage=Stage.SUBMITTED) is None


def test_busy_host_puts_the_article_back_without_counting(site):
    article = submit_url(f"{site}/news/1", by=None).article
    Host.objects.create(name=site.removeprefix("http://"), next_at=Now() + timedelta(seconds=60))
    tasks.fetch_article(article.pk)
    article.refresh_from_db()
    assert (article.stage, article.attempts) == (Stage.SUBMITTED, 0)
    assert article.retry_at is not None


def test_cookie_wall_is_held_until_accepted(site, quick_pipeline):
    article = fetched(f"{site}/cookies")
    assert article.status == Status.REVIEW
    assert "not look like an article" in article.hold_reason
    tasks.analyze_article(article.pk)
    assert not Analysis.objects.exists()


def test_second_fetch_with_another_text_makes_a_version(site, analyst):
    from articles.services import refetch_article

    article = fetched(f"{site}/news/1")
    Site.pages["/news/1"] = (200, PAGE.replace("paragraph 3", "paragraph three, corrected"))
    refetch_article(article, by=analyst)
    again = fetched(f"{site}/news/1")
    assert again == article
    assert list(article.versions.values_list("number", flat=True)) == [1, 2]
    assert again.version.number == 2


def test_second_fetch_of_a_cookie_wall_keeps_the_text(site, analyst):
    from articles.services import refetch_article

    article = fetched(f"{site}/news/1")
    Site.pages["/news/1"] = (200, COOKIES)
    refetch_article(article, by=analyst)
    again = fetched(f"{site}/news/1")
    assert again.version.number == 1
    assert again.hold_reason == ""
    assert Audit.objects.filter(verb="set aside").exists()


def test_redirect_target_leads_to_the_article(site):
    article = fetched(f"{site}/moved")
    assert submit_url(f"{site}/news/1", by=None).article == article


def test_lost_lease_discards_the_result(quick_pipeline):
    article = make_article()
    lease = claim_article(article.pk, stage=Stage.EXTRACTED)
    Article.objects.filter(pk=article.pk).update(lease_until=Now() - timedelta(seconds=1))
    other = claim(Article, article.pk, stage=Stage.EXTRACTED, seconds=60)
    assert lease is not None
    assert other is not None
    assert not storing.store_result(article, make_result(article), lease)
    assert storing.store_result(article, make_result(article), other)


def test_text_changed_meanwhile_discards_the_result(analyst):
    article = make_article()
    result = make_result(article)
    changed = replace_text(article, "Another text entirely.", by=analyst)
    lease = claim_article(article.pk, stage=Stage.EXTRACTED)
    article.refresh_from_db(fields=["stage"])
    old = Article.objects.get(pk=article.pk)
    old.version_id = changed.versions.get(number=1).pk
    assert not storing.store_result(old, result, lease)


def test_held_lease_keeps_others_away(quick_pipeline):
    article = make_article()
    assert claim_article(article.pk, stage=Stage.EXTRACTED) is not None
    tasks.analyze_article(article.pk)
    assert not Analysis.objects.exists()


def test_text_that_kills_workers_fails_after_five_tries():
    article = make_article()
    for _ in range(live.MAX_ATTEMPTS):
        assert claim_article(article.pk, stage=Stage.EXTRACTED) is not None
        Article.objects.filter(pk=article.pk).update(lease_until=Now() - timedelta(seconds=1))
    assert claim_article(article.pk, stage=Stage.EXTRACTED) is None
    article.refresh_from_db()
    assert article.status == Status.FAILED
    assert "never came to an end" in article.failure_reason


def test_database_trouble_while_storing_is_tried_again(monkeypatch):
    article = make_article()
    monkeypatch.setattr(storing, "run_pipeline", make_result)

    def trouble(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(storing, "replace_analysis", trouble)
    tasks.analyze_article(article.pk)
    article.refresh_from_db()
    assert article.stage == Stage.EXTRACTED
    assert article.retry_at is not None


def test_withdrawn_article_is_not_worked_on(analyst, quick_pipeline):
    article = make_article()
    withdraw_article(article, by=analyst)
    tasks.analyze_article(article.pk)
    assert not Analysis.objects.exists()


def test_same_text_under_two_addresses_is_joined(analyst):
    first = make_ready_article(url="https://example.org/a")
    second = submit_url("https://example.com/b", by=analyst).article
    replace_text(second, TEXT, by=analyst)
    second.refresh_from_db()
    from tests.factories import analyze_as

    analyze_as(second)
    tasks.group_article(first.pk)
    tasks.group_article(second.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.duplicate_of == first
    assert first.duplicate_of is None


class Recorder:
    """Notes hints instead of sending them."""

    def __init__(self, monkeypatch) -> None:
        self.sent: list[tuple[str, int]] = []
        monkeypatch.setattr(tasks, "hint", lambda task, pk: self.sent.append((task.name.split(".")[-1], pk)))


def test_reconciler_hints_what_is_stranded(monkeypatch, analyst, settings):
    settings.RECONCILE_AFTER_SECONDS = 5
    recorder = Recorder(monkeypatch)
    waiting, fresh, held, failed = (make_article(f"Text number {n} is here.") for n in range(4))
    url = submit_url("https://example.org/x", by=analyst).article
    long_ago = Now() - timedelta(minutes=5)
    Article.objects.exclude(pk=fresh.pk).update(stage_at=long_ago)
    Article.objects.filter(pk=held.pk).update(hold_reason="look at it")
    Article.objects.filter(pk=failed.pk).update(failed_at=Now(), failure_reason="broken")
    tasks.reconcile()
    assert sorted(recorder.sent) == sorted([("analyze_article", waiting.pk), ("fetch_article", url.pk)])


def test_reconciler_hints_reruns_but_not_paused_ones(monkeypatch):
    recorder = Recorder(monkeypatch)
    running = Rerun.objects.create(article_ids=[1])
    Rerun.objects.create(article_ids=[1], is_paused=True)
    tasks.reconcile()
    assert recorder.sent == [("rerun_step", running.pk)]


def test_expired_lease_counts_as_free():
    article = make_article()
    claim_article(article.pk, stage=Stage.EXTRACTED)
    assert not Article.objects.filter(free(), pk=article.pk).exists()
    Article.objects.filter(pk=article.pk).update(lease_until=Now() - timedelta(seconds=1))
    assert Article.objects.filter(free(), pk=article.pk).exists()


def test_hint_follows_the_stage(monkeypatch, analyst):
    recorder = Recorder(monkeypatch)
    article = make_article()
    tasks.hint_article(article)
    withdrawn = withdraw_article(make_article("Other words are here."), by=analyst)
    tasks.hint_article(withdrawn)
    assert recorder.sent == [("analyze_article", article.pk)]


@pytest.mark.model
def test_real_pipeline_tags_a_pasted_article():
    from analysis.services import warm_up

    warm_up()
    article = submit_text(
        "Officials in North Korea said on Monday that Microsoft was fined.", by=None
    ).article
    tasks.analyze_article(article.pk)
    article.refresh_from_db()
    assert article.stage == Stage.ANALYZED
    version = article.version
    for mention in Mention.objects.filter(version=version):
        assert version.text[mention.start : mention.end] == mention.surface
    assert "country:KP" in set(article.tags.values_list("entity__key", flat=True))
    assert types.Kind.COUNTRY.value in set(article.tags.values_list("kind", flat=True))

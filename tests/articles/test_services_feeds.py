"""Polling feeds: new addresses once, unchanged feeds cheaply, failures noted and asked less often."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from analysis import tasks
from articles.fetching import FetchFailed
from articles.models import Article, Source, Submission
from articles.services import captures, due_sources, poll_source, submit_url
from tests.factories import make_source

pytestmark = pytest.mark.django_db
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Desk</title><link>{site}/</link>
<item><title>First piece</title><link>{site}/a?utm_source=rss</link>
<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item>
<item><title>Second piece</title><link>{site}/b</link></item></channel></rss>"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>{site}/c</loc></url></urlset>"""

SITEMAPS = """<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>{site}/closed/sitemap.xml</loc></sitemap><sitemap><loc>{site}/sitemap.xml</loc></sitemap></sitemapindex>"""


class Feeds(BaseHTTPRequestHandler):
    """A feed with an ETag, a sitemap, a page that is neither, and robots.txt."""

    def do_GET(self) -> None:
        host, port = self.server.server_address[:2]
        site = f"http://{host}:{port}"
        if self.headers.get("If-None-Match") == '"one"':
            self.answer(304, "")
            return
        bodies = {
            "/feed": FEED.format(site=site),
            "/sitemap.xml": SITEMAP.format(site=site),
            "/sitemap.xml.gz": gzip.compress(SITEMAP.format(site=site).encode()),
            "/page": "<p>no feed</p>",
            "/robots.txt": "User-agent: *\nDisallow: /b\nDisallow: /closed\n",
            "/closed/feed": FEED.format(site=site),
            "/sitemaps.xml": SITEMAPS.format(site=site),
        }
        self.answer(200 if self.path in bodies else 404, bodies.get(self.path, ""))

    def answer(self, status: int, body: str | bytes) -> None:
        data = body.encode() if isinstance(body, str) else body
        kind = "application/xml" if data.startswith(b"<?xml") else "text/html"
        kind = {"/robots.txt": "text/plain", "/sitemap.xml.gz": "application/gzip"}.get(self.path, kind)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("ETag", '"one"')
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(settings) -> Iterator[str]:
    settings.FETCH_ALLOW_LOOPBACK = True
    settings.FETCH_HOST_DELAY_MS = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feeds)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def due_again(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(next_poll_at=Now())


def test_feed_brings_new_articles_once(site):
    source = make_source(feed_url=f"{site}/feed")
    assert due_sources() == [source.pk]
    articles = poll_source(source.pk)
    assert [article.title for article in articles] == ["First piece", "Second piece"]
    assert {article.source for article in articles} == {source}
    assert {article.origin for article in articles} == {"feed"}
    assert due_sources() == []
    source.refresh_from_db()
    assert (source.feed_etag, source.failures) == ('"one"', 0)
    assert source.last_success_at is not None


def test_unchanged_feed_brings_nothing(site):
    source = make_source(feed_url=f"{site}/feed")
    poll_source(source.pk)
    due_again(source)
    assert poll_source(source.pk) == []
    assert Submission.objects.count() == 2


def test_known_address_gets_no_second_submission(site, analyst):
    submit_url(f"{site}/a", by=analyst)
    source = make_source(feed_url=f"{site}/feed")
    assert len(poll_source(source.pk)) == 1
    assert Submission.objects.count() == 2


def test_feed_is_asked_by_one_worker_only(site):
    source = make_source(feed_url=f"{site}/feed")
    poll_source(source.pk)
    assert poll_source(source.pk) == []


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap.xml.gz"])
def test_sitemap_is_read_like_a_feed(site, path):
    assert len(poll_source(make_source(feed_url=f"{site}{path}").pk)) == 1


@pytest.mark.parametrize(("path", "says"), [("/page", "not a"), ("/nothing", "404")])
def test_failing_feed_is_noted_and_asked_less_often(site, path, says):
    source = make_source(feed_url=f"{site}{path}", poll_minutes=60)
    pauses = []
    for _ in range(2):
        assert poll_source(source.pk) == []
        source.refresh_from_db()
        pauses.append((source.next_poll_at - timezone.now()).total_seconds() / 60)
        due_again(source)
    assert says in source.last_error
    assert source.failures == 2
    assert [round(pause, -1) for pause in pauses] == [120, 240]


def test_robots_keep_polled_pages_away(site, settings):
    articles = poll_source(make_source(feed_url=f"{site}/feed").pk)
    hidden = next(article for article in articles if article.canonical_url.endswith("/b"))
    tasks.fetch_article(hidden.pk)
    hidden.refresh_from_db()
    assert "robots.txt" in hidden.failure_reason


def test_feed_that_robots_may_not_read_is_not_asked(site, settings):
    source = make_source(feed_url=f"{site}/closed/feed")
    assert poll_source(source.pk) == []
    source.refresh_from_db()
    assert source.last_error == "The site asks robots not to read this feed (robots.txt)."
    assert source.failures == 1
    settings.FETCH_RESPECT_ROBOTS = False
    due_again(source)
    assert len(poll_source(source.pk)) == 2


def test_closed_sitemap_leaves_the_others_open(site):
    assert len(poll_source(make_source(feed_url=f"{site}/sitemaps.xml").pk)) == 1


def test_feed_waits_while_robots_cannot_be_asked(site, monkeypatch):
    def fail(url: str, limits: object) -> None:
        raise FetchFailed("The server is in trouble (status 503).", permanent=False, code="status")

    monkeypatch.setattr(captures, "fetch_robots", fail)
    source = make_source(feed_url=f"{site}/feed")
    assert poll_source(source.pk) == []
    source.refresh_from_db()
    assert "robots.txt could not be read. The server is in trouble" in source.last_error


def test_belt_hints_due_feeds_and_their_articles(site, monkeypatch):
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(tasks, "hint", lambda task, pk: sent.append((task.name.split(".")[-1], pk)))
    source = make_source(feed_url=f"{site}/feed")
    tasks.poll_sources()
    tasks.poll_feed(source.pk)
    assert sent[0] == ("poll_feed", source.pk)
    assert sent[1:] == [
        ("fetch_article", pk) for pk in Article.objects.order_by("pk").values_list("pk", flat=True)
    ]

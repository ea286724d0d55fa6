"""The whole loop: a page served on this machine is submitted, tagged, found, read and exported, by mouse and keys."""

import csv
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.model]

STORY = b"""<!doctype html><html lang="en"><head><title>Open server held drawings for studios</title>
<meta name="author" content="Ines Calloway"><meta property="article:published_time" content="2026-03-05T08:00:00Z">
<meta property="og:site_name" content="Harbor Ledger"><meta property="og:type" content="article"></head><body>
<nav><a href="/">Home</a> <a href="/world">World</a></nav><article><h1>Open server held drawings for studios</h1>
<p>A server in North Korea that anybody could open held drawings for television series made in the United States,
according to a report that was published on Thursday by a group of analysts in Washington.</p>
<p>Nick Roy, a cybersecurity researcher who found the server, said that editing notes on it were written in Chinese
and that files had changed every day for about a month. He downloaded the files and showed them to the analysts.</p>
<p>Some of the drawings belonged to a series that Amazon distributes. A spokesperson for Amazon said the company was
looking into how the files had come there, and that it did not work with studios under sanctions.</p>
<p>The report does not say who put the files on the server. It names no studio, and the server is now closed.</p>
</article><footer>Harbor Ledger</footer></body></html>"""


class Site(BaseHTTPRequestHandler):
    """One story and a robots.txt that allows it."""

    def do_GET(self) -> None:
        body = b"User-agent: *\nAllow: /\n" if self.path == "/robots.txt" else STORY
        self.send_response(200)
        self.send_header(
            "Content-Type", "text/plain" if self.path == "/robots.txt" else "text/html; charset=utf-8"
        )
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def story() -> Iterator[str]:
    """The address of the story."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/world/open-server"
    server.shutdown()
    server.server_close()


@pytest.fixture
def worker(live_server: LiveServer, story: str, tmp_path: Path) -> Iterator[None]:
    """A worker on the tests' database, allowed to fetch from the story's port."""
    database = urlsplit(os.environ["DATABASE_URL"])
    name = django_settings.DATABASES["default"]["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(database._replace(path=f"/{name}")),
        "FETCH_ALLOW_LOOPBACK": "1",
        "FETCH_EXTRA_PORTS": str(urlsplit(story).port),
        "NEWSINTEL_VAR": str(tmp_path),
    }
    log = (tmp_path / "worker.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "newsintel", "worker", "-Q", "fetch,analyze", "-c", "1", "-B"],
        env={**environment, "PYTHONPATH": str(django_settings.BASE_DIR)},
        cwd=tmp_path,
        stdout=log,
        stderr=log,
    )
    yield
    process.terminate()
    process.wait(300)
    log.close()


def test_from_submission_to_csv(
    chromium: Browser, live_server: LiveServer, analyst: User, worker: None, story: str
) -> None:
    page = chromium.new_context(base_url=live_server.url, accept_downloads=True).new_page()
    page.set_default_timeout(120_000)
    page.goto("/")
    page.fill("#id_username", "analyst")
    page.fill("#id_password", "correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="The desk is empty")).to_be_visible()

    page.get_by_role("link", name="Submit the first article").click()
    page.fill("#id_url", story)
    page.check("#id_rules")
    page.locator("main").get_by_role("button", name="Submit").click()
    expect(page.locator(".text a.m").first).to_be_visible(timeout=300_000)
    expect(page.locator("h1")).to_have_text("Open server held drawings for studios")

    page.fill("#search", "drawing")
    page.press("#search", "Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.locator(".facet-in", has_text="North Korea").first.click()
    expect(page.locator(".filter", has_text="North Korea").first).to_be_visible()
    page.locator(".result-title").click()
    expect(page.locator(".text a.kind-country", has_text="North Korea").first).to_be_visible()
    expect(
        page.locator(".text a.kind-researcher, .text a.kind-person", has_text="Nick Roy").first
    ).to_be_visible()

    page.go_back()
    page.check("[data-pick]")
    page.locator("#selection summary", has_text="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV with tags").click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert "country:KP" in {value for row in rows for value in row.values()}
    assert {row_value for row in rows for row_value in row.values()} & {"Nick Roy"}
    page.context.close()

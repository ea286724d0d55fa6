"""What a page weighs on the way to the browser, and how long the browser may keep its parts."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.http import HttpResponseBase
from django.test import Client, override_settings

from articles.models import Article
from tests.factories import make_ready_article

LIMIT = 200_000  # bytes of a page without charts, packed, fonts included
PACKED = {"Accept-Encoding": "br, gzip"}
CHARTS = "vendor/echarts"


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the collected files, made once: packing takes seconds."""
    folder = tmp_path_factory.mktemp("collected")
    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, ignore_patterns=["admin"], verbosity=0)
    return folder


@pytest.fixture
def browser(collected: Path, settings: Any, analyst: User) -> Client:
    """A client of the product as it is started: files collected, packed, and named by their hash."""
    settings.STATIC_ROOT = collected
    client = Client(headers=PACKED)
    client.force_login(analyst)
    return client


@pytest.fixture
def article(analyst: User) -> Article:
    for number in range(40):
        make_ready_article(
            f"Amazon opened office {number} in Chad. Nick Roy, a researcher at 38 North, was there.",
            title=f"Amazon opens office {number}",
            by=analyst,
        )
    return Article.objects.latest("pk")


def body(answer: HttpResponseBase) -> bytes:
    """What was sent. Read to its end, for the test client then closes the file and keeps the database's connection."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]


def parts(html: str) -> set[str]:
    """Addresses of everything the page loads at once: styles, scripts, icons and the font of its text."""
    found = re.findall(r'(?:href|src)="(/static/[^"#?]+)', html)
    return {address for address in found if CHARTS not in address}


def weigh(client: Client, address: str) -> dict[str, int]:
    """Packed bytes of the page and of each part."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Encoding"] == "gzip"
    plain = client.get(address, headers={"Accept-Encoding": "identity"}).content.decode()
    weights = {address: len(answer.content)}
    for part in parts(plain):
        weights[part] = len(body(client.get(part)))
    return weights


@pytest.mark.parametrize("page", ["/articles/", "/articles/?q=office", "/saved/", "/watch/", "article"])
def test_no_page_weighs_more_than_it_may(browser: Client, article: Article, page: str) -> None:
    weights = weigh(browser, article.get_absolute_url() if page == "article" else page)
    assert len(weights) > 10  # styles, scripts, icons and the font were found
    assert sum(weights.values()) <= LIMIT, sorted(weights.items(), key=lambda pair: -pair[1])[:12]


def test_parts_are_packed_and_kept_for_good(browser: Client, article: Article) -> None:
    html = browser.get("/articles/", headers={"Accept-Encoding": "identity"}).content.decode()
    sheet = next(part for part in parts(html) if part.endswith(".css"))
    answer = browser.get(sheet)
    body(answer)
    assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)
    assert answer["Content-Encoding"] == "br"
    assert "immutable" in answer["Cache-Control"]


def test_fonts_named_in_style_sheets_are_the_preloaded_ones(browser: Client, article: Article) -> None:
    html = browser.get("/articles/", headers={"Accept-Encoding": "identity"}).content.decode()
    preloaded = re.findall(r'rel="preload" href="/static/vendor/fonts/([^"]+)"', html)
    sheet = next(part for part in parts(html) if "/variables" in part)
    text = body(browser.get(sheet, headers={"Accept-Encoding": "identity"})).decode()
    assert preloaded
    assert all(f"fonts/{font}" in text for font in preloaded)


def test_without_collecting_plain_names_are_served(page: Client) -> None:
    answer = page.get("/static/css/base.css")
    assert answer.status_code == 200
    assert body(answer)
    assert 'href="/static/css/base.css"' in page.get("/articles/").content.decode()

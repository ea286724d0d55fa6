"""Feeds and sitemaps give the articles they name, whatever their form, and no parser trick works on them."""

import gzip
import json
import time
from datetime import UTC, datetime

import pytest

from articles.doors import FetchedBody, UploadRefused, find_feeds, read_feed, read_sitemap

URL = "https://news.example/feeds/all.xml"
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>News &amp; Views</title><link>https://news.example/</link><language>en-GB</language>
<item><title>Port &lt;b&gt;closed&lt;/b&gt; after &amp;quot;leak&amp;quot;</title><link>/a?utm_source=rss</link>
<pubDate>Mon, 02 Nov 2026 10:15:00 +0200</pubDate><dc:creator>Ann Lee</dc:creator>
<description>&lt;p&gt;First.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;Second.&lt;/p&gt;</description></item>
<item><title>By its id</title><guid isPermaLink="true">https://news.example/b</guid></item>
<item><title>Nowhere</title><guid isPermaLink="false">urn:x</guid></item>
<item><title>Script</title><link>javascript:alert(1)</link></item>
<item><title>Again</title><link>https://news.example/b</link></item>
</channel></rss>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Blatt</title>
<link href="https://blatt.example/"/>
<entry><title type="html">&lt;i&gt;Titel&lt;/i&gt;</title><link rel="alternate" href="https://blatt.example/1"/>
<updated>2026-11-02T10:15:00Z</updated><author><name>B. Amt</name></author><author><name>C. Dorn</name></author>
<summary>Kurz</summary></entry></feed>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "JSON News",
    "home_page_url": "https://json.example/",
    "items": [
        {
            "id": "1",
            "url": "https://json.example/1",
            "title": "One",
            "date_published": "2026-11-02T10:15:00+01:00",
        },
        {
            "id": "2",
            "external_url": "https://other.example/2",
            "authors": [{"name": "D. Eve"}],
            "content_text": "Text",
        },
        {"id": "3"},
        {"id": "4", "url": 7},
        "nonsense",
    ],
}


def feed(text, **kwargs):
    return read_feed(FetchedBody(text.encode() if isinstance(text, str) else text, URL, **kwargs))


def test_rss_entries_are_read():
    found = feed(RSS)
    first, second = found.entries
    assert (found.kind, found.title, found.url, found.language) == (
        "rss",
        "News & Views",
        "https://news.example/",
        "en-gb",
    )
    assert first.url == "https://news.example/a?utm_source=rss"
    assert first.title == 'Port closed after "leak"'
    assert first.published_at == datetime(2026, 11, 2, 8, 15, tzinfo=UTC)
    assert first.authors == ("Ann Lee",) and first.summary == "First. Second."
    assert second.url == "https://news.example/b" and second.published_at is None
    assert [skipped.name for skipped in found.skipped] == ["entry 3", "entry 4"]


def test_atom_entries_are_read():
    found = feed(ATOM)
    (entry,) = found.entries
    assert (found.kind, found.title) == ("atom", "Blatt")
    assert (entry.title, entry.url, entry.authors) == (
        "Titel",
        "https://blatt.example/1",
        ("B. Amt", "C. Dorn"),
    )
    assert entry.modified_at == entry.published_at == datetime(2026, 11, 2, 10, 15, tzinfo=UTC)


def test_json_entries_are_read():
    found = feed(json.dumps(JSON))
    assert (found.kind, found.url) == ("json", "https://json.example/")
    assert [entry.url for entry in found.entries] == ["https://json.example/1", "https://other.example/2"]
    assert found.entries[0].published_at == datetime(2026, 11, 2, 9, 15, tzinfo=UTC)
    assert found.entries[1].authors == ("D. Eve",) and len(found.skipped) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_feed_is_read_in_its_encoding(encoding):
    text = RSS.replace("utf-8", encoding).replace("News &amp;", "Überblick &amp;")
    assert feed(text.encode(encoding)).title == "Überblick & Views"


BOMB = '<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1 or chr(32).strip()};" * 10}">' for n in range(1, 9)
)
TRICKS = [
    f"<!DOCTYPE rss [{BOMB}]>",
    '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd">%p;]>',
    '<!DOCTYPE rss PUBLIC "a" "b" [<!ENTITY x "y">]>',
]


@pytest.mark.parametrize("trick", TRICKS, ids=range(4))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("read", [read_feed, read_sitemap])
def test_entity_tricks_are_refused(trick, encoding, read):
    rss = "<rss version='2.0'><channel><title>&a8;&x;</title></channel></rss>"
    text = f'<?xml version="1.0" encoding="{encoding}"?>{trick}{rss}'
    started = time.process_time()
    with pytest.raises(UploadRefused, match="entities"):
        read(FetchedBody(text.encode(encoding), URL))
    assert time.process_time() - started < 10


def test_feed_with_a_plain_doctype_is_read():
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:1/rss.dtd">'
    assert len(feed(RSS.replace("?>", "?>" + doctype, 1)).entries) == 2


def test_feed_that_writes_about_entities_is_read():
    text = RSS.replace("By its id", '<![CDATA[How <!DOCTYPE x [<!ENTITY a "b">]> works]]>')
    assert "How" in feed(text).entries[1].title


def test_definitions_hidden_behind_a_comment_are_refused():
    with pytest.raises(UploadRefused, match="entities"):
        feed(RSS.replace("?>", "?><!-- <rss> --><?x?>\n" + TRICKS[0], 1))


def test_unclosed_scripts_cost_no_time():
    started = time.process_time()
    feed(RSS.replace("<description>", "<description>" + "&lt;script&gt;" * 20_000))
    assert time.process_time() - started < 15


def test_feed_that_looks_like_a_path_opens_no_file(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_text(RSS)
    for text in (str(path), f"file://{path}", "http://127.0.0.1:1/feed"):
        with pytest.raises(UploadRefused, match="not a feed"):
            feed(text)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", "<html><body>No", "plain", '{"version": 3}', "{" * 100_000]
)
def test_what_is_no_feed_is_refused(text):
    with pytest.raises(UploadRefused, match="not a feed"):
        feed(text)


SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://news.example/a</loc><lastmod>2026-11-02</lastmod>
<n:news><n:publication><n:name>News</n:name><n:language>en</n:language></n:publication>
<n:publication_date>2026-11-01T08:00:00+00:00</n:publication_date><n:title>One &amp; two</n:title></n:news></url>
<url><loc> https://news.example/b </loc></url><url><loc>ftp://x</loc></url><url/></urlset>"""


@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())])
def test_sitemap_names_its_pages(pack):
    found = read_sitemap(FetchedBody(pack(SITEMAP), URL))
    first, second = found.entries
    assert (first.url, first.title, first.language) == ("https://news.example/a", "One & two", "en")
    assert first.published_at == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert first.modified_at == datetime(2026, 11, 2, tzinfo=UTC)
    assert second.url == "https://news.example/b"


def test_sitemap_index_names_sitemaps():
    text = "<sitemapindex><sitemap><loc>https://news.example/s1.xml.gz</loc></sitemap></sitemapindex>"
    assert read_sitemap(FetchedBody(text.encode(), URL)).sitemaps == ("https://news.example/s1.xml.gz",)


def test_sitemap_of_lines_is_read():
    found = read_sitemap(FetchedBody(b"https://news.example/a\r\nhttps://news.example/b\nnonsense\n", URL))
    assert [entry.url for entry in found.entries] == ["https://news.example/a", "https://news.example/b"]


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"<urlset>", b"no\nlines", b"\x1f\x8bbroken"])
def test_what_is_no_sitemap_is_refused(body):
    with pytest.raises(UploadRefused):
        read_sitemap(FetchedBody(body, URL))


def test_packed_sitemap_bomb_is_refused():
    with pytest.raises(UploadRefused, match="larger than 50 MB"):
        read_sitemap(FetchedBody(gzip.compress(b"<a>" * 20 * 1024**2), URL))


def test_feeds_of_a_page_are_found():
    page = """<html><head><link rel="alternate" type="application/rss+xml" href="/rss">
    <link rel='ALTERNATE home' type='application/atom+xml' href='https://a.example/atom'>
    <link rel="alternate" hreflang="de" href="/de"><link rel="alternate" type="application/rss+xml" href="javascript:1">
    </head><body><link rel="alternate" type="application/rss+xml" href="/comments"></body>"""
    assert find_feeds(FetchedBody(page.encode(), "https://news.example/x")) == (
        "https://news.example/rss",
        "https://a.example/atom",
    )


def test_page_without_feeds_names_none():
    assert find_feeds(FetchedBody(b"", URL)) == find_feeds(FetchedBody(b"<p>text", URL)) == ()

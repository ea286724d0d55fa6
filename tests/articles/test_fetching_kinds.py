"""Fetching: closed doors, encryption, kinds of answers, robots rules and webhooks."""

import ssl
import subprocess
import time

import pytest

from articles.fetching import (
    FetchFailed,
    FetchLimits,
    check_address,
    fetch_page,
    fetch_robots,
    find_kind,
    host_of,
    parse_robots,
    post_payload,
)
from tests.articles.fetching_servers import answer, path_of, raw, serving
from tests.articles.test_fetching import HTML, TYPE, failure, page


def test_closed_port_is_unreachable():
    with serving(answer(HTML)) as server:
        limits, url = server.limits(), server.url
    with pytest.raises(FetchFailed, match=r"No connection to the server could be made\.") as caught:
        fetch_page(url, limits)
    assert not caught.value.permanent


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + HTML,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\n" + HTML,
    ],
)
def test_early_close_may_be_tried_again(data):
    failed = failure(raw(data))
    if data:
        assert failed.reason == "The server closed the connection before the page was complete."
    assert failed.code == "closed" and not failed.permanent


@pytest.mark.parametrize("status", ["200 OK", "204 No Content"])
def test_empty_page_is_explained(status):
    assert failure(answer(b"", TYPE, status=status)).reason == "The server sent an empty page."


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
            ),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


def _encrypted(certificate, seen):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    context.sni_callback = lambda _socket, name, _context: seen.append(name)
    return context


def test_certificate_is_checked_against_the_name_not_the_number(certificate):
    seen = []
    with serving(answer(HTML, TYPE), tls=_encrypted(certificate, seen)) as server:
        limits = server.limits(ca_file=str(certificate[0]))
        assert fetch_page(f"https://localhost:{server.port}/", limits).body == HTML
        with pytest.raises(FetchFailed, match="prove its identity") as caught:
            fetch_page(f"https://127.0.0.1:{server.port}/", limits)
        assert caught.value.code == "certificate"
        with pytest.raises(FetchFailed, match="prove its identity"):
            fetch_page(f"https://localhost:{server.port}/", server.limits())
    assert seen == ["localhost", None, "localhost"]


def test_plain_text_where_encryption_is_expected_is_explained():
    with serving(answer(HTML, TYPE)) as server, pytest.raises(FetchFailed) as caught:
        fetch_page(f"https://127.0.0.1:{server.port}/", server.limits(read_seconds=0.3, connect_seconds=0.3))
    assert caught.value.code in ("certificate", "timeout", "closed")


# What a body is


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (HTML, "text/html", "html"),
        (HTML, "text/plain", "html"),
        (HTML, "", "html"),
        (HTML, "application/pdf, text/html", "html"),
        (HTML, "nonsense", "html"),
        (b"\n\n  <!-- c --><p>x", "", "html"),
        (b"\xef\xbb\xbf<html>", "", "html"),
        ("<html><body>ü".encode("utf-16"), "text/html; charset=iso-8859-1", "html"),
        ("<html><body>text".encode("utf-16-le"), "", "html"),
        ("<html><body>text".encode("utf-16-be"), "", "html"),
        ("Москва".encode("utf-16"), "text/html", "html"),
        ("Москва".encode("windows-1251"), "text/html", "html"),
        ("日本".encode("iso-2022-jp"), "text/plain", "text"),
        (b"Plain words.", "text/plain", "text"),
        (b"Plain words.", "", "text"),
        (b"Plain words.", "text/html", "html"),
        (b"<?xml version='1.0'?><rss><channel><title>T</title>", "text/xml", "xml"),
        (b"<?xml version='1.0'?><!DOCTYPE html><html>", "application/xml", "html"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", "", "xml"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "application/feed+json", "json"),
        (b"%PDF-1.7\n", "text/html", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "text/html", "image"),
        (b"PK\x03\x04...", "text/html", "archive"),
        (b"\x7fELF\x02\x01", "text/html", "program"),
        (b"MZ\x90\x00\x03", "text/html", "program"),
        (b"MZ is a short name.", "text/plain", "text"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "", "image"),
        (b"\x00\x00\x00\x18ftypmp42", "", "video"),
        (bytes(range(256)), "text/plain", "unknown"),
        (b"  \n", "text/html", "empty"),
    ],
)
def test_kind_is_judged_by_bytes_and_header(body, content_type, kind):
    assert find_kind(body, content_type) == kind


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"%PDF-1.7\n1 0 obj", "a PDF document"),
        (b"PK\x03\x04" + bytes(30), "an archive"),
        (bytes(range(256)), "a file of an unknown kind"),
    ],
)
def test_wrong_kind_is_named(body, said):
    failed = failure(answer(body, TYPE))
    assert failed.reason == f"The address leads to {said}, not to a web page." and failed.permanent


def test_pdf_is_taken_where_it_is_wanted():
    assert page(answer(b"%PDF-1.7\n", TYPE), kinds=frozenset({"html", "pdf"})).kind == "pdf"


# Robots and webhooks


ROBOTS = """\ufeff# rules
User-agent: OtherBot
Disallow: /

User-agent: *
Disallow: /private
Allow: /private/open
Disallow: /*.pdf$
Disallow: /a*b*c
Crawl-delay: 2.5
nonsense
Disallow:
Sitemap: https://good.example/sitemap.xml
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private", False),
        ("/private/x", False),
        ("/private/open/x", True),
        ("/x.pdf", False),
        ("/x.pdf?a", True),
        ("/a1b2c3", False),
        ("/acb", True),
        ("/robots.txt", True),
    ],
)
def test_robots_rules_follow_the_longest_match(path, allowed):
    robots = parse_robots(ROBOTS)
    assert robots.allows(f"https://good.example{path}") is allowed
    assert robots.crawl_delay == 2.5 and robots.sitemaps == ("https://good.example/sitemap.xml",)


def test_robots_rules_for_us_outrank_those_for_everybody():
    robots = parse_robots(
        "User-agent: *\nDisallow: /\n\nUser-agent: a\nUser-agent: NewsIntel/1.0\nDisallow: /x\n"
    )
    assert robots.allows("https://good.example/y") and not robots.allows("https://good.example/x")


def test_robots_pattern_of_many_stars_is_fast():
    robots = parse_robots("User-agent: *\nDisallow: /" + "*a" * 5000 + "b$")
    started = time.process_time()
    assert robots.allows("https://good.example/" + "a" * 3000)
    assert time.process_time() - started < 10  # by backtracking it would not end at all


@pytest.mark.parametrize(
    ("handler", "allowed"),
    [
        (answer(b"User-agent: *\nDisallow: /", "Content-Type: text/plain"), False),
        (answer(b"", status="404 No"), True),
        (answer(b""), True),
        (answer(HTML, TYPE), True),
        (raw(b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n"), True),
    ],
)
def test_robots_file_of_a_host_is_asked(handler, allowed):
    with serving(handler) as server:
        assert (
            fetch_robots(server.url + "deep/page", server.limits()).allows(server.url + "deep/page")
            is allowed
        )
    assert path_of(server.requests[0]) == "/robots.txt"


@pytest.mark.parametrize(
    "handler", [answer(b"", status="503 Busy"), answer(b"", status="429 Slow"), raw(b"")]
)
def test_robots_file_that_cannot_be_asked_for_is_asked_for_later(handler):
    with serving(handler) as server, pytest.raises(FetchFailed) as caught:
        fetch_robots(server.url, server.limits())
    assert not caught.value.permanent


def test_webhook_sends_once_and_follows_nothing():
    with serving(answer(b"", "Location: http://10.0.0.1/", status="307 T")) as server:
        status = post_payload(
            server.url, b'{"a": 1}', server.limits(), headers={"Content-Type": "application/json"}
        )
    assert status == 307
    assert server.requests[0].startswith(b"POST / HTTP/1.1\r\n") and len(server.requests) == 1


def test_host_of_an_address_is_its_name_and_unusual_port():
    assert host_of("https://User@WWW.Good.Example:8443/a") == "www.good.example:8443"
    assert check_address("http://GOOD.example:80/", FetchLimits()).authority == "good.example"

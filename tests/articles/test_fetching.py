"""Fetching takes what servers really send, keeps every limit, and says in plain words what was wrong."""

import gzip
import resource
import socket
import subprocess
import sys
import threading
import time
import zlib

import brotli
import pytest
from backports import zstd

from articles.fetching import (
    FetchFailed,
    FetchLimits,
    Validators,
    fetch_page,
)
from tests.articles.fetching_servers import answer, path_of, raw, serving

HTML = b"<!doctype html><html><head><title>News</title></head><body><p>Text</p></body></html>"
TYPE = "Content-Type: text/html; charset=utf-8"


def failure(handler, **limits):
    with serving(handler) as server, pytest.raises(FetchFailed) as caught:
        fetch_page(server.url, server.limits(**limits))
    assert "\n" not in caught.value.reason and caught.value.reason.endswith(".")
    return caught.value


def page(handler, **limits):
    with serving(handler) as server:
        return fetch_page(server.url, server.limits(**limits))


# What a good page gives


def test_page_carries_what_was_received():
    with serving(
        answer(HTML, TYPE, 'ETag: "v1"', "Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT", "X-A: 1", "X-A: 2")
    ) as server:
        got = fetch_page(server.url, server.limits())
    assert (got.body, got.status, got.kind, got.url) == (HTML, 200, "html", server.url)
    assert got.content_type == "text/html; charset=utf-8"
    assert got.headers.count(("X-A", "1")) == got.headers.count(("X-A", "2")) == 1
    assert got.remote_address == "127.0.0.1" and got.redirects == () and got.requested_url == server.url
    assert got.fetched_at.utcoffset().total_seconds() == 0
    assert got.validators == Validators('"v1"', "Mon, 02 Nov 2026 10:00:00 GMT")


def test_request_names_the_product_and_the_true_host():
    with serving(answer(HTML, TYPE)) as server:
        fetch_page(server.url, server.limits(user_agent="newsintel/9 (test)"))
    assert f"Host: 127.0.0.1:{server.port}\r\n".encode() in server.requests[0]
    assert b"User-Agent: newsintel/9 (test)\r\n" in server.requests[0]


def test_unchanged_page_is_not_sent_again():
    with serving(raw(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')) as server:
        got = fetch_page(
            server.url, server.limits(), validators=Validators('"v1"', "Mon, 02 Nov 2026 10:00:00 GMT")
        )
    assert got.is_unchanged and got.body == b""
    assert b'If-None-Match: "v1"\r\n' in server.requests[0]
    assert b"If-Modified-Since: Mon, 02 Nov 2026 10:00:00 GMT\r\n" in server.requests[0]


def test_validators_cannot_smuggle_a_header():
    with serving(answer(HTML, TYPE)) as server:
        fetch_page(server.url, server.limits(), validators=Validators('"v1"\r\nX-Evil: 1'))
    assert b"Evil" not in server.requests[0]


def test_redirects_are_followed_and_kept_in_order():
    def handler(connection, request):
        step = path_of(request)
        targets = {"/": "/a?x=1", "/a?x=1": "b%20c", "/b%20c": "/fin\u00e4l"}
        if step in targets:
            headers = f"Set-Cookie: seen={len(step)}\r\nLocation: {targets[step]}\r\nContent-Length: 0"
            connection.sendall(f"HTTP/1.1 302 Found\r\n{headers}\r\n\r\n".encode())
        else:
            answer(HTML, TYPE)(connection, request)

    with serving(handler) as server:
        got = fetch_page(server.url, server.limits())
    assert got.url == server.url + "fin%C3%A4l"
    assert got.redirects == (server.url, server.url + "a?x=1", server.url + "b%20c")
    assert (
        b"Cookie: seen=6" in server.requests[-1]
    )  # sites that set a cookie and redirect would loop otherwise


def test_chunked_page_is_joined():
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (HTML[:30], HTML[30:])) + b"0\r\n\r\n"
    got = page(
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n" + chunks)
    )
    assert got.body == HTML


def test_page_that_ends_with_the_connection_is_taken():
    assert page(raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + HTML)).body == HTML


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", lambda data: gzip.compress(data[:20]) + gzip.compress(data[20:]) + b"\x00padding"),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("br", brotli.compress),
        ("zstd", zstd.compress),
        ("zstd", lambda data: zstd.compress(data[:20]) + zstd.compress(data[20:])),
        ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
        ("identity", lambda data: data),
        ("", lambda data: data),
    ],
)
def test_compressed_page_is_unpacked(coding, pack):
    text = HTML * 20_000  # more than one piece of every decoder
    assert page(answer(pack(text), TYPE, f"Content-Encoding: {coding}")).body == text


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "compress", "gzip, gzip, gzip"])
def test_broken_compression_is_explained(coding):
    assert failure(answer(b"\x99" * 500, TYPE, f"Content-Encoding: {coding}")).code == "encoding"


# Time


def _drip(head, seconds=30.0):
    def handler(connection, _request):
        connection.sendall(head)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            connection.sendall(b"a")
            time.sleep(0.05)

    return handler


@pytest.mark.parametrize(
    "head",
    [
        b"",  # not even a status line
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n<html>",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<p>a\r\n4;",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: ",
        b"HTTP/1.1 302 Found\r\nLocation: /",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03",
    ],
)
def test_slow_drip_is_cut_at_the_deadline(head):
    started = time.monotonic()
    failed = failure(_drip(head), total_seconds=0.6)
    assert time.monotonic() - started < 20  # the drip goes on for 30 s
    assert (failed.code, failed.permanent) == ("deadline", False)
    assert failed.reason == "The server did not send the page within 0.6 seconds."


def test_deadline_covers_all_redirects_together():
    def handler(connection, _request):
        time.sleep(0.25)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    assert failure(handler, total_seconds=0.6).code == "deadline"


def test_silence_is_cut_at_the_read_limit():
    failed = failure(lambda connection, _request: time.sleep(1.0), read_seconds=0.2)
    assert (failed.code, failed.permanent) == ("timeout", False)
    assert failed.reason == "The server was silent for 0.2 seconds."


def test_default_limits_are_those_of_the_documentation():
    limits = FetchLimits()
    assert (limits.connect_seconds, limits.read_seconds, limits.total_seconds) == (5, 10, 20)
    assert (limits.wire_bytes, limits.decoded_bytes, limits.redirects) == (5 * 1024**2, 10 * 1024**2, 5)
    assert limits.ports == {80, 443} and not limits.allowed_loopback


def test_slow_name_service_is_left_behind(monkeypatch):
    answered = threading.Event()

    def look_up(*_args, **_kwargs):
        answered.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    started = time.monotonic()
    with pytest.raises(FetchFailed, match="could not be looked up in time") as caught:
        fetch_page("http://good.example/", FetchLimits(connect_seconds=0.1))
    assert time.monotonic() - started < 30 and not caught.value.permanent
    answered.set()


# Size


def _endless(head, piece):
    def handler(connection, _request):
        connection.sendall(head)
        while True:
            connection.sendall(piece)

    return handler


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"a" * 4096 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 10000),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03",
            b"name" * 9999,
        ),
    ],
)
def test_endless_body_is_cut_at_the_byte_limit(head, piece):
    failed = failure(_endless(head, piece))
    assert (failed.code, failed.permanent) == ("too-large", True)
    assert failed.reason == "The page is too large: more than 5 MB."


def test_decoded_size_is_limited_on_its_own():
    failed = failure(answer(gzip.compress(b"a" * 11 * 1024**2), TYPE, "Content-Encoding: gzip"))
    assert failed.reason == "The page is too large: more than 10 MB."


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(10_000)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"b" * 60_000) for n in range(20)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX-Zero: a\x00b\r\n\r\n" + HTML,
        b"HTTP/1.1 200 OK\r\nX-Fold: a\r\n b\r\n\r\n" + HTML,
        b"HTTP/1.1 200 OK\r\nX-Cut: a\nno header at all\r\n\r\n" + HTML,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + HTML,
        b"HTTP/1.1 abc OK\r\n\r\n" + HTML,
        b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
        b"\x00\x01\x02\x03" * 100,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000,
    ],
    ids=range(11),
)
def test_header_abuse_is_an_error_and_no_hang(head):
    started = time.monotonic()
    assert failure(raw(head)).code in ("headers", "closed")
    assert time.monotonic() - started < 20  # a hang would take the 20 s of the whole fetch


# The high-water mark of the process's own memory: getrusage would still tell its parent's size from before exec.
BOMB = """
import re, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from articles.fetching.decoding import decode
from articles.fetching import FetchFailed, FetchLimits
from tests.articles.test_fetching import bomb
try:
    decode(bomb({coding!r}), {coding!r}, FetchLimits())
except FetchFailed as failure:
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
    print(failure.code, peak // 1024)
"""


def bomb(coding):
    """About 10 MB that unpack to 10 GB, as a stream of pieces; twice compressed ones to far more."""
    zeros = bytes(1024 * 1024)
    names = coding.split(", ")
    pieces = (zeros for _ in range(10_000))
    for name in names:
        pieces = _packed(pieces, name)
    return pieces


def _packed(pieces, name):
    if name == "gzip":
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        pack, flush = packer.compress, lambda: packer.flush(zlib.Z_SYNC_FLUSH)
    elif name == "br":
        packer = brotli.Compressor(quality=1)
        pack, flush = packer.process, packer.flush
    else:
        packer = zstd.ZstdCompressor(level=1)
        pack, flush = packer.compress, lambda: packer.flush(packer.FLUSH_BLOCK)
    for piece in pieces:
        yield pack(piece) + flush()


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "gzip, gzip", "br, gzip", "zstd, zstd", "gzip, br"])
def test_bomb_is_stopped_in_little_memory(coding, pytestconfig):
    script = BOMB.format(root=str(pytestconfig.rootpath), coding=coding)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True
    )
    code, peak_mebibytes = done.stdout.split()
    assert code == "too-large"
    assert int(peak_mebibytes) < 300


def test_one_piece_that_unpacks_to_gigabytes_is_stopped():
    packed = zstd.compress(bytes(200 * 1024**2))  # 200 MB in a few kilobytes
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    failed = failure(answer(packed, TYPE, "Content-Encoding: zstd"))
    assert failed.code == "too-large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


# Redirects


def test_redirect_loop_is_stopped_after_five():
    with (
        serving(answer(b"", "Location: /", status="302 Found")) as server,
        pytest.raises(FetchFailed) as caught,
    ):
        fetch_page(server.url, server.limits())
    assert len(server.requests) == 6
    assert caught.value.reason == "The address was redirected more than 5 times." and caught.value.permanent


@pytest.mark.parametrize(("hops", "is_fetched"), [(5, True), (6, False)])
def test_fifth_redirect_is_the_last(hops, is_fetched):
    def handler(connection, request):
        number = int(path_of(request)[1:] or 0)
        if number == hops:
            answer(HTML, TYPE)(connection, request)
        else:
            answer(b"", f"Location: /{number + 1}", status="301 Moved")(connection, request)

    if is_fetched:
        assert len(page(handler).redirects) == 5
    else:
        assert failure(handler).code == "redirects"


@pytest.mark.parametrize("header", ["X-None: 1", "Location:", "Location: http://[bad/"])
def test_redirect_to_nowhere_is_explained(header):
    assert failure(answer(b"", header, status="302 Found")).permanent


# Status and silence


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(404, True), (403, True), (410, True), (429, False), (500, False), (503, False), (418, True)],
)
def test_status_says_whether_trying_again_can_help(status, permanent):
    failed = failure(answer(HTML, TYPE, status=f"{status} Some Words"))
    assert (failed.status, failed.permanent, failed.code) == (status, permanent, "status")
    assert str(status) in failed.reason and "Some Words" not in failed.reason


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("99999999", 604800),
        ("soon", None),
        ("-5", None),
        ("Mon, 02 Nov 1990 10:00:00 GMT", 0),
        ("", None),
    ],
)
def test_wish_to_wait_is_passed_on(value, seconds):
    assert failure(answer(b"", f"Retry-After: {value}", status="503 Busy")).retry_after == seconds

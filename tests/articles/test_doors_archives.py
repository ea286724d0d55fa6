"""Archives: zip files and web archives are opened safely."""

import gzip
import io
import stat
import struct
import zipfile
from datetime import UTC, datetime

import pytest
from warcio.archiveiterator import ArchiveIterator

from articles.doors import write_warc
from articles.doors.archives import bare_name
from articles.extraction.types import Page
from tests.articles.test_doors_uploads import HTML, WORDS, read, refusal, warc, zipped


def test_zip_gives_every_file_that_can_be_read():
    opened = read(
        "many.zip",
        zipped(
            ("folder/a.html", HTML),
            ("b.txt", WORDS),
            ("__MACOSX/b.txt", "x"),
            ("c.pdf", HTML),
            ("d.exe", b"MZ\x90\x00"),
            ("e.txt", b""),
            ("f.zip", zipped(("g.txt", WORDS))),
        ),
    )
    assert [(upload.name, upload.kind) for upload in opened.uploads] == [("a.html", "html"), ("b.txt", "txt")]
    assert {skipped.name: skipped.reason for skipped in opened.skipped} == {
        "c.pdf": "The file is named .pdf but is a web page.",
        "d.exe": "The file is a program; these are taken: "
        "PDF, DOCX, EML, MSG, HTML, MHTML, WARC, TXT, MD, and ZIP of these.",
        "e.txt": "The file is empty.",
        "f.zip": "An archive inside another file is not opened.",
    }


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x.txt", "/etc/x.txt", "..\\..\\x.txt", "a/../../x.txt", "C:\\x.txt", "c:x.txt"]
)
def test_zip_slip_is_skipped(name):
    opened = read("a.zip", zipped((name, WORDS), ("good.txt", WORDS)))
    assert [upload.name for upload in opened.uploads] == ["good.txt"]
    assert opened.skipped[0].reason == "Its name points outside the archive."


def test_link_in_a_zip_is_skipped():
    link = zipfile.ZipInfo("x.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "It is a link, not a file." in refusal("a.zip", zipped((link, "/etc/passwd")))


def test_protected_member_is_skipped():
    data = bytearray(zipped(("x.txt", WORDS)))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    assert "protected by a password" in refusal("a.zip", bytes(data))


def test_unusual_compression_is_skipped():
    assert "compressed in an unusual way" in refusal(
        "a.zip", zipped(("x.txt", WORDS), method=zipfile.ZIP_LZMA)
    )


@pytest.mark.parametrize(
    "members", [[("x.txt", bytes(9 * 1024**2))], [(f"{n}.txt", b"a" * 9 * 1024**2) for n in range(12)]]
)
def test_zip_bomb_is_refused(members):
    assert "attack" in refusal("a.zip", zipped(*members))


def test_zip_that_lies_about_sizes_is_refused():
    data = bytearray(zipped(("x.txt", bytes(5 * 1024**2) + WORDS.encode() * 5000)))
    start = data.index(b"PK\x01\x02")
    data[start + 24 : start + 28] = struct.pack("<I", 100)
    assert refusal("a.zip", bytes(data)) in (
        "The archive is damaged.",
        "The archive unpacks to far more than it should; it is taken for an attack.",
    )


def test_zip_of_too_many_files_is_refused():
    assert "more than 500 files" in refusal("a.zip", zipped(*((f"{n}.txt", "x") for n in range(501))))


@pytest.mark.parametrize("data", [b"PK\x03\x04 not really", zipped(("a.txt", WORDS))[:-30]])
def test_damaged_zip_is_refused(data):
    assert refusal("a.zip", data) == "The archive is damaged."


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("../../x.txt", "x.txt"),
        ("C:\\Users\\me\\x.txt", "x.txt"),
        ("a\x00b\n.txt", "ab .txt"),
        ("...", "file"),
        ("", "file"),
        ('a<b>"c".txt', "a_b__c_.txt"),
        (".htaccess", "htaccess"),
    ],
)
def test_names_become_bare(name, bare):
    assert bare_name(name) == bare


# Web archives


@pytest.mark.parametrize(("name", "is_packed"), [("a.warc.gz", True), ("a.warc", False)])
def test_web_archive_gives_its_pages(name, is_packed):
    opened = read(
        name,
        warc(
            ("https://a.example/1", "200 OK", [("Content-Type", "text/html")], HTML),
            ("https://a.example/2", "200 OK", [("Content-Encoding", "gzip")], gzip.compress(HTML)),
            ("https://a.example/3", "404 No", [], HTML),
            ("https://a.example/4", "200 OK", [("Content-Type", "image/png")], b"\x89PNG\r\n\x1a\n"),
            (
                "https://a.example/5",
                "200 OK",
                [("Content-Encoding", "gzip")],
                gzip.compress(bytes(50 * 1024**2)),
            ),
            is_packed=is_packed,
        ),
    )
    assert [(upload.url, upload.page.body) for upload in opened.uploads] == [
        ("https://a.example/1", HTML),
        ("https://a.example/2", HTML),
    ]
    assert opened.uploads[0].page.fetched_at == datetime(2026, 11, 2, 10, 15, tzinfo=UTC)
    assert [skipped.name[-1] for skipped in opened.skipped] == ["3", "4", "5"]


def test_written_archive_reads_back_with_all_its_facts():
    page = Page(
        url="https://a.example/ü?x=1",
        body=HTML,
        content_type="text/html; charset=utf-8",
        headers=(
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Encoding", "gzip"),
            ("X-A", "1\r\nEvil: 2"),
        ),
        requested_url="https://a.example/start",
        redirects=("https://a.example/start", "https://a.example/next"),
        fetched_at=datetime(2026, 11, 2, 10, 15, 0, 250, tzinfo=UTC),
    )
    file = Page(url="", body=b"plain words", content_type="text/plain")
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    archive = write_warc([page, file], written_at=now)
    assert archive == write_warc([page, file], written_at=now)
    records = []
    for record in ArchiveIterator(io.BytesIO(archive.data), check_digests="raise"):
        records.append((record.rec_type, record.content_stream().read(), record))
    assert [kind for kind, _, _ in records] == ["warcinfo", "response", "metadata", "resource", "metadata"]
    response = records[1][2]
    assert records[1][1] == HTML
    assert response.rec_headers.get_header("WARC-Date") == "2026-11-02T10:15:00.000250Z"
    assert response.rec_headers.get_header("WARC-Payload-Digest") == f"sha256:{archive.payload_sha256[0]}"
    assert response.http_headers.get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert response.http_headers.get_header("X-A") == "1 Evil: 2"
    assert b"redirect-2: https://a.example/next" in records[2][1]
    (upload,) = read("own.warc.gz", archive.data).uploads
    assert (upload.page.body, upload.page.url) == (HTML, page.url)


@pytest.mark.parametrize(
    "data", [warc(("https://a.example/1", "200 OK", [], HTML * 99))[:-40], b"WARC/1.0\r\nnonsense"]
)
def test_damaged_web_archive_is_refused(data):
    assert refusal("a.warc.gz" if data[:1] == b"\x1f" else "a.warc", data)

"""A file gives the pages and texts in it; what lies about itself or attacks its reader is refused in plain words."""

import contextlib
import gzip
import io
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from random import Random

import docx
import pypdf
import pytest
import typst

from articles.doors import File, UploadRefused, read_upload
from articles.doors.uploads import detect_kind
from articles.isolation import run_isolated
from tests.articles.outlook_message import outlook_message

HTML = b"<!doctype html><html><head><title>T</title></head><body><p>Some words of a page.</p></body></html>"
WORDS = "The ministry announced new rules for exporters on Monday, and the port of Example will follow them. "


def read(name, data):
    return read_upload(File(name, data))


def refusal(name, data):
    with pytest.raises(UploadRefused) as caught:
        read(name, data)
    return caught.value.reason


def only(name, data):
    (upload,) = read(name, data).uploads
    return upload


def pdf(source):
    return typst.compile(source.encode())


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


# Single files


def test_page_waits_for_extraction():
    upload = only("saved page.html", HTML)
    assert (upload.kind, upload.page.body, upload.text) == ("html", HTML, "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_text_is_read_in_its_encoding(encoding):
    assert only("a.txt", ("Größe zählt. " + WORDS).encode(encoding)).text.startswith(
        "Größe zählt. The ministry"
    )


def test_markdown_keeps_its_marks_and_gives_a_title():
    upload = only("a.md", f"Intro\n\n# The *title* #\n\n{WORDS}".encode())
    assert (upload.kind, upload.title) == ("md", "The *title*")
    assert "# The *title* #" in upload.text


def test_pdf_gives_paragraphs_title_author_and_date():
    words = [f"{first}{second}{third}" for first in "bcdfghjklmnp" for second in "aeiou" for third in "rs"]
    bodies = [
        " ".join(f"The {start}{word} announced rules for exporters." for word in words)
        for start in ("t", "w")
    ]
    source = f"""#set document(title: "Rules for exporters", author: ("Ann Lee", "Bo Chan"))
#set document(date: datetime(year: 2026, month: 11, day: 2))
#set page(height: 12cm, header: [Example Institute Weekly], numbering: "1 / 1")
#set par(justify: true)
= Rules for exporters
{bodies[0]}

{bodies[1]}

Last paragraph of the paper, short.
"""
    upload = only("paper.pdf", pdf(source))
    lines = upload.text.split("\n")
    assert upload.title == "Rules for exporters" and upload.authors == ("Ann Lee", "Bo Chan")
    assert upload.published_at.date() == datetime(2026, 11, 2, tzinfo=UTC).date()
    assert "Example Institute Weekly" not in upload.text
    assert not any(line.strip().startswith(("1 /", "2 /")) for line in lines)
    assert upload.text.count("rules for exporters.") == 240
    assert lines[0] == "Rules for exporters" and len(lines) == 4
    assert lines[-1] == "Last paragraph of the paper, short."


def test_pdf_of_pictures_is_refused():
    assert "only pictures" in refusal("scan.pdf", pdf("#rect()"))


def test_protected_pdf_is_refused():
    writer = pypdf.PdfWriter(pypdf.PdfReader(io.BytesIO(pdf(WORDS))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert refusal("a.pdf", out.getvalue()) == "The PDF is protected by a password."


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_cut_pdf_is_read_or_refused(share):
    whole = pdf(WORDS * 50)
    try:
        assert "ministry" in only("a.pdf", whole[: int(len(whole) * share)]).text
    except UploadRefused as refused:
        assert "PDF" in refused.reason


def word(fill):
    document = docx.Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_docx_gives_paragraphs_and_tables_in_order():
    def fill(document):
        document.core_properties.title = "A finding"
        document.core_properties.author = "Ann Lee; Bo Chan"
        document.core_properties.created = datetime(2026, 11, 2, 10, 15)
        document.add_heading("A finding", 1)
        document.add_paragraph("First paragraph.")
        table = document.add_table(2, 2)
        for cell, text in zip(
            (c for row in table.rows for c in row.cells), ["a", "b", "c", "d"], strict=True
        ):
            cell.text = text
        document.add_paragraph("Last paragraph.")

    upload = only("a.docx", word(fill))
    assert upload.text == "A finding\nFirst paragraph.\na | b\nc | d\nLast paragraph."
    assert (upload.title, upload.authors) == ("A finding", ("Ann Lee", "Bo Chan"))
    assert upload.published_at == datetime(2026, 11, 2, 10, 15, tzinfo=UTC)


def test_docx_with_an_entity_trick_leaks_nothing(tmp_path):
    (tmp_path / "secret").write_text("TOP SECRET")
    names = zipfile.ZipFile(io.BytesIO(word(lambda document: document.add_paragraph("Words here."))))
    doctype = f'<!DOCTYPE w [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    members = []
    for name in names.namelist():
        content = names.read(name).decode("utf-8", "replace")
        if name == "word/document.xml":
            content = content.replace("?>", f"?>{doctype}", 1).replace("Words here.", "Words &x; here.")
        members.append((name, content))
    with contextlib.suppress(UploadRefused):
        assert "SECRET" not in only("a.docx", zipped(*members)).text


@pytest.mark.parametrize("name", ["a.docx"])
def test_empty_or_broken_docx_is_refused(name):
    assert "no text" in refusal(name, word(lambda document: None))
    assert "damaged" in refusal(name, zipped(("word/document.xml", "<w")))
    assert "damaged" in refusal(name, word(lambda document: document.add_paragraph("x"))[:2000])


def test_docx_bomb_is_refused():
    assert "more than 100 MB" in refusal(
        "a.docx", zipped(("word/document.xml", b"<a>" + bytes(120 * 1024**2)))
    )


# Mails


def mail(plain=None, markup=None):
    message = EmailMessage()
    message["From"] = "Ann Lee <ann@news.example>"
    message["To"] = "desk@example.org"
    message["Subject"] = "Größe: =?utf-8?q?caf=C3=A9?= report"
    message["Date"] = "Mon, 02 Nov 2026 10:15:00 +0200"
    message["MIME-Version"] = "1.0"
    if plain is not None:
        message.set_content(plain)
    if markup is not None:
        (message.add_alternative if plain is not None else message.set_content)(markup, subtype="html")
    return message


def test_mail_gives_its_text_sender_and_date():
    plain = "Dear desk,\n\n" + WORDS.replace(" for ", "\nfor ") * 4 + "\n\nAnn"
    upload = only("a.eml", mail(plain, "<p>Other</p>").as_bytes())
    assert upload.text.split("\n")[0] == "Dear desk," and upload.text.split("\n")[-1] == "Ann"
    assert len(upload.text.split("\n")) == 3
    assert upload.title.startswith("Größe") and upload.authors == ("Ann Lee",)
    assert upload.published_at == datetime(2026, 11, 2, 8, 15, tzinfo=UTC)


def test_mail_without_plain_text_is_a_page():
    upload = only("a.eml", mail("Use a better program.", HTML.decode()).as_bytes())
    assert b"Some words of a page." in upload.page.body and upload.text == ""


def test_attachments_are_read_beside_the_mail():
    message = mail(WORDS * 4)
    message.add_attachment(pdf(WORDS * 3), maintype="application", subtype="pdf", filename="../../paper.pdf")
    message.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", filename="logo.png")
    message.add_attachment(b"MZ\x90\x00", maintype="application", subtype="x", filename="run.txt")
    message.add_attachment(
        zipped(("a.txt", WORDS)), maintype="application", subtype="zip", filename="more.zip"
    )
    opened = read("a.eml", message.as_bytes())
    assert [(upload.name, upload.kind) for upload in opened.uploads] == [
        ("a.eml", "eml"),
        ("paper.pdf", "pdf"),
    ]
    assert [skipped.name for skipped in opened.skipped] == ["run.txt", "more.zip"]


def test_mails_in_mails_end_somewhere():
    message = mail(WORDS * 4)
    for _ in range(6):
        outer = mail(WORDS * 4)
        outer.add_attachment(
            message.as_bytes(), maintype="application", subtype="octet-stream", filename="inner.eml"
        )
        message = outer
    opened = read("a.eml", message.as_bytes())
    assert len(opened.uploads) == 3 and "too deep" in opened.skipped[0].reason


@pytest.mark.parametrize("body", [b"", b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n--x--"])
def test_mail_without_words_is_refused(body):
    head = b"From: a@b.example\r\nSubject: x\r\nDate: =?x?y\r\n"
    assert refusal("a.eml", head + (body or b"\r\n")) == "The mail contains no text."


def test_outlook_message_is_read():
    data = outlook_message(subject="Über das Amt", body=WORDS * 4, sender="Ann Lee <ann@news.example>")
    upload = only("a.msg", data)
    assert (upload.kind, upload.title, upload.authors) == ("msg", "Über das Amt", ("Ann Lee",))
    assert upload.text == (WORDS * 4).strip()


def test_damaged_outlook_message_is_refused():
    data = outlook_message(subject="a", body=WORDS, sender="b")
    table = data.index(b"\x1f\x00\x1a\x00")  # the first property
    assert refusal("a.msg", data[: table - 40]).startswith("The Outlook message ")
    assert refusal("a.msg", data[:table] + b"\x48\x00" * 200).startswith("The Outlook message ")


def mhtml():
    head = (
        b"From: <Saved by a browser>\r\nSnapshot-Content-Location: https://news.example/a\r\nSubject: T\r\n"
        b"Date: Mon, 02 Nov 2026 10:15:00 -0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n'
    )
    part = b"--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://news.example/a\r\n\r\n"
    page = HTML.replace(b"=", b"=3D").replace(b"words of", b"words =\r\nof")
    return head + part + page + b"\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"


@pytest.mark.parametrize("name", ["a.mhtml", "a.mht"])
def test_saved_page_is_unpacked(name):
    upload = only(name, mhtml())
    assert (upload.kind, upload.url) == ("mhtml", "https://news.example/a")
    assert upload.page.body.strip() == HTML and upload.page.url == "https://news.example/a"


# Archives


# Damage


def warc(*records, is_packed=True):
    out = b""
    for url, status, headers, body in records:
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers)
        block = f"HTTP/1.1 {status}\r\n{fields}\r\n".encode() + body
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-11-02T10:15:00Z\r\n"
        head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
        record = head.encode() + block + b"\r\n\r\n"
        out += gzip.compress(record) if is_packed else record
    return out


def mutated(data, random):
    data = bytearray(data)
    for _ in range(random.choice([1, 2, 5, 20])):
        place = random.randrange(len(data))
        match random.randrange(4):
            case 0:
                data[place] = random.randrange(256)
            case 1:
                del data[place : place + 30]
            case 2:
                data[place:place] = data[place // 2 : place // 2 + 50]
            case 3:
                data[place:place] = random.choice(
                    [b"\r\n", b"=?x?q?", b'"', b"\x00", b"--b", b"charset=zz", b"99999999"]
                )
    return bytes(data)


@pytest.mark.parametrize("kind", ["pdf", "docx", "eml", "mhtml", "msg", "zip", "warc"])
def test_damaged_file_is_read_or_refused_and_nothing_else(kind):
    whole = {
        "pdf": lambda: pdf(WORDS * 9),
        "docx": lambda: zipped(*_members(word(lambda document: document.add_paragraph(WORDS))), method=0),
        "eml": lambda: mail(WORDS * 4, "<p>x</p>").as_bytes(),
        "mhtml": mhtml,
        "msg": lambda: outlook_message(subject="a", body=WORDS, sender="b"),
        "zip": lambda: zipped(("a.txt", WORDS), ("b.html", HTML)),
        "warc": lambda: warc(("https://a.example/1", "200 OK", [], HTML), is_packed=False),
    }[kind]()
    random = Random(kind)
    for _ in range(60):
        damaged = mutated(whole, random)
        with contextlib.suppress(UploadRefused):
            assert read(f"a.{kind}", damaged).uploads


def _members(data):
    archive = zipfile.ZipFile(io.BytesIO(data))
    return [(name, archive.read(name)) for name in archive.namelist()]


# What a file is


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "The file is empty."),
        ("a.txt", b"  \n ", "The file is empty."),
        ("a.html", pdf(WORDS), "The file is named .html but is a PDF document."),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "The file is a picture;"),
        ("a.pdf", HTML, "The file is named .pdf but is a web page."),
        ("a.docx", zipped(("a.txt", WORDS)), "The file is named .docx but is an archive."),
        ("a.docx", zipped(("xl/workbook.xml", "<a/>")), "The file is a spreadsheet;"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "The file is an old Office document;"),
        ("a.txt", bytes(range(256)) * 10, "The file is binary data;"),
        ("a.exe", WORDS.encode(), "Files named .exe are not taken;"),
        ("noname", WORDS.encode(), "Files named so are not taken;"),
        ("a.gz", b"\x1f\x8b\x08" + bytes(50), "The file is an archive of a kind that is not read;"),
    ],
)
def test_refusal_names_what_the_file_is(name, data, reason):
    assert refusal(name, data).startswith(reason)


def test_page_named_as_text_is_read_as_a_page():
    assert only("a.txt", HTML).kind == "html"


def test_text_that_begins_like_a_mail_but_is_none_stays_text():
    assert detect_kind(File("a.txt", b"Note: this\nRemark: that\nMore words follow here.")) == "txt"


def test_upload_is_read_in_isolation():
    opened = run_isolated(read_upload, File("a.md", b"# T\n\nSome words."))
    assert opened.uploads[0].title == "T"
    with pytest.raises(UploadRefused, match="is empty"):
        run_isolated(read_upload, File("a.md", b""))

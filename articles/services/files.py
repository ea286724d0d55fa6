"""Files handed in: checked by name, size and content, kept as evidence, and read."""

from pathlib import PurePath

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles.extraction.encoding import decode
from articles.extraction.types import Page
from articles.models import Article, Stage
from articles.services.snapshots import store_snapshot
from articles.services.submissions import Submitted, insert_article, join, known_text, say
from articles.services.texts import (
    SubmissionRefused,
    clean_line,
    clean_text,
    paragraphs,
    read_markdown,
    text_hash,
)
from articles.services.versions import NewText, adopt_version, store_version

PAGES = {".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml"}
TEXTS = {".txt": "text/plain", ".md": "text/markdown", ".markdown": "text/markdown"}
# What a file really is, whatever its name says: the first bytes of the common binary formats.
MAGIC = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"\xd0\xcf\x11\xe0": "an old Office document or an Outlook message",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"Rar!": "an archive",
    b"7z\xbc\xaf": "an archive",
}


def submit_file(name: str, data: bytes, *, by: User | None) -> Submitted:
    """Take in one file; pages wait for extraction, texts are ready for analysis. Raises SubmissionRefused."""
    check_size(data)
    file_name = clean_line(PurePath(name.replace("\\", "/")).name, 255) or "file"
    suffix = PurePath(file_name).suffix.lower()
    if suffix not in PAGES and suffix not in TEXTS:
        taken = ", ".join(sorted(PAGES | TEXTS))
        raise SubmissionRefused(f"Files of the kind “{suffix or 'none'}” are not taken; these are: {taken}.")
    check_content(data, suffix)
    if suffix in PAGES:
        return _submit_page(file_name, data, PAGES[suffix], by=by)
    return _submit_plain(file_name, data, suffix, by=by)


def check_size(data: bytes) -> None:
    """Refuse what is empty or too large."""
    limit = settings.UPLOAD_MAX_BYTES
    if not data.strip():
        raise SubmissionRefused("The file is empty.")
    if len(data) > limit:
        raise SubmissionRefused(
            f"The file has {len(data) / 1048576:.1f} MB; at most {limit / 1048576:.0f} MB are taken."
        )


def check_content(data: bytes, suffix: str) -> None:
    """Refuse a binary file that is named like a text. UTF-16 texts hold zero bytes too and are let through."""
    for magic, what in MAGIC.items():
        if data.startswith(magic):
            raise SubmissionRefused(f"The file is named {suffix} but is {what}.")
    head = data[:4096]
    is_wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not is_wide and b"\x00" in data and max(head[0::2].count(0), head[1::2].count(0)) < len(head) // 4:
        raise SubmissionRefused(f"The file is named {suffix} but contains binary data.")


def _submit_page(name: str, data: bytes, content_type: str, *, by: User | None) -> Submitted:
    """A saved page: kept as it is, read by the belt."""
    words, _ = decode(data, content_type)
    if not any(character.isalpha() for character in words):
        raise SubmissionRefused("The file contains no words.")
    with transaction.atomic():
        article, is_new = insert_article(
            None, url="", origin=Article.Origin.FILE, content_hash=text_hash(words), stage=Stage.FETCHED
        )
        if is_new:
            article.title = name
            article.save(update_fields=["title"])
            store_snapshot(article, _page(data, content_type), file_name=name)
        join(article, by=by, batch=None, url="", is_first=is_new)
    return Submitted(article, is_new, say(article, is_new=is_new))


def _submit_plain(name: str, data: bytes, suffix: str, *, by: User | None) -> Submitted:
    """A text file: its words are the article's text."""
    text = clean_text(decode(data)[0])
    blocks = paragraphs(text)
    if suffix != ".txt":
        text, blocks = read_markdown(text)
    heading = next((text[start:end] for kind, start, end, _ in blocks if kind == "heading"), "")
    new = NewText(text=text, title=clean_line(heading or PurePath(name).stem, 1000), blocks=tuple(blocks))
    with transaction.atomic():
        article = known_text(new)
        is_new = article is None
        if article is None:
            article, is_new = insert_article(
                None, url="", origin=Article.Origin.FILE, content_hash=text_hash(text), stage=Stage.FETCHED
            )
        if is_new:
            snapshot = store_snapshot(article, _page(data, TEXTS[suffix]), file_name=name)
            version, _ = store_version(article, new, snapshot=snapshot, by=by)
            adopt_version(article, version)
        join(article, by=by, batch=None, url="", is_first=is_new)
    return Submitted(article, is_new, say(article, is_new=is_new))


def _page(data: bytes, content_type: str) -> Page:
    return Page(url="", body=data, content_type=content_type, fetched_at=timezone.now())

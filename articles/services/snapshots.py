"""Evidence: bytes as received, hashed and chained, so that a later change shows."""

import hashlib
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone

from articles.extraction.types import Page
from articles.models import Article, Snapshot

# Any fixed number will do; it names the right to append to the chain.
CHAIN_LOCK = 7_201_001


def chain_hash(previous: str, sha256: str, address: str, fetched_at: datetime) -> str:
    """SHA-256 over the row before, the bytes' hash, the address and the time (UTC, microseconds), as hex."""
    moment = fetched_at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256("\n".join((previous, sha256, address, moment)).encode()).hexdigest()


def store_snapshot(article: Article, page: Page, *, file_name: str = "") -> Snapshot:
    """Keep the page as evidence at the end of the chain. Call inside a transaction."""
    with connection.cursor() as cursor:  # one appender at a time, until the transaction ends
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    previous = Snapshot.objects.order_by("-id").values_list("chain_hash", flat=True).first() or ""
    digest = hashlib.sha256(page.body).hexdigest()
    fetched_at = page.fetched_at or timezone.now()
    address = (page.url or file_name)[:2000]
    return Snapshot.objects.create(
        article=article,
        requested_url=(page.requested_url or page.url)[:2000],
        final_url=page.url[:2000],
        redirects=list(page.redirects),
        status_code=page.status,
        headers=[[_text(name), _text(value)] for name, value in page.headers],
        content_type=_text(page.content_type)[:200],
        body=zlib.compress(page.body, 6),
        byte_count=len(page.body),
        sha256=digest,
        previous_hash=previous,
        chain_hash=chain_hash(previous, digest, address, fetched_at),
        fetched_at=fetched_at,
        file_name=file_name[:255],
    )


def read_page(snapshot: Snapshot) -> Page:
    """The page as it was kept."""
    return Page(
        url=snapshot.final_url,
        body=zlib.decompress(bytes(snapshot.body)),
        content_type=snapshot.content_type,
        status=snapshot.status_code,
        headers=tuple((name, value) for name, value in snapshot.headers),
        requested_url=snapshot.requested_url,
        redirects=tuple(snapshot.redirects),
        fetched_at=snapshot.fetched_at,
    )


def broken_snapshots() -> Iterator[tuple[int, str]]:
    """Re-hash everything: (id, what is wrong) of each row whose bytes, place in the chain or hash do not agree."""
    previous = ""
    for snapshot in Snapshot.objects.order_by("id").iterator(chunk_size=50):
        try:
            digest = hashlib.sha256(zlib.decompress(bytes(snapshot.body))).hexdigest()
        except zlib.error:
            digest = ""
        address = snapshot.final_url or snapshot.file_name
        if digest != snapshot.sha256:
            yield snapshot.pk, "The stored bytes do not have the recorded hash."
        if snapshot.previous_hash != previous:
            yield snapshot.pk, "The row before it is missing or was changed."
        expected = chain_hash(snapshot.previous_hash, snapshot.sha256, address, snapshot.fetched_at)
        if snapshot.chain_hash != expected:
            yield snapshot.pk, "Address, time or hash were changed after it was kept."
        previous = snapshot.chain_hash


def _text(value: str) -> str:
    """A header as Postgres can keep it: without NUL and lone surrogates."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()

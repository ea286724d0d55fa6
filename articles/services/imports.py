"""Tables of articles: a dry run first, then every row through the same doors as a submission, a hundred at a time."""

import hashlib
import time
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from articles.addresses import BadAddress, canonical_address
from articles.doors import ImportPlan, Row, Table, UploadRefused, plan_import
from articles.isolation import IsolationFailed, run_isolated
from articles.leases import Lease, claim, fail, finish, mine, renew, reset
from articles.models import Address, Article, Batch, TableImport, Version
from articles.services.audit import record_audit
from articles.services.sources import source_at
from articles.services.submissions import Submitted, submit_new_text, submit_url
from articles.services.texts import SubmissionRefused, clean_line, clean_text, paragraphs, text_hash
from articles.services.versions import NewText

MOST_BYTES = 20 * 1024 * 1024  # arbitrary; 50,000 addresses with titles take about 8 MB
PLAN_SECONDS = 40.0  # to read a table in its child process; 50,000 rows take 3 s on an idle core
STEP_SECONDS = 10  # of work in one task, or longer:
READING_SHARE = 3  # at least so many times what reading the table took
CHUNK = 100  # rows in one transaction
MOST_SKIPPED = 1000  # kept by name; the number counts them all
PREVIEW = 8
LOOK_UP = 1000  # keys in one query
ALONE_AFTER = 2  # tries that ended in the middle, after which rows are taken in one by one
SKIP_AFTER = 4  # tries after which the row at which the work ends is passed over

Mapping = tuple[tuple[str, str], ...]
Lines = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an import would do. `lines` is what would be skipped, as (row, why), in the order of the rows."""

    plan: ImportPlan
    new: int
    known: int
    lines: Lines


def forecast_import(name: str, data: bytes, mapping: Mapping = ()) -> Forecast:
    """Read a table and compare it with what is here; writes nothing. Raises SubmissionRefused."""
    if not data.strip():
        raise SubmissionRefused("The file is empty.")
    if len(data) > MOST_BYTES:
        raise SubmissionRefused(
            f"The table has {len(data) / 1048576:.1f} MB; at most {MOST_BYTES / 1048576:.0f} MB are taken. "
            "Please split it."
        )
    try:
        plan = run_isolated(plan_import, Table(data, name, mapping), seconds=PLAN_SECONDS)
    except UploadRefused as refused:
        raise SubmissionRefused(refused.reason) from None
    except IsolationFailed as failed:
        raise SubmissionRefused(f"The table could not be read. {failed.reason}") from None
    return _compare(plan)


def start_import(name: str, data: bytes, *, by: User | None, mapping: Mapping = ()) -> TableImport:
    """Keep a table and what importing it would do; no article is written yet. Raises SubmissionRefused."""
    forecast = forecast_import(name, data, mapping)
    with transaction.atomic():
        row = TableImport.objects.create(
            name=clean_line(name, 255),
            data=zlib.compress(data),
            sha256=hashlib.sha256(data).hexdigest(),
            by=by,
            **_columns(forecast),
        )
        record_audit("plan import", row, by=by, detail={"rows": row.total, "sha256": row.sha256})
    return row


def remap_import(row: TableImport, mapping: Mapping, *, by: User | None) -> TableImport:
    """Try a planned import again with other columns. Raises SubmissionRefused, also once it was confirmed."""
    forecast = forecast_import(row.name, _data(row), mapping)
    with transaction.atomic():
        locked = _planned(row.pk)
        if locked is None:
            raise SubmissionRefused("The import was already started.")
        before = locked.mapping
        for name, value in _columns(forecast).items():
            setattr(locked, name, value)
        locked.save(update_fields=[*_columns(forecast)])
        record_audit("map import", locked, by=by, detail={"mapping": [before, locked.mapping]})
    return locked


@transaction.atomic
def confirm_import(row: TableImport, *, by: User | None) -> TableImport:
    """Let a planned import run, or a failed one try again; the caller hints `import_step`. Others stay as they are."""
    locked = _planned(row.pk)
    if locked is None:
        known = TableImport.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if known.failed_at and reset(known):
            record_audit("retry import", known, by=by, detail={"reason": known.failure_reason})
            known.refresh_from_db()
        return known
    owner = by or locked.by
    locked.batch = Batch.objects.create(by=owner) if owner is not None else None
    locked.stage, locked.counts, locked.skipped = TableImport.ImportStage.RUNNING, {}, []
    locked.save(update_fields=["batch", "stage", "counts", "skipped"])
    TableImport.objects.filter(pk=locked.pk).update(stage_at=Now())
    record_audit("start import", locked, by=by, detail={"rows": locked.total, "mapping": locked.mapping})
    return locked


def run_import_step(import_id: int) -> bool:
    """Take in the next rows for ten seconds or more; True when there is more to do.

    The position moves in the transaction that writes the articles, and only under the lease: no row is taken in
    twice, whoever is killed and whoever comes late.
    """
    seconds = max(settings.LEASE_SECONDS, int(PLAN_SECONDS) * 2)
    lease = claim(TableImport, import_id, stage=TableImport.ImportStage.RUNNING, seconds=seconds)
    if lease is None:
        return False
    row = TableImport.objects.select_related("batch", "by").get(pk=import_id)
    began = time.monotonic()
    try:
        plan = run_isolated(
            plan_import, Table(_data(row), row.name, _pairs(row.mapping)), seconds=PLAN_SECONDS
        )
    except (UploadRefused, IsolationFailed) as failed:
        fail(lease, reason=f"The table could not be read. {failed.reason}")
        return False
    _begin(row, plan)
    now = time.monotonic()
    until = now + max(STEP_SECONDS, READING_SHARE * (now - began))
    while row.position < row.total and time.monotonic() < until:
        if not _advance(lease, row, plan):
            return False
    return _end(lease, row)


def _begin(row: TableImport, plan: ImportPlan) -> None:
    """What the reader skips is part of the report from the first step on."""
    row.total = len(plan.rows)
    if not row.counts:
        row.counts = {"new": 0, "known": 0, "skipped": len(plan.skipped)}
        row.skipped = [[one.name, one.reason] for one in plan.skipped[:MOST_SKIPPED]]


def _advance(lease: Lease, row: TableImport, plan: ImportPlan) -> bool:
    """Take in the next rows in one transaction; False when the lease was lost, and nothing was written."""
    if not renew(lease, seconds=settings.LEASE_SECONDS):
        return False
    end = row.position + (CHUNK if lease.attempt <= ALONE_AFTER else 1)
    is_stuck = lease.attempt > SKIP_AFTER and row.attempts == lease.attempt
    with transaction.atomic():
        if not mine(lease).select_for_update().exists():
            return False
        for one in plan.rows[row.position : end]:
            _count(row, one, None if is_stuck else _take_in(one, row))
        row.position, row.attempts = min(end, row.total), 0
        state = {name: getattr(row, name) for name in ("position", "total", "counts", "skipped", "attempts")}
        return bool(mine(lease).update(**state))


def _end(lease: Lease, row: TableImport) -> bool:
    """Drop the lease; True when there is more to do."""
    if row.position < row.total:
        return finish(lease, stage=TableImport.ImportStage.RUNNING)
    row.skipped.sort(key=_number)
    changes = {"total": row.total, "counts": row.counts, "skipped": row.skipped}
    with transaction.atomic():
        if finish(lease, stage=TableImport.ImportStage.DONE, **changes):
            record_audit("finish import", row, by=None, detail=row.counts)
    return False


def _take_in(one: Row, row: TableImport) -> Submitted | str:
    """What became of one row, or why it was skipped."""
    origin = Article.Origin.IMPORT
    try:
        if one.text:
            submitted = submit_new_text(
                _new_text(one), by=row.by, url=one.url, origin=origin, batch=row.batch
            )
        else:
            submitted = submit_url(one.url, by=row.by, batch=row.batch, origin=origin)
    except SubmissionRefused as refused:
        return refused.reason
    if submitted.is_new:
        _complete(submitted.article, one)
    return submitted


def _complete(article: Article, one: Row) -> None:
    """What a submission has no place for: the title of a page not read yet, the publisher of a text by its address."""
    changes: dict[str, Any] = {}
    if not one.text:
        changes = {"title": one.title[:1000], "site": one.source[:200]}
    elif one.url and article.source_id is None:
        host = canonical_address(one.url).host
        changes = {"source": source_at(host, language=one.language)}
    if changes:
        Article.objects.filter(pk=article.pk).update(**changes)


def _count(row: TableImport, one: Row, became: Submitted | str | None) -> None:
    if isinstance(became, Submitted):
        row.counts["new" if became.is_new else "known"] += 1
        return
    row.counts["skipped"] += 1
    if len(row.skipped) < MOST_SKIPPED:
        row.skipped.append([f"row {one.number}", became or "The work ended several times at this row."])


def _new_text(one: Row) -> NewText:
    """The row as a text; labels and the id it had where it comes from stay beside it. Raises SubmissionRefused."""
    text = clean_text(one.text)
    given = {"labels": "; ".join(one.labels), "id": one.id}
    return NewText(
        text=text,
        title=clean_line(one.title, 1000),
        blocks=tuple(paragraphs(text)),
        byline=clean_line(one.byline, 500),
        published_at=one.published_at,
        site=clean_line(one.source, 200),
        language=one.language[:8],
        findings={name: [value, "import", 1.0] for name, value in given.items() if value},
    )


def _compare(plan: ImportPlan) -> Forecast:
    """Which rows are articles already, here or further up in the table, and which the doors would refuse."""
    keys: list[tuple[str, str]] = []  # (hash of the text, key of the address), "" for none
    lines: list[tuple[int, str]] = []
    for one in plan.rows:
        try:
            keys.append(_keys(one))
        except SubmissionRefused as refused:
            lines.append((one.number, refused.reason))
    texts, addresses = _known({text for text, _ in keys}, {address for _, address in keys})
    new = 0
    for text, address in keys:
        new += text not in texts and address not in addresses
        texts |= {text} - {""}
        addresses |= {address} - {""}
    refused_lines = [(f"row {number}", reason) for number, reason in lines]
    skipped = [(one.name, one.reason) for one in plan.skipped]
    return Forecast(plan, new, len(keys) - new, sorted(skipped + refused_lines, key=_number))


def _keys(one: Row) -> tuple[str, str]:
    try:
        address = canonical_address(one.url).key if one.url else ""
    except BadAddress as bad:
        raise SubmissionRefused(bad.reason) from None
    return (text_hash(clean_text(one.text)) if one.text else "", address)


def _known(texts: set[str], addresses: set[str]) -> tuple[set[str], set[str]]:
    """Those of the hashes and address keys under which an article is here."""
    found: set[str] = set()
    at: set[str] = set()
    for some in _portions(texts - {""}):
        stored = Article.objects.filter(content_hash__in=some).values_list("content_hash", flat=True)
        found |= {str(one) for one in stored}
        found |= set(Version.objects.filter(text_hash__in=some).values_list("text_hash", flat=True))
    for some in _portions(addresses - {""}):
        at |= set(Address.objects.filter(key__in=some).values_list("key", flat=True))
    return found, at


def _portions(keys: set[str]) -> Iterable[list[str]]:
    ordered = sorted(keys)
    return (ordered[start : start + LOOK_UP] for start in range(0, len(ordered), LOOK_UP))


def _number(line: Sequence[str]) -> int:
    """For sorting: 12 for "row 12"."""
    digits = line[0].rpartition(" ")[2]
    return int(digits) if digits.isdecimal() else 0


def _columns(forecast: Forecast) -> dict[str, Any]:
    """The forecast as the columns of a planned import."""
    plan = forecast.plan
    return {
        "mapping": [list(pair) for pair in plan.mapping],
        "total": len(plan.rows),
        "skipped": [list(line) for line in forecast.lines[:MOST_SKIPPED]],
        "forecast": {
            "columns": list(plan.columns),
            "unused": list(plan.unused_columns),
            "rows": [_shown(one) for one in plan.rows[:PREVIEW]],
            "new": forecast.new,
            "known": forecast.known,
            "skipped": len(forecast.lines),
        },
    }


def _shown(one: Row) -> dict[str, Any]:
    """A row for the page of the dry run."""
    day = one.published_at.date().isoformat() if one.published_at else ""
    labels = "; ".join(one.labels)
    return asdict(one) | {"text": one.text[:160], "published_at": day, "labels": labels}


def _planned(import_id: int) -> TableImport | None:
    """The row, locked, while it waits to be confirmed."""
    rows = TableImport.objects.select_for_update(of=("self",))
    return rows.filter(pk=import_id, stage=TableImport.ImportStage.PLANNED).first()


def _data(row: TableImport) -> bytes:
    return zlib.decompress(bytes(row.data))


def _pairs(mapping: list[list[str]]) -> Mapping:
    return tuple((field, column) for field, column in mapping)

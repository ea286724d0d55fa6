"""Reading stored pages again: what changes, what stays, twice, killed workers, texts that changed meanwhile."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from django.urls import reverse

from analysis import tasks
from articles.extraction import EXTRACTOR_VERSION
from articles.extraction.types import Extract, Finding, Verdict
from articles.isolation import IsolationKilled
from articles.models import Article, Audit, Reextraction, Snapshot, Stage, Status, Version
from articles.services import (
    captures,
    extract_and_store,
    older_articles,
    pause_reextraction,
    reextractions,
    replace_text,
    rereading,
    resume_reextraction,
    run_reextraction_step,
    start_reextraction,
    submit_file,
    submit_text,
    withdraw_article,
)
from articles.services.claims import claim_article
from tests.analysis.test_services_judgments import keys, mention_of
from tests.factories import NAMED, analyze_as, make_snapshot, make_url_article

pytestmark = pytest.mark.django_db
OLD = Extract(title="T", text="Amazon came to Chad.\nRead more", byline="By", extractor_version="0")
BETTER = Extract(title="T", text="Amazon came to Chad.", byline="By", extractor_version=EXTRACTOR_VERSION)


@pytest.fixture
def reads(monkeypatch):
    """What the extractor reads from any page; a test may change it."""
    told = {"extract": BETTER}
    monkeypatch.setattr(rereading, "run_isolated", lambda *_args: told["extract"])
    return told


def capture(url: str = "https://example.org/news/1", extract: Extract = OLD) -> Article:
    """An article as the old extractor read it, analyzed."""
    article = make_url_article(url)
    make_snapshot(article, f"<p>{url}</p>", url=url)
    Article.objects.filter(pk=article.pk).update(stage=Stage.FETCHED)
    lease = claim_article(article.pk, stage=Stage.FETCHED)
    captures.store_extract(lease, extract, article.snapshots.get())
    article.refresh_from_db()
    return analyze_as(article, NAMED) if not article.hold_reason else article


@pytest.fixture
def captured(db) -> Article:
    return capture()


def run(*articles: Article) -> Reextraction:
    """One job over these articles, to its end."""
    job = start_reextraction([article.pk for article in articles], reason="better", by=None)
    while run_reextraction_step(job.pk).has_more:
        pass
    job.refresh_from_db()
    return job


def test_better_reading_becomes_a_version_and_is_analyzed(captured, reads):
    old = captured.version
    job = run(captured)
    captured.refresh_from_db()
    assert (job.stage, job.position, job.counts) == ("done", 1, {"changed": 1})
    assert job.changes == [
        {
            "article": captured.pk,
            "outcome": "changed",
            "fields": ["text"],
            "before": old.pk,
            "after": captured.version_id,
            "note": "",
        }
    ]
    assert captured.version.text == "Amazon came to Chad."
    assert captured.version.snapshot == old.snapshot
    assert captured.stage == Stage.EXTRACTED
    assert Audit.objects.get(verb="extract again").detail["version"] == [1, 2]


def test_twice_changes_nothing(captured, reads):
    run(captured)
    captured.refresh_from_db()
    analyze_as(captured, NAMED)
    again = run(captured)
    assert (again.counts, again.changes) == ({"unchanged": 1}, [])
    assert captured.versions.count() == 2
    captured.refresh_from_db()
    assert captured.stage == Stage.ANALYZED


def test_same_reading_only_notes_who_reads_it_now(captured, reads):
    reads["extract"] = Extract(
        title="T",
        text=OLD.text,
        byline="By",
        extractor_version=EXTRACTOR_VERSION,
        findings={"country": Finding("TD", "x", 0.9)},
    )
    assert captured.pk in older_articles()
    assert run(captured).counts == {"unchanged": 1}
    version = captured.versions.get()
    assert (version.extractor_version, version.findings["country"]) == (EXTRACTOR_VERSION, ["TD", "x", 0.9])
    assert captured.pk not in older_articles()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "Another"}, "title"),
        ({"byline": "Jane Doe"}, "byline"),
        ({"section": "World"}, "section"),
        ({"is_paywalled": True}, "paywalled"),
        ({"findings": {"lead_image": Finding("https://example.org/a.jpg", "og:image", 0.8)}}, "lead image"),
    ],
)
def test_metadata_alone_makes_a_version(captured, reads, change, field):
    values = {"title": "T", "text": OLD.text, "byline": "By", "extractor_version": EXTRACTOR_VERSION} | change
    reads["extract"] = Extract(**values)
    job = run(captured)
    assert job.changes[0]["fields"] == [field]
    captured.refresh_from_db()
    assert captured.version.number == 2
    assert run(captured).counts == {"unchanged": 1}


def test_judgment_carries_over_to_the_new_text(captured, reads, analyst):
    from analysis.services import judge_mention

    judge_mention(mention_of(captured, "Amazon"), decision="reject", scope="article", by=analyst)
    run(captured)
    analyze_as(captured, NAMED)
    assert keys(captured) == {"country:TD"}


def test_text_given_by_a_person_stays(captured, reads, analyst):
    replace_text(captured, "Written by hand, about Chad.", by=analyst)
    pasted = submit_text("Pasted words about Chad.", by=analyst).article
    job = run(captured, pasted)
    assert job.counts == {"passed over": 2}
    assert "A person gave its text" in job.changes[0]["note"]
    captured.refresh_from_db()
    assert captured.version.text == "Written by hand, about Chad."
    assert captured.pk not in older_articles()


def test_reading_that_is_no_article_is_set_aside(captured, reads):
    reads["extract"] = Extract(title="T", text="We use cookies.", verdict=Verdict.NOT_ARTICLE)
    job = run(captured)
    captured.refresh_from_db()
    assert (job.counts, captured.version.number, captured.hold_reason) == ({"set aside": 1}, 1, "")
    assert "does not look like an article" in job.changes[0]["note"]
    assert captured.versions.count() == 2
    assert run(captured).counts == {"unchanged": 1}


def test_article_that_waits_is_let_go_when_it_reads_as_one(reads):
    held = capture(extract=Extract(title="T", text="Cookies?", verdict=Verdict.NOT_ARTICLE))
    assert held.status == Status.REVIEW
    run(held)
    held.refresh_from_db()
    assert (held.hold_reason, held.stage, held.version.verdict) == ("", "extracted", "article")


def test_article_that_waits_goes_on_waiting(reads):
    held = capture(extract=Extract(title="T", text="Cookies?", verdict=Verdict.NOT_ARTICLE))
    reads["extract"] = Extract(title="T", text="We use cookies.", verdict=Verdict.NOT_ARTICLE)
    run(held)
    held.refresh_from_db()
    assert held.status == Status.REVIEW
    assert held.version.number == 2


def test_failed_reading_is_tried_again(reads, monkeypatch):
    article = make_url_article()
    make_snapshot(article)
    Article.objects.filter(pk=article.pk).update(stage=Stage.FETCHED)

    def killed(*_args: object) -> None:
        raise IsolationKilled("It took too long.", code="time")

    monkeypatch.setattr(captures, "run_isolated", killed)
    extract_and_store(claim_article(article.pk, stage=Stage.FETCHED))
    assert older_articles() == [article.pk]
    assert run(article).counts == {"changed": 1}
    article.refresh_from_db()
    assert (article.failed_at, article.stage, article.source.host) == (None, "extracted", "example.org")


def test_page_that_kills_its_reader_is_passed_over(captured, monkeypatch):
    def killed(*_args: object) -> None:
        raise IsolationKilled("It took longer than 9 seconds.", code="time")

    monkeypatch.setattr(rereading, "run_isolated", killed)
    job = run(captured)
    assert job.counts == {"passed over": 1}
    assert "longer than 9 seconds" in job.changes[0]["note"]


def test_uploaded_document_is_read_again_from_its_bytes(analyst):
    article = submit_file("note.md", b"# Chad\n\nAmazon came to **Chad**.", by=analyst).article
    text = article.version.text
    Version.objects.filter(article=article).update(text="Worse.", text_hash="0" * 64)
    run(article)
    article.refresh_from_db()
    assert (article.version.number, article.version.text) == (2, text)
    assert "Amazon came to Chad." in text


@pytest.mark.parametrize("change", ["refetched", "withdrawn", "replaced", "gone"])
def test_text_that_changed_meanwhile_is_left_alone(captured, analyst, monkeypatch, change):
    def slow(*_args: object) -> Extract:
        if change == "refetched":
            Article.objects.filter(pk=captured.pk).update(stage=Stage.SUBMITTED)
        elif change == "withdrawn":
            withdraw_article(captured, by=analyst)
        elif change == "replaced":
            replace_text(captured, "By hand.", by=analyst)
        else:
            Article.objects.filter(pk=captured.pk).update(version=None, stage=Stage.SUBMITTED)
            Version.objects.all().delete()
            Snapshot.objects.all().delete()
            Article.objects.filter(pk=captured.pk).delete()
        return BETTER

    monkeypatch.setattr(rereading, "run_isolated", slow)
    assert run(captured).counts == {"passed over": 1}
    assert not Version.objects.filter(text=BETTER.text).exists()


def test_lost_lease_writes_nothing(captured, reads, monkeypatch):
    job = start_reextraction([captured.pk], reason="", by=None)

    def stolen(article_id: int) -> rereading.Reading:
        Reextraction.objects.filter(pk=job.pk).update(lease_token="00000000-0000-0000-0000-000000000001")
        return rereading.reread(article_id)

    monkeypatch.setattr(reextractions, "reread", stolen)
    assert run_reextraction_step(job.pk) == reextractions.Step()
    job.refresh_from_db()
    captured.refresh_from_db()
    assert (job.position, captured.version.number, captured.versions.count()) == (0, 1, 1)


def test_killed_worker_is_followed_by_the_next(captured, reads):
    other = capture("https://example.org/news/2")
    job = start_reextraction([captured.pk, other.pk], reason="", by=None)
    Reextraction.objects.filter(pk=job.pk).update(
        position=1,
        lease_token="00000000-0000-0000-0000-000000000001",
        lease_until=Now() - timedelta(seconds=1),
        attempts=1,
    )
    step = run_reextraction_step(job.pk)
    job.refresh_from_db()
    assert (step.opened, job.stage, job.position) == ((other.pk,), "done", 2)


def test_article_that_kills_workers_is_passed_over(captured, reads):
    other = capture("https://example.org/news/2")
    job = start_reextraction([captured.pk, other.pk], reason="", by=None)
    Reextraction.objects.filter(pk=job.pk).update(attempts=3)
    run_reextraction_step(job.pk)
    job.refresh_from_db()
    assert job.counts == {"passed over": 1, "changed": 1}
    assert "ended several times" in job.changes[0]["note"]


def test_two_workers_do_not_share_a_job(captured, reads):
    job = start_reextraction([captured.pk], reason="", by=None)
    Reextraction.objects.filter(pk=job.pk).update(
        lease_token="00000000-0000-0000-0000-000000000001", lease_until=Now() + timedelta(seconds=60)
    )
    assert run_reextraction_step(job.pk) == reextractions.Step()


def test_paused_job_stands_still_and_goes_on(captured, reads, analyst):
    job = start_reextraction([captured.pk], reason="", by=analyst)
    pause_reextraction(job, by=analyst)
    assert run_reextraction_step(job.pk) == reextractions.Step()
    resume_reextraction(job, by=analyst)
    assert run_reextraction_step(job.pk).opened == (captured.pk,)


def test_pause_takes_effect_at_the_next_article(captured, reads, analyst, monkeypatch):
    other = capture("https://example.org/news/2")
    job = start_reextraction([captured.pk, other.pk], reason="", by=analyst)

    def pausing(article_id: int) -> rereading.Reading:
        pause_reextraction(job, by=analyst)
        return rereading.reread(article_id)

    monkeypatch.setattr(reextractions, "reread", pausing)
    step = run_reextraction_step(job.pk)
    job.refresh_from_db()
    assert (step, job.position, job.stage) == (reextractions.Step((captured.pk,)), 1, "running")


def test_step_ends_and_asks_for_the_next(captured, reads, monkeypatch):
    monkeypatch.setattr(reextractions, "STEP_SECONDS", -1)
    assert run_reextraction_step(start_reextraction([captured.pk], reason="", by=None).pk).has_more


def test_task_runs_twice_and_reconciler_finds_the_job(
    captured, reads, django_capture_on_commit_callbacks, monkeypatch
):
    hinted = []
    monkeypatch.setattr(tasks, "hint", lambda task, pk: hinted.append((task.name.rsplit(".", 1)[-1], pk)))
    job = start_reextraction([captured.pk], reason="", by=None)
    tasks.reconcile()
    assert ("reextraction_step", job.pk) in hinted
    hinted.clear()
    tasks.reextraction_step(job.pk)
    tasks.reextraction_step(job.pk)
    assert hinted == [("analyze_article", captured.pk)]
    tasks.reconcile()
    assert ("reextraction_step", job.pk) not in hinted


def test_command_reads_what_is_due(captured, reads, capsys):
    call_command("reextract", "--older", "--now")
    assert "1 articles, done. 1 changed" in capsys.readouterr().out
    call_command("reextract", "--older", "--now")
    assert "Nothing to read again" in capsys.readouterr().out
    call_command("reextract", str(captured.pk))
    assert "running" in capsys.readouterr().out
    with pytest.raises(CommandError, match="numbers"):
        call_command("reextract")


class TestPages:
    """Works, anonymous, stranger, wrong method."""

    def test_one_article_from_its_evidence_page(self, page, captured, reads):
        evidence = page.get(reverse("articles:article_evidence", args=[captured.pk]))
        assert b"Read the stored page again" in evidence.content
        answer = page.post(reverse("articles:article_reextract", args=[captured.pk]), follow=True)
        job = Reextraction.objects.get()
        assert (job.article_ids, answer.redirect_chain[-1][0]) == ([captured.pk], job.get_absolute_url())
        run_reextraction_step(job.pk)
        told = page.get(job.get_absolute_url()).content.decode()
        assert "1 changed" in told
        assert f"/articles/{captured.pk}/differences/{captured.versions.get(number=1).pk}/" in told

    def test_all_that_are_due(self, page, captured, reads):
        answer = page.get(reverse("articles:reextraction_list"))
        assert b"Read 1 article again" in answer.content
        page.post(reverse("articles:reextraction_start"))
        job = Reextraction.objects.get()
        run_reextraction_step(job.pk)
        again = page.post(reverse("articles:reextraction_start"), follow=True)
        assert b"read by the present extractor" in again.content
        assert Reextraction.objects.count() == 1

    def test_pause_and_resume(self, page, captured):
        job = start_reextraction([captured.pk], reason="", by=None)
        page.post(reverse("articles:reextraction_pause", args=[job.pk]))
        assert b"Go on" in page.get(job.get_absolute_url()).content
        page.post(reverse("articles:reextraction_resume", args=[job.pk]))
        assert b"Pause" in page.get(job.get_absolute_url()).content

    @pytest.mark.parametrize(
        ("name", "is_post"),
        [
            ("list", False),
            ("detail", False),
            ("start", True),
            ("pause", True),
            ("resume", True),
            ("article", True),
        ],
    )
    def test_who_may(self, client, captured, contributor, analyst, name, is_post):
        job = start_reextraction([captured.pk], reason="", by=None)
        if name == "article":
            url = reverse("articles:article_reextract", args=[captured.pk])
        else:
            url = reverse(f"articles:reextraction_{name}", args=[] if name in ("list", "start") else [job.pk])
        ask = client.post if is_post else client.get
        assert ask(url).status_code == 302
        assert "login" in ask(url)["Location"]
        client.force_login(contributor)
        assert ask(url).status_code == 403
        client.force_login(analyst)
        wrong = client.get if is_post else client.post
        assert wrong(url).status_code == 405

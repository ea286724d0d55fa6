"""Hints: after the commit, and never an error for the one who gives them."""

import logging
import time

import pytest
from celery import Celery
from django.db import transaction

from analysis.tasks import fetch_article
from articles.hints import hint
from articles.services import submit_url


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere/valkey.sock"])
def test_dead_broker_costs_no_submission(caplog, analyst, settings, broker):
    elsewhere = Celery("elsewhere", broker=broker, set_as_current=False)
    elsewhere.conf.task_publish_retry_policy = settings.CELERY_TASK_PUBLISH_RETRY_POLICY
    elsewhere.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS

    @elsewhere.task(ignore_result=True)
    def look(_: int) -> None:
        raise AssertionError("nobody listens there")

    started = time.monotonic()
    with caplog.at_level(logging.WARNING), transaction.atomic():
        article = submit_url("https://example.org/a", by=analyst).article
        hint(look, article.pk)
    assert (
        time.monotonic() - started < 20
    )  # without a policy of its own the broker's client would try for ever
    assert "waits for the reconciler" in caplog.text
    article.refresh_from_db()


@pytest.mark.django_db
def test_rolled_back_transaction_sends_nothing(monkeypatch, django_capture_on_commit_callbacks):
    sent: list[int] = []
    monkeypatch.setattr(fetch_article, "delay", sent.append)
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        hint(fetch_article, 1)
        _ = 1 / 0
    assert sent == []
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        hint(fetch_article, 2)
    assert sent == [2]

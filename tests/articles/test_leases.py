"""Leases: one holder at a time, proved by a token, ending by itself."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from articles.leases import claim, fail, finish, give_back, renew, reset
from articles.models import Article, Stage
from tests.factories import make_url_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(db):
    return make_url_article()


def take(row, seconds=60):
    return claim(Article, row.pk, stage=Stage.SUBMITTED, seconds=seconds)


def test_claim_is_exclusive(row):
    assert take(row) is not None
    assert take(row) is None


def test_claim_needs_the_stage(row):
    assert claim(Article, row.pk, stage=Stage.FETCHED, seconds=60) is None


def test_expired_lease_is_taken_over_and_the_first_holder_loses(row):
    first = take(row, seconds=-1)
    second = take(row)
    assert (first.attempt, second.attempt) == (1, 2)
    for late in (
        renew(first, seconds=60),
        finish(first, stage=Stage.FETCHED),
        fail(first, reason="x"),
        give_back(first, retry_in=timedelta()),
    ):
        assert not late
    assert finish(second, stage=Stage.FETCHED)


def test_finish_moves_on_and_resets_the_counter(row):
    finish(take(row), stage=Stage.FETCHED)
    row.refresh_from_db()
    assert (row.stage, row.attempts, row.lease_token, row.lease_until) == (Stage.FETCHED, 0, None, None)


def test_given_back_row_waits(row):
    give_back(take(row), retry_in=timedelta(seconds=60))
    assert take(row) is None
    Article.objects.update(retry_at=Now() - timedelta(seconds=1))
    assert take(row).attempt == 2


def test_turn_that_had_not_come_is_not_counted(row):
    give_back(take(row), retry_in=timedelta(seconds=-1), is_counted=False)
    assert take(row).attempt == 1


def test_failed_row_is_free_only_after_reset(row):
    fail(take(row), reason="")
    row.refresh_from_db()
    assert row.failure_reason == "Unknown reason."
    assert take(row) is None
    reset(row)
    assert take(row).attempt == 1


@pytest.mark.parametrize(
    "half",
    [{"lease_until": Now()}, {"failed_at": Now()}, {"failure_reason": "x"}, {"stage": Stage.EXTRACTED}],
)
def test_database_refuses_half_states(row, half):
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=row.pk).update(**half)

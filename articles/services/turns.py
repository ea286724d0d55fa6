"""Politeness: one request to a host at a time, with a pause between two, over all workers."""

from datetime import timedelta

from django.conf import settings
from django.db.models import ExpressionWrapper, F, FloatField, Func
from django.db.models.functions import Greatest, Now

from articles.models import Host

PATIENCE = 1.5  # seconds a worker waits by itself; for longer the article is put back


class Seconds(Func):
    """An interval as seconds."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    output_field = FloatField()


def take_turn(host: str) -> tuple[bool, float]:
    """Whether this worker may ask the host, and how many seconds from now (or when to come again)."""
    row, _ = Host.objects.get_or_create(name=host[:253])
    delay = timedelta(milliseconds=settings.FETCH_HOST_DELAY_MS)
    near = Host.objects.filter(pk=row.pk, next_at__lte=Now() + timedelta(seconds=PATIENCE))
    took = near.update(next_at=Greatest(F("next_at"), Now()) + delay)
    waiting = Seconds(ExpressionWrapper(F("next_at") - Now(), output_field=FloatField()))
    left = Host.objects.annotate(left=waiting).values_list("left", flat=True).get(pk=row.pk)
    return bool(took), max(0.0, left - delay.total_seconds() if took else left)

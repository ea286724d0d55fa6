"""The Celery application: `celery -A newsintel worker -Q fetch,analyze`."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_ready

from articles.isolation import prepare_isolation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsintel.settings")

app = Celery("newsintel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def load_model_before_forking(**_: Any) -> None:
    """Load spaCy, the recognizer and the knowledge tables once; children share the memory copy-on-write."""
    from analysis.services import warm_up  # noqa: PLC0415  (Django is set up only when the worker starts)

    prepare_isolation(
        "articles.extraction", "articles.doors"
    )  # one clean parent of all parsers, for all children
    warm_up()
    gc.collect()
    gc.freeze()


@worker_ready.connect
def reconcile_at_start(**_: Any) -> None:
    """Whatever was left lying while no worker ran is hinted at once instead of at beat's next tick."""
    from analysis.tasks import reconcile  # noqa: PLC0415

    reconcile.delay()

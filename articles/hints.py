"""Tell a worker to look at a row: after commit, and without ever failing the request that says so."""

import logging
from typing import Any

from django.db import transaction

log = logging.getLogger(__name__)


def hint(task: Any, row_id: int) -> None:
    """Send `task(row_id)` once the transaction is committed; a dead broker is logged, the reconciler makes up for it.

    A lambda, not functools.partial: Django's logging of a failed robust callback reads `__qualname__`.
    """
    transaction.on_commit(lambda: _send(task, row_id), robust=True)


def _send(task: Any, row_id: int) -> None:
    try:
        task.delay(row_id)
    except task.OperationalError:
        log.warning("The broker does not answer; row %s waits for the reconciler.", row_id)

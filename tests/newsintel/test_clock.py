"""Beat: it knows the same schedule and routes as the workers, and loads nothing of the application."""

import subprocess
import sys

from newsintel.celery import app
from newsintel.clock import clock

CODE = """
import sys
from newsintel.clock import clock
from celery.apps.beat import Beat
beat = Beat(app=clock, schedule=sys.argv[1], quiet=True)
beat.init_loader()
clock.finalize()
heavy = {"spacy", "numpy", "onnxruntime", "trafilatura", "analysis", "articles", "reports", "django.db.models"}
print(sorted(heavy & set(sys.modules)))
"""


def test_schedule_and_routes_are_the_workers() -> None:
    assert clock.conf.beat_schedule == app.conf.beat_schedule
    assert clock.conf.task_routes == app.conf.task_routes
    assert clock.conf.task_default_queue == app.conf.task_default_queue
    assert clock.conf.broker_url == app.conf.broker_url


def test_every_scheduled_name_is_a_task_the_workers_know() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in clock.conf.beat_schedule.values()} <= set(app.tasks)


def test_beat_loads_nothing_of_the_application(tmp_path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path / "schedule")], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"

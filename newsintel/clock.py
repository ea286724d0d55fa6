"""The Celery application of beat alone: it sends names of tasks on time and imports none of them.

With the whole application loaded beat would hold about 130 MB for the sake of sending a few words.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsintel.settings")

clock = Celery("newsintel", fixups=[])  # no fixups: Django is not set up, only its settings are read
clock.config_from_object("django.conf:settings", namespace="CELERY")

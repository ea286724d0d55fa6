"""The web application gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from newsintel.celery import app as celery_app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsintel.settings")

application = get_wsgi_application()

__all__ = ["application", "celery_app"]  # importing the Celery application gives views' hints their broker

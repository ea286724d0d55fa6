"""Django's command line; `python3 up.py manage …` runs it inside the prepared environment."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsintel.settings")
    import newsintel.celery  # noqa: F401  (gives commands' hints their broker)

    execute_from_command_line(sys.argv)

"""What we hand on."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """What we hand on."""

    name = "reports"
    verbose_name = "What we hand on"

"""What we work out."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """What we work out."""

    name = "analysis"
    verbose_name = "What we work out"

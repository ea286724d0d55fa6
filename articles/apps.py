"""What we take in."""

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    """What we take in."""

    name = "articles"
    verbose_name = "What we take in"

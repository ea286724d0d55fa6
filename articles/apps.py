"""What we take in."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

# Contributors hand in and see their own; analysts see, judge and export all; administrators may do everything.
ROLES = {
    "contributor": ("add_article",),
    "analyst": ("add_article", "view_article", "judge_article", "export_article"),
    "administrator": ("add_article", "view_article", "judge_article", "export_article", "change_article"),
}


class ArticlesConfig(AppConfig):
    """What we take in."""

    name = "articles"
    verbose_name = "What we take in"

    def ready(self) -> None:
        post_migrate.connect(make_roles, sender=self, dispatch_uid="articles.make_roles")


def make_roles(*, using: str, **_: Any) -> None:
    """Make the three groups after every migrate; what an administrator added to a group by hand stays."""
    from django.contrib.auth.management import create_permissions  # noqa: PLC0415  (apps are not loaded earlier)
    from django.contrib.auth.models import Group, Permission  # noqa: PLC0415

    create_permissions(apps.get_app_config("articles"), using=using, verbosity=0)
    permissions = Permission.objects.using(using).filter(content_type__app_label="articles")
    for role, names in ROLES.items():
        group, _is_new = Group.objects.using(using).get_or_create(name=role)
        group.permissions.add(*permissions.filter(codename__in=names))

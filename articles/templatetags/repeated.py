"""Parts that a page repeats by the dozen, by Jinja: compiled, they take a fraction of the time (decision 21)."""

from collections.abc import Callable, Iterable
from typing import Any

from django import template
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, StrictUndefined

from articles.models.links import page_address
from articles.templatetags.charts import share
from articles.templatetags.reading import day, icon, moment, short, thousands

register = template.Library()
ARTICLES, ENTITIES = "repeated/articles.jinja", "repeated/entities.jinja"


def environment(**options: Any) -> Environment:
    """Jinja's, as the settings name it: a name that nothing has is an error, everything is escaped."""
    made = Environment(**options | {"undefined": StrictUndefined, "autoescape": True})  # noqa: S701 (it is on)
    made.filters |= {"day": day, "moment": moment, "share": share, "short": short, "thousands": thousands}
    made.globals |= {"icon": icon, "url": page_address}
    return made


def macro(file: str, name: str) -> Callable[..., str]:
    """One of the macros of a file."""
    backend = engines["jinja2"]
    assert isinstance(backend, Jinja2)  # noqa: S101 (the settings name it so)
    found: Callable[..., str] = getattr(backend.env.get_template(file).module, name)
    return found


def rendered(file: str, name: str, *args: Any, **options: Any) -> SafeString:
    """What a macro makes of its arguments."""
    return mark_safe(macro(file, name)(*args, **options))  # noqa: S308 (Jinja escaped what it was given)


@register.simple_tag
def article_rows(rows: Iterable[Any], *, can_pick: bool = False, seen_at: Any = None) -> SafeString:
    """Lines of a list of articles (`analysis.search.Row`); what is newer than `seen_at` gets a dot."""
    return rendered(ARTICLES, "article_rows", rows, can_pick, seen_at)


@register.simple_tag
def row_hands(article: Any, *, swap: bool = False) -> SafeString:
    """State, assignee and labels of an article; with `swap` they take the place of those on the page."""
    return rendered(ARTICLES, "row_hands", article, swap)


@register.simple_tag
def facet_lines(lines: Iterable[Any]) -> SafeString:
    """Lines of one facet."""
    return rendered(ARTICLES, "facet_lines", lines)


@register.simple_tag
def rank_rows(counts: Iterable[Any], href: str, measure: str) -> SafeString:
    """Entities with a bar each, the first has the longest; `href` is an address that `tag` can be added to."""
    return rendered(ENTITIES, "rank_rows", list(counts), href, measure)


@register.simple_tag
def country_rows(countries: Iterable[Any], href: str, measure: str) -> SafeString:
    """Rows of the table that the map is drawn from."""
    return rendered(ENTITIES, "country_rows", countries, href, measure)


@register.simple_tag
def rising_rows(rows: Iterable[Any], href: str) -> SafeString:
    """What is named more than usual."""
    return rendered(ENTITIES, "rising_rows", rows, href)


@register.simple_tag
def companion_rows(others: Iterable[Any], href: str) -> SafeString:
    """Entities named together with another one, the strongest first."""
    return rendered(ENTITIES, "companion_rows", list(others), href)


@register.simple_tag
def alias_rows(aliases: Iterable[Any], name: str, token: str = "") -> SafeString:
    """The names of an entity; with a CSRF token each but the entity's own can be split off."""
    return rendered(ENTITIES, "alias_rows", aliases, name, token)

"""Names for the search box while it is typed in: fields, then values of their kind."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import connection

from analysis.models import Tag
from analysis.query import Completion, complete
from analysis.query.completing import fields_like, fixed_values
from articles.models import Article, Source

OFFERED = 8
LEAST = 2  # letters of a name before it is looked up
# Names and aliases that begin so, then those with a word that does; the index on upper(name) answers the first,
# trigrams the second.
NAMES = """
WITH found AS (
  SELECT id, 0 AS place FROM analysis_entity WHERE upper(name) LIKE %(begins)s
  UNION ALL SELECT entity_id, 0 FROM analysis_alias WHERE upper(surface) LIKE %(begins)s
  {inside}
)
SELECT entity.id, entity.key, entity.kind, entity.name, entity.article_count FROM analysis_entity AS entity
JOIN (SELECT id, min(place) AS place FROM found GROUP BY id) AS best ON best.id = entity.id
WHERE entity.merged_into_id IS NULL AND (%(kinds)s::text[] = '{{}}' OR entity.kind = ANY(%(kinds)s)) {visible}
ORDER BY best.place, entity.article_count DESC, entity.name LIMIT %(limit)s
"""
INSIDE = """
  UNION ALL SELECT id, 1 FROM analysis_entity WHERE upper(name) LIKE %(inside)s
  UNION ALL SELECT entity_id, 1 FROM analysis_alias WHERE upper(surface) LIKE %(inside)s
"""
VISIBLE = "AND (entity.is_known OR entity.id = ANY(%(own)s))"


def offers(text: str, at: int, user: User | AnonymousUser) -> dict[str, Any]:
    """What could stand at place `at` of the query; empty when nothing is to be completed."""
    wanted = complete(text, at)
    found = list(choices(wanted, user))[:OFFERED] if wanted else []
    return {
        "start": wanted.start if wanted else at,
        "end": wanted.end if wanted else at,
        "offers": found,
    }


def choices(wanted: Completion, user: User | AnonymousUser) -> Iterable[dict[str, str]]:
    """The choices for what is being typed, the likeliest first."""
    if wanted.field:
        yield from values(wanted, user)
        return
    for entry in fields_like(wanted.typed):
        yield {"text": f"{entry.field}:", "label": f"{entry.field}:", "hint": entry.meaning, "kind": ""}
    for row in names_like(wanted.typed, (), user):
        field = FIELD_OF.get(row["kind"], "tag")
        written = Completion(field, "", 0, 0).written(row["name"])
        yield {"text": f"{written} ", "label": row["name"], "hint": row["kind"], "kind": row["kind"]}


FIELD_OF = {
    "country": "country", "company": "company", "researcher": "researcher", "person": "person", "place": "place",
    "organization": "org", "government": "org", "igo": "org", "media": "org", "threat": "threat",
    "malware": "threat", "product": "product",
}  # fmt: skip


def values(wanted: Completion, user: User | AnonymousUser) -> Iterable[dict[str, str]]:
    """Values of the field that is being filled."""
    kinds = wanted.entity_kinds
    if kinds is not None:
        for row in names_like(wanted.words, kinds, user):
            text = wanted.written(row["name"])
            end = "" if text.endswith(">") else " "
            yield {"text": text + end, "label": row["name"], "hint": row["kind"], "kind": row["kind"]}
        return
    said = fixed_values(wanted.field, wanted.words) or other_values(wanted, user)
    for value in said:
        yield {"text": f"{wanted.written(value)} ", "label": value, "hint": wanted.field, "kind": ""}


def other_values(wanted: Completion, user: User | AnonymousUser) -> list[str]:
    """Hosts of sources, people who look after articles, labels in use."""
    begins = wanted.words
    if wanted.field == "source":
        found = Source.objects.filter(host__icontains=begins) | Source.objects.filter(name__icontains=begins)
        return list(found.order_by("host").values_list("host", flat=True)[:OFFERED])
    if wanted.field == "assignee" and user.has_perm("articles.judge_article"):
        people = User.objects.filter(username__istartswith=begins, is_active=True).order_by("username")
        return list(people.values_list("username", flat=True)[:OFFERED])
    return []


def names_like(words: str, kinds: Iterable[str], user: User | AnonymousUser) -> list[dict[str, str]]:
    """Entities whose name, or one of whose names, begins so or has a word that does; the most frequent first."""
    if len(words.strip()) < LEAST or not user.is_authenticated:
        return []
    plain = words.strip().upper().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    sees_all = user.has_perm("articles.view_article")
    statement = NAMES.format(inside=INSIDE if len(plain) > LEAST else "", visible="" if sees_all else VISIBLE)
    params: dict[str, Any] = {
        "begins": f"{plain}%",
        "inside": f"% {plain}%",
        "kinds": list(kinds),
        "limit": OFFERED,
    }
    if not sees_all:
        own = Tag.objects.filter(article__in=Article.objects.visible_to(user).values("pk"))
        params["own"] = list(own.values_list("entity_id", flat=True).distinct())
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows = cursor.fetchall()
    return [{"key": key, "kind": kind, "name": name} for _, key, kind, name, _ in rows]

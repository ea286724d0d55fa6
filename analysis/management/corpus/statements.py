"""The SQL behind the made-up articles. `corpus_drawn` has the drawn ones, `corpus_plan` one row for each to be made."""

from typing import Any

from django.db import connection
from django.db.models import NOT_PROVIDED, Model

from analysis.models import Finding, Mention, Tag
from articles.models import Article, Version

STAGING = """
DROP TABLE IF EXISTS corpus_drawn, corpus_shift, corpus_plan;
CREATE UNLOGGED TABLE corpus_drawn (
  number int, title text, byline text, text text, names text, source_id bigint, seconds_ago int, language text,
  state text, entity_ids int[], implied_ids int[], observable text, value text);
CREATE UNLOGGED TABLE corpus_shift (turn int, entity_id int, other_id int);
"""
# The same parts and weights as articles.services.index makes them (a test compares both).
VECTORS = """
ALTER TABLE corpus_drawn ADD COLUMN search tsvector;
UPDATE corpus_drawn SET search =
  setweight(to_tsvector('english', unaccent(title)), 'A') || setweight(to_tsvector('simple', unaccent(title)), 'A')
  || setweight(to_tsvector('simple', unaccent(names)), 'B') || setweight(to_tsvector('simple', unaccent(byline)), 'B')
  || setweight(to_tsvector('english', unaccent(text)), 'C');
ALTER TABLE corpus_drawn ADD PRIMARY KEY (number);
ALTER TABLE corpus_shift ADD PRIMARY KEY (turn, entity_id);
ANALYZE corpus_drawn;
ANALYZE corpus_shift;
"""
# Articles come in over time, so the table lies in the order of the dates.
PLAN = """
CREATE UNLOGGED TABLE corpus_plan AS
SELECT row_number() OVER (ORDER BY moved.dated_at, moved.number, moved.turn) AS place, moved.*
FROM (
  SELECT number, turn, source_id,
    now() - make_interval(secs => (seconds_ago::bigint + turn::bigint * {seconds} / {turns}) % {seconds}) AS dated_at,
    CASE WHEN turn = 0 THEN entity_ids ELSE ARRAY(
      SELECT DISTINCT ON (min(at.nth), shift.other_id) shift.other_id
      FROM unnest(entity_ids) WITH ORDINALITY AS at(id, nth)
      JOIN corpus_shift AS shift ON shift.turn = series.turn % 8 AND shift.entity_id = at.id
      GROUP BY shift.other_id ORDER BY min(at.nth), shift.other_id) END AS entity_ids,
    CASE WHEN turn = 0 THEN implied_ids ELSE ARRAY(
      SELECT shift.other_id FROM unnest(implied_ids) AS at(id)
      JOIN corpus_shift AS shift ON shift.turn = series.turn % 8 AND shift.entity_id = at.id) END AS implied_ids
  FROM corpus_drawn CROSS JOIN generate_series(0, {turns} - 1) AS series(turn)
) AS moved
ORDER BY moved.dated_at, moved.number, moved.turn
LIMIT {articles};
ALTER TABLE corpus_plan ADD COLUMN first_article bigint, ADD COLUMN first_version bigint;
UPDATE corpus_plan SET first_article = nextval(pg_get_serial_sequence('articles_article', 'id')),
  first_version = nextval(pg_get_serial_sequence('articles_version', 'id')) WHERE place = 1;
SELECT setval(pg_get_serial_sequence('articles_article', 'id'), max(first_article) + {articles}),
  setval(pg_get_serial_sequence('articles_version', 'id'), max(first_version) + {articles}) FROM corpus_plan;
ANALYZE corpus_plan;
"""
START = (
    "CROSS JOIN (SELECT max(first_article) - 1 AS article, max(first_version) - 1 AS version "
    "FROM corpus_plan) AS start"
)
FROM_DRAWN = f"corpus_plan AS plan JOIN corpus_drawn AS drawn USING (number) {START}"
Rows = tuple[type[Model], dict[str, str], str]  # of which model, column: expression, and where they come from
VERSIONS: Rows = (
    Version,
    {
        "id": "start.version + plan.place",
        "article_id": "start.article + plan.place",
        "number": "1",
        "title": "drawn.title",
        "text": "drawn.text",
        "text_hash": "md5(drawn.number::text) || md5(plan.place::text)",
        "authors": "jsonb_build_array(drawn.byline)",
        "byline": "drawn.byline",
        "published_at": "plan.dated_at",
        "language": "drawn.language",
        "extractor_version": "'corpus'",
    },
    f"{FROM_DRAWN} ORDER BY plan.place",
)
ARTICLES: Rows = (
    Article,
    {
        "id": "start.article + plan.place",
        "stage": "'grouped'",
        "stage_at": "plan.dated_at",
        "origin": "'feed'",
        "source_id": "plan.source_id",
        "url": "'https://' || source.host || '/' || plan.place",
        "canonical_url": "'https://' || source.host || '/' || plan.place",
        "submitted_at": "plan.dated_at + interval '20 minutes'",
        "work_state": "drawn.state",
        "duplicate_of_id": "CASE WHEN plan.place % 12 = 5 THEN start.article + plan.place - 1 - plan.number % 4 END",
        "version_id": "start.version + plan.place",
        "title": "drawn.title",
        "byline": "drawn.byline",
        "language": "drawn.language",
        "published_at": "plan.dated_at",
        "dated_at": "plan.dated_at",
        "word_count": "length(drawn.text) / 6",
        "lead": "left(drawn.text, 200)",
        "search": "drawn.search",
        "entity_ids": "plan.entity_ids",
        "about_ids": "plan.entity_ids[1:2]",
        "implied_ids": "plan.implied_ids",
        "is_counted": "true",
        # six of ten in stories of six, made by neighbors in time
        "story_id": "CASE WHEN plan.place % 10 < 6 THEN 1 + plan.place / 10 END",
    },
    f"{FROM_DRAWN} JOIN articles_source AS source ON source.id = plan.source_id ORDER BY plan.place",
)
TAGS: Rows = (
    Tag,
    {
        "article_id": "start.article + plan.place",
        "entity_id": "named.id",
        "kind": "entity.kind",
        "score": "0.5 + ((plan.place * 7 + named.id * 13) % 50) / 100.0",
        "salience": "0.9 / named.nth",
        "is_about": "named.nth <= 2",
        "is_implied": "named.id = ANY(plan.implied_ids)",
        "mention_count": "1 + 6 / named.nth",
        "role": "CASE entity.kind WHEN 'researcher' THEN 'researcher' ELSE '' END",
        "role_category": "CASE entity.kind WHEN 'researcher' THEN 'academic' ELSE '' END",
        "affiliation": "CASE entity.kind WHEN 'researcher' "
        "THEN 'Institute ' || (named.id + plan.place / 200000) % 40 ELSE '' END",
    },
    f"corpus_plan AS plan {START} "
    "CROSS JOIN LATERAL unnest(plan.entity_ids || plan.implied_ids) WITH ORDINALITY AS named(id, nth) "
    "JOIN analysis_entity AS entity ON entity.id = named.id",
)
OBSERVABLES: Rows = (
    Mention,
    {
        "version_id": "start.version + plan.place",
        "field": "'body'",
        "start": "length(drawn.text) - length(drawn.value)",
        "end": "length(drawn.text)",
        "surface": "drawn.value",
        "kind": "drawn.observable",
        "score": "0.99",
        "method": "'pattern'",
        "value": "drawn.value",
    },
    f"{FROM_DRAWN} WHERE drawn.value <> ''",
)
EFFECTS = "ARRAY['legal','financial','security','reputation','operations','diplomatic','human']"
FINDINGS: Rows = (
    Finding,
    {
        "article_id": "start.article + plan.place",
        "version_id": "start.version + plan.place",
        "sentence": "0",
        "start": "0",
        "end": "20",
        "dated_at": "plan.dated_at",
        "affected_id": "plan.entity_ids[1]",
        "affected_text": "'somebody'",
        "effect": f"({EFFECTS})[1 + (plan.place / 5 % 7)::int]",
    },
    f"corpus_plan AS plan {START} WHERE plan.place % 5 = 0",
)
COUNTS = """
UPDATE analysis_entity SET article_count = counted.n
FROM (SELECT entity_id, count(*) AS n FROM analysis_tag GROUP BY entity_id) AS counted
WHERE counted.entity_id = analysis_entity.id AND article_count <> counted.n
"""
CLEAN = "DROP TABLE IF EXISTS corpus_drawn, corpus_shift, corpus_plan"
# All that no constraint needs.
INDEXES = """
SELECT index.relname, pg_get_indexdef(index.oid) FROM pg_index
JOIN pg_class AS index ON index.oid = pg_index.indexrelid
JOIN pg_class AS of ON of.oid = pg_index.indrelid
WHERE of.relname = ANY(%s) AND NOT pg_index.indisunique ORDER BY index.relname
"""
OURS = """
CREATE TEMPORARY TABLE corpus_gone AS SELECT article.id, article.version_id
FROM articles_article AS article JOIN articles_source AS source ON source.id = article.source_id
WHERE source.host LIKE %s
"""
# The rows there are millions of; the rest goes through the models, which know what hangs on what.
REMOVE = (
    "DELETE FROM analysis_mention WHERE version_id IN (SELECT version_id FROM corpus_gone)",
    "DELETE FROM analysis_tag WHERE article_id IN (SELECT id FROM corpus_gone)",
    "UPDATE articles_article SET version_id = NULL, stage = 'fetched' WHERE id IN (SELECT id FROM corpus_gone)",
    "DELETE FROM articles_version WHERE article_id IN (SELECT id FROM corpus_gone)",
)


def insert(rows: Rows) -> tuple[str, list[Any]]:
    """INSERT … SELECT with the model's own defaults for every column that is not spelled out."""
    model, given, source = rows
    columns, expressions, params = [], [], []
    for field in model._meta.concrete_fields:
        if field.column in given:
            columns.append(field.column)
            expressions.append(given[field.column])
        elif not (field.null or field.primary_key or field.db_default is not NOT_PROVIDED):
            columns.append(field.column)
            expressions.append("%s")
            params.append(field.get_db_prep_save(field.get_default(), connection))
    names = ", ".join(f'"{column}"' for column in columns)
    body = f"SELECT {', '.join(expressions)} FROM {source}"  # noqa: S608 (all of it stands above)
    body = body.replace("%", "%%").replace("%%s", "%s")
    return f"INSERT INTO {model._meta.db_table} ({names}) {body}", params

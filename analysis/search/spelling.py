"""Another spelling, when little or nothing is found: the nearest names, and words many articles have."""

from django.db import connection

from analysis.query import Query, Word

LEAST_LETTERS = 4
NEAR = 0.45  # pg_trgm similarity; arbitrary, "sanctoins" has .54 with "sanctions"
# Words of entities' names near the one asked for, and the lexemes ANALYZE found most common in the articles.
# A word that is known as it stands comes back with a nearness of 1, so that it is left
# alone, and so is one whose stem is known.
NEAREST = """
SELECT asked.word, best.word FROM unnest(%s::text[]) AS asked(word)
CROSS JOIN LATERAL (
  SELECT known.word, similarity(known.word, asked.word) AS nearness, known.uses FROM (
    SELECT lower(one.word) AS word, max(entity.article_count) AS uses FROM analysis_entity AS entity
    CROSS JOIN LATERAL regexp_split_to_table(entity.name, '\\s+') AS one(word)
    WHERE upper(entity.name) %%> upper(asked.word) OR upper(entity.name) %% upper(asked.word) GROUP BY 1
    UNION ALL
    SELECT common.word, 1000000 FROM pg_stats
    CROSS JOIN LATERAL unnest(most_common_elems::text::text[]) AS common(word)
    WHERE schemaname = current_schema AND tablename = 'articles_article' AND attname = 'search'
  ) AS known
  WHERE similarity(known.word, asked.word) >= %s
  ORDER BY nearness DESC, uses DESC, word LIMIT 1
) AS best
WHERE best.nearness < 1 AND best.word <> ALL(COALESCE(ts_lexize('english_stem', asked.word), '{}'))
"""


def corrected(query: Query) -> str:
    """The query with the nearest known spelling of its plain words, "" when nothing better is known."""
    parts = [
        part for part in query.parts if isinstance(part.node, Word) and len(part.node.text) >= LEAST_LETTERS
    ]
    words = sorted({part.node.text.lower() for part in parts if isinstance(part.node, Word)})
    if not words:
        return ""
    better = nearest(words)
    text = query.text
    for part in reversed(parts):
        said = text[part.start : part.end]
        if found := better.get(said.lower()):
            text = text[: part.start] + found + text[part.end :]
    return text if text != query.text else ""


def nearest(words: list[str]) -> dict[str, str]:
    """The known word most like each of these; words that are known themselves are left out."""
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, [words, NEAR])
        return dict(cursor.fetchall())

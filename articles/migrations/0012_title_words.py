import articles.models.articles
import django.contrib.postgres.indexes
from django.db import migrations

# As `unaccent`, of which Postgres must be told that it gives the same tomorrow before an index may hold what it gives.
# The name of the schema makes it independent of the search path, which is empty while a dump is loaded.
FOLDED = """
DO $do$
DECLARE place text := (SELECT nspname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
                       WHERE extname = 'unaccent');
BEGIN
  EXECUTE format(
    'CREATE OR REPLACE FUNCTION newsintel_folded(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE '
    'RETURN %I.unaccent(%L::regdictionary, $1)', place, format('%I.unaccent', place));
END $do$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0011_words_by_day'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.RunSQL(FOLDED, "DROP FUNCTION newsintel_folded(text)"),
        migrations.AddIndex(
            model_name='article',
            index=django.contrib.postgres.indexes.GinIndex(articles.models.articles.TitleWords('title'), name='article_title'),
        ),
    ]

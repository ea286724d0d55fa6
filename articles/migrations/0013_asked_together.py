import articles.models.articles
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0012_title_words'),
    ]

    operations = [
        # A million articles take minutes.
        migrations.RunSQL(
            "SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '512MB'", migrations.RunSQL.noop
        ),
        migrations.AddIndex(
            model_name='article',
            index=django.contrib.postgres.indexes.GinIndex(
                models.F('search'),
                articles.models.articles.Day('dated_at'),
                models.F('entity_ids'),
                models.F('work_state'),
                models.F('language'),
                models.F('source'),
                name='article_search_new',
            ),
        ),
        # Readers are kept out from here on, so it comes last.
        migrations.RemoveIndex(
            model_name='article',
            name='article_search',
        ),
        migrations.RemoveIndex(
            model_name='article',
            name='article_entities',
        ),
        migrations.RenameIndex(
            model_name='article',
            old_name='article_search_new',
            new_name='article_search',
        ),
        migrations.RunSQL(migrations.RunSQL.noop, "SET LOCAL statement_timeout = 0"),
    ]

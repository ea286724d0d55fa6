import articles.models.articles
import django.contrib.postgres.indexes
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0010_rare_in_lists'),
    ]

    operations = [
        BtreeGinExtension(),
        # A million articles take minutes.
        migrations.RunSQL(
            "SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '512MB'", migrations.RunSQL.noop
        ),
        migrations.RemoveIndex(
            model_name='article',
            name='article_search',
        ),
        migrations.AddIndex(
            model_name='article',
            index=django.contrib.postgres.indexes.GinIndex(models.F('search'), articles.models.articles.Day('dated_at'), name='article_search'),
        ),
    ]

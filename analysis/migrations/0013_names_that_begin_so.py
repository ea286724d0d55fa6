from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):

    dependencies = [
        ('analysis', '0012_story_decisions'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='alias',
            index=models.Index(OpClass(Upper('surface'), name='text_pattern_ops'), name='alias_surface_begins'),
        ),
        migrations.AddIndex(
            model_name='entity',
            index=models.Index(OpClass(Upper('name'), name='text_pattern_ops'), name='entity_name_begins'),
        ),
    ]

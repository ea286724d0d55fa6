from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0009_notes'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['language', '-dated_at'], name='article_language_newest'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('work_state', 'new'), _negated=True), fields=['work_state', '-dated_at'], name='article_state_newest'),
        ),
    ]

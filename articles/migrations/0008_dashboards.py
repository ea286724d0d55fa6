from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0007_reextraction'),
    ]

    operations = [
        migrations.AddField(
            model_name='profile',
            name='dashboard',
            field=models.JSONField(blank=True, default=dict, help_text='{order: [widget key, …], hidden: [widget key, …]}'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('failed_at__isnull', False)), fields=['failed_at'], name='article_failed'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('hold_reason', ''), _negated=True), fields=['stage_at'], name='article_held'),
        ),
        migrations.AddIndex(
            model_name='audit',
            index=models.Index(fields=['verb', '-at'], name='audit_verb'),
        ),
    ]

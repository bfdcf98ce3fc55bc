from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0003_links_webhooks_reminders')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='Event',
            index=Index(fields=['actor', 'type', 'id']),
        ),
        ops.AddIndex(
            model_name='Event',
            index=Index(fields=['action', 'type', 'id']),
        ),
        ops.AddIndex(
            model_name='Event',
            index=Index(fields=['actor', 'action', 'type', 'id']),
        ),
        ops.RemoveIndex(
            model_name='Event',
            name=None,
            fields=['actor', 'id'],
        ),
        ops.RemoveIndex(
            model_name='Event',
            name=None,
            fields=['action', 'id'],
        ),
    ]

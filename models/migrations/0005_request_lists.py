from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0004_audit_search')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='Request',
            index=Index(fields=['asker_key_id', 'id']),
        ),
        ops.AddIndex(
            model_name='Request',
            index=Index(fields=['urgency', 'id']),
        ),
    ]

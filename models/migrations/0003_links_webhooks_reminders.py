from tortoise import migrations
from tortoise.migrations import operations as ops
from models.tables import JsonText
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0002_leases_and_memos')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Link',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=30)),
                ('request_id', fields.CharField(max_length=30)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('verdict', fields.CharField(max_length=10)),
                ('recipient', fields.CharField(max_length=330)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('spent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'links', 'app': 'models', 'indexes': [Index(fields=['request_id']), Index(fields=['expires_at'])], 'pk_attr': 'id', 'table_description': 'one-time addresses'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Webhook',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=30)),
                ('url', fields.CharField(max_length=2000)),
                ('events', JsonText()),
                ('secret', fields.TextField(unique=False)),
                ('enabled', fields.BooleanField()),
                ('disabled_reason', fields.CharField(null=True, max_length=255)),
                ('created_by', fields.CharField(max_length=255)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'webhooks', 'app': 'models', 'pk_attr': 'id', 'table_description': 'addresses that hear of events'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Delivery',
            name='answer',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Delivery',
            name='payload',
            field=JsonText(null=True),
        ),
        ops.AddField(
            model_name='Request',
            name='escalate_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Request',
            name='escalated_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Request',
            name='remind_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name='Request',
            index=Index(fields=['status', 'remind_at']),
        ),
        ops.AddIndex(
            model_name='Request',
            index=Index(fields=['status', 'escalate_at']),
        ),
    ]

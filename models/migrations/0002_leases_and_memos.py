from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Lease',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                ('holder', fields.CharField(max_length=30)),
                ('until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'leases', 'app': 'models', 'pk_attr': 'name', 'table_description': 'who does what only one replica may do'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Memo',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                ('value', fields.CharField(max_length=255)),
            ],
            options={'table': 'memos', 'app': 'models', 'pk_attr': 'name', 'table_description': 'small facts that outlive the process'},
            bases=['Model'],
        ),
    ]

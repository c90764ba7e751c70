import policies.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('policies', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='provision',
            name='kind',
            field=models.CharField(choices=policies.models.kind_choices, max_length=24, verbose_name='事项'),
        ),
    ]

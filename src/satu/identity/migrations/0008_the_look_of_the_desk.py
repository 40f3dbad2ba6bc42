"""How an officer has her desk is kept with her account, so that she finds it on every computer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0007_absences")]

    operations = [
        migrations.AddField(
            "account",
            "look",
            models.CharField(
                max_length=5, choices=[("auto", "auto"), ("dark", "dark"), ("light", "light")], default="auto"
            ),
        ),
    ]

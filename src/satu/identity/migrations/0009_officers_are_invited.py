"""What is written down of an officer who was added: she was invited, or the invitation was withdrawn."""

from django.db import migrations, models

_KINDS = ["added", "rights", "invited", "withdrawn", "suspended", "resumed", "absent", "back"]


class Migration(migrations.Migration):
    dependencies = [("identity", "0008_the_look_of_the_desk")]

    operations = [
        migrations.AlterField(
            "officerchange",
            "kind",
            models.CharField(max_length=10, choices=[(kind, kind.title()) for kind in _KINDS]),
        ),
    ]

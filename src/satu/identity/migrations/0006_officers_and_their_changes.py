import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from satu.kernel.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_access_tokens"), ("kernel", "0002_audit_append_only")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="suspended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("suspended_at", None), ("is_active", False), _connector="OR"),
                name="account_suspended_is_not_open",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("kind", "officer")), fields=["agency"], name="account_of_agency"
            ),
        ),
        migrations.CreateModel(
            name="OfficerChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agency", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("added", "Added"),
                            ("rights", "Rights"),
                            ("suspended", "Suspended"),
                            ("resumed", "Resumed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("by", models.CharField(max_length=100)),
                ("by_name", models.CharField(max_length=120)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["agency", "-id"], name="change_in_agency"),
                    models.Index(fields=["account", "-id"], name="change_of_officer"),
                ],
            },
        ),
        append_only("identity_officerchange"),
    ]

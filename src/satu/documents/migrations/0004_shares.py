"""Shares of a document, and each opening of one, which nobody can take back."""

import django.db.models.deletion
from django.db import migrations, models

from satu.kernel.append_only import append_only, changes_once, never_removed


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_requested_by")]
    operations = [
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                (
                    "shows",
                    models.CharField(choices=[("validity", "Validity"), ("content", "Content")], max_length=8),
                ),
                ("shared_by", models.CharField(max_length=100)),
                ("shared_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("most_openings", models.PositiveSmallIntegerField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="documents.document"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["document", "-shared_at"], name="shares_of_a_document")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("secret_hash__regex", "^[0-9a-f]{64}$")), name="share_secret_hash"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("shows__in", ["validity", "content"])), name="share_shows"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("shared_at"))),
                        name="share_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most_openings", None), ("most_openings__gte", 1), _connector="OR"),
                        name="share_opens_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareOpening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(choices=[("opened", "Opened"), ("file", "File")], max_length=6),
                ),
                ("at", models.DateTimeField()),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="openings", to="documents.share"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["share", "at"], name="openings_of_a_share")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ["opened", "file"])), name="share_opening_what"
                    )
                ],
            },
        ),
        append_only("documents_shareopening"),
        changes_once(
            "documents_share",
            ["ended_at"],
            rule="only_ending",
            function="documents_only_ending",
            says="documents_share: a share can be ended once, nothing else",
        ),
        never_removed("documents_share"),
    ]

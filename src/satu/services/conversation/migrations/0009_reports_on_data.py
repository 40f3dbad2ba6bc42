"""*Ini salah*: a fact that somebody reports as wrong waits for the agency that owns it, and keeps its answer."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from satu.kernel.append_only import changes_once, never_removed


class Migration(migrations.Migration):
    dependencies = [
        ("conversation", "0008_declarations_stay"),
        ("services", "0015_refused_and_taken_up_again"),
    ]
    operations = [
        migrations.CreateModel(
            name="DataReport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reporter_nik", models.CharField(max_length=16)),
                ("reporter_name", models.CharField(max_length=120)),
                ("subject_nik", models.CharField(max_length=16)),
                ("fact", models.CharField(max_length=100)),
                ("agency", models.CharField(max_length=40)),
                ("recorded", models.TextField(blank=True)),
                ("note", models.TextField()),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "outcome",
                    models.CharField(blank=True, choices=[("corrected", "Corrected"), ("kept", "Kept")], max_length=10),
                ),
                ("answer", models.TextField(blank=True)),
                ("answered_by", models.CharField(blank=True, max_length=100)),
                ("answered_by_name", models.CharField(blank=True, max_length=120)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="services.case",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at", None)), fields=["agency", "at"], name="reports_of_agency"
                    ),
                    models.Index(fields=["reporter_nik", "-at"], name="reports_of_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None)),
                        fields=("reporter_nik", "subject_nik", "fact"),
                        name="report_one_open_a_fact",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("note", ""), _negated=True), name="report_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", ""),
                                ("answered_at", None),
                                ("answered_by", ""),
                                ("answered_by_name", ""),
                                ("outcome", ""),
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("outcome__in", ["corrected", "kept"]),
                                models.Q(("answer", ""), _negated=True),
                                models.Q(("answered_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="report_is_answered_by_somebody",
                    ),
                ],
            },
        ),
        changes_once(
            "conversation_datareport",
            ["answered_at", "outcome", "answer", "answered_by", "answered_by_name"],
            rule="answered_once",
            function="conversation_report_answered_once",
            says="conversation_datareport: a report is answered once, and nothing else of it changes",
        ),
        never_removed("conversation_datareport"),
    ]

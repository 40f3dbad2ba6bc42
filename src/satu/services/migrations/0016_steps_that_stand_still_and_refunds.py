"""A step that cannot be carried out waits for an officer, who may have it tried again; what was paid goes back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0015_refused_and_taken_up_again")]

    operations = [
        migrations.RemoveConstraint(model_name="taskdecision", name="task_decision_against_has_a_reason"),
        migrations.AlterField(
            model_name="caseevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("begun", "Begun"),
                    ("submitted", "Submitted"),
                    ("decided", "Decided"),
                    ("issued", "Issued"),
                    ("refused", "Refused"),
                    ("withdrawn", "Withdrawn"),
                    ("told", "Told"),
                    ("reported_wrong", "Reported Wrong"),
                    ("approved", "Approved"),
                    ("returned", "Returned"),
                    ("resubmitted", "Resubmitted"),
                    ("fact_arrived", "Fact Arrived"),
                    ("noted", "Noted"),
                    ("operated", "Operated"),
                    ("billed", "Billed"),
                    ("paid", "Paid"),
                    ("lapsed", "Lapsed"),
                    ("agreed_first", "Agreed First"),
                    ("silent_approval", "Silent Approval"),
                    ("escalated", "Escalated"),
                    ("reminded", "Reminded"),
                    ("objected", "Objected"),
                    ("objection_refused", "Objection Refused"),
                    ("reopened", "Reopened"),
                    ("stuck", "Stuck"),
                    ("tried_again", "Tried Again"),
                    ("refund_asked", "Refund Asked"),
                    ("refunded", "Refunded"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="taskdecision",
            name="decision",
            field=models.CharField(
                choices=[
                    ("approve", "Approve"),
                    ("refuse", "Refuse"),
                    ("correction", "Correction"),
                    ("noted", "Noted"),
                    ("again", "Again"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="taskdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(decision__in=["approve", "noted", "again"]) | ~models.Q(reason=""),
                name="task_decision_against_has_a_reason",
            ),
        ),
    ]

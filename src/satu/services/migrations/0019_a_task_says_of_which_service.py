"""A task says of which service it is, so that a queue of one service is read from the index alone.

The trigger that keeps a task as it is rests while the column is filled: what a task is does not change by it.
"""

from django.db import migrations, models

_FILL = """
ALTER TABLE services_task DISABLE TRIGGER services_task_goes_forward;
UPDATE services_task t SET service = c.service FROM services_case c WHERE c.id = t.case_id;
ALTER TABLE services_task ENABLE TRIGGER services_task_goes_forward;
"""
_OPEN = models.Q(("state", "open"))


class Migration(migrations.Migration):
    dependencies = [("services", "0018_requests_that_wait")]

    operations = [
        migrations.AddField("task", "service", models.CharField(max_length=60, default=""), preserve_default=False),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RemoveIndex("task", "task_queue_of_area"),
        migrations.RemoveIndex("task", "task_queue_of_city"),
        migrations.AddIndex(
            "task",
            models.Index(
                fields=["agency", "duty", "area", "due_on", "id", "service"],
                condition=_OPEN,
                name="task_queue_of_area",
            ),
        ),
        migrations.AddIndex(
            "task",
            models.Index(
                fields=["agency", "duty", "due_on", "id", "service"], condition=_OPEN, name="task_queue_of_city"
            ),
        ),
    ]

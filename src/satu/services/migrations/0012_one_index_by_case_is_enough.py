"""Where an index or a constraint begins with the case, another of the case alone costs each submission and serves none."""

import django.db.models.deletion
from django.db import migrations, models


def _without_index_of_its_own(model: str, related_name: str) -> migrations.AlterField:
    case = models.ForeignKey(
        "services.case", on_delete=django.db.models.deletion.PROTECT, related_name=related_name, db_index=False
    )
    return migrations.AlterField(model, "case", case)


class Migration(migrations.Migration):
    dependencies = [("services", "0011_publications")]

    operations = [
        _without_index_of_its_own("caseevent", "events"),
        _without_index_of_its_own("casedecision", "decisions"),
        _without_index_of_its_own("casefee", "fees"),
        _without_index_of_its_own("pendingfact", "pending"),
        _without_index_of_its_own("resubmission", "resubmissions"),
        _without_index_of_its_own("task", "tasks"),
    ]

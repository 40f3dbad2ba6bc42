"""A case knows whom it is about; that never changes. The cases so far are about their applicants."""

from django.db import migrations, models
from django.db.models import F, Q

_FORWARD = """
DO $$
DECLARE body text;
BEGIN
    SELECT pg_get_functiondef('services_case_goes_forward'::regproc) INTO body;
    EXECUTE replace(body, '{before}', '{after}');
END $$;
"""
_BEFORE = "OLD.applicant_nik <> NEW.applicant_nik"
_AFTER = (
    "(OLD.applicant_nik, OLD.subject_nik, OLD.business) <> (NEW.applicant_nik, NEW.subject_nik, NEW.business)"
)


class Migration(migrations.Migration):
    dependencies = [("services", "0004_tasks_go_forward")]

    operations = [
        migrations.AddField("case", "subject_nik", models.CharField(default="", max_length=16), preserve_default=False),
        migrations.AddField("case", "business", models.CharField(blank=True, default="", max_length=20), preserve_default=False),
        migrations.AddField("case", "acting", models.JSONField(default=dict)),
        migrations.RunSQL("UPDATE services_case SET subject_nik = applicant_nik", migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveConstraint("case", "case_one_draft_a_person_and_service"),
        migrations.AddConstraint(
            "case",
            models.UniqueConstraint(
                fields=["applicant_nik", "service", "subject_nik", "business"],
                condition=Q(state="draft"),
                name="case_one_draft_a_person_service_and_subject",
            ),
        ),
        migrations.AddConstraint(
            "case", models.CheckConstraint(condition=Q(subject_nik__regex=r"^\d{16}$"), name="case_subject_nik")
        ),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=Q(subject_nik=F("applicant_nik"), business="", acting={})
                | (~Q(acting={}) & (~Q(subject_nik=F("applicant_nik")) | ~Q(business=""))),
                name="case_acting_says_for_whom",
            ),
        ),
        migrations.AddIndex(
            "case", models.Index(fields=["subject_nik"], condition=~Q(acting={}), name="case_about_another")
        ),
        migrations.RunSQL(
            _FORWARD.format(before=_BEFORE, after=_AFTER), _FORWARD.format(before=_AFTER, after=_BEFORE)
        ),
    ]

"""A refused case may be taken up again, after an objection or by an officer with a reason."""

from django.db import migrations, models

_FORWARD = """
DO $$
DECLARE body text;
BEGIN
    SELECT pg_get_functiondef('services_case_goes_forward'::regproc) INTO body;
    EXECUTE replace(body, $old${before}$old$, $new${after}$new$);
END $$;
"""
_BEFORE = "OLD.state = 'returned' AND NEW.state IN ('in_process', 'withdrawn')"
_AFTER = f"({_BEFORE}) OR (OLD.state = 'refused' AND NEW.state = 'in_process')"


class Migration(migrations.Migration):

    dependencies = [
        ('services', '0014_four_eyes_silence_and_reminders'),
    ]

    operations = [
        migrations.RunSQL(
            sql=_FORWARD.replace("{before}", _BEFORE).replace("{after}", _AFTER),
            reverse_sql=_FORWARD.replace("{before}", _AFTER).replace("{after}", _BEFORE),
        ),
        migrations.AlterField(
            model_name='caseevent',
            name='kind',
            field=models.CharField(choices=[('begun', 'Begun'), ('submitted', 'Submitted'), ('decided', 'Decided'), ('issued', 'Issued'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('told', 'Told'), ('reported_wrong', 'Reported Wrong'), ('approved', 'Approved'), ('returned', 'Returned'), ('resubmitted', 'Resubmitted'), ('fact_arrived', 'Fact Arrived'), ('noted', 'Noted'), ('operated', 'Operated'), ('billed', 'Billed'), ('paid', 'Paid'), ('lapsed', 'Lapsed'), ('agreed_first', 'Agreed First'), ('silent_approval', 'Silent Approval'), ('escalated', 'Escalated'), ('reminded', 'Reminded'), ('objected', 'Objected'), ('objection_refused', 'Objection Refused'), ('reopened', 'Reopened')], max_length=20),
        ),
    ]

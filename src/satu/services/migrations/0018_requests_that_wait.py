"""A request may wait for days, whole, at a step of its process."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('services', '0017_decisions_by_agency'),
    ]

    operations = [
        migrations.AlterField(
            model_name='caseevent',
            name='kind',
            field=models.CharField(choices=[('begun', 'Begun'), ('submitted', 'Submitted'), ('decided', 'Decided'), ('issued', 'Issued'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('told', 'Told'), ('reported_wrong', 'Reported Wrong'), ('approved', 'Approved'), ('returned', 'Returned'), ('resubmitted', 'Resubmitted'), ('fact_arrived', 'Fact Arrived'), ('noted', 'Noted'), ('operated', 'Operated'), ('billed', 'Billed'), ('paid', 'Paid'), ('lapsed', 'Lapsed'), ('agreed_first', 'Agreed First'), ('silent_approval', 'Silent Approval'), ('escalated', 'Escalated'), ('reminded', 'Reminded'), ('objected', 'Objected'), ('objection_refused', 'Objection Refused'), ('reopened', 'Reopened'), ('stuck', 'Stuck'), ('tried_again', 'Tried Again'), ('refund_asked', 'Refund Asked'), ('refunded', 'Refunded'), ('waits', 'Waits')], max_length=20),
        ),
        migrations.CreateModel(
            name='Wait',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('element', models.CharField(max_length=100)),
                ('until', models.DateField()),
                ('begun_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='waits', to='services.case')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['until'], name='waits_that_end')],
                'constraints': [models.UniqueConstraint(fields=('case', 'element'), name='wait_once_a_step')],
            },
        ),
    ]

"""Cases and what is kept with them. The database holds the rules; what must not change is append-only."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class PackageVersion(models.Model):
    """The files of a package as a submitted case began with them. Append-only."""

    service = models.CharField(max_length=60)
    version = models.CharField(max_length=64)
    files = models.JSONField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "version"], name="package_version_once")]


class Publication(models.Model):
    """That a version of a package is the one for new cases: since when, by whom and why. Append-only."""

    service = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    version = models.ForeignKey(PackageVersion, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=100)
    why = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="publication_number_once"),
            models.CheckConstraint(condition=~Q(why="") & ~Q(by=""), name="publication_says_who_and_why"),
        ]


class Case(models.Model):
    """One request for one service. ``dossier`` is a draft's; a submitted case has a ``Snapshot`` instead.

    ``subject_nik`` is whom it is about, the applicant's own unless ``acting`` says what she is to the applicant and
    which record says so; ``business`` is the NIB where it is about one of hers. They never change.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        IN_PROCESS = "in_process", _("In process")
        RETURNED = "returned", _("Waiting for you")
        ISSUED = "issued", _("Issued")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    OPEN: ClassVar = [State.SUBMITTED, State.IN_PROCESS, State.RETURNED]
    CLOSED: ClassVar = [State.ISSUED, State.REFUSED, State.WITHDRAWN]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True, null=True)  # noqa: DJ001 - unique needs NULL for drafts
    service = models.CharField(max_length=60)
    version = models.ForeignKey(PackageVersion, null=True, on_delete=models.PROTECT, related_name="+")
    applicant_nik = models.CharField(max_length=16)
    applicant = models.CharField(max_length=100)
    subject_nik = models.CharField(max_length=16)
    business = models.CharField(max_length=20, blank=True)
    acting = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    dossier = models.JSONField(null=True)
    process = models.JSONField(null=True)
    document_id = models.UUIDField(null=True)
    begun_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["applicant_nik", "service", "subject_nik", "business"],
                condition=Q(state="draft"),
                name="case_one_draft_a_person_service_and_subject",
            ),
            models.CheckConstraint(condition=Q(applicant_nik__regex=r"^\d{16}$"), name="case_applicant_nik"),
            models.CheckConstraint(condition=Q(subject_nik__regex=r"^\d{16}$"), name="case_subject_nik"),
            models.CheckConstraint(
                condition=Q(subject_nik=F("applicant_nik"), business="", acting={})
                | (~Q(acting={}) & (~Q(subject_nik=F("applicant_nik")) | ~Q(business=""))),
                name="case_acting_says_for_whom",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", submitted_at=None)
                | Q(state="withdrawn")
                | Q(
                    state__in=["submitted", "in_process", "returned", "issued", "refused"],
                    submitted_at__isnull=False,
                ),
                name="case_is_a_draft_until_submitted",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, number=None, version=None, process=None)
                | Q(
                    submitted_at__isnull=False,
                    number__isnull=False,
                    version__isnull=False,
                    process__isnull=False,
                ),
                name="case_submitted_has_number_version_and_process",
            ),
            models.CheckConstraint(condition=Q(state="draft") | Q(dossier=None), name="case_dossier_is_a_drafts"),
            models.CheckConstraint(
                condition=Q(state__in=["issued", "refused", "withdrawn"], closed_at__isnull=False)
                | Q(state__in=["draft", "submitted", "in_process", "returned"], closed_at=None),
                name="case_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="issued", document_id__isnull=False) | (~Q(state="issued") & Q(document_id=None)),
                name="case_issued_has_a_document",
            ),
        ]
        indexes = [
            models.Index(F("applicant_nik"), F("begun_at").desc(), name="case_of_applicant"),
            models.Index(fields=["subject_nik"], condition=~Q(acting={}), name="case_about_another"),
        ]

    def __repr__(self) -> str:
        return f"<Case {self.pk} {self.state}>"


class CaseCounter(models.Model):
    """The last public number given, by prefix and year. Taken last in a submission, so held briefly."""

    prefix = models.CharField(max_length=5)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="case_counter_once")]


class Snapshot(models.Model):
    """What a case's decisions are based on: the dossier and the answers as they were at submission. Append-only."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="snapshot")
    dossier = models.JSONField()
    answers = models.JSONField()
    taken_at = models.DateTimeField(auto_now_add=True)


class Resubmission(models.Model):
    """What a case goes on with when its applicant has corrected it: facts pulled anew, and answers. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="resubmissions", db_index=False)
    number = models.PositiveSmallIntegerField()
    dossier = models.JSONField()
    answers = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="resubmission_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="resubmission_counts_from_one"),
        ]


class CaseEvent(models.Model):
    """What happened to a case, in order: the one source of its timeline. Append-only."""

    class Kind(models.TextChoices):
        BEGUN = "begun"
        SUBMITTED = "submitted"
        DECIDED = "decided"
        ISSUED = "issued"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"
        TOLD = "told"
        REPORTED_WRONG = "reported_wrong"
        APPROVED = "approved"
        RETURNED = "returned"
        RESUBMITTED = "resubmitted"
        FACT_ARRIVED = "fact_arrived"
        NOTED = "noted"
        OPERATED = "operated"
        BILLED = "billed"
        PAID = "paid"
        LAPSED = "lapsed"
        AGREED_FIRST = "agreed_first"
        SILENT_APPROVAL = "silent_approval"
        ESCALATED = "escalated"
        REMINDED = "reminded"
        OBJECTED = "objected"
        OBJECTION_REFUSED = "objection_refused"
        REOPENED = "reopened"
        STUCK = "stuck"
        TRIED_AGAIN = "tried_again"
        REFUND_ASKED = "refund_asked"
        REFUNDED = "refunded"
        WAITS = "waits"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events", db_index=False)
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=20, choices=Kind)
    actor = models.CharField(max_length=100)
    actor_kind = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="event_of_case")]


class CaseDecision(models.Model):
    """An automatic decision with its explanation: table, version, row that fired, values it saw. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    element = models.CharField(max_length=100)
    round = models.PositiveSmallIntegerField(default=0)
    table = models.CharField(max_length=60)
    table_version = models.CharField(max_length=64)
    row = models.CharField(max_length=60)
    result = models.CharField(max_length=10)
    values = models.JSONField()
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "element", "round"], name="decision_once_a_step_and_round")
        ]


class CaseFee(models.Model):
    """What a case costs by a fee table, with its explanation, as it was when the case was sent. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="fees", db_index=False)
    round = models.PositiveSmallIntegerField(default=0)
    table = models.CharField(max_length=60)
    table_version = models.CharField(max_length=64)
    row = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    values = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="fee_once_a_round"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="fee_is_not_below_nothing"),
        ]


class Task(models.Model):
    """A step of a case that waits for an officer of an agency, with a duty, for an area (empty: the whole city).

    ``not_by``: who approved it first, and may not be the second. ``silence``: what happens after ``due_on``.
    ``service`` is its case's, so that a queue of one service reads the index alone.
    """

    class State(models.TextChoices):
        OPEN = "open"
        DECIDED = "decided"
        CANCELLED = "cancelled"
        ESCALATED = "escalated"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    service = models.CharField(max_length=60)
    element = models.CharField(max_length=100)
    name = models.CharField(max_length=60)
    agency = models.CharField(max_length=40)
    duty = models.CharField(max_length=40)
    area = models.CharField(max_length=13, blank=True)
    applicant_name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    due_on = models.DateField()
    not_by = models.CharField(max_length=100, blank=True)
    remind_on = models.DateField(null=True)
    reminded_at = models.DateTimeField(null=True)
    silence = models.CharField(max_length=10, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "element"], condition=Q(state="open"), name="task_one_open_a_step"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None)
                | Q(state__in=["decided", "cancelled", "escalated"], ended_at__isnull=False),
                name="task_ended_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "duty", "area", "due_on", "id", "service"],
                condition=Q(state="open"),
                name="task_queue_of_area",
            ),
            models.Index(
                fields=["agency", "duty", "due_on", "id", "service"],
                condition=Q(state="open"),
                name="task_queue_of_city",
            ),
            models.Index(fields=["case", "opened_at"], name="task_of_case"),
            models.Index(fields=["due_on"], condition=Q(state="open") & ~Q(silence=""), name="task_that_may_lapse"),
            models.Index(
                fields=["remind_on"],
                condition=Q(state="open", reminded_at=None, remind_on__isnull=False),
                name="task_to_remind_of",
            ),
        ]

    def __repr__(self) -> str:
        return f"<Task {self.pk} {self.state}>"


class Wait(models.Model):
    """A step of a case that waits until a day is over. Once a step: what was waited for is not waited for again."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="waits", db_index=False)
    element = models.CharField(max_length=100)
    until = models.DateField()
    begun_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "element"], name="wait_once_a_step")]
        indexes = [models.Index(fields=["until"], condition=Q(ended_at=None), name="waits_that_end")]


class TaskDecision(models.Model):
    """What an officer decided and answered, why, and what the tables advised her then. Append-only.

    ``days_left``: the working days that the task still had; after a correction the clock goes on with them.
    """

    class Decision(models.TextChoices):
        APPROVE = "approve"
        REFUSE = "refuse"
        CORRECTION = "correction"
        NOTED = "noted"
        AGAIN = "again"

    task = models.OneToOneField(Task, primary_key=True, on_delete=models.PROTECT, related_name="decision")
    decision = models.CharField(max_length=10, choices=Decision)
    reason = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    advice = models.JSONField()
    days_left = models.SmallIntegerField()
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=120)
    agency = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=["approve", "noted", "again"]) | ~Q(reason=""),
                name="task_decision_against_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["agency", "at"], name="task_decision_of_agency")]


class CaseDocument(models.Model):
    """A document that a case issued beside its main one. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    key = models.CharField(max_length=60)
    document_id = models.UUIDField(unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="case_document_once")]


class PendingFact(models.Model):
    """An optional fact whose system did not answer at submission; it is fetched when the system is back."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pending", db_index=False)
    fact = models.CharField(max_length=100)
    system = models.CharField(max_length=40)
    since = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    outcome = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "fact"], name="pending_fact_once"),
            models.CheckConstraint(
                condition=Q(settled_at=None, outcome=None) | Q(settled_at__isnull=False, outcome__isnull=False),
                name="pending_fact_settled_with_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["system", "id"], condition=Q(settled_at=None), name="pending_facts_waiting"),
        ]


class CorrectionRequest(models.Model):
    """A citizen's "this is wrong" about a fact, addressed to the agency that owns it."""

    class State(models.TextChoices):
        OPEN = "open"
        SETTLED = "settled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="corrections")
    fact = models.CharField(max_length=100)
    agency = models.CharField(max_length=40)
    note = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    by = models.CharField(max_length=100)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "fact"], condition=Q(state="open"), name="correction_one_open_a_fact"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "at"], condition=Q(state="open"), name="corrections_of_agency"),
        ]


class Offer(models.Model):
    """A service that the city offers somebody because something happened: once for each thing that happened.

    Nothing is pulled for it until she takes it up; then it is an ordinary draft, filled in with ``answers``.
    """

    class State(models.TextChoices):
        OPEN = "open"
        TAKEN = "taken"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.CharField(max_length=60)
    nik = models.CharField(max_length=16)
    subject_nik = models.CharField(max_length=16)
    business = models.CharField(max_length=20, blank=True)
    because = models.JSONField()
    answers = models.JSONField(default=dict)
    until = models.DateField()
    idempotency_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    case = models.OneToOneField(Case, null=True, on_delete=models.PROTECT, related_name="offer")
    offered_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None, case=None)
                | Q(state="declined", ended_at__isnull=False, case=None)
                | Q(state="taken", ended_at__isnull=False, case__isnull=False),
                name="offer_taken_has_a_case",
            ),
        ]
        indexes = [
            models.Index(fields=["nik", "until"], condition=Q(state="open"), name="offers_that_wait"),
        ]

    def __repr__(self) -> str:
        return f"<Offer {self.pk} {self.state}>"

"""Files that people send, and what they write to each other on a case. The database holds the rules."""

import uuid

from django.db import models
from django.db.models import Q

from satu.services.models import Case, Task


class Attachment(models.Model):
    """A file that somebody sent: an upload of the package, to an officer's task, or with a message.

    Only what a scanner found clean has a row. What a row says never changes; it may be taken away while the case is
    a draft or back with its applicant, or the task is open. The database holds to that.
    """

    class Scan(models.TextChoices):
        CLEAN = "clean"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="attachments")
    message = models.ForeignKey("Message", null=True, on_delete=models.PROTECT, related_name="attachments")
    key = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=120, unique=True)
    scan = models.CharField(max_length=10, choices=Scan)
    scanner = models.CharField(max_length=80)
    by = models.CharField(max_length=100)
    by_kind = models.CharField(max_length=10)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key"],
                condition=Q(task=None, removed_at=None) & ~Q(key=""),
                name="attachment_one_an_upload",
            ),
            models.UniqueConstraint(
                fields=["task", "key", "sha256"],
                condition=Q(task__isnull=False, removed_at=None),
                name="attachment_once_a_task",
            ),
            models.CheckConstraint(
                condition=Q(message=None) & ~Q(key="") | Q(message__isnull=False, task=None, key=""),
                name="attachment_belongs_somewhere",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_is_not_empty"),
            models.CheckConstraint(condition=Q(scan="clean"), name="attachment_is_clean"),
        ]
        indexes = [models.Index(fields=["case", "at"], name="attachment_of_case")]

    def __repr__(self) -> str:
        return f"<Attachment {self.pk}>"


class Message(models.Model):
    """What the applicant and the officers of a case's tasks write to each other. Append-only.

    ``token`` comes from the form that sent it: one form is one message, however often it is sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    text = models.TextField()
    token = models.UUIDField()
    by = models.CharField(max_length=100)
    by_kind = models.CharField(max_length=10)
    by_name = models.CharField(max_length=120)
    agency = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "by", "token"], name="message_once_a_form"),
            models.CheckConstraint(condition=Q(by_kind__in=["resident", "officer"]), name="message_is_a_persons"),
        ]
        indexes = [models.Index(fields=["case", "at"], name="message_of_case")]

    def __repr__(self) -> str:
        return f"<Message {self.pk}>"


class Thread(models.Model):
    """Where a conversation stands: until when each side has read, and whether an officer still has to."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="thread")
    applicant_read_at = models.DateTimeField(null=True)
    officers_read_at = models.DateTimeField(null=True)
    waits_for_officer = models.BooleanField(default=False)
    last_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["last_at"], condition=Q(waits_for_officer=True), name="thread_waiting_for_officer")
        ]


class Objection(models.Model):
    """What an applicant says against a refusal; its task says who decided on it, and how. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="objections")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="objection")
    refused_at = models.DateTimeField()
    text = models.TextField()
    by = models.CharField(max_length=100)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "refused_at"], name="objection_once_a_refusal")]


class Reopening(models.Model):
    """Why an officer took up a refused case again, from its first step. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reopenings")
    refused_at = models.DateTimeField()
    reason = models.TextField()
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=120)
    agency = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "refused_at"], name="reopening_once_a_refusal")]


class Declaration(models.Model):
    """What somebody stated about a person because no system knows it, and who has verified it.

    What was stated never changes; that it was verified is written once. The newest one of a key is what she says now.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="declarations")
    number = models.PositiveSmallIntegerField()
    subject_nik = models.CharField(max_length=16)
    key = models.CharField(max_length=100)
    value = models.TextField()
    label = models.JSONField()
    by = models.CharField(max_length=100)
    at = models.DateTimeField(auto_now_add=True)
    verified_by = models.CharField(max_length=100, blank=True)
    verified_by_name = models.CharField(max_length=120, blank=True)
    verified_agency = models.CharField(max_length=40, blank=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number", "key"], name="declaration_once_a_sending"),
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by="") | Q(verified_at__isnull=False) & ~Q(verified_by=""),
                name="declaration_verified_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["subject_nik", "key", "-at"], name="declaration_of_person")]

    def __repr__(self) -> str:
        return f"<Declaration {self.pk} {self.key}>"


class DataReport(models.Model):
    """*Ini salah*: what somebody says about a fact, for the agency that owns it to look into and to answer.

    From a request (``case``) or from *Data saya*. ``recorded`` is what stood there when it was said, in words.
    Once answered it never changes.
    """

    class Outcome(models.TextChoices):
        CORRECTED = "corrected"
        KEPT = "kept"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="reports")
    reporter_nik = models.CharField(max_length=16)
    reporter_name = models.CharField(max_length=120)
    subject_nik = models.CharField(max_length=16)
    fact = models.CharField(max_length=100)
    agency = models.CharField(max_length=40)
    recorded = models.TextField(blank=True)
    note = models.TextField()
    by = models.CharField(max_length=100)
    at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=100, blank=True)
    answered_by_name = models.CharField(max_length=120, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reporter_nik", "subject_nik", "fact"],
                condition=Q(answered_at=None),
                name="report_one_open_a_fact",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="report_says_something"),
            models.CheckConstraint(
                condition=Q(answered_at=None, outcome="", answer="", answered_by="", answered_by_name="")
                | Q(answered_at__isnull=False, outcome__in=["corrected", "kept"])
                & ~Q(answer="")
                & ~Q(answered_by=""),
                name="report_is_answered_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "at"], condition=Q(answered_at=None), name="reports_of_agency"),
            models.Index(fields=["reporter_nik", "-at"], name="reports_of_person"),
        ]

    def __repr__(self) -> str:
        return f"<DataReport {self.pk} {self.fact}>"

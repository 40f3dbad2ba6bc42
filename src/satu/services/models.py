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


class Case(models.Model):
    """One request for one service. ``dossier`` is a draft's; a submitted case has a ``Snapshot`` instead."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        IN_PROCESS = "in_process", _("In process")
        ISSUED = "issued", _("Issued")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    OPEN: ClassVar = [State.SUBMITTED, State.IN_PROCESS]
    CLOSED: ClassVar = [State.ISSUED, State.REFUSED, State.WITHDRAWN]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True, null=True)  # noqa: DJ001 - unique needs NULL for drafts
    service = models.CharField(max_length=60)
    version = models.ForeignKey(PackageVersion, null=True, on_delete=models.PROTECT, related_name="+")
    applicant_nik = models.CharField(max_length=16)
    applicant = models.CharField(max_length=100)
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
                fields=["applicant_nik", "service"],
                condition=Q(state="draft"),
                name="case_one_draft_a_person_and_service",
            ),
            models.CheckConstraint(condition=Q(applicant_nik__regex=r"^\d{16}$"), name="case_applicant_nik"),
            models.CheckConstraint(
                condition=Q(state="draft", submitted_at=None)
                | Q(state="withdrawn")
                | Q(state__in=["submitted", "in_process", "issued", "refused"], submitted_at__isnull=False),
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
                | Q(state__in=["draft", "submitted", "in_process"], closed_at=None),
                name="case_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="issued", document_id__isnull=False) | (~Q(state="issued") & Q(document_id=None)),
                name="case_issued_has_a_document",
            ),
        ]
        indexes = [
            models.Index(F("applicant_nik"), F("begun_at").desc(), name="case_of_applicant"),
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
        FACT_ARRIVED = "fact_arrived"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=20, choices=Kind)
    actor = models.CharField(max_length=100)
    actor_kind = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="event_of_case")]


class CaseDecision(models.Model):
    """An automatic decision with its explanation: table, version, row that fired, values it saw. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    element = models.CharField(max_length=100)
    table = models.CharField(max_length=60)
    table_version = models.CharField(max_length=64)
    row = models.CharField(max_length=60)
    result = models.CharField(max_length=10)
    values = models.JSONField()
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "element"], name="decision_once_a_step")]


class PendingFact(models.Model):
    """An optional fact whose system did not answer at submission; it is fetched when the system is back."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pending")
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

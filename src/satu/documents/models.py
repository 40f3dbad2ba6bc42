"""Issued documents, the seals they carry, and the counters that number them."""

from django.db import models
from django.db.models import F, Q

from satu.documents.codes import ALPHABET, LENGTH


class Seal(models.Model):
    """A certificate that documents were sealed with, kept so that its signatures can be told for good."""

    class Certification(models.TextChoices):
        CERTIFIED = "certified"
        DEVELOPMENT = "development"

    fingerprint = models.CharField(max_length=64, unique=True)
    agency = models.CharField(max_length=40)
    subject = models.CharField(max_length=300)
    certification = models.CharField(max_length=11, choices=Certification)
    certificate = models.BinaryField()
    first_used_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fingerprint__regex=r"^[0-9a-f]{64}$"), name="seal_fingerprint"),
        ]


class NumberSeries(models.Model):
    """The last serial given out by one unit in one year. The row's lock is what keeps the series without gaps."""

    unit = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "year"], name="series_of_a_unit_and_year")]


class Document(models.Model):
    """One issued document. The database refuses deletion, and any change but its one revocation."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=LENGTH, unique=True)
    idempotency_key = models.CharField(max_length=200, unique=True)

    service = models.CharField(max_length=60)
    case_reference = models.CharField(max_length=60, blank=True)
    title_id = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    language = models.CharField(max_length=2)

    holder_nik = models.CharField(max_length=16)
    holder_name = models.CharField(max_length=120)
    requested_by_nik = models.CharField(max_length=16, blank=True)
    issuer = models.CharField(max_length=40)
    issuer_name_id = models.CharField(max_length=200)
    issuer_name_en = models.CharField(max_length=200)

    classification = models.CharField(max_length=20)
    serial = models.PositiveIntegerField()
    unit = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()

    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=100)
    valid_until = models.DateField(null=True)

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT)
    file = models.CharField(max_length=120, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()

    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=100, blank=True)
    revocation_reason_id = models.CharField(max_length=300, blank=True)
    revocation_reason_en = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "serial"], name="document_number"),
            models.CheckConstraint(condition=Q(serial__gte=1), name="document_serial_from_one"),
            models.CheckConstraint(condition=Q(code__regex=f"^[{ALPHABET}]{{{LENGTH}}}$"), name="document_code"),
            models.CheckConstraint(condition=Q(holder_nik__regex=r"^[0-9]{16}$"), name="document_holder_nik"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_sha256"),
            models.CheckConstraint(condition=Q(language__in=["id", "en"]), name="document_language"),
            models.CheckConstraint(condition=~Q(idempotency_key=""), name="document_idempotency_key"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("issued_at__date")),
                name="document_valid_when_issued",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by="", revocation_reason_id="", revocation_reason_en="")
                | (
                    Q(revoked_at__isnull=False)
                    & ~Q(revoked_by="")
                    & ~Q(revocation_reason_id="")
                    & ~Q(revocation_reason_en="")
                ),
                name="document_revoked_by_somebody_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["holder_nik", "-issued_at"], name="document_of_holder"),
            models.Index(
                fields=["requested_by_nik", "-issued_at"],
                condition=~Q(requested_by_nik=""),
                name="document_requested_for_another",
            ),
        ]

    def __repr__(self) -> str:
        return f"<Document {self.pk}>"

    @property
    def number(self) -> str:
        """``{classification}/{serial}/{unit}/{year}`` (Permendagri 1/2023; facts, section 7)."""
        return f"{self.classification}/{self.serial}/{self.unit}/{self.year}"


class Share(models.Model):
    """One document, shown to whoever has the link, for a while or a few times. Its link is kept nowhere.

    ``secret_hash`` is of the link's secret, which follows from ``id`` and the installation's key.
    """

    class Shows(models.TextChoices):
        VALIDITY = "validity"
        CONTENT = "content"

    id = models.UUIDField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="shares")
    secret_hash = models.CharField(max_length=64, unique=True)
    shows = models.CharField(max_length=8, choices=Shows)
    shared_by = models.CharField(max_length=100)
    shared_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    most_openings = models.PositiveSmallIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(secret_hash__regex=r"^[0-9a-f]{64}$"), name="share_secret_hash"),  # noqa: S106 - a pattern
            models.CheckConstraint(condition=Q(shows__in=["validity", "content"]), name="share_shows"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("shared_at")), name="share_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(most_openings=None) | Q(most_openings__gte=1), name="share_opens_once"
            ),
        ]
        indexes = [models.Index(fields=["document", "-shared_at"], name="shares_of_a_document")]

    def __repr__(self) -> str:
        return f"<Share {self.pk}>"


class ShareOpening(models.Model):
    """Somebody opened a share, or took the file after that. The database lets it only grow."""

    class What(models.TextChoices):
        OPENED = "opened"
        FILE = "file"

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="openings")
    what = models.CharField(max_length=6, choices=What)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(what__in=["opened", "file"]), name="share_opening_what")]
        indexes = [models.Index(fields=["share", "at"], name="openings_of_a_share")]

    def __repr__(self) -> str:
        return f"<ShareOpening {self.pk}>"

"""Accounts: residents who sign in with their NIK, and officers of an agency with duties; and how to reach them."""

import uuid
from typing import ClassVar, get_args

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from satu.identity.types import Actor, Look, account_reference
from satu.kernel.identifiers import Nik


class AccountManager(BaseUserManager["Account"]):
    pass


class Account(AbstractBaseUser):
    """Somebody who can sign in. A resident's ``login`` is her NIK; an officer's is a work address."""

    class Kind(models.TextChoices):
        RESIDENT = "resident"
        OFFICER = "officer"

    login = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    display_name = models.CharField(max_length=120)
    nik = models.CharField(max_length=16, unique=True, null=True)  # noqa: DJ001 - unique needs NULL for officers
    agency = models.CharField(max_length=40, blank=True)
    duties = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    areas = ArrayField(models.CharField(max_length=13), default=list, blank=True)
    language = models.CharField(max_length=2, choices=[("id", "Indonesian"), ("en", "English")], default="id")
    look = models.CharField(max_length=5, choices=[(one, one) for one in get_args(Look)], default="auto")
    is_active = models.BooleanField(default=True)
    suspended_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["display_name", "kind"]
    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="resident", nik__regex=r"^\d{16}$", agency="")
                | (Q(kind="officer", nik=None) & ~Q(agency="")),
                name="account_is_a_resident_or_an_officer",
            ),
            models.CheckConstraint(
                condition=Q(suspended_at=None) | Q(is_active=False), name="account_suspended_is_not_open"
            ),
        ]
        indexes = [models.Index(fields=["agency"], condition=Q(kind="officer"), name="account_of_agency")]

    def __repr__(self) -> str:
        return f"<Account {self.pk} {self.kind}>"

    def __str__(self) -> str:
        return f"account {self.pk}"

    @property
    def waits_to_be_opened(self) -> bool:
        """Of an officer: she was added, and has not opened her account with a code yet."""
        unopened = not self.is_active and not self.has_usable_password()
        return unopened and self.kind == self.Kind.OFFICER and self.suspended_at is None

    @property
    def rights(self) -> dict[str, object]:
        """What an officer may do, and where, as a change is written down."""
        return {"agency": self.agency, "duties": list(self.duties), "areas": list(self.areas)}

    @property
    def actor(self) -> Actor:
        return Actor(
            reference=account_reference(self.pk),
            kind="resident" if self.kind == self.Kind.RESIDENT else "officer",
            name=self.display_name,
            nik=Nik(self.nik) if self.nik else None,
            agency=self.agency,
            duties=frozenset(self.duties),
            areas=frozenset(self.areas),
        )


class OfficerChange(models.Model):
    """What was changed about an officer: before and after, by whom. Append-only."""

    class Kind(models.TextChoices):
        ADDED = "added"
        RIGHTS = "rights"
        INVITED = "invited"
        WITHDRAWN = "withdrawn"
        SUSPENDED = "suspended"
        RESUMED = "resumed"
        ABSENT = "absent"
        BACK = "back"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="changes", db_index=False)
    agency = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind)
    before = models.JSONField()
    after = models.JSONField()
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["agency", "-id"], name="change_in_agency"),
            models.Index(fields=["account", "-id"], name="change_of_officer"),
        ]


class Absence(models.Model):
    """Days on which an officer is away, both included, and who stands in for her; until they end, or are ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="absences", db_index=False)
    first_day = models.DateField()
    last_day = models.DateField()
    stand_in = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="absence_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(stand_in=F("account")), name="absence_another_stands_in"),
        ]
        indexes = [
            models.Index(fields=["account", "last_day"], condition=Q(ended_at=None), name="absence_of_officer"),
            models.Index(fields=["last_day"], condition=Q(ended_at=None), name="absence_that_lasts"),
        ]

    def __repr__(self) -> str:
        return f"<Absence {self.pk}>"


class FailedSignIn(models.Model):
    """A sign-in that did not succeed, kept long enough to slow down guessing.

    ``key`` is a keyed hash of the login or of the address it came from; neither can be read from it.
    """

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="failed_sign_in_recent")]


class ContactPoint(models.Model):
    """An e-mail address or a telephone number of an account; used only once its owner has shown that it is hers.

    The code that shows it is not kept: it follows from ``code_salt`` and the installation's secret key.
    """

    class Channel(models.TextChoices):
        EMAIL = "email"
        SMS = "sms"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contact_points")
    channel = models.CharField(max_length=5, choices=Channel)
    address = models.CharField(max_length=254)
    added_at = models.DateTimeField(auto_now_add=True)
    verified_at = models.DateTimeField(null=True)
    code_salt = models.CharField(max_length=32, blank=True)
    code_expires_at = models.DateTimeField(null=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "channel"], condition=Q(verified_at__isnull=False), name="contact_one_verified"
            ),
            models.UniqueConstraint(
                fields=["account", "channel"], condition=Q(verified_at=None), name="contact_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(channel="email", address__regex=r"^[^@\s]+@[^@\s]+$")
                | Q(channel="sms", address__regex=r"^\+[1-9][0-9]{7,14}$"),
                name="contact_address_fits_its_channel",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=False, code_salt="", code_expires_at=None)
                | (Q(verified_at=None, code_expires_at__isnull=False) & ~Q(code_salt="")),
                name="contact_is_verified_or_has_a_code",
            ),
        ]

    def __repr__(self) -> str:
        return f"<ContactPoint {self.pk} {self.channel}>"

    __str__ = __repr__


class CodeSent(models.Model):
    """A code that was sent for an account, kept long enough to keep somebody from flooding a stranger's phone."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "at"], name="code_sent_recent")]


class AccessToken(models.Model):
    """A key by which a program acts as an account, within a scope and until a day. The key itself is not kept.

    ``key_hash`` is keyed with the installation's secret; ``window_began`` and ``window_count`` count its requests.
    """

    class Scope(models.TextChoices):
        READ = "read"
        ACT = "act"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="access_tokens")
    name = models.CharField(max_length=60)
    scope = models.CharField(max_length=4, choices=Scope)
    key_hash = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=4)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    window_began = models.DateTimeField(null=True)
    window_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(key_hash__regex=r"^[0-9a-f]{64}$") & ~Q(name=""), name="token_has_a_name_and_a_hash"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="token_ends_after_it_began"),
        ]
        indexes = [models.Index(fields=["account", "made_at"], name="token_by_account")]

    def __repr__(self) -> str:
        return f"<AccessToken {self.pk} {self.scope}>"

    __str__ = __repr__

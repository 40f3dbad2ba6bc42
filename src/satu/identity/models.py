"""Accounts: residents who sign in with their NIK, and officers of an agency with duties."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from satu.identity.types import Actor
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
    is_active = models.BooleanField(default=True)
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
        ]

    def __repr__(self) -> str:
        return f"<Account {self.pk} {self.kind}>"

    def __str__(self) -> str:
        return f"account {self.pk}"

    @property
    def actor(self) -> Actor:
        return Actor(
            reference=f"account:{self.pk}",
            kind="resident" if self.kind == self.Kind.RESIDENT else "officer",
            name=self.display_name,
            nik=Nik(self.nik) if self.nik else None,
            agency=self.agency,
            duties=frozenset(self.duties),
            areas=frozenset(self.areas),
        )


class FailedSignIn(models.Model):
    """A sign-in that did not succeed, kept long enough to slow down guessing.

    ``key`` is a keyed hash of the login or of the address it came from; neither can be read from it.
    """

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="failed_sign_in_recent")]
